"""A visit: who is asking, what they uploaded, told and did, and what becomes of it."""
