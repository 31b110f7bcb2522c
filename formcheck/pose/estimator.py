"""MediaPipe behind one class.  The only file that imports mediapipe."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import platformdirs

from formcheck.errors import InputError, ModelError
from formcheck.pose.models import MODEL_NAME, MODEL_SHA256, OTHER_SHA256
from formcheck.pose.track import FloatArray, Pose

if TYPE_CHECKING:
    from formcheck.video.reading import Frame, ImageArray

"""Hash of the bundled model; ``tools/build_model.py`` rebuilds it byte for byte."""

_BUNDLE_PARTS = {"pose_detector.tflite", "pose_landmarks_detector.tflite"}


def default_model() -> Path:
    """Return the bundled model, installed or in a checkout; ModelError if it was lost."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "models", package.parent / "models"):
        if (folder / MODEL_NAME).is_file():
            return folder / MODEL_NAME
    raise ModelError(
        f"{package / 'models' / MODEL_NAME}: the pose model is missing. Install formcheck again."
    )


@lru_cache(maxsize=8)
def _verified(path: Path, size: int, mtime_ns: int) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if path == default_model() and digest != MODEL_SHA256:
        raise ModelError(
            f"{path}: the pose model was altered (sha256 {digest[:12]}..., "
            f"wanted {MODEL_SHA256[:12]}...). Install formcheck again."
        )
    try:
        with zipfile.ZipFile(path) as bundle:
            is_pose_model = set(bundle.namelist()) >= _BUNDLE_PARTS
    except (OSError, zipfile.BadZipFile):
        is_pose_model = False
    if not is_pose_model:
        raise ModelError(
            f"{path}: not a pose landmarker bundle. Leave --model out, or give an official "
            "pose_landmarker_lite.task or pose_landmarker_heavy.task."
        )
    return digest


def other_model(name: str) -> Path:
    """Where the model ``lite`` or ``heavy`` is; ModelError with how to get it if it is not."""
    folder = platformdirs.user_data_path("formcheck", appauthor=False) / "models"
    path = folder / f"pose_landmarker_{name}.task"
    if not path.is_file():
        raise ModelError(
            f"{path}: the {name} pose model is no part of formcheck. Build it from the npm package "
            "@mediapipe/pose, as models/README.md of the source tells, into this folder."
        )
    return path


def verify_model(path: str | Path | None = None) -> tuple[Path, str]:
    """Return the model's path and sha256.

    Args:
        path: A bundle, or ``full``, ``lite`` or ``heavy``; the bundled full model by default.
            Models with a name must have their known hash; another file must at least be a pose
            landmarker bundle: ModelError otherwise.
    """
    name = "full" if path is None else str(path)
    if name in OTHER_SHA256:
        path = other_model(name)
    else:
        path = default_model() if name == "full" else Path(name).resolve()
    try:
        status = path.stat()
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}. Check --model.") from None
    if not stat.S_ISREG(status.st_mode):
        raise ModelError(f"{path}: not a file. Check --model.")
    digest = _verified(path, status.st_size, status.st_mtime_ns)
    if digest != OTHER_SHA256.get(name, digest):
        raise ModelError(
            f"{path}: not the {name} pose model as formcheck knows it (sha256 {digest[:12]}..., "
            f"wanted {OTHER_SHA256[name][:12]}...). Build it again."
        )
    return path, digest


