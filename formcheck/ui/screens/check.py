"""Path ``/``: check a video."""

from formcheck.ui.check_view import show

show()
