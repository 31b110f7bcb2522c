"""The set-up coach: one instruction at a time, the right one, then ready."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from acting import CAMERA, WEBCAM, picture
from stickfigure import Camera, film, stand, walk

from formcheck.live.setup_coach import INSTRUCTIONS, SetupCoach, framing
from formcheck.pose.track import Pose

GREY, LIGHT = picture(0), 150.0


def said(camera: Camera = WEBCAM, light: int = 150, n_people: int = 1) -> list[str]:
    """What the coach says to somebody who stands still for four seconds."""
    coach = SetupCoach(lambda image: n_people)
    image = picture(0, light=light)
    return [coach.update(pose, light, image).id for pose in film([stand(4.0)], camera=camera)]


@pytest.mark.parametrize("yaw_deg", [0.0, 12.0, 90.0, -90.0, 80.0])
def test_all_is_well_from_the_front_and_the_side(yaw_deg: float) -> None:
    ids = said(replace(WEBCAM, yaw_deg=yaw_deg))
    assert set(ids) == {"still", "ready"}
    assert 25 <= ids.index("ready") <= 45  # after a second of standing still


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"distance_m": 8.0}, "closer"),
        ({"distance_m": 1.8}, "back"),
        ({"focal": 1.9, "height_m": 0.9}, "back"),
        ({"height_m": 1.4}, "feet"),
        ({"height_m": 0.55}, "head"),
        ({"roll_deg": 9.0}, "level"),
        ({"yaw_deg": 45.0}, "turn"),
        ({"yaw_deg": 180.0}, "around"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, float], wanted: str) -> None:
    ids = said(replace(WEBCAM, **change))
    assert ids[-1] == wanted
    assert "ready" not in ids


def test_dark_comes_before_everything() -> None:
    assert said(replace(WEBCAM, distance_m=8.0), light=20)[-1] == "light"


def test_somebody_else_in_the_picture() -> None:
    ids = said(n_people=2)
    assert ids[-1] == "people"
    assert "ready" not in ids


def test_nobody_is_there() -> None:
    coach = SetupCoach(lambda image: 1)
    ids = [coach.update(Pose.absent(i / 30), LIGHT, GREY).id for i in range(60)]
    assert set(ids) == {"nobody"}


def test_half_outside_is_sent_to_the_middle() -> None:
    pose = film([stand(0.2)], camera=WEBCAM)[0]
    shifted = replace(pose, points_px=pose.points_px + np.array([290.0, 0.0]))
    assert framing(shifted, *CAMERA) == "middle"


def test_a_walk_up_ends_in_ready_and_ready_stays() -> None:
    far = replace(WEBCAM, distance_m=7.5)
    coach = SetupCoach(lambda image: 1)
    ids = [
        coach.update(pose, LIGHT, GREY).id
        for pose in film([walk(4.5, 4.0), stand(3.0)], camera=far)
    ]
    assert ids[0] == "closer"
    assert ids[-1] == "ready"
    assert coach.is_ready
    gone = [coach.update(Pose.absent(20 + i / 30), LIGHT, GREY).id for i in range(60)]
    assert gone[-1] == "nobody"


def test_instructions_do_not_flicker() -> None:
    """A landmark that jitters over a limit does not change the words every frame."""
    rng = np.random.default_rng(1)
    coach, ids = SetupCoach(lambda image: 1), []
    pose = film([stand(0.2)], camera=replace(WEBCAM, distance_m=6.1))[0]
    for i in range(300):
        points = pose.points_px + rng.normal(0, 6, 2)
        points[:, 1] *= 1 + 0.01 * rng.normal()
        ids.append(coach.update(replace(pose, time_s=i / 30, points_px=points), LIGHT, GREY).id)
    n_changes = sum(a != b for a, b in pairwise(ids))
    assert n_changes <= 10 / 0.6


def test_words_can_be_read_from_afar_and_have_a_picture(root) -> None:
    drawings = (root / "formcheck" / "app" / "live" / "static" / "live_art.js").read_text("utf-8")
    for instruction in INSTRUCTIONS.values():
        assert len(instruction.words) <= 24, instruction.words
        assert max(len(word) for word in instruction.words.split()) <= 8
        assert f"\n  {instruction.id}:" in drawings or f" {instruction.id}: " in drawings
