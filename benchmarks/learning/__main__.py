"""Fit yaw and knees to the tuning people and write the arrays: ``python -m benchmarks.learning``.

Nobody of the held-out part is looked at. The knees are fitted with the yaw as the product will see
it: of each person from a fit to the others.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.learning.boosting import Recipe, fit_trees
from benchmarks.validation.clips import SIDES, Array, Clip
from benchmarks.validation.collect import GRID
from benchmarks.validation.judge import matched
from benchmarks.validation.packing import load_part
from formcheck.pose.track import npz_bytes
from formcheck.squat import analysis, learnt
from formcheck.squat.faults import knee_to_foot_line
from formcheck.squat.faults.valgus_witnesses import ValgusSettings
from formcheck.squat.rep import Rep
from formcheck.squat.view import yaw_inputs, yaw_of

RIDGE = 3.0
JUDGED_DROP = 0.10
KNEES = Recipe(n_trees=80, min_rows=400)
Pair = tuple[Clip, int, Rep]


def tuning_reps() -> list[Pair]:
    """Every repetition found: its clip, its number there, and its poses, unjudged."""
    with mock.patch.object(analysis, "judge", lambda rep, *_: SimpleNamespace(rep=rep)):
        return [
            (clip, number, found.rep)
            for clip in load_part(GRID / "tuning.npz")
            for number, found in enumerate(
                matched(analysis.analyze(clip.track), clip.document["reps"])
            )
            if found is not None
        ]


def fit_yaw(odd: Array, even: Array, yaw_deg: Array) -> dict[str, Any]:
    """Ridge regression on the products of odd and even inputs, of one size each."""
    model = {
        "odd_scale": np.sqrt((odd**2).mean(0)),
        "even_mean": even.mean(0),
        "even_scale": even.std(0),
    }
    rows = learnt.products(odd, even, model)
    size = np.sqrt((rows**2).mean(0))
    rows = rows / size
    normal = rows.T @ rows + RIDGE * np.eye(rows.shape[1])
    return model | {"weights_deg": np.linalg.solve(normal, rows.T @ yaw_deg) / size}


def left_out_yaw_deg(people: Array, odd: Array, even: Array, yaw_deg: Array) -> Array:
    """The yaw of each repetition, from a fit to everybody else."""
    out = np.empty(len(yaw_deg))
    for person in sorted(set(people)):
        own = people == person
        model = fit_yaw(odd[~own], even[~own], yaw_deg[~own])
        out[own] = learnt.products(odd[own], even[own], model) @ model["weights_deg"]
    return out


def knee_rows(pair: Pair, yaw_deg: float) -> tuple[Array, Array]:
    """Inputs of both knees of one repetition, and what the formula misses there [shanks]."""
    clip, number, rep = pair
    settings, seen = ValgusSettings(), []

    def spy(*given: Any) -> Array:
        seen.append(given)
        return np.zeros_like(given[0])

    with mock.patch.object(knee_to_foot_line, "knee_error_pct", spy):
        knee_to_foot_line.measure(
            rep, settings.shank_to_foot_gain, settings.landmark_bias_pct, yaw_deg, is_corrected=True
        )
    times = rep.window.between(rep.start_s, rep.end_s).times_s
    frames = clip.judged_frames(number)
    inputs, missing = [], []
    for side, given in zip(SIDES, seen, strict=True):
        drop = given[3]
        is_judged = (times >= clip.times_s[frames[0]]) & (times <= clip.times_s[frames[-1]])
        is_judged &= (drop >= JUDGED_DROP) & np.isfinite(given[0])
        true = np.interp(times, clip.times_s, np.asarray(clip.measures[f"{side}_inside"], float))
        inputs.append(learnt.knee_inputs(*given)[is_judged])
        missing.append((true - given[0])[is_judged] / 100)
    return np.concatenate(inputs), np.concatenate(missing)


def main() -> None:
    """Fit everything and write it beside the code that reads it."""
    reps = tuning_reps()
    people = np.array([clip.person for clip, _, _ in reps])
    true_yaw = np.array([clip.yaw_deg for clip, _, _ in reps])
    given = [
        yaw_inputs(rep, yaw_of(rep.window.between(rep.start_s, rep.end_s)).yaw_deg)
        for _, _, rep in reps
    ]
    odd, even = (np.array([pair[i] for pair in given]) for i in (0, 1))
    yaw_deg = left_out_yaw_deg(people, odd, even, true_yaw)
    error = np.abs(yaw_deg - true_yaw)
    print(f"yaw, people left out: mean {error.mean():.1f}, 95 % {np.quantile(error, 0.95):.1f} deg")
    write("yaw", fit_yaw(odd, even, true_yaw))
    knees = [
        knee_rows(pair, yaw)
        for pair, yaw in zip(reps, yaw_deg, strict=True)
        if pair[0].view == "front"
    ]
    inputs, missing = (np.concatenate([rows[i] for rows in knees]) for i in (0, 1))
    weights = np.concatenate([np.full(len(y), 1 / max(1, len(y))) for _, y in knees])
    trees = fit_trees(inputs, missing, weights / weights.mean(), KNEES)
    left = missing - trees.predict(inputs)
    print(
        f"knees, fitted frames: SD {100 * missing.std():.1f} -> {100 * left.std():.1f} % of shank"
    )
    write("knee", {name: getattr(trees, name) for name in learnt.Trees.__slots__})


def write(name: str, stored: dict[str, Any]) -> None:
    """Write the arrays of one correction, the same bytes every time."""
    path = Path(learnt.__file__).with_name(f"{name}.npz")
    path.write_bytes(npz_bytes({key: np.asarray(value) for key, value in stored.items()}))
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
