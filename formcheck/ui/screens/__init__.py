"""One page script per path; each can be run on its own."""
