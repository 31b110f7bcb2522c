"""The shape of every verdict, and the few steps all faults share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

import numpy as np

from formcheck.pose.kinematics import Side
from formcheck.pose.track import BoolArray, FloatArray
from formcheck.squat.uncertainty import Measured


class Verdict(StrEnum):
    """What is said of one fault in one repetition."""

    OK = "ok"
    BORDERLINE = "borderline"
    FAULT = "fault"
    NOT_ASSESSABLE = "not_assessable"

    @property
    def rank(self) -> int:
        """How much it asks for attention: 0 for not assessable, 3 for a fault."""
        return GRAVEST_FIRST[::-1].index(self)


GRAVEST_FIRST = (Verdict.FAULT, Verdict.BORDERLINE, Verdict.OK, Verdict.NOT_ASSESSABLE)


class Severity(StrEnum):
    """How much of it there is; ``note`` is worth knowing and not a fault."""

    NONE = "none"
    NOTE = "note"
    MILD = "mild"
    MODERATE = "moderate"
    MARKED = "marked"

    @property
    def rank(self) -> int:
        """0 for none, 4 for marked."""
        return list(Severity).index(self)


class Confidence(StrEnum):
    """How far the verdict can be relied on."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for low, 2 for high."""
        return list(Confidence).index(self)


@dataclass(frozen=True, slots=True)
class Trace:
    """The curve a verdict was read from, for plots and overlays.

    ``values`` has shape (n,) and is NaN where nothing was measured; ``judged``, of the same shape,
    says which of them counted for the verdict (None: all).
    """

    name: str
    unit: str
    times_s: FloatArray
    values: FloatArray
    judged: BoolArray | None = None


Measure = Literal["", "mean", "left", "right"]
MIN_RATE_HZ = 9.5
"""With fewer pictures a second gaps come from the film, not from what is hidden."""
MEASURES: tuple[Measure, ...] = ("mean", "left", "right")
"""Whose a value is, the one to follow over time first."""
Extra = int | float | str | list[str] | None
"""What may stand beside a finding under a name of the fault's own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in one repetition.

    Args:
        fault: Identifier, the name of its row in the table.
        side: ``left``, ``right`` or ``both`` (the subject's).
        value, threshold, uncertainty: In ``unit``; the uncertainty is the half width of the 95 %
            interval. None, never NaN, where nothing was measured.
        time_s: The moment in the clip the value was read at.
        reason: The verdict in plain words.
        signs: Codes of what was seen beside the value, such as ``heel_rise``; the fault's row in
            the table has words for each.
        extra: Per-side and auxiliary values of this fault, by names of its own.
    """

    fault: str
    verdict: Verdict
    severity: Severity
    side: Side | None
    value: float | None
    unit: str
    threshold: float | None
    uncertainty: float | None
    confidence: Confidence
    time_s: float | None
    reason: str
    signs: tuple[str, ...] = ()
    extra: Mapping[str, Extra] = field(default_factory=dict)

    @property
    def is_judged(self) -> bool:
        """Whether the camera could see enough for a verdict."""
        return self.verdict is not Verdict.NOT_ASSESSABLE

    @property
    def is_fault(self) -> bool:
        """Whether the verdict is ``fault``."""
        return self.verdict is Verdict.FAULT

    @property
    def measured(self) -> Measured | None:
        """The value with its uncertainty; None where nothing was measured."""
        if self.value is None or self.uncertainty is None:
            return None
        return Measured(self.value, self.uncertainty)

    def measured_of(self, side: Side | None) -> Measured | None:
        """The value of one leg, or of the mean of ``both``, where it was measured; else its own."""
        return self.measures.get("mean" if side == "both" else side or "", self.measured)

    @property
    def measures(self) -> dict[Measure, Measured]:
        """What was measured, by whose it is: ``left``, ``right``, ``mean`` of both.

        The value of a verdict is that of whichever decides, so two findings compare by these.  A
        fault that knows no sides has its value alone, under an empty name.
        """
        if self.value is None or self.uncertainty is None:
            return {}
        found: dict[Measure, Measured] = {}
        for name in MEASURES:
            value = self.number(f"{name}_{self.unit}")
            uncertainty = self.number(f"{name}_uncertainty_{self.unit}")
            if value is not None:
                known = self.uncertainty if uncertainty is None else uncertainty
                found[name] = Measured(float(value), float(known))
        return found or {"": Measured(self.value, self.uncertainty)}

    def of_side(self, side: str) -> float | None:
        """The value of one leg, ``left`` or ``right``; None where it was not measured alone."""
        return self.number(f"{side}_{self.unit}")

    def number(self, name: str) -> float | None:
        """A number among the auxiliary values; None where there is none of that name."""
        value = self.extra.get(name)
        return value if isinstance(value, int | float) else None


