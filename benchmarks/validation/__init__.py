"""Accuracy of formcheck on rendered people whose joints are known exactly."""
