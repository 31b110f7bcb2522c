"""Measurements of formcheck: cost and accuracy."""
