"""What the history keeps of a training session.  Numbers and short texts; never a picture."""

import re
import uuid
from datetime import date
from enum import StrEnum
from typing import Literal

from msgspec import Struct, field

from formcheck.errors import FormcheckError

FIRST_DAY = date(1950, 1, 1)
MAX_NAME_CHARS = 60
MAX_NOTE_CHARS = 500
MAX_SET_GROUPS = 100
MAX_KNEE_TO_WALL_CM = 30.0


class HistoryError(FormcheckError, ValueError):
    """The history, or something meant for it, cannot be used; the message says what to do."""


class SessionSource(StrEnum):
    """Where a session came from."""

    CLIP = "clip"
    LIVE = "live"
    BATCH = "batch"
    MANUAL = "manual"


class SetGroup(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Equal sets: ``n_sets`` sets of ``n_reps`` with ``weight_kg``.

    A weight of 0 kg is bodyweight only; ``None`` means it was not told.
    """

    n_sets: int
    n_reps: int
    weight_kg: float | None = None

    def __post_init__(self) -> None:
        _check_number("number of sets", self.n_sets, 1, 100)
        _check_number("number of reps", self.n_reps, 1, 1000)
        _check_number("weight in kg", self.weight_kg, 0, 1000)


class FaultTally(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fault over the repetitions of a session.

    ``value`` and ``uncertainty`` are medians over the repetitions the camera could judge, in
    ``unit``; the uncertainty is the half width of the 95 % interval of one repetition.  ``measure``
    says whose they are: ``mean`` of both legs, ``left`` or ``right``; empty for a fault without
    sides, and in entries of earlier releases, which kept the leg that decided.
    """

    fault: str
    n_fault: int
    n_borderline: int
    n_ok: int
    n_not_assessable: int
    unit: str
    value: float | None = None
    uncertainty: float | None = None
    measure: Literal["", "mean", "left", "right"] = ""

    def __post_init__(self) -> None:
        _check_name("fault", self.fault)
        for name in ("n_fault", "n_borderline", "n_ok", "n_not_assessable"):
            _check_number(name, getattr(self, name), 0, 100_000)
        _check_number("value", self.value, -1e6, 1e6)
        _check_number("uncertainty", self.uncertainty, 0, 1e6)

    @property
    def n_judged(self) -> int:
        """Repetitions the camera could judge."""
        return self.n_fault + self.n_borderline + self.n_ok


class Session(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of the history: a checked clip, a live set, a batch run or a line typed in.

    ``None`` means not known.  A value out of range is a HistoryError.

    Args:
        minutes: Duration, 0 to 1440.
        effort, pain_during, pain_after, pain_next_morning: 0 to 10.
        knee_to_wall_left_cm, knee_to_wall_right_cm: Big toe to wall in the knee-to-wall test.
        knee_flexion_deg: Median depth of the repetitions seen from the side.
        hip_drop_ratio: Median drop of the hips as a share of their standing height.
        eccentric_s: Median time of the way down.
        file: Name of the clip; the clip itself is not kept.
        clip_key: Stands for a clip's bytes and settings; the same key is stored once.
        uid: Names this entry for good, also in exports.
    """

    day: date
    source: SessionSource = SessionSource.MANUAL
    exercise: str = "squat"
    sets: tuple[SetGroup, ...] = ()
    minutes: float | None = None
    effort: float | None = None
    pain_during: float | None = None
    pain_after: float | None = None
    pain_next_morning: float | None = None
    body_weight_kg: float | None = None
    knee_to_wall_left_cm: float | None = None
    knee_to_wall_right_cm: float | None = None
    knee_flexion_deg: float | None = None
    hip_drop_ratio: float | None = None
    eccentric_s: float | None = None
    faults: tuple[FaultTally, ...] = ()
    file: str | None = None
    clip_key: str | None = None
    note: str = ""
    uid: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        if self.day < FIRST_DAY:
            raise HistoryError(f"the day {self.day} is before {FIRST_DAY}; check the year")
        _check_name("exercise", self.exercise)
        _check_number("minutes", self.minutes, 0, 1440)
        _check_number("effort (0 to 10)", self.effort, 0, 10)
        _check_number("pain during training (0 to 10)", self.pain_during, 0, 10)
        _check_number("pain right after training (0 to 10)", self.pain_after, 0, 10)
        _check_number("pain the next morning (0 to 10)", self.pain_next_morning, 0, 10)
        _check_number("body weight in kg", self.body_weight_kg, 20, 400)
        for side, value in self.knee_to_wall_cm.items():
            _check_number(f"knee-to-wall distance in cm, {side}", value, 0, MAX_KNEE_TO_WALL_CM)
        _check_number("knee bend in degrees", self.knee_flexion_deg, -30, 200)
        _check_number("hip drop", self.hip_drop_ratio, -1, 2)
        _check_number("time on the way down in seconds", self.eccentric_s, 0, 600)
        n_faults = len(self.faults)
        if n_faults > 1 and len({tally.fault for tally in self.faults}) < n_faults:
            raise HistoryError("an entry names each fault once")
        if len(self.sets) > MAX_SET_GROUPS or n_faults > MAX_SET_GROUPS:
            raise HistoryError(f"at most {MAX_SET_GROUPS} groups of sets fit in one entry")
        if len(self.note) > MAX_NOTE_CHARS or len(self.file or "") > MAX_NOTE_CHARS:
            raise HistoryError(f"a note or file name has at most {MAX_NOTE_CHARS} characters")
        _check_characters(f"{self.note}{self.file or ''}{self.uid}{self.clip_key or ''}")
        if not 1 <= len(self.uid) <= MAX_NAME_CHARS or len(self.clip_key or "") > 100:
            raise HistoryError("an entry's uid or clip_key is too long or empty")

    @property
    def pains(self) -> tuple[float, ...]:
        """Knee pain during, right after and the next morning, as far as it was told."""
        values = (self.pain_during, self.pain_after, self.pain_next_morning)
        return tuple(value for value in values if value is not None)

    @property
    def knee_to_wall_cm(self) -> dict[str, float | None]:
        """The knee-to-wall test by side."""
        return {"left": self.knee_to_wall_left_cm, "right": self.knee_to_wall_right_cm}

    @property
    def n_reps(self) -> int:
        """All repetitions of all sets."""
        return sum(group.n_sets * group.n_reps for group in self.sets)

    @property
    def n_sets(self) -> int:
        """All sets."""
        return sum(group.n_sets for group in self.sets)


_GROUP = re.compile(
    r"(?P<sets>\d{1,4})\s*[xX×*]\s*(?P<reps>\d{1,5})"
    r"(?:\s*[xX×*@]\s*(?P<kg>\d{1,5}(?:[.,]\d{1,3})?)(?:\s*kg)?)?"
)


def parse_sets(text: str) -> tuple[SetGroup, ...]:
    """Read sets x reps x kg, several groups apart by ``;`` or ``+``.

    Leave the kilograms out if they are not known; write 0 for bodyweight.

    Raises:
        HistoryError: If the text cannot be read or a number is out of range.

    Examples:
        >>> [(g.n_sets, g.n_reps, g.weight_kg) for g in parse_sets("3x10x60; 1 x 5 x 82.5 kg")]
        [(3, 10, 60.0), (1, 5, 82.5)]
    """
    groups = []
    for part in filter(None, map(str.strip, re.split(r"[;+]", text))):
        match = _GROUP.fullmatch(part)
        if match is None:
            raise HistoryError(
                f"{part[:40]!r} is not sets x reps x kg; write it like 3x10x60, "
                "or 3x10x0 for bodyweight"
            )
        kg = None if match["kg"] is None else float(match["kg"].replace(",", "."))
        groups.append(SetGroup(n_sets=int(match["sets"]), n_reps=int(match["reps"]), weight_kg=kg))
    return tuple(groups)


def format_sets(sets: tuple[SetGroup, ...]) -> str:
    """Write sets the way :func:`parse_sets` reads them."""
    return "; ".join(
        f"{g.n_sets}x{g.n_reps}" + ("" if g.weight_kg is None else f"x{g.weight_kg:g}")
        for g in sets
    )


def _check_number(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:  # neither is NaN
        raise HistoryError(f"the {name} is {str(value)[:20]}; it must lie from {low:g} to {high:g}")


def _check_name(name: str, text: str) -> None:
    if not text.strip() or len(text) > MAX_NAME_CHARS:
        raise HistoryError(f"the {name} needs 1 to {MAX_NAME_CHARS} characters")
    _check_characters(text)


def _check_characters(text: str) -> None:
    if not text.isprintable() and any(
        ord(c) < 32 or ord(c) == 127 or 0xD800 <= ord(c) <= 0xDFFF for c in text
    ):
        raise HistoryError(f"{text[:40]!r} holds control characters; write plain text on one line")
