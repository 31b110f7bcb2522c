"""A page in a headless browser, noting every request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from browsing import foreign
from waiting import PATIENCE_MS

from benchmarks.app_links import link_to


class Visit:
    """A page in a browser of its own, noting every request."""

    def __init__(self, chromium: Any, url: str, page: str = "", **options: Any) -> None:
        self.context = chromium.new_context(**options)
        self.context.set_default_timeout(PATIENCE_MS)
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))
        self.enter(url, page)

    def enter(self, url: str, page: str = "") -> None:
        """Come in by a link, as somebody new."""
        self.context.clear_cookies()
        self.page.goto(f"{link_to(url)}?page={page}")
        self.page.wait_for_url(f"{url}/{page}")

    def upload(self, path: Path, key: str = "upload") -> None:
        selector = f".st-key-{key} input[type=file]"
        self.page.wait_for_selector(selector, state="attached")
        self.page.set_input_files(selector, str(path))

    def result(self) -> str:
        self.page.wait_for_selector(".st-key-result")
        self.page.wait_for_selector(".st-key-progress", state="detached")
        # Streamlit draws from the top: the page is whole once its last drawer stands.
        self.wait_for(
            "document.querySelector('.st-key-result')?.innerText.includes('Take away')"
            " && !document.querySelector('.st-key-cancel')"
        )
        return str(self.page.inner_text(".st-key-result"))

    def open(self, drawer: str) -> None:
        """Open a drawer of the result by its name."""
        self.page.locator("[data-testid=stExpander] summary", has_text=drawer).click()

    def video(self, what: str) -> Any:
        return self.page.evaluate(f"document.querySelector('video').{what}")

    def wait_for(self, condition: str) -> None:
        self.page.wait_for_function(condition)

    def foreign(self) -> list[str]:
        return foreign(self.requests)

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()
