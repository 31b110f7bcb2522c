"""Where the error of a finding comes from: the person, the clip or the repetition.

Run ``python -m benchmarks.validation.components``; it judges the committed data in the right view
(yaw up to 20 deg for valgus, from 75 for travel) and takes about a minute.

The error, measured minus true, is split by a nested analysis of variance (people, clips of a
person, repetitions of a clip; moments, groups of unequal size: Searle, Casella and McCulloch,
*Variance Components*, 1992, 3.6).  In these clips every repetition is another movement, in a set of
a lifter they are alike.  What the error owes to the movement is therefore taken out of the
repetitions' part first, by regression within clips on the true value, depth, shank inclination and
heel rise; the last columns are the shares after that.  Where the movement went is what repetitions
of one kind share.

Then the product's model is tried: how many intervals of a clip's mean, as
``formcheck.squat.uncertainty`` gives them, hold the true mean of its repetitions.  Scatter is left
out of them, because it is the design's.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from benchmarks.validation.clips import SIDES, Array
from benchmarks.validation.collect import GRID, PARTS
from benchmarks.validation.judge import Row, judge_clips, values
from benchmarks.validation.packing import load_part
from benchmarks.validation.statistics import Rate, bootstrap_by_group
from formcheck.squat.uncertainty import Measured, mean_of_clips

MAX_FRONT_YAW_DEG, MIN_SIDE_YAW_DEG = 20.0, 75.0


@dataclass(frozen=True)
class Sample:
    """Errors of one measure, a row a repetition.

    ``half_width`` is what the product states, ``movement`` of shape (n, 4) what was done.
    """

    name: str
    person: Array
    clip: Array
    error: Array
    half_width: Array
    movement: Array

    def take(self, rows: Array) -> Sample:
        """Some of the rows; a person drawn twice is two people."""
        copy = np.zeros(len(rows), int)
        seen: dict[int, int] = {}
        for i, row in enumerate(rows):
            copy[i] = seen[int(row)] = seen.get(int(row), -1) + 1
        again = [np.char.add(column[rows], copy.astype(str)) for column in (self.person, self.clip)]
        return Sample(
            self.name, again[0], again[1], self.error[rows], self.half_width[rows],
            self.movement[rows],
        )  # fmt: skip


@dataclass(frozen=True)
class Components:
    """Variances between people, clips of a person and repetitions of a clip.

    ``alike`` is the last for repetitions of one movement.
    """

    body: float
    clip: float
    rep: float
    alike: float

    @property
    def total(self) -> float:
        """Of one repetition of anybody."""
        return self.body + self.clip + self.rep


def samples(rows: Sequence[Row]) -> Iterator[Sample]:
    """The measures of both faults in their right views."""
    found = [row for row in rows if row["is_found"]]
    front = [
        row
        for row in found
        if row["grid"] == "front" and abs(row["yaw_true_deg"]) <= MAX_FRONT_YAW_DEG
    ]
    for name in (*SIDES, "mean"):
        true = values(front, f"{name}_inside_true")
        error = values(front, f"valgus_{name}_pct_shank") - true
        width = values(front, f"valgus_{name}_uncertainty_pct_shank")
        yield _sample(f"valgus, {name}", front, true, error, width)
    side = [
        row
        for row in found
        if row["grid"] == "side"
        and abs(row["yaw_true_deg"]) >= MIN_SIDE_YAW_DEG
        and row["travel_value"] is not None
    ]
    true = np.array([row[f"{row['travel_side']}_past_toe_true"] for row in side], float)
    error = values(side, "travel_value") - true
    yield _sample("travel", side, true, error, values(side, "travel_uncertainty"))


def _sample(name: str, rows: Sequence[Row], true: Array, error: Array, width: Array) -> Sample:
    heel = np.maximum(values(rows, "left_heel_true"), values(rows, "right_heel_true"))
    movement = np.column_stack(
        [true, values(rows, "drop_true"), values(rows, "shank_true_deg"), heel]
    )
    known = np.isfinite(error)
    person, clip = (np.array([row[key] for row in rows])[known] for key in ("person", "clip"))
    return Sample(name, person, clip, error[known], width[known], movement[known])


def components(sample: Sample) -> Components:
    """Split the variance of the errors; a part that comes out negative is none.

    NaN if nobody has two clips.
    """
    error, n = sample.error, sample.error.size
    clip, first_of_clip, n_clip = _groups(sample.clip)
    person, _, n_person = _groups(sample.person)
    clips, people = len(n_clip), len(n_person)
    if clips == people:  # nobody with two clips: no telling the two apart
        return Components(*[float("nan")] * 4)
    clip_mean = np.bincount(clip, error) / n_clip
    person_mean = np.bincount(person, error) / n_person
    mixed = (n_clip**2 / n_person[person[first_of_clip]]).sum()
    within = ((error - clip_mean[clip]) ** 2).sum() / (n - clips)
    at_clip = ((clip_mean[clip] - person_mean[person]) ** 2).sum() / (clips - people)
    at_person = ((person_mean[person] - error.mean()) ** 2).sum() / (people - 1)
    clip_part = (at_clip - within) * (clips - people) / (n - mixed)
    body = (at_person - within) * (people - 1) - (mixed - (n_clip**2).sum() / n) * clip_part
    body /= n - (n_person**2).sum() / n
    alike = _left_over(error - clip_mean[clip], sample.movement, clip, n_clip)
    return Components(max(body, 0.0), max(clip_part, 0.0), within, min(alike, within))


def _groups(names: Array) -> tuple[Array, Array, Array]:
    """Group number of each row, first row and size of each group."""
    _, first, number, size = np.unique(
        names, return_index=True, return_inverse=True, return_counts=True
    )
    return number, first, size


def _left_over(error: Array, movement: Array, clip: Array, n_clip: Array) -> float:
    """Variance within clips that the movement does not explain."""
    means = np.column_stack([np.bincount(clip, column) / n_clip for column in movement.T])
    centred = movement - means[clip]
    weights, _, rank, _ = np.linalg.lstsq(centred, error, rcond=1e-9)
    left = error - centred @ weights
    return float(left @ left / (error.size - len(n_clip) - rank))


def shared_share(sample: Sample) -> float:
    """Part of the variance that repetitions of one movement in one clip share."""
    found = components(sample)
    return 1 - found.alike / found.total


def clip_mean_coverage(sample: Sample) -> Rate:
    """How many clips' mean errors lie within the half width of their mean."""
    held = []
    for name in np.unique(sample.clip):
        rows = sample.clip == name
        # The same value throughout: the scatter is not that of a set.
        mean = mean_of_clips([[Measured(0.0, float(u)) for u in sample.half_width[rows]]])
        assert mean is not None
        held.append(abs(sample.error[rows].mean()) <= mean.uncertainty)
    return Rate.of(np.array(held))


