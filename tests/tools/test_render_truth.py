"""The rendered ground truth is true: rigid bones, planted feet, requests reached, labels right."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tools.render.body import Body, body_names
from tools.render.check import check_file, check_joints, check_requests, inside_pct
from tools.render.clip import Staged, stage, truth_document
from tools.render.grid import cells, load_design
from tools.render.legs import knee_centre, plant_feet
from tools.render.motion import JOINTS
from tools.render.people import PEOPLE
from tools.render.spec import CameraSpec, ClipSpec, Squat, Stand, Turn
from tools.render.truth import sustained_peak

SAMPLE_VIDEOS = Path(__file__).parents[2] / "sample_videos"
SAMPLE_TRUTHS = sorted(SAMPLE_VIDEOS.glob("*.truth.json"))
INSIDE = "knee_inside_foot_line_pct_shank"


def staged(squat: Squat, **other: Any) -> Staged:
    """A short clip of one repetition, not drawn."""
    spec = ClipSpec("test", acts=(Stand(0.2), squat, Stand(0.2)), fps=30.0)
    return stage(dataclasses.replace(spec, **other))


def joints_of(clip: Staged) -> dict[str, np.ndarray]:
    return dict(zip(JOINTS, clip.motion.joints_m.swapaxes(0, 1), strict=True))


@pytest.mark.parametrize(
    "squat",
    [
        Squat(95, 0, 0),
        Squat(90, 25, 0, knee_past_toe_pct=5),
        Squat(100, 18, 18, "ascent", ascent_s=1.1),
        Squat(105, knee_past_toe_pct=60, heel_rise_pct=18),
        Squat(85, knee_past_toe_pct=-10, hip_shift_pct=4),
    ],
    ids=["good", "left", "ascent", "forward", "back"],
)
def test_bones_are_rigid_feet_are_planted_and_the_request_is_reached(squat: Squat) -> None:
    clip = staged(squat, stance_hip_widths=1.5)
    assert check_joints("test", joints_of(clip), clip.motion.planted) == []
    assert check_requests("test", truth_document(clip)) == []


def test_feet_are_planted_between_steps_of_a_turn() -> None:
    clip = staged(Squat(90), acts=(Stand(0.1), Turn(-90.0, 4, 0.4), Stand(0.1), Squat(90)))
    assert check_joints("test", joints_of(clip), clip.motion.planted) == []
    assert clip.motion.heading_deg[-1] == pytest.approx(-90.0)
    assert not clip.motion.planted.all()
    document = truth_document(clip)
    assert document["reps"][0]["view_yaw_deg"] == pytest.approx(90.0)


def test_knees_on_the_foot_line_measure_zero_whatever_the_toe_out() -> None:
    for toe_out in (5.0, 30.0):
        clip = staged(Squat(100), toe_out_deg=toe_out)
        for side in ("left", "right"):
            peak = truth_document(clip)["reps"][0][side]["peak"][INSIDE]["value"]
            assert peak == pytest.approx(0.0, abs=0.2)


def test_knee_inside_is_positive_for_both_sides_and_follows_its_definition() -> None:
    body = Body("f01", 1.65)
    for side, foot in plant_feet(body, 1.4, 20.0).items():
        shank = foot.anatomy.shank_m
        knee = knee_centre(foot, foot.ankle, -0.02, 0.2 * shank)
        assert inside_pct(knee, foot.ankle, foot.heel, foot.toe, side) == pytest.approx(20.0)
        assert abs(knee[0]) < abs(knee_centre(foot, foot.ankle, -0.02, 0.0)[0])
        assert float((knee - foot.toe) @ foot.forward) == pytest.approx(-0.02)


def test_caving_on_the_ascent_is_over_before_standing_and_absent_at_the_bottom() -> None:
    rep = truth_document(staged(Squat(100, 20, 20, "ascent", ascent_s=1.1)))["reps"][0]
    for side in ("left", "right"):
        assert rep[side]["at_bottom"][INSIDE] < 1.0
        assert rep[side]["peak"][INSIDE]["phase"] == "ascent"
    assert rep["labels"]["knee_valgus"] == "both"
    assert rep["labels"]["knee_valgus_course"] == "ascent"


def test_a_short_spike_is_not_a_sustained_peak() -> None:
    values = np.zeros(30)
    values[10:12] = 9.0
    values[20:26] = 5.0
    peak, where = sustained_peak(values, 1 / 30)
    assert peak == 5.0
    assert 20 <= where < 26


def test_joints_project_into_the_picture_from_the_stated_side() -> None:
    clip = staged(Squat(90), camera=CameraSpec(yaw_deg=90.0, shake_px=0.0))
    joints = joints_of(clip)
    pixels = clip.camera.project(np.array([joints["left_toe"][0], joints["left_heel"][0]]), 0)
    assert pixels[0, 0] < pixels[1, 0], "seen from the left the subject faces left"
    depth = (np.array([joints["left_hip"][0], joints["right_hip"][0]]) - clip.camera.eye_m) @ (
        -clip.camera.axes[2]
    )
    assert depth[0] < depth[1], "the left side is nearer"


def test_specs_survive_json() -> None:
    spec = staged(Squat(90, 12.5, 3.0)).spec
    assert ClipSpec.from_json(json.dumps(spec.to_dict())) == spec


def test_bodies_have_human_proportions() -> None:
    assert len(body_names()) >= 22
    for name in body_names():
        leg = Body(name, 1.75).legs["left"]
        assert 0.85 < leg.thigh_m / leg.shank_m < 1.25
        assert 0.13 < leg.foot_m / 1.75 < 0.17


def test_grid_people_are_apart_and_every_cell_has_the_same_count() -> None:
    design = load_design()
    tuning, held_out = (set(design["people"][part]) for part in ("tuning", "held_out"))
    assert not tuning & held_out
    assert len(tuning) >= 6
    assert len(held_out) >= 12
    assert tuning | held_out <= set(PEOPLE)
    counts = {
        part: sum(
            len(cells(design, view)) * design[view]["reps_per_cell"][part]
            for view in ("front", "side")
        )
        for part in ("tuning", "held_out")
    }
    assert counts["held_out"] >= 400
    assert counts["tuning"] >= 150


@pytest.mark.skipif(not SAMPLE_TRUTHS, reason="sample clips have not been rendered")
@pytest.mark.parametrize("path", SAMPLE_TRUTHS, ids=lambda path: path.name.split(".")[0])
def test_sample_truth_is_consistent_with_its_name_and_labels(path: Path) -> None:
    assert check_file(path) == []
    assert path.stat().st_size < 120_000
    video = path.with_name(path.name.replace(".truth.json", ".mp4"))
    assert video.stat().st_size < 1_500_000
    document = json.loads(path.read_text(encoding="utf-8"))
    labels = [rep["labels"] for rep in document["reps"]]
    name = document["name"]
    if "mixed" in name:
        assert [label["knee_valgus"] for label in labels] == ["none", "both", "none"]
    else:
        side = "left" if "valgus_left" in name else "both" if "valgus" in name else "none"
        assert {label["knee_valgus"] for label in labels} <= {side}
    assert {label["knee_forward"] for label in labels} <= {"forward" in name or "heels_up" in name}
    assert {label["heel_up"] for label in labels} <= {"heels_up" in name}
    assert bool(labels) == (name != "no_squat")
    for rep in document["reps"]:
        for leg in ("left", "right"):
            peak = rep[leg]["peak"][INSIDE]["value"]
            clear = peak < 1.0 or 18.0 <= peak <= 25.0
            assert clear, "amounts of the samples are in clear territory"
