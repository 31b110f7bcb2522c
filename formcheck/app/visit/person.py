"""What the person behind one browser told and did in this visit; in memory only."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from formcheck.knowledge import GuideResult
from formcheck.knowledge.guide import FlagVerdict
from formcheck.report.result import ClipResult
from formcheck.training.history import History, Session, SessionStore, open_history
from formcheck.training.warm_up import WarmUpReport, check_warm_up

MAX_SEEN = 24


def is_shared() -> bool:
    """Whether several people use this server over a local network."""
    return os.environ.get("FORMCHECK_LAN") == "1"


@dataclass(slots=True, eq=False)
class Person:
    """One person's answers, results and history, shared by the pages of one browser."""

    guide: GuideResult | None = None
    """The latest answer of the symptom guide."""
    has_knee_pain: bool | None = None
    """Whether a knee hurts now; ``None`` if nothing was said."""
    is_warmed_up: bool = False
    """By the person's word, as the light sets and the steps of the warm-up list done (by id)."""
    n_leg_extension_sets: int = 0
    warm_up_ticks: set[str] = field(default_factory=set)
    warm_up_keys: list[str] = field(default_factory=list)
    """Which of the results of this visit are warm-up sets; see :meth:`seen`."""
    _seen: dict[str, ClipResult] = field(default_factory=dict)
    _store: SessionStore | None = None
    _read: tuple[tuple[int, int, int], tuple[Session, ...]] | None = None

    @property
    def is_advice_held(self) -> bool:
        """Whether a red flag of the first three tiers stands: no training advice anywhere."""
        return self.guide is not None and not self.guide.is_exercise_advice_allowed

    @property
    def red_flags(self) -> tuple[FlagVerdict, ...]:
        """The red flags the guide raised in this visit."""
        return () if self.guide is None else self.guide.red_flags

    # -- what the camera saw in this visit -------------------------------------

    def remember(self, result: ClipResult) -> str:
        """Keep the result of a clip or live set, the latest ones only; return its key."""
        key = result.source.sha256  # of the clip under any settings, or of a live set
        self._seen.pop(key, None)
        self._seen[key] = result
        for old in list(self._seen)[:-MAX_SEEN]:
            del self._seen[old]
        return key

    def warm_up(self) -> WarmUpReport:
        """How far the warm-up is."""
        return check_warm_up(
            [self._seen[key] for key in self.warm_up_keys if key in self._seen],
            red_flags=self.red_flags,
            leg_extension_sets=self.n_leg_extension_sets,
            ticked=self.warm_up_ticks,
        )

    @property
    def is_warm_up_begun(self) -> bool:
        """Whether anything of the warm-up was seen or ticked."""
        n_seen = sum(key in self._seen for key in self.warm_up_keys)
        return bool(n_seen or self.warm_up_ticks or self.n_leg_extension_sets)

    def seen(self) -> dict[str, ClipResult]:
        """Results of this visit by what stands for their clip, oldest first."""
        return dict(self._seen)

    # -- the history -------------------------------------------------------------

    def history(self) -> SessionStore:
        """Return this person's history.

        The user's file, or on a server for several people one in memory that ends with the visit.
        """
        if self._store is None:
            self._store = open_history(is_shared=is_shared())
        return self._store

    def sessions(self) -> tuple[Session, ...]:
        """Return every session, oldest first; the file is read only when it has changed.

        Raises HistoryError if the file cannot be used.
        """
        store = self.history()
        if not isinstance(store, History):
            return store.sessions()
        stamp = _stamp(store.path)
        if self._read is None or self._read[0] != stamp or stamp is None:
            sessions = store.sessions()
            stamp = _stamp(store.path)
            self._read = None if stamp is None else (stamp, sessions)
            return sessions
        return self._read[1]


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is written; None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
