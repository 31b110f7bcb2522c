"""What knee valgus is: two witnesses, and one table of what every pair of them means.

Physiotherapists and coaches call a knee *in* when two things are true of it:

*Inside.*  It is inside the line of its own foot ("knees over toes").
*Moved in.*  It is towards the midline: inside its ankle, or it has come in against its own way,
which is where it has been at this depth on the way down and how wide it already was.

Either alone is not valgus.  Over feet turned far out, knees that point straight ahead are inside
the foot line and over the ankles; in a wide stance with straight feet, knees travel in and stay
over the toes.  Both are looked at near the bottom and on the way up, where the legs are loaded and
knees cave, and count when they are held.

Sources, linked in docs/methods.md: inside the foot line is the visual criterion of medial knee
displacement, patella medial to the great toe, in a squat on two legs (Bell and others 2008, 2013);
knees rated medial of the foot by eye are so in three dimensions (Ageberg and others 2010).  Inside
the ankle is a ratio of knee to ankle separation below 1 (Gray and others 2017).

Everything here is a plain function of curves, so truth with known joints is labelled by the same.
"""

from enum import StrEnum

import numpy as np

from formcheck.pose.track import BoolArray, FloatArray
from formcheck.squat.faults.finding import Verdict

NEAR_BOTTOM_SHARE = 0.7
"""On the way down the knees are judged from this share of the repetition's own depth ..."""
NEARLY_STRAIGHT_SHARE = 0.3
"""... and on the way up to this share of it: the knees are nearly straight then."""
OUTSIDE_SHARE = 0.5
"""A knee that comes in and stays outside its ankle counts by so much of that distance less: in real
squats the way up differs from the way down, and knees far outside have room."""
BENT_SHARE = 0.5
"""A knee is compared with its ankle at this share and more: a wide stance brings straighter knees
inside the ankles by itself."""


class Witness(StrEnum):
    """How far one of the two signs is there: beyond its limit, too close to it to say, or not."""

    ABSENT = "absent"
    NEAR = "near"
    CLEAR = "clear"


class Meaning(StrEnum):
    """What the two witnesses say together."""

    VALGUS = "valgus"
    CLOSE = "close"
    """Too close to a limit to say."""
    MOVES_IN = "moves_in"
    """The knee moves in and stays over its foot."""
    TOES_FURTHER_OUT = "toes_further_out"
    """The knee points less outward than the toes and stays over its ankle."""
    NOTHING = "nothing"

    @property
    def verdict(self) -> Verdict:
        """What is said of a repetition with this meaning."""
        return _VERDICTS[self]


_VERDICTS = {
    Meaning.VALGUS: Verdict.FAULT,
    Meaning.CLOSE: Verdict.BORDERLINE,
    Meaning.MOVES_IN: Verdict.BORDERLINE,
    Meaning.TOES_FURTHER_OUT: Verdict.OK,
    Meaning.NOTHING: Verdict.OK,
}

TABLE: dict[tuple[Witness, Witness], Meaning] = {
    # inside the foot line, moved in
    (Witness.CLEAR, Witness.CLEAR): Meaning.VALGUS,
    (Witness.CLEAR, Witness.NEAR): Meaning.CLOSE,
    (Witness.CLEAR, Witness.ABSENT): Meaning.TOES_FURTHER_OUT,
    (Witness.NEAR, Witness.CLEAR): Meaning.MOVES_IN,
    (Witness.NEAR, Witness.NEAR): Meaning.NOTHING,
    (Witness.NEAR, Witness.ABSENT): Meaning.NOTHING,
    (Witness.ABSENT, Witness.CLEAR): Meaning.MOVES_IN,
    (Witness.ABSENT, Witness.NEAR): Meaning.NOTHING,
    (Witness.ABSENT, Witness.ABSENT): Meaning.NOTHING,
}
"""What each pair of witnesses means; the code and the documents read it from here."""


def witness(excess: float, margin: float) -> Witness:
    """A value ``excess`` over its limit is clear; near, when below it by ``margin`` at most."""
    if excess >= 0:
        return Witness.CLEAR
    return Witness.NEAR if excess >= -margin else Witness.ABSENT


def is_judged(drop: FloatArray, min_drop: float) -> BoolArray:
    """Which moments count: near the bottom and on the way up until the knees are nearly straight.

    Args:
        drop (array, shape (n,)): Drop of the hips over one repetition; NaN is not judged.
        min_drop: Less deep than this is never judged.

    Returns:
        bool array, shape (n,).
    """
    if not np.isfinite(drop).any():
        return np.zeros(len(drop), bool)
    deepest, bottom = np.nanmax(drop), int(np.nanargmax(drop))
    is_down = np.arange(len(drop)) <= bottom
    share = np.where(is_down, NEAR_BOTTOM_SHARE, NEARLY_STRAIGHT_SHARE)
    return np.asarray(drop >= np.maximum(share * deepest, min_drop))


def moved_in(
    medial: FloatArray, drop: FloatArray, min_drop: float, place: FloatArray | None = None
) -> FloatArray:
    """How far a knee has moved in: inside its ankle, or against its own way if that is more.

    Args:
        medial (array, shape (n,)): The knee towards the midline from its ankle, over a repetition;
            NaN where unknown.
        drop (array, shape (n,)): Drop of the hips.
        min_drop: Knees are not judged before.
        place (array, shape (n,)): The same up to a constant, where its changes are better known.

    Returns:
        array, shape (n,), in the unit of ``medial``; NaN where unknown.
    """
    own = against_own_way(medial if place is None else place, drop, min_drop)
    return np.fmax(inside_ankle(medial, drop), own + OUTSIDE_SHARE * np.minimum(medial, 0))


def inside_ankle(medial: FloatArray, drop: FloatArray) -> FloatArray:
    """How far a bent knee is inside its ankle; NaN while it is straighter.

    Arrays of shape (n,); ``medial`` is the knee towards the midline from its ankle.
    """
    deepest = np.nanmax(drop) if np.isfinite(drop).any() else np.inf
    return np.where(drop >= BENT_SHARE * deepest, medial, np.nan)


def against_own_way(medial: FloatArray, drop: FloatArray, min_drop: float) -> FloatArray:
    """How far a knee has come in from where it has been, positive inward, shape (n,).

    On the way down against the widest it has been since ``min_drop``; on the way up against the way
    down at the same depth.  NaN where either is unknown.
    """
    known = np.isfinite(medial) & np.isfinite(drop)
    if known.sum() < 2:
        return np.full(len(drop), np.nan)
    bottom = int(np.nanargmax(np.where(known, drop, np.nan)))
    is_down = np.arange(len(drop)) <= bottom
    counts = known & is_down & (drop >= min_drop)
    widest = np.minimum.accumulate(np.where(counts, medial, np.inf))
    down = known & is_down
    same_depth = np.interp(drop, np.maximum.accumulate(drop[down]), medial[down])
    before = np.where(is_down, np.where(np.isfinite(widest), widest, np.nan), same_depth)
    return np.asarray(medial - before)
