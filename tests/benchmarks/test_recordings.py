"""3D recordings through a virtual camera: the view is right and caving ranks first."""

import json

import numpy as np
import pytest
from stickfigure import Body, duration_of, joints_of, params_of, squat, stand

from benchmarks.validation import squat7
from benchmarks.validation.packing import KEPT
from formcheck.errors import InputError
from formcheck.squat.analysis import analyze


def recording(inside_pct=0.0, flexion_deg=105.0, turned_deg=40.0, unit=70.0):
    """Landmarks of one squat in another unit, turned about the vertical, y down."""
    story = [stand(1.0), squat(flexion_deg, left_pct=inside_pct, right_pct=inside_pct), stand(1.0)]
    times = np.arange(round(duration_of(story) * 30)) / 30
    joints = joints_of(params_of(story, times), Body())[:, KEPT]
    c, s = np.cos(np.radians(turned_deg)), np.sin(np.radians(turned_deg))
    x, y, z = np.moveaxis(joints, -1, 0)
    return unit * np.stack([c * x - s * y, -z, s * x + c * y], axis=-1) + [300.0, 40.0, -90.0]


@pytest.mark.parametrize(("view", "yaw_deg"), [("front", 0.0), ("side", 90.0)])
def test_the_virtual_camera_stands_where_it_should(view, yaw_deg):
    xyz = recording()
    (rep,) = analyze(squat7.virtual_track(xyz, np.arange(len(xyz)), view)).reps
    assert rep.view.yaw_deg == pytest.approx(yaw_deg, abs=15)
    assert rep.rep.hip_drop_ratio > 0.25


def test_missing_and_repeated_frames_are_left_out():
    xyz = recording()
    frame = np.arange(len(xyz))
    frame[10:] += 3
    frame[20] = frame[19]
    track = squat7.virtual_track(xyz, frame, "front")
    assert len(track) == len(xyz) - 1
    assert track.times_s[10] - track.times_s[9] == pytest.approx(4 / 30)


def test_caving_ranks_above_the_others(tmp_path):
    amounts = (0.0, 3.0, 0.0, 3.0, 25.0, 30.0)
    parts = [recording(amount, 100.0 + i) for i, amount in enumerate(amounts)]
    path = tmp_path / "recordings.npz"
    np.savez(
        path,
        xyz=np.concatenate(parts).astype(np.float32),
        frame=np.concatenate([np.arange(len(part)) for part in parts]),
        n_frames=[len(part) for part in parts],
        label=["no depth"] * 3 + ["heels lifting"] + ["knees caving"] * 2,
    )
    scores = squat7.rank(path)
    for half in squat7.HALVES:
        for name in list(squat7.CASES)[:2]:
            case = scores[name][half]
            assert case["auc"] == 1.0
            assert (case["n_positive"], case["n_negative"], case["n_not_judged"]) == (1, 2, 0)
    json.dumps(scores)


def test_a_file_of_another_kind_is_named(tmp_path):
    path = tmp_path / "other.npz"
    np.savez(path, xyz=np.zeros(3))
    with pytest.raises(InputError, match=r"other\.npz"):
        squat7.rank(path)
