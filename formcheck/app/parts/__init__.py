"""What several pages are put together from."""
