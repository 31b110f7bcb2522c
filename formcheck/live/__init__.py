"""A set as it happens: frames in as they come, coaching out at once."""