def main() -> int:
    """Print the components of both parts and of all people together."""
    rows = {part: judge_clips(load_part(GRID / f"{part}.npz")) for part in PARTS}
    print("SD of the error in the finding's unit; shares of its variance, 95 % interval by person")
    print(
        f"{'measure':14} {'part':9} reps clips people  bias  body  clip   rep  alike | "
        "body  shared          clip means held"
    )
    for part in (*PARTS, "both"):
        for sample in samples(rows.get(part) or [row for name in PARTS for row in rows[name]]):
            _print(part, sample)
    return 0


def _print(part: str, sample: Sample) -> None:
    found = components(sample)
    low, high = bootstrap_by_group(
        list(sample.person), lambda drawn: shared_share(sample.take(drawn)), n_resamples=500
    )
    rate = clip_mean_coverage(sample)
    sd = [sqrt(v) for v in (found.body, found.clip, found.rep, found.alike)]
    print(
        f"{sample.name:14} {part:9} {sample.error.size:4} {rate.n:5} "
        f"{len(np.unique(sample.person)):6} {sample.error.mean():+5.1f} "
        + " ".join(f"{value:5.2f}" for value in sd)
        + f"  | {found.body / found.total:4.2f}  {shared_share(sample):.2f} "
        f"({low:.2f} to {high:.2f})  {rate.hits}/{rate.n}"
    )


if __name__ == "__main__":
    sys.exit(main())
