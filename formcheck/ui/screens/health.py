"""Path ``/health``: what is known about knees, and the symptom guide."""

from formcheck.ui.health_view import show

show()
