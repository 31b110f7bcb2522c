"""A history that never touches the disk, for a shared server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from formcheck.training.history.model import HistoryError, Session


@dataclass(slots=True)
class MemoryHistory:
    """Sessions in memory only, for one person's visit to a shared server.

    The person loads an export at the start and saves one at the end.
    """

    notice: str | None = None
    _sessions: list[Session] = field(default_factory=list, init=False, repr=False)

    def sessions(self) -> tuple[Session, ...]:
        """Return every session, oldest first."""
        return tuple(sorted(self._sessions, key=lambda session: session.day))

    def add(self, session: Session) -> bool:
        """Keep a session unless its uid or clip is there already."""
        return self.add_all([session]) == 1

    def add_all(self, sessions: Iterable[Session]) -> int:
        """Keep sessions; return how many are new."""
        uids = {known.uid for known in self._sessions}
        clips = {known.clip_key for known in self._sessions} - {None}
        before = len(self._sessions)
        for session in sessions:
            if session.uid not in uids and session.clip_key not in clips:
                self._sessions.append(session)
                uids.add(session.uid)
                clips |= {session.clip_key} - {None}
        return len(self._sessions) - before

    def replace(self, session: Session) -> None:
        """Change a session, found by its ``uid``."""
        before = list(self._sessions)
        if not self.delete(session.uid):
            raise HistoryError("this entry is not in the history any more")
        if not self.add(session):
            self._sessions = before
            raise HistoryError("this clip is already in the history under another entry")

    def delete(self, uid: str) -> bool:
        """Forget one session; return whether it was there."""
        before = len(self._sessions)
        self._sessions = [session for session in self._sessions if session.uid != uid]
        return len(self._sessions) < before

    def delete_all(self) -> None:
        """Forget everything."""
        self._sessions.clear()
