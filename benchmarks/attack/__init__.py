"""Files made to break formcheck, and what they must not achieve."""
