"""The error of means and of differences: what repetitions share, and what averages out.

A finding's ``uncertainty`` u is the half width of its 95 % interval.  Its variance has three
parts::

    u^2 = (BODY_SHARE + CLIP_SHARE + REP_SHARE) u^2

*Body* is the same in every clip of a person: where the landmarks sit on this body.  *Clip* is the
same in all repetitions of one clip: camera, clothes, light, and what the landmarks make of this
way of moving.  *Rep* is new in each repetition and averages out.  The shares are those of rendered
people whose joints are known (``benchmarks/validation/components.py``; docs/methods.md, "Means and
changes").

Formulas are those of the GUM (JCGM 100:2008): shared parts add linearly (5.2.2, correlated input),
independent ones in squares (5.1.2); where scatter seen in few values rules, Student's t with the
effective degrees of freedom of Welch and Satterthwaite stands in for 1.96 (G.4.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, fsum, hypot, inf, isfinite, sqrt
from statistics import NormalDist

BODY_SHARE = 0.3
"""Part of a finding's error variance that all clips of a person share."""
CLIP_SHARE = 0.4
"""Part that the repetitions of one clip share beyond that."""
REP_SHARE = 0.3
"""Part that each repetition has of its own."""
_Z = NormalDist().inv_cdf(0.975)
_T_975 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
"""Student's t, 97.5 %, for 1 to 9 degrees of freedom."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A value and the half width of its 95 % interval, in one unit.

    What was not measured is no `Measured`: leave a finding out whose value is None.  ValueError if
    a number is NaN or infinite, or the uncertainty negative.
    """

    value: float
    uncertainty: float

    def __post_init__(self) -> None:
        if not (isfinite(self.value) and 0 <= self.uncertainty < inf):
            raise ValueError(f"not a measured value: {self.value} ± {self.uncertainty}")


@dataclass(frozen=True, slots=True)
class _Variance:
    """Of a mean, and how well it is known: the degrees of freedom."""

    size: float
    dof: float = inf


def mean_of_clips(clips: Sequence[Sequence[Measured]]) -> Measured | None:
    """Mean over all repetitions of some clips of one person; every repetition counts the same.

    Of one clip, such as a set, the half width is ``t sqrt(shared^2 + max(own^2, s^2) / n)`` with,
    in standard deviations, ``shared^2 = (BODY_SHARE + CLIP_SHARE) (u/1.96)^2``, ``own^2 = REP_SHARE
    (u/1.96)^2``, u the mean uncertainty and s the standard deviation of the values.  The scatter
    holds the repetitions' own error already, so the larger of the two counts, not both.

    Over several clips the body's part stays.  The clips' parts and the repetitions' own average out
    over the clips, unless the clips' means scatter by more.  The half width is ``t sqrt(BODY_SHARE
    (u/1.96)^2 + max(sum w^2 v, s^2 sum w^2))`` with, for each clip, its share w of the repetitions
    and the variance v of its mean without the body's part; s is the standard deviation of the
    clips' means.

    One repetition keeps its own uncertainty; clips without any do not count; None if none has any.
    """
    clips = [reps for reps in clips if reps]
    n = sum(len(reps) for reps in clips)
    if not n:
        return None
    means, variances = [], []
    for reps in clips:
        values = [rep.value for rep in reps]
        own = [_Variance(REP_SHARE * (rep.uncertainty / _Z) ** 2) for rep in reps]
        even = [1 / len(reps)] * len(reps)
        shared = _Variance(CLIP_SHARE * _together(reps) ** 2)
        means.append(fsum(values) / len(values))
        variances.append(_sum([shared, _of_mean(values, own, even)]))
    weights = [len(reps) / n for reps in clips]
    body = _Variance(BODY_SHARE * _together([rep for reps in clips for rep in reps]) ** 2)
    whole = _sum([body, _of_mean(means, variances, weights)])
    mean = fsum(w * m for w, m in zip(weights, means, strict=True))
    return Measured(mean, _t_975(whole.dof) * sqrt(whole.size))


