"""Poses in pixels: the one data structure every later stage takes.

Pixels, x to the right and y **down**, origin at the top left corner of the upright picture.  Left
and right are the subject's.  A landmark that was not found is NaN; visibility is separate and never
encodes absence.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.errors import InputError

FloatArray = NDArray[np.floating[Any]]

N_LANDMARKS = 33
TRACK_FORMAT = 1
MAX_TRACK_FRAMES = 2_000_000  # 18 hours at 30 Hz: more is not a set of squats
_SHAPES: dict[str, tuple[int, ...]] = {
    "times_s": (),
    "points_px": (N_LANDMARKS, 2),
    "visibility": (N_LANDMARKS,),
    "world_m": (N_LANDMARKS, 3),
}
"""What a track holds of each frame."""


class Landmark(IntEnum):
    """The BlazePose landmarks formcheck reads, by their index."""

    NOSE = 0
    LEFT_EAR = 7
    RIGHT_EAR = 8
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14
    LEFT_WRIST = 15
    RIGHT_WRIST = 16
    LEFT_HIP = 23
    RIGHT_HIP = 24
    LEFT_KNEE = 25
    RIGHT_KNEE = 26
    LEFT_ANKLE = 27
    RIGHT_ANKLE = 28
    LEFT_HEEL = 29
    RIGHT_HEEL = 30
    LEFT_FOOT_INDEX = 31
    RIGHT_FOOT_INDEX = 32


class LegLandmarks(NamedTuple):
    """The landmarks of one leg, from the top."""

    hip: Landmark
    knee: Landmark
    ankle: Landmark
    heel: Landmark
    foot_index: Landmark


_JOINTS = [name.upper() for name in LegLandmarks._fields]
LEFT_LEG = LegLandmarks(*(Landmark[f"LEFT_{joint}"] for joint in _JOINTS))
RIGHT_LEG = LegLandmarks(*(Landmark[f"RIGHT_{joint}"] for joint in _JOINTS))


@dataclass(frozen=True, slots=True)
class Pose:
    """One person in one frame."""

    time_s: float
    """Presentation time of the frame, from the first frame of the clip."""
    points_px: FloatArray
    """Landmarks in pixels, shape (33, 2), y down.  All NaN when nobody was found."""
    visibility: FloatArray
    """The model's belief, 0 to 1, that a landmark is in view, shape (33,); 0 when absent."""
    world_m: FloatArray
    """The model's own 3D guess in metres, shape (33, 3), origin between the hips, x right, y down,
    z away from the camera.  Good for coarse yaw only."""

    @classmethod
    def absent(cls, time_s: float) -> Pose:
        """Return the pose of a frame in which nobody was found."""
        return cls(
            time_s,
            np.full((N_LANDMARKS, 2), np.nan),
            np.zeros(N_LANDMARKS),
            np.full((N_LANDMARKS, 3), np.nan),
        )

    @property
    def is_present(self) -> bool:
        """Whether a person was found in the frame."""
        return bool(np.isfinite(self.points_px[Landmark.LEFT_HIP, 0]))


