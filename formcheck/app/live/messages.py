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
    """The message for one update; points are sent as shares of the picture's (width, height)."""
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
        "reps": [_rep(rep) for rep in update.closed],
        "problem": update.problem,
    }


def _rep(rep: ClosedRep) -> dict[str, Any]:
    """What is said of a repetition just counted: the number and, if there is one, the cue."""
    cue = "" if rep.cue is None else rep.cue.spoken
    return {
        "number": rep.number,
        "verdict": None if rep.verdict is None else str(rep.verdict),
        "cue": cue,
        "say": f"{rep.number}. {cue}." if rep.cue is not None else str(rep.number),
    }
