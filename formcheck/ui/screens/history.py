"""Path ``/history``: sessions, training load, trends and the plan."""

from formcheck.ui.history_view import show

show()
