"""Everybody in the picture: how many there are, and who is meant."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from formcheck.errors import InputError
from formcheck.pose.estimator import PeopleFinder
from formcheck.pose.people import Box, Place, box_of, reduced
from formcheck.pose.track import FloatArray
from formcheck.video.filmed import Filmed
from formcheck.video.reading import FrameReader

N_LOOKS, LOOK_RATE_HZ = 4, 2.0
"""So many of the first pictures are looked at for the one who is meant, so many a second."""

Look = tuple[Place | None, Sequence[FloatArray]]
"""Of one picture: where the followed body stands, and the landmarks of everybody in it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody in the picture: a box in pixels, and whether this is the followed body."""

    box: Box
    is_followed: bool


def everybody(looks: Iterable[Look]) -> tuple[Seen, ...]:
    """Who is seen in most of some pictures, from left to right.

    A mirror image or a person on a poster counts: nothing in a picture tells them apart.
    """
    every = list(looks)
    bodies = [(Place.of(body), body, followed) for followed, found in every for body in found]
    out: list[Seen] = []
    while bodies:
        place = bodies[0][0]
        group = [item for item in bodies if item[0].is_near(place)] or bodies[:1]
        bodies = [item for item in bodies if not any(item is one for one in group)]
        if 2 * len(group) > len(every):
            is_followed = sum(f is not None and p.is_near(f) for p, _, f in group)
            boxes = np.median([box_of(body, margin=0.05) for _, body, _ in group], axis=0)
            left, top, right, bottom = (round(float(side), 1) for side in boxes)
            out.append(Seen((left, top, right, bottom), 2 * is_followed > len(group)))
    return tuple(sorted(out, key=lambda one: one.box[0] + one.box[2]))


def find_person(path: Path, filmed: Filmed, model: str | Path | None, who: str) -> tuple[Box, str]:
    """Where somebody stands at the start of a clip, and what is to be said of the choice.

    ``who`` is ``left``, ``right``, ``largest`` or a number from the left.  Raises InputError if
    there is nobody like that.
    """
    finder = PeopleFinder(model)
    try:
        frames = islice(FrameReader(path, rate_hz=LOOK_RATE_HZ, filmed=filmed), N_LOOKS)
        small = (reduced(frame) for frame in frames)
        people = everybody(
            [(None, [body / scale for body in finder.find(image)]) for image, scale in small]
        )
    finally:
        finder.close()
    if not people:
        raise InputError(
            f"{path}: nobody is seen in its first two seconds, so nobody can be chosen. Leave "
            "--person out."
        )
    number = _NUMBERS[who](people) if who in _NUMBERS else int(who)
    if number > len(people):
        raise InputError(
            f"{path}: person {number} was asked for, and {len(people)} are seen. Count from the "
            "left, or say left, right or largest."
        )
    left, top, right, bottom = people[number - 1].box
    pad = 0.15 * (bottom - top)
    box = left - pad, top - pad, right + pad, bottom + pad
    return box, f"Of {len(people)} people in the picture number {number} from the left was chosen."


def _height(one: Seen) -> float:
    return one.box[3] - one.box[1]


_NUMBERS: dict[str, Callable[[Sequence[Seen]], int]] = {
    "left": lambda people: 1,
    "right": len,
    "largest": lambda people: 1 + max(range(len(people)), key=lambda i: _height(people[i])),
}


def crowd_note(people: Sequence[Seen]) -> str | None:
    """How many are in the picture and which of them was judged; None for one alone."""
    if len(people) < 2:
        return None
    number = next((i for i, one in enumerate(people, 1) if one.is_followed), None)
    whom = "somebody else" if number is None else f"number {number} from the left"
    return (
        f"{len(people)} people, or images of them, are in the picture: {whom} was judged. "
        "--person says who is meant."
    )