def difference(after: Measured, before: Measured, *, is_same_clip: bool = False) -> Measured:
    """``after - before`` with the half width of its 95 % interval.

    Between two videos nothing is taken to cancel: ``sqrt(u1^2 + u2^2)``.  The part of the same body
    would, but it is poorly known, and left in it makes up for a camera moved for good between the
    two, whose part neither averages out nor cancels.

    ``is_same_clip`` is two single repetitions of one clip, whose body and clip parts cancel:
    ``sqrt(REP_SHARE (u1^2 + u2^2))``.  For the same repetition judged twice that is on the wide
    side, as its own part is mostly the same too.
    """
    uncertainty = hypot(after.uncertainty, before.uncertainty)
    kept = sqrt(REP_SHARE) if is_same_clip else 1.0
    return Measured(after.value - before.value, kept * uncertainty)


def drift(reps: Sequence[Measured]) -> Measured:
    """How much repetitions of one clip change from the first to the last, with its 95 % half width.

    Along the line of least squares.  What the repetitions share cancels; their own part stays, as
    known or as they scatter about the line if that is more: ``t sqrt(max(own^2, s^2) / Sxx)
    (n - 1)`` with the sum of squares Sxx of their places in the set.  ValueError for fewer than
    three.
    """
    n = len(reps)
    if n < 3:
        raise ValueError("a line needs three repetitions")
    places = [i - (n - 1) / 2 for i in range(n)]
    squares = fsum(x * x for x in places)
    mean = fsum(rep.value for rep in reps) / n
    slope = fsum(x * rep.value for x, rep in zip(places, reps, strict=True)) / squares
    off = fsum((rep.value - mean - slope * x) ** 2 for x, rep in zip(places, reps, strict=True))
    known = fsum(x * x * of_rep(rep) ** 2 for x, rep in zip(places, reps, strict=True)) / squares
    as_known, as_seen = _Variance(known / _Z**2), _Variance(off / (n - 2), n - 2)
    own = max(as_known, as_seen, key=lambda variance: variance.size)
    half = _t_975(own.dof) * sqrt(own.size / squares)
    return Measured(slope * (n - 1), half * (n - 1))


def of_rep(rep: Measured) -> float:
    """Half width of the part of an error that the repetitions of a clip do not share."""
    return sqrt(REP_SHARE) * rep.uncertainty


def _together(reps: Sequence[Measured]) -> float:
    """Standard deviation of the mean of fully correlated errors."""
    return fsum(rep.uncertainty for rep in reps) / len(reps) / _Z


def _of_mean(
    values: Sequence[float], known: Sequence[_Variance], weights: Sequence[float]
) -> _Variance:
    """Variance of a weighted mean of independent values: as known, or as they scatter if more."""
    as_known = _sum([_Variance(w * w * v.size, v.dof) for w, v in zip(weights, known, strict=True)])
    if len(values) < 2:
        return as_known
    squares = fsum(w * w for w in weights)
    mean = fsum(w * x for w, x in zip(weights, values, strict=True))
    spread = fsum(w * (x - mean) ** 2 for w, x in zip(weights, values, strict=True))
    as_seen = spread / (1 - squares) * squares
    return _Variance(as_seen, len(values) - 1) if as_seen > as_known.size else as_known


def _sum(parts: Sequence[_Variance]) -> _Variance:
    """Of independent parts, with the degrees of freedom of Welch and Satterthwaite."""
    size = fsum(part.size for part in parts)
    doubt = fsum(part.size**2 / part.dof for part in parts)
    return _Variance(size, size**2 / doubt if doubt else inf)


def _t_975(dof: float) -> float:
    """Student's t; below 10 of the next lower whole number (GUM G.4.1), above by its expansion."""
    if dof < len(_T_975) + 1:
        return _T_975[max(floor(dof + 1e-9), 1) - 1]
    z = _Z
    return z + (z**3 + z) / (4 * dof) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * dof**2)
