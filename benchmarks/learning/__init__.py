"""Fit the corrections of `formcheck.squat.learnt` to rendered people."""