@dataclass(frozen=True, slots=True)
class Assessment:
    """A finding and the curves it was read from."""

    finding: Finding
    traces: tuple[Trace, ...] = ()

    @classmethod
    def impossible(cls, fault: str, unit: str, reason: str) -> Assessment:
        """For a fault the camera cannot see here."""
        return cls(
            Finding(
                fault,
                Verdict.NOT_ASSESSABLE,
                Severity.NONE,
                side=None,
                value=None,
                unit=unit,
                threshold=None,
                uncertainty=None,
                confidence=Confidence.LOW,
                time_s=None,
                reason=reason,
            )
        )


COARSE_S = 0.12
"""With more than this between two frames a movement is known at its ends only: nothing is sure."""


def frame_s(times_s: FloatArray) -> float:
    """The usual time between two frames; NaN for fewer than two."""
    return float(np.median(np.diff(times_s))) if len(times_s) > 1 else float("nan")


def is_coarse(times_s: FloatArray) -> bool:
    """Whether so few frames were seen that no verdict can be sure."""
    return frame_s(times_s) > COARSE_S


def sustained_maximum(
    times_s: FloatArray, values: FloatArray, hold_s: float
) -> tuple[float, float]:
    """The highest level that is held for ``hold_s``, and when.

    The maximum over time of the lowest value within a stretch of that length: a single wild frame
    does not count, nor does a stretch with a NaN in it.  Arrays of shape (n,) give the level and
    the middle of the stretch; NaN and NaN if nothing lasts so long.
    """
    best, when = -np.inf, float("nan")
    start = 0
    for stop in range(len(times_s)):
        while start < stop and times_s[stop] - times_s[start + 1] >= hold_s - 1e-6:
            start += 1
        if times_s[stop] - times_s[start] >= hold_s - 1e-6:
            level = float(values[start : stop + 1].min())
            if level > best:
                best, when = level, float(times_s[start] + times_s[stop]) / 2
    return (best, when) if np.isfinite(best) else (np.nan, np.nan)


def why_unseen(times_s: FloatArray, hidden: str) -> str:
    """Why a curve has gaps: too few pictures in a stretch of these times (n,), else ``hidden``."""
    step_s = frame_s(times_s)
    if not step_s > 1 / MIN_RATE_HZ:  # NaN fails the comparison too
        return hidden
    return f"too few pictures a second ({1 / step_s:.0f}): film at 24 or more"


def resampled(
    times_s: FloatArray, values: FloatArray, step_s: float = 1 / 60, max_gap_s: float = 0.15
) -> tuple[FloatArray, FloatArray]:
    """Put a curve on an even grid, so that the frame rate does not matter.

    Arrays of shape (n,).  Linear between known values; NaN across gaps longer than ``max_gap_s``,
    or than one and a half frames where there are few, and outside the known range.
    """
    max_gap_s = max(max_gap_s, 1.5 * float(np.nan_to_num(frame_s(times_s))))
    is_known = np.isfinite(values)
    if is_known.sum() < 2:
        return np.empty(0), np.empty(0)
    t, v = times_s[is_known], values[is_known]
    grid = np.arange(t[0], t[-1] + 1e-9, step_s)
    out = np.interp(grid, t, v)
    after = np.minimum(np.searchsorted(t, grid), len(t) - 1)
    is_gap = (t[after] - t[after - 1] > max_gap_s) & (grid < t[after])
    return grid, np.where(is_gap, np.nan, out)


def resampled_together(
    times_s: FloatArray, curves: Sequence[FloatArray]
) -> tuple[FloatArray, list[FloatArray]]:
    """Put curves on one even grid as :func:`resampled` does: arrays of (n,) become ones of (m,).

    A moment counts only where all of them are known.
    """
    known = np.isfinite(curves).all(0)
    found = [resampled(times_s, np.where(known, curve, np.nan)) for curve in curves]
    return found[0][0], [values for _, values in found]


def finite_or_none(value: float, digits: int = 1) -> float | None:
    """Round for the record; None instead of NaN."""
    return round(float(value), digits) if np.isfinite(value) else None