def mediapipe_version() -> str:
    """Return the installed mediapipe version."""
    return importlib.metadata.version("mediapipe")


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Send the C++ library's start-up chatter to nowhere; Python's errors stay."""
    try:
        saved, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    except OSError:  # no stderr at all, as under pythonw
        yield
        return
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(null)


class _Landmarker:
    """A MediaPipe pose landmarker with its image type; closed safely and twice."""

    def __init__(self, model: str | Path | None, mode: str, n_poses: int) -> None:
        path, self.sha256 = verify_model(model)
        with _quiet_stderr():
            import mediapipe
            from mediapipe.tasks.python import BaseOptions, vision

            self._image = mediapipe.Image
            self._format = mediapipe.ImageFormat.SRGB
            options = vision.PoseLandmarkerOptions(
                # Handing over bytes keeps odd characters in paths out of the C++ library.
                base_options=BaseOptions(model_asset_buffer=path.read_bytes()),
                running_mode=vision.RunningMode[mode],
                num_poses=n_poses,
            )
            try:
                self._landmarker = vision.PoseLandmarker.create_from_options(options)
            except (RuntimeError, ValueError) as error:
                raise ModelError(f"{path}: mediapipe cannot load it ({error}).") from error

    def detect(self, image: ImageArray, time_ms: int | None = None) -> Any:
        """Run the model on an RGB picture; with a time in VIDEO mode."""
        if self._landmarker is None:
            raise InputError("the pose estimator was closed: open a new one for another clip.")
        picture = self._image(image_format=self._format, data=image)
        if time_ms is None:
            return self._landmarker.detect(picture)
        return self._landmarker.detect_for_video(picture, time_ms)

    def close(self) -> None:
        """Free the model."""
        landmarker, self._landmarker = self._landmarker, None
        if landmarker is not None:
            landmarker.close()


class PoseEstimator:
    """One landmarker for one clip or one live connection.

    Runs MediaPipe's pose landmarker in VIDEO mode with one pose, so each frame builds on the last:
    feed frames of one clip only, in order.  Use as a context manager.  ``model`` is a pose
    landmarker bundle, the bundled full model by default.
    """

    def __init__(self, model: str | Path | None = None) -> None:
        self._model = model
        self._landmarker = _Landmarker(model, "VIDEO", 1)
        self.model_sha256 = self._landmarker.sha256
        self._last_ms = -1
        self._only: tuple[int, int, int, int] | None = None

    def __enter__(self) -> PoseEstimator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the landmarker; safe to call twice."""
        self._landmarker.close()

    def restrict_to(self, box: tuple[float, float, float, float]) -> None:
        """Forget the body followed so far and look for one inside a box (pixels).

        The rest of the picture is hidden until a body is found; from then on that body is followed
        wherever it goes.
        """
        self._landmarker.close()
        self._landmarker = _Landmarker(self._model, "VIDEO", 1)
        left, top, right, bottom = (round(v) for v in box)
        self._only = (max(0, left), max(0, top), max(1, right), max(1, bottom))

    def estimate(self, frame: Frame) -> Pose:
        """Return the pose in ``frame``; absent if nobody was found.

        Normalised coordinates become pixels here and go no further.
        """
        self._last_ms = max(self._last_ms + 1, round(frame.time_s * 1000))
        image = frame.image
        if self._only is not None:
            left, top, right, bottom = self._only
            image = np.full_like(frame.image, 127)
            image[top:bottom, left:right] = frame.image[top:bottom, left:right]
        result = self._landmarker.detect(image, self._last_ms)
        size = image.shape[1], image.shape[0]
        if not result.pose_landmarks:
            return replace(Pose.absent(frame.time_s), size_px=size)
        self._only = None
        points, visibility = _pixels(result.pose_landmarks[0], image)
        world = np.array([(p.x, p.y, p.z) for p in result.pose_world_landmarks[0]])
        # 32 bits, as a saved track holds them: a re-scored track gives the same verdicts.
        points, visibility, world = (
            a.astype(np.float32).astype(np.float64) for a in (points, visibility, world)
        )
        return Pose(frame.time_s, points, visibility, world, size)


class PeopleFinder(_Landmarker):
    """Finds up to four people in single pictures; slower than following one."""

    MAX_PEOPLE = 4

    def __init__(self, model: str | Path | None = None) -> None:
        super().__init__(model, "IMAGE", self.MAX_PEOPLE)

    def find(self, image: ImageArray) -> list[FloatArray]:
        """Return the landmarks of everybody in an RGB picture, each (33, 2) in pixels."""
        return [_pixels(body, image)[0] for body in self.detect(image).pose_landmarks]


def _pixels(landmarks: Any, image: ImageArray) -> tuple[FloatArray, FloatArray]:
    """Normalised landmarks as pixels (33, 2), and their visibility (33,)."""
    height, width = image.shape[:2]
    points = np.array([(p.x * width, p.y * height) for p in landmarks])
    return points, np.array([p.visibility for p in landmarks])
