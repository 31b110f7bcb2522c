"""What the live page is told after a frame, as plain JSON values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from formcheck.pose.track import FloatArray

if TYPE_CHECKING:
    from formcheck.live.session import ClosedRep, LiveUpdate

DRAWN = (0, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32)
"""The landmarks the page draws, in the order they are sent."""


def frame_message(update: LiveUpdate, size_px: FloatArray) -> dict[str, Any]:
    """Return the message for one update.

    Parameters
    ----------
    update : LiveUpdate
    size_px : array, shape (2,)
        Width and height of the picture: points are sent as shares of it.
    """
    points = update.points_px[list(DRAWN)] / size_px
    instruction = update.instruction
    return {
        "type": "frame",
        "p": np.round(points, 4).tolist() if np.isfinite(points).all() else None,
        "n": update.n_reps,
        "phase": update.phase,
        "stage": str(update.stage),
        "coach": None
        if instruction is None
        else {"id": instruction.id, "words": instruction.words, "detail": instruction.detail},
        "still": round(update.still_share, 2),
        "hint": update.hint,
        "reps": [rep_message(rep) for rep in update.closed],
        "problem": update.problem,
    }


def rep_message(rep: ClosedRep) -> dict[str, Any]:
    """Return what is said of a repetition that was just counted."""
    cue = "" if rep.cue is None else rep.cue.spoken
    return {
        "number": rep.number,
        "verdict": None if rep.verdict is None else str(rep.verdict),
        "cue": cue,
        "say": spoken_words(rep),
    }


def spoken_words(rep: ClosedRep) -> str:
    """The count and, if there is one, the cue: one breath."""
    return str(rep.number) if rep.cue is None else f"{rep.number}. {rep.cue.spoken}."
