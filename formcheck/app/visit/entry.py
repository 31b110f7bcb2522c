"""Who may come in: whoever holds a link that this server gave out.

A link works once and is printed where the server was started; the next one follows when it was
used.  On a server for several people one link is there for all of them.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

PATH = "/enter"
_SHARED_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_SHARED_GROUPS = 3
"""Of four characters each: 59 bits, and still to be typed on a phone."""


@dataclass(slots=True)
class Entry:
    """The links of a server."""

    is_open: bool = False
    """Whether everybody may come in without one (``--no-token``)."""
    is_shared: bool = False
    """Whether a link goes on working for others once it was used."""
    announce: Callable[[str], None] | None = None
    """Told of the path of the next link when the last one was used."""
    _announced: str = ""
    _known: set[str] = field(default_factory=set, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def link(self, page: str = "") -> str:
        """Return the path of a new link, which leads to a page of the app."""
        ticket = _shared_ticket() if self.is_shared else secrets.token_urlsafe(32)
        with self._lock:
            self._known.add(ticket)
        return f"{PATH}/{ticket}" + (f"?page={page}" if page else "")

    def start(self, announce: Callable[[str], None], page: str = "") -> None:
        """Give out the first link to be announced."""
        self.announce = announce
        self._tell(page)

    def admit(self, path: str, page: str = "") -> bool:
        """Whether a path is a link that still works; from now on it does not."""
        ticket = path.removeprefix(f"{PATH}/")
        with self._lock:
            if path == ticket or ticket not in self._known:
                return False
            if self.is_shared:
                return True
            self._known.discard(ticket)
            is_announced = ticket == self._announced
        if is_announced:
            self._tell(page)
        return True

    def _tell(self, page: str) -> None:
        path = self.link(page)
        self._announced = path.partition("?")[0].removeprefix(f"{PATH}/")
        if self.announce is not None:
            self.announce(path)


def _shared_ticket() -> str:
    groups = (
        "".join(secrets.choice(_SHARED_ALPHABET) for _ in range(4)) for _ in range(_SHARED_GROUPS)
    )
    return "-".join(groups)


ENTRY = Entry()
"""That of this process."""
