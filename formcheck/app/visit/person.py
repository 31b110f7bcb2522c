"""What the person behind one browser told and did in this visit; in memory only."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from formcheck.knowledge import (
    Answers,
    FlagVerdict,
    GuideResult,
    Location,
    Standing,
    parse_answers,
    run_guide,
)
from formcheck.knowledge.gate import standing_of
from formcheck.knowledge.screens import merged
from formcheck.report.result import ClipResult
from formcheck.training.history import History, HistoryError, Session, SessionStore, open_history
from formcheck.training.known import Known, signs_of
from formcheck.training.warm_up import WarmUpReport, check_warm_up

MAX_SEEN = 24


def is_shared() -> bool:
    """Whether several people use this server over a local network."""
    return os.environ.get("FORMCHECK_LAN") == "1"


@dataclass(slots=True, eq=False)
class Person:
    """One person's answers, results and history, shared by the pages of one browser."""

    guide: GuideResult | None = None
    """What the symptom guide makes of the answers; ``None`` until it was opened."""
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Answers by the screen of the guide, in the order given; empty for a skipped one."""
    is_thorough: bool = False
    """Whether the guide goes on to what only advice needs."""
    has_knee_pain: bool | None = None
    """Whether a knee hurts now; ``None`` if nothing was said."""
    is_warmed_up: bool = False
    """By the person's word, as the light sets and the steps of the warm-up list done (by id)."""
    settings: dict[str, float | bool] = field(default_factory=dict)
    """Those that differ from the defaults, by ``section.name``: a reload keeps them."""
    n_leg_extension_sets: int = 0
    warm_up_ticks: set[str] = field(default_factory=set)
    set_keys: tuple[str, ...] = ()
    """Which of the results of this visit are the set looked at last: one or two clips."""
    warm_up_keys: list[str] = field(default_factory=list)
    """Which of the results of this visit are warm-up sets; see :meth:`seen`."""
    _seen: dict[str, ClipResult] = field(default_factory=dict)
    _store: SessionStore | None = None
    _read: tuple[tuple[int, int, int], tuple[Session, ...]] | None = None

    # -- the symptom guide -------------------------------------------------------

    def tell(self, screen: str, answers: dict[str, Any]) -> None:
        """Take the answers of a screen of the guide; none of them if it was skipped."""
        self.told[screen] = answers
        self.guide = run_guide(parse_answers(merged(self.told.values())))
        if places := self.guide.answers.locations:
            self.has_knee_pain = Location.NONE not in places

    def take_back(self) -> None:
        """Forget the last screen of the guide."""
        self.told.popitem()
        last = next(reversed(self.told), None)
        self.guide = None
        if last is not None:
            self.tell(last, self.told[last])

    def forget_answers(self) -> None:
        """Forget all answers of the guide, but not that it was opened.

        Who told of chest pain and starts again has not said that it is gone: advice waits.
        """
        self.told.clear()
        self.is_thorough = False
        self.guide, self.has_knee_pain = run_guide(Answers()), None

    @property
    def signs(self) -> tuple[FlagVerdict, ...]:
        """What is known of the warning signs, for the gate."""
        return signs_of(self.guide, self.has_knee_pain, self._kept(), date.today())

    @property
    def standing(self) -> Standing:
        """Where the person stands with them."""
        return standing_of(self.signs)

    @property
    def is_advice_held(self) -> bool:
        """Whether advice is held back: a sign is raised or, once pain was told, open."""
        return not self.standing.is_open

    def known(self, today: date) -> Known:
        """Everything known of this person, for the plan."""
        return Known(
            today=today,
            guide=self.guide,
            sessions=self._kept(),
            results=tuple(self._seen[key] for key in self.set_keys if key in self._seen),
            warm_up=self.warm_up() if self.is_warm_up_begun else None,
            has_knee_pain=self.has_knee_pain,
        )

    def _kept(self) -> tuple[Session, ...]:
        """The history, or none of it where it cannot be read: its page says so."""
        try:
            return self.sessions()
        except HistoryError:
            return ()

    # -- what the camera saw in this visit -------------------------------------

    def remember(self, result: ClipResult) -> str:
        """Keep the result of a clip or live set, the latest ones only; return its key."""
        key = result.source.sha256  # of the clip under any settings, or of a live set
        self._seen.pop(key, None)
        self._seen[key] = result
        for old in list(self._seen)[:-MAX_SEEN]:
            del self._seen[old]
        return key

    def look_at(self, results: Sequence[ClipResult]) -> None:
        """Take the one or two clips of a set as the set looked at last."""
        self.set_keys = tuple(self.remember(result) for result in results)

    def warm_up(self) -> WarmUpReport:
        """How far the warm-up is."""
        return check_warm_up(
            [self._seen[key] for key in self.warm_up_keys if key in self._seen],
            signs=self.signs,
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
