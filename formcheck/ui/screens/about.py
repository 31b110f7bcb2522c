"""Path ``/about``."""

from formcheck.ui.about_view import show

show()
