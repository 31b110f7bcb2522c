"""The pose model: verified before use, honest when nobody is there, closed after use."""

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from formcheck.errors import FormcheckError, InputError, ModelError
from formcheck.pose import estimator
from formcheck.pose.estimator import (
    MODEL_SHA256,
    PoseEstimator,
    default_model,
    mediapipe_version,
    verify_model,
)
from formcheck.pose.models import OTHER_SHA256, UNTOUCHED_SHA256, is_calibrated, settled
from formcheck.pose.track import N_LANDMARKS
from formcheck.video.reading import Frame

pytestmark = pytest.mark.model


def picture(width=160, height=120):
    """A grey wall with some grain."""
    rng = np.random.default_rng(0)
    return (120 + rng.integers(0, 9, (height, width, 3))).astype(np.uint8)


def test_the_bundled_model_has_its_hash():
    path, digest = verify_model()
    assert path == default_model()
    assert digest == MODEL_SHA256


def test_the_version_is_one_without_telemetry():
    assert mediapipe_version().startswith("0.10.31")


def test_nobody_there_is_nan_and_not_zero():
    with PoseEstimator() as poses:
        assert poses.model_sha256 == MODEL_SHA256
        for i in range(3):
            pose = poses.estimate(Frame(i / 30, picture()))
            assert pose.time_s == i / 30
            assert not pose.is_present
            assert pose.points_px.shape == (N_LANDMARKS, 2)
            assert np.isnan(pose.points_px).all()
            assert np.isnan(pose.world_m).all()
            assert (pose.visibility == 0).all()


@pytest.mark.parametrize("size", [(33, 21), (1, 1), (640, 16)])
def test_odd_pictures_do_not_break_it(size):
    with PoseEstimator() as poses:
        assert not poses.estimate(Frame(0.0, picture(*size))).is_present


def test_times_that_round_to_the_same_millisecond():
    with PoseEstimator() as poses:
        for t in (0.0, 0.0002, 0.0004, 0.0031):
            poses.estimate(Frame(t, picture()))


def test_a_closed_estimator_says_so():
    poses = PoseEstimator()
    poses.close()
    poses.close()
    with pytest.raises(FormcheckError, match="closed"):
        poses.estimate(Frame(0.0, picture()))


def test_an_altered_model_is_refused(tmp_path, monkeypatch):
    path = tmp_path / default_model().name
    shutil.copy(default_model(), path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    monkeypatch.setattr(estimator, "default_model", lambda: path)
    with pytest.raises(ModelError, match="altered"):
        verify_model()
    with pytest.raises(ModelError, match="altered"):
        PoseEstimator()


def test_a_lost_model_is_named(monkeypatch):
    monkeypatch.setattr(estimator, "MODEL_NAME", "gone.task")
    with pytest.raises(ModelError, match=r"gone\.task"):
        default_model()


@pytest.mark.parametrize("kind", ["text", "empty", "zip", "folder", "missing", "truncated"])
def test_what_is_no_model_is_refused(tmp_path, kind):
    path = tmp_path / "mine.task"
    if kind == "text":
        path.write_text("not a model")
    elif kind == "empty":
        path.touch()
    elif kind == "zip":
        with zipfile.ZipFile(path, "w") as bundle:
            bundle.writestr("readme.txt", "hello")
    elif kind == "folder":
        path.mkdir()
    elif kind == "truncated":
        path.write_bytes(default_model().read_bytes()[:100_000])
    with pytest.raises(ModelError, match=r"mine\.task"):
        verify_model(path)


def test_a_bundle_of_rubbish_is_refused_when_loaded(tmp_path):
    path = tmp_path / "rubbish.task"
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("pose_detector.tflite", b"x" * 100)
        bundle.writestr("pose_landmarks_detector.tflite", b"y" * 100)
    verify_model(path)
    with pytest.raises(ModelError, match=r"rubbish\.task"):
        PoseEstimator(path)


def test_a_copy_of_the_model_elsewhere_is_accepted(tmp_path):
    path = tmp_path / "深 model.task"
    shutil.copy(default_model(), path)
    with PoseEstimator(path) as poses:
        assert poses.model_sha256 == MODEL_SHA256


def test_errors_are_of_the_two_kinds():
    assert issubclass(ModelError, FormcheckError)
    assert not issubclass(ModelError, InputError)


@pytest.mark.parametrize("name", ["lite", "heavy"])
def test_a_model_by_its_name_is_refused_with_how_to_get_it(name, tmp_path, monkeypatch):
    monkeypatch.setattr(estimator.platformdirs, "user_data_path", lambda *_, **__: tmp_path)
    with pytest.raises(ModelError, match=r"models/README\.md") as refused:
        verify_model(name)
    assert str(tmp_path / "models" / f"pose_landmarker_{name}.task") in str(refused.value)


def test_a_model_by_its_name_must_have_its_hash(tmp_path, monkeypatch):
    monkeypatch.setattr(estimator.platformdirs, "user_data_path", lambda *_, **__: tmp_path)
    path = tmp_path / "models" / "pose_landmarker_lite.task"
    path.parent.mkdir()
    shutil.copy(default_model(), path)
    with pytest.raises(ModelError, match="not the lite pose model"):
        verify_model("lite")
    monkeypatch.setattr(estimator, "OTHER_SHA256", {"lite": MODEL_SHA256})
    assert verify_model("lite") == (path, MODEL_SHA256)
    assert verify_model("full") == verify_model()


def test_only_the_full_model_is_calibrated(tmp_path):
    assert is_calibrated(MODEL_SHA256)
    assert is_calibrated(UNTOUCHED_SHA256)
    assert not any(is_calibrated(sha256) for sha256 in OTHER_SHA256.values())
    assert settled(Path("heavy")) == Path("heavy")
    assert settled(Path("mine.task")) == Path("mine.task").absolute()
