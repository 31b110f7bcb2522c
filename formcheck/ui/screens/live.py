"""Path ``/live``: coaching in front of a camera."""

from formcheck.ui.live_view import show

show()