@dataclass(frozen=True, slots=True, eq=False)
class PoseTrack:
    """All poses of a clip: as in a :class:`Pose`, with N frames before the other dimensions.

    ValueError if shapes do not agree, times do not increase strictly or the size is not positive.
    """

    times_s: FloatArray
    points_px: FloatArray
    visibility: FloatArray
    world_m: FloatArray
    width_px: int
    """Size of the upright picture the pixels refer to."""
    height_px: int
    meta: Mapping[str, Any] = field(default_factory=dict)
    """Where the track came from (source file, hash, model, versions, notes); plain JSON values."""

    def __post_init__(self) -> None:
        for name, of_frame in _SHAPES.items():
            found, wanted = getattr(self, name).shape, (len(self), *of_frame)
            if found != wanted:
                raise ValueError(f"{name} has shape {found}, wanted {wanted}")
        if not np.isfinite(self.times_s).all() or (np.diff(self.times_s) <= 0).any():
            raise ValueError("times_s must be finite and strictly increasing")
        if self.width_px <= 0 or self.height_px <= 0:
            raise ValueError("the picture size must be positive")

    def __len__(self) -> int:
        return len(self.times_s)

    def __iter__(self) -> Iterator[Pose]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, i: int) -> Pose:
        return Pose(
            float(self.times_s[i]),
            self.points_px[i].astype(np.float64),
            self.visibility[i].astype(np.float64),
            self.world_m[i].astype(np.float64),
        )

    @classmethod
    def from_poses(
        cls,
        poses: Iterable[Pose],
        width_px: int,
        height_px: int,
        meta: Mapping[str, Any] | None = None,
    ) -> PoseTrack:
        """Stack poses into a track, as 32-bit floats."""
        rows = list(poses)
        times_s = np.array([pose.time_s for pose in rows], np.float64)
        points_px, visibility, world_m = (
            np.array([getattr(pose, name) for pose in rows], np.float32).reshape(-1, *_SHAPES[name])
            for name in ("points_px", "visibility", "world_m")
        )
        return cls(times_s, points_px, visibility, world_m, width_px, height_px, dict(meta or {}))

    def to_bytes(self) -> bytes:
        """Return the track as the bytes of an ``.npz`` file, the same on every run."""
        header = {
            "format": TRACK_FORMAT,
            "width_px": self.width_px,
            "height_px": self.height_px,
            "meta": dict(self.meta),
        }
        text = json.dumps(header, sort_keys=True, allow_nan=False).encode()
        arrays = {name: getattr(self, name) for name in _SHAPES}
        return npz_bytes({**arrays, "header": np.frombuffer(text, np.uint8)})

    def save(self, path: str | Path) -> None:
        """Write the track to ``path`` as ``.npz``."""
        Path(path).write_bytes(self.to_bytes())

    @classmethod
    def load(cls, path: str | Path) -> PoseTrack:
        """Read a track written by :meth:`save`; InputError if there is none."""
        path = Path(path)
        try:
            with zipfile.ZipFile(path) as archive:
                # A few kilobytes can claim terabytes: look before unpacking.
                claimed = sum(member.file_size for member in archive.infolist())
                if claimed > MAX_TRACK_FRAMES * N_LANDMARKS * 6 * 8:
                    raise ValueError("it claims to hold more than any clip could")
            with np.load(path, allow_pickle=False) as data:
                header = json.loads(bytes(data["header"]).decode())
                if header["format"] != TRACK_FORMAT:
                    raise ValueError(f"track format {header['format']} is not {TRACK_FORMAT}")
                times, points, visibility, world = (np.asarray(data[name]) for name in _SHAPES)
                if any(array.dtype.kind != "f" for array in (times, points, visibility, world)):
                    raise ValueError("arrays must be floating point")
                if not isinstance(header["meta"], dict):
                    raise ValueError("meta must be a mapping")
                size = int(header["width_px"]), int(header["height_px"])
                return cls(times, points, visibility, world, *size, header["meta"])
        except FileNotFoundError:
            raise InputError(f"{path}: no such file. Check the path.") from None
        except Exception as error:  # numpy and zipfile raise whatever their parsers raise
            raise InputError(
                f"{path}: not a formcheck track ({error}). Score the video again to make one."
            ) from error


def origin(
    times_s: FloatArray,
    width_px: int,
    height_px: int,
    *,
    file: str,
    sha256: str,
    versions: Mapping[str, str],
    notes: Iterable[str],
    is_partial: bool = False,
) -> dict[str, Any]:
    """Where poses came from, as a track's ``meta`` holds it; the last frame lasts as the others."""
    frame_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
    return {
        "source": {
            "file": file,
            "sha256": sha256,
            "width_px": width_px,
            "height_px": height_px,
            "duration_s": round(float(times_s[-1]) + frame_s, 3),
            "n_frames": len(times_s),
        },
        "versions": dict(versions),
        "notes": list(notes),
        "is_partial": is_partial,
    }


def npz_bytes(members: Mapping[str, NDArray[Any]]) -> bytes:
    """The bytes of an ``.npz`` file, the same for the same arrays.

    ``np.savez`` stamps its members with the current time; these have a fixed date.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in members.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, buffer.getvalue())
    return out.getvalue()
