"""The script Streamlit runs, in a folder of its own.

Beside a folder ``pages`` Streamlit would take each file in there for a page, and show the first
visitor of ``/live`` that file alone.
"""
