"""The look of what is shown: style sheets that pages and the report put into themselves."""

from functools import cache
from importlib import resources


@cache
def css(*names: str) -> str:
    """The style sheets of these names (``badge``, ``plot``, ``page``, ``report``) as one text."""
    folder = resources.files(__package__) / "css"
    return "".join((folder / f"{name}.css").read_text("utf-8") for name in names)
