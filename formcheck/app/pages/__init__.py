"""The pages, one module each, with ``show()`` to draw it."""
