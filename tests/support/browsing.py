"""What several kinds of browser tests need."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

CHROMIUM = "/usr/bin/chromium"
# The address bar's pages, drawn anew for every window that nobody sees, cost more than the browser;
# the last switch for features counts, so the quiet ones of Playwright's are named again.
CHROMIUM_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,HttpsUpgrades,LensOverlay,"
    "MediaRouter,OptimizationHints,PaintHolding,Translate",
)  # fmt: skip


def foreign(urls: Iterable[str]) -> list[str]:
    """Those that another machine would have answered."""
    return [
        url
        for url in urls
        if not url.startswith(("data:", "blob:", "about:"))
        and urlsplit(url).hostname != "127.0.0.1"
    ]
