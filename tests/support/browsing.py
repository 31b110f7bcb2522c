"""What several kinds of browser tests need."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit


def foreign(urls: Iterable[str]) -> list[str]:
    """Those that another machine would have answered."""
    return [
        url
        for url in urls
        if not url.startswith(("data:", "blob:", "about:"))
        and urlsplit(url).hostname != "127.0.0.1"
    ]
