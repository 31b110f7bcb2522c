"""What the person behind one browser told and did in this visit; in memory only."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from formcheck.knowledge import GuideResult
from formcheck.report.result import ClipResult
from formcheck.training.history import History, Session, SessionStore, open_history
from formcheck.training.warm_up import WarmUpReport, check_warm_up

MAX_SEEN = 24


@dataclass(slots=True, eq=False)
class Person:
    """One person's answers, results and history, shared by the pages of one browser.

    Parameters
    ----------
    guide : GuideResult or None
        The latest answer of the symptom guide.
    has_knee_pain : bool or None
        Whether a knee hurts now; ``None`` if nothing was said.
    is_warmed_up : bool
        By the person's word.
    warm_up_keys : list of str
        Which of the results of this visit are warm-up sets; see :meth:`seen`.
    warm_up_ticks : set of str
        Steps of the warm-up list done, by their ids.
    n_leg_extension_sets : int
        Light sets done, by the person's word.
    """

    guide: GuideResult | None = None
    has_knee_pain: bool | None = None
    is_warmed_up: bool = False
    warm_up_keys: list[str] = field(default_factory=list)
    warm_up_ticks: set[str] = field(default_factory=set)
    n_leg_extension_sets: int = 0
    _seen: dict[str, ClipResult] = field(default_factory=dict)
    _store: SessionStore | None = None
    _read: tuple[tuple[int, int, int], tuple[Session, ...]] | None = None

    @property
    def is_advice_held(self) -> bool:
        """Whether a red flag of the first three tiers stands: no training advice anywhere."""
        return self.guide is not None and not self.guide.is_exercise_advice_allowed

    # -- what the camera saw in this visit -------------------------------------

    def remember(self, result: ClipResult) -> str:
        """Keep the result of a clip or live set, the latest ones only; return its key."""
        key = result.source.sha256  # of the clip under any settings, or of a live set
        self._seen.pop(key, None)
        self._seen[key] = result
        for old in list(self._seen)[:-MAX_SEEN]:
            del self._seen[old]
        return key

    def warm_up(self) -> WarmUpReport | None:
        """Return how far the warm-up is; ``None`` if nothing of it was seen or ticked."""
        seen = [self._seen[key] for key in self.warm_up_keys if key in self._seen]
        if not seen and not self.warm_up_ticks and not self.n_leg_extension_sets:
            return None
        return check_warm_up(
            seen,
            red_flags=() if self.guide is None else self.guide.red_flags,
            leg_extension_sets=self.n_leg_extension_sets,
            ticked=self.warm_up_ticks,
        )

    def seen(self) -> dict[str, ClipResult]:
        """Results of this visit by what stands for their clip, oldest first."""
        return dict(self._seen)

    # -- the history -------------------------------------------------------------

    def history(self, is_shared: bool) -> SessionStore:
        """Return this person's history.

        The user's file, or on a server for several people one in memory that ends with the visit.
        """
        if self._store is None:
            self._store = open_history(is_shared=is_shared)
        return self._store

    def sessions(self, is_shared: bool) -> tuple[Session, ...]:
        """Return every session, oldest first; the file is read only when it has changed.

        Raises
        ------
        HistoryError
            If the file cannot be used.
        """
        store = self.history(is_shared)
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
