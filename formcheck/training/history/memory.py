"""A history that never touches the disk, for a shared server."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from formcheck.training.history.model import HistoryError, Session


@dataclass(slots=True)
class MemoryHistory:
    """Sessions in memory only, for one person's visit to a shared server.

    The person loads an export at the start and saves one at the end.
    """

    notice: str | None = None
    _by_uid: dict[str, Session] = field(default_factory=dict, init=False, repr=False)

    def sessions(self) -> tuple[Session, ...]:
        """Return every session, oldest first."""
        return tuple(sorted(self._by_uid.values(), key=lambda session: session.day))

    def add(self, session: Session) -> bool:
        """Keep a session unless its uid or clip is there already."""
        return self.add_all([session]) == 1

    def add_all(self, sessions: Iterable[Session]) -> int:
        """Keep sessions; return how many are new."""
        clips = {known.clip_key for known in self._by_uid.values()} - {None}
        before = len(self._by_uid)
        for session in sessions:
            if session.uid not in self._by_uid and session.clip_key not in clips:
                self._by_uid[session.uid] = session
                clips |= {session.clip_key} - {None}
        return len(self._by_uid) - before

    def replace(self, session: Session) -> None:
        """Change a session, found by its ``uid``."""
        before = dict(self._by_uid)
        if not self.delete(session.uid):
            raise HistoryError("this entry is not in the history any more")
        if not self.add(session):
            self._by_uid = before
            raise HistoryError("this clip is already in the history under another entry")

    def delete(self, uid: str) -> bool:
        """Forget one session; return whether it was there."""
        return self._by_uid.pop(uid, None) is not None

    def delete_all(self) -> None:
        """Forget everything."""
        self._by_uid.clear()
