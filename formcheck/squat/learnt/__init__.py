"""Corrections learnt on rendered people: plain arrays beside this module, evaluated with numpy.

``python -m benchmarks.learning`` fits them to people whose joints are known and writes them. What
goes in is in the body's own measure (standing shanks or legs, angles, shares), so neither the size
of the picture nor the frame rate matters; no recording of a real person is among the data.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from formcheck.pose.track import FloatArray

REACH = 2.0
"""Inputs count up to so many standard deviations of the people learnt from: beyond, nothing is
known."""


@cache
def arrays(name: str) -> dict[str, Any]:
    """The stored arrays of a correction, by their names."""
    with np.load(Path(__file__).with_name(f"{name}.npz"), allow_pickle=False) as stored:
        return {key: stored[key] for key in stored.files}


def products(odd: FloatArray, even: FloatArray, model: dict[str, Any]) -> FloatArray:
    """Every odd input alone and times every even one, (n, odd * (1 + even)), standardised.

    In a mirror odd inputs change their sign and even ones do not, so a sum of these products turns
    its sign exactly: no side is preferred.
    """
    o = np.clip(odd / model["odd_scale"], -REACH, REACH)
    e = np.clip((even - model["even_mean"]) / model["even_scale"], -REACH, REACH)
    e = np.concatenate([np.ones((len(e), 1)), e], axis=1)
    return np.asarray((o[:, :, None] * e[:, None, :]).reshape(len(o), -1))


@dataclass(frozen=True, slots=True)
class Trees:
    """A sum of small regression trees.

    One entry a node: the input asked about (-1 in a leaf), its limit, the nodes for values up to
    the limit and above it, and the leaf's value; ``roots`` are the first nodes of the trees.
    """

    feature: FloatArray
    limit: FloatArray
    low: FloatArray
    high: FloatArray
    value: FloatArray
    roots: FloatArray

    @classmethod
    def load(cls, name: str) -> "Trees":
        """The trees stored under a name."""
        stored = arrays(name)
        return cls(*(stored[key] for key in cls.__slots__))

    def predict(self, inputs: FloatArray) -> FloatArray:
        """Evaluate rows of inputs, (n, k), to (n,); NaN where an input is."""
        node = np.repeat(self.roots[None].astype(np.intp), len(inputs), axis=0)
        row = np.arange(len(inputs))[:, None]
        while (is_inner := self.feature[node] >= 0).any():
            is_low = inputs[row, self.feature[node]] <= self.limit[node]
            after = np.where(is_low, self.low[node], self.high[node])
            node = np.where(is_inner, after, node)
        known = np.isfinite(inputs).all(1)
        return np.where(known, self.value[node].sum(1), np.nan)


def knee_inputs(
    inside_pct: FloatArray, toe_pct: float, shank_deg: FloatArray, drop: FloatArray, away_deg: float
) -> FloatArray:
    """What the error of a knee's distance from its foot line is learnt from, (n, 5).

    Args:
        inside_pct (array, shape (n,)): Knee inside the foot line by the formula, % of shank; a knee
            outside of it is left as it is.
        toe_pct: How far the toes are from the ankle towards the midline in the picture, % of shank.
        shank_deg, drop (array, shape (n,)): Lean of the shanks and drop of the hips.
        away_deg: Yaw, positive when the camera sees this leg's inner side.
    """
    sine, one = np.sin(np.radians(shank_deg)), np.ones_like(drop)
    inside = np.maximum(inside_pct, 0) / 100
    return np.stack([np.radians(away_deg) * one, sine, toe_pct / 100 * one, inside, drop], axis=1)


def knee_error_pct(
    inside_pct: FloatArray, toe_pct: float, shank_deg: FloatArray, drop: FloatArray, away_deg: float
) -> FloatArray:
    """How much too little the formula reads, in % of shank, (n,); see :func:`knee_inputs`."""
    inputs = knee_inputs(inside_pct, toe_pct, shank_deg, drop, away_deg)
    return 100 * Trees.load("knee").predict(inputs)
