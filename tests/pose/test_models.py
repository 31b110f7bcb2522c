"""The pose model without its segmentation head: the landmarks of the untouched one, bit by bit."""

import hashlib
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from formcheck.batch.manifest import run_key, track_key
from formcheck.pose.estimator import PoseEstimator, default_model
from formcheck.pose.models import MODEL_SHA256, UNTOUCHED_SHA256, landmarks_of
from formcheck.pose.track import Inference
from formcheck.video.reading import FrameReader
from tools.build_model import patched

N_FRAMES = 45


@pytest.fixture(scope="module")
def untouched(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model as it is with its segmentation head."""
    patch = (root / "tests" / "data" / "segmentation_head.patch").read_bytes()
    data = patched(default_model().read_bytes(), patch)
    assert hashlib.sha256(data).hexdigest() == UNTOUCHED_SHA256
    path = tmp_path_factory.mktemp("model") / "untouched.task"
    path.write_bytes(data)
    return path


@pytest.mark.model
@pytest.mark.parametrize("clip", ["front_valgus_both", "side_knee_forward"])
def test_the_landmarks_are_those_of_the_untouched_model(root: Path, untouched: Path, clip: str):
    frames = list(islice(FrameReader(root / "sample_videos" / f"{clip}.mp4"), N_FRAMES))
    with PoseEstimator() as ours, PoseEstimator(untouched) as theirs:
        for frame in frames:
            a, b = ours.estimate(frame), theirs.estimate(frame)
            assert a.is_present
            for name in ("points_px", "visibility", "world_m"):
                assert np.array_equal(getattr(a, name), getattr(b, name), equal_nan=True), name


def test_tracks_of_every_frame_from_before_there_was_a_choice_are_known_as_such():
    before = {"formcheck": "0.1.0", "model_sha256": MODEL_SHA256}
    every, adaptive = (track_key({}, {**before, "inference": word}) for word in Inference)
    assert every == track_key({}, before) != adaptive


def test_results_and_tracks_of_the_untouched_model_stay_valid():
    assert landmarks_of(MODEL_SHA256) == landmarks_of(UNTOUCHED_SHA256) == UNTOUCHED_SHA256
    ours, theirs, other = (
        {"formcheck": "1", "mediapipe": "2", "model_sha256": sha256}
        for sha256 in (MODEL_SHA256, UNTOUCHED_SHA256, "0" * 64)
    )
    assert run_key({}, ours, is_track=False) == run_key({}, theirs, is_track=False)
    assert track_key({}, ours) == track_key({}, theirs) != track_key({}, other)
