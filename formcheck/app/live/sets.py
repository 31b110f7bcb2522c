"""Live sets of all browsers: who may connect, and what is kept when a connection drops.

A set belongs to one browser and is known by a token that page alone was given. It outlives its
connection for some minutes, so a set goes on after the network was away; its pose model does not.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from formcheck.app.housekeeping import give_memory_back
from formcheck.app.live.options import LiveOptions
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings

if TYPE_CHECKING:
    from formcheck.live.film import Film
    from formcheck.live.session import LiveSession

TOKEN_S = 900.0
"""How long a token waits to be used for the first time."""
KEEP_S = 600.0
"""How long a set waits for its connection to come back, or for its result to be seen."""
MAX_TOKENS = 8
MAX_PER_BROWSER = 2
MIN_CONNECTIONS = 4
"""Allowed on any machine: with fewer processors each set gets fewer frames a second."""
POSES_PER_PLACE = 5
"""So many sets whose page finds the poses take the place of one whose pictures come here."""
BUSY = (
    "This computer is already coaching as many people as it can. Try again when somebody "
    "has finished."
)
BUSY_BROWSER = "This browser is already coaching in other windows. Stop one of them first."


@dataclass(slots=True, eq=False)
class LiveSet:
    """One set: open, interrupted or over."""

    token: str
    browser: str
    name: str
    settings: Settings
    touched_s: float
    session: LiveSession | None = None
    film: Film | None = None
    """What is played to it in place of a camera."""
    holder: object | None = None
    """The connection that feeds it now."""
    is_found_there: bool = False
    """Whether that connection brings poses its page has found, and no pictures."""
    track: bytes | None = None
    """The recorded poses, once the set is over."""
    options: LiveOptions = field(default_factory=LiveOptions)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    """Held while the session works: a new connection may take over from an old one."""

    @property
    def is_over(self) -> bool:
        """Whether it was stopped."""
        return self.track is not None

    @property
    def n_reps(self) -> int:
        """Repetitions counted so far."""
        return self.session.n_reps if self.session is not None else 0

    @property
    def is_under_way(self) -> bool:
        """Whether something was recorded that has not become a result."""
        return not self.is_over and self.session is not None and self.session.n_frames > 0

    def start(self) -> None:
        """Load the model where it is needed, and begin the set unless it goes on.

        Raises FormcheckError if the model, or the video to be played, cannot be used.
        """
        # Not before somebody wants it: the pages do without the model.
        from formcheck.live.film import Film
        from formcheck.live.session import LiveSession

        with self.lock:
            if self.session is None:
                wanted = self.options
                self.name = wanted.name() if wanted.name is not None else self.name
                self.film = Film(wanted.film) if wanted.film is not None else None
                self.session = LiveSession(self.settings, wanted.model, name=self.name)
            if not self.is_found_there:
                self.session.open()

    def release(self, holder: object) -> None:
        """Free the model when a connection ends, unless another has taken over."""
        with self.lock:
            if self.holder is not holder:
                return
            self.holder, self.touched_s = None, time.monotonic()
            if self.session is not None:
                self.session.suspend()
                if not self.session.n_reps and not self.is_over:  # nothing to come back for
                    self.session.close()
                    self.session = None
        give_memory_back()

    def end(self) -> int:
        """Stop the set and keep its poses; return how many frames it has."""
        with self.lock:
            if self.session is None:
                return 0
            if self.track is None:
                track = self.session.stop()
                self.track = b"" if track is None else track.to_bytes()
                if track is not None and self.options.finished is not None:
                    checked = self.session.judged(track)
                    self.options.finished(checked, self.session.is_advice_allowed)
            return self.session.n_frames

    def discard(self) -> None:
        """Free everything; a set under way ends first if somebody else waits for it."""
        if self.film is not None:
            self.film.close()
        if self.is_under_way and self.options.finished is not None:
            self.end()
        with self.lock:
            self.holder = self.film = None
            if self.session is not None:
                self.session.close()
                self.session = None


class LiveSets:
    """The sets of a server.

    At most ``max_total`` that send pictures are connected at a time: one alone keeps about one
    processor busy.  Those that send poses take a part of a place.
    """

    def __init__(self, max_total: int | None = None) -> None:
        self.max_total = max_total or max(MIN_CONNECTIONS, os.cpu_count() or 1)
        self.options = LiveOptions()
        """Of the sets issued from now on."""
        self._lock = threading.Lock()
        self._sets: dict[str, LiveSet] = {}
        self._n_named: dict[str, int] = {}

    def issue(self, browser: str, settings: Settings = DEFAULT_SETTINGS) -> LiveSet:
        """Make a new set for a browser; the oldest unused ones give way."""
        with self._lock:
            unused = [s for s in self._of(browser) if s.session is None and not s.is_over]
            for old in unused[: max(0, len(unused) - MAX_TOKENS + 1)]:
                del self._sets[old.token]
            number = self._n_named[browser] = self._n_named.get(browser, 0) + 1
            token, name = secrets.token_urlsafe(32), f"live set {number}"
            self._sets[token] = LiveSet(
                token, browser, name, settings, time.monotonic(), options=self.options
            )
            return self._sets[token]

    def find(self, browser: str, token: str) -> LiveSet | None:
        """Return the set a token means to this browser; None if unknown, over or stale."""
        with self._lock:
            found = self._sets.get(token)
        if found is None or found.browser != browser or found.is_over or self._is_stale(found):
            return None
        return found

    def interrupted(self, browser: str) -> LiveSet | None:
        """Return a set of this browser that lost its connection or page, the latest."""
        with self._lock:
            own = [s for s in self._of(browser) if s.is_under_way and s.holder is None]
        return own[-1] if own else None

    def connect(self, live_set: LiveSet, holder: object, *, is_found_there: bool = False) -> str:
        """Give a set to a connection; return why not, or an empty text."""
        with self._lock:
            busy = [s for s in self._sets.values() if s.holder is not None and s is not live_set]
            if sum(s.browser == live_set.browser for s in busy) >= MAX_PER_BROWSER:
                return BUSY_BROWSER
            n_parts = sum(map(_parts, [is_found_there, *(s.is_found_there for s in busy)]))
            if n_parts > POSES_PER_PLACE * self.max_total:
                return BUSY
            live_set.holder, live_set.is_found_there = holder, is_found_there
            live_set.touched_s = time.monotonic()
        return ""

    def take(self, browser: str, token: str) -> LiveSet | None:
        """Hand over a set of this browser that is over, and forget it; None if there is none."""
        with self._lock:
            found = self._sets.get(token)
            if found is None or found.browser != browser or not found.is_over:
                return None
        self.drop(found)
        return found

    def drop(self, live_set: LiveSet) -> None:
        """Forget a set."""
        with self._lock:
            self._sets.pop(live_set.token, None)
        live_set.discard()

    def sweep(self, now_s: float | None = None) -> int:
        """Drop what nobody came back to; return how many."""
        with self._lock:
            stale = [s for s in self._sets.values() if self._is_stale(s, now_s)]
            known = {s.browser for s in self._sets.values()}
            self._n_named = {b: n for b, n in self._n_named.items() if b in known}
        for live_set in stale:
            self.drop(live_set)
        return len(stale)

    def close(self) -> None:
        """Drop every set."""
        with self._lock:
            all_sets = list(self._sets.values())
            self._sets.clear()
        for live_set in all_sets:
            live_set.discard()

    def _of(self, browser: str) -> list[LiveSet]:
        return [s for s in self._sets.values() if s.browser == browser]

    @staticmethod
    def _is_stale(live_set: LiveSet, now_s: float | None = None) -> bool:
        if live_set.holder is not None:
            return False
        now_s = time.monotonic() if now_s is None else now_s
        keep_s = TOKEN_S if live_set.session is None else KEEP_S
        return now_s - live_set.touched_s > keep_s


def _parts(is_found_there: bool) -> int:
    """How much of a place a connection takes, in parts of which a place has POSES_PER_PLACE."""
    return 1 if is_found_there else POSES_PER_PLACE


LIVE = LiveSets()
"""Those of this process."""
