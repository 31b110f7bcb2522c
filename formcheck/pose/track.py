"""Poses in pixels: the one data structure every later stage takes.

Pixels, x to the right and y **down**, origin at the top left corner of the upright picture.  Left
and right are the subject's.  A landmark that was not found is NaN; visibility is separate and never
encodes absence.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.errors import InputError
from formcheck.strict import parse_json, read_file, shown

FloatArray = NDArray[np.floating[Any]]
BoolArray = NDArray[np.bool_]

N_LANDMARKS = 33
TRACK_FORMAT = 1
MAX_TRACK_BYTES = 512 << 20
"""Packed or unpacked: five hours at 30 Hz, and more is not a set of squats."""
_PIECE_BYTES = 1 << 20
MAX_SIDE_PX = 16_384
MAX_TIME_S = 86_400.0
MIN_STEP_S = 0.000_999
"""Between frames of a stored track: no camera is faster, and rounded milliseconds pass."""
_TYPES: dict[str, tuple[np.dtype[Any], ...]] = {
    "f": (np.dtype("<f4"), np.dtype("<f8")),
    "u": (np.dtype("u1"),),
}
_SHAPES: dict[str, tuple[int, ...]] = {
    "times_s": (),
    "points_px": (N_LANDMARKS, 2),
    "visibility": (N_LANDMARKS,),
    "world_m": (N_LANDMARKS, 3),
}
"""What a track holds of each frame."""
CAMERA_SHAPE = (3,)
"""Of each frame, too, in tracks made since the camera's motion is measured."""
MAX_CAMERA, MIN_ZOOM = 1e6, 1e-3
"""Beyond, a camera's motion is none."""


class Inference(StrEnum):
    """Which frames of a clip the model looked at."""

    EVERY_FRAME = "every_frame"
    ADAPTIVE = "adaptive"
    """All while the hips are down, some while they are not; see :mod:`formcheck.pose.pacing`."""


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
    size_px: tuple[int, int] | None = None
    """Width and height of the picture; None where nobody knows."""
    camera: FloatArray | None = None
    """How the camera moved, ``scale, dx, dy``, shape (3,): what stands still at ``p`` in the first
    picture is at ``scale * p + (dx, dy)`` in this one.  None or NaN where that is unknown; what
    lies on two sides of NaN does not compare."""

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


def camera_of(poses: Sequence[Pose]) -> FloatArray | None:
    """How the camera moved, shape (n, 3), NaN where unknown; None if nothing is known."""
    if all(pose.camera is None for pose in poses):
        return None
    unknown = np.full(CAMERA_SHAPE, np.nan)
    return np.array([unknown if pose.camera is None else pose.camera for pose in poses])


class Rows:
    """An array of 32-bit floats that grows row by row.

    Hours of poses as objects would take several times the memory of their numbers.
    """

    _BLOCK = 1024

    def __init__(self, *shape: int) -> None:
        self._blocks: list[FloatArray] = []
        self._shape, self._n = shape, 0

    def append(self, row: FloatArray | float) -> None:
        """Add a row of the shape that was said; a number fills all of it."""
        at = self._n % self._BLOCK
        if at == 0:
            self._blocks.append(np.empty((self._BLOCK, *self._shape), np.float32))
        self._blocks[-1][at] = row
        self._n += 1

    def taken(self) -> FloatArray:
        """All rows, shape (n, ...); none are left here, so that they are never there twice."""
        out = np.empty((self._n, *self._shape), np.float32)
        self._blocks.reverse()
        for first in range(0, self._n, self._BLOCK):
            part = out[first : first + self._BLOCK]
            part[:] = self._blocks.pop()[: len(part)]
        self._n = 0
        return out


class PoseRows:
    """Poses of a clip as they are found, kept as the numbers of the track to come."""

    def __init__(self) -> None:
        self.times_s: list[float] = []
        self._rows = {name: Rows(*of_frame) for name, of_frame in _SHAPES.items() if of_frame}
        self._camera = Rows(*CAMERA_SHAPE)
        self._has_camera = False

    def append(self, pose: Pose) -> None:
        """Add the next pose."""
        self.times_s.append(pose.time_s)
        for name, rows in self._rows.items():
            rows.append(getattr(pose, name))
        self._has_camera = self._has_camera or pose.camera is not None
        self._camera.append(np.nan if pose.camera is None else pose.camera)

    def track(self, width_px: int, height_px: int, meta: Mapping[str, Any]) -> PoseTrack:
        """All of them as a track; none are left here."""
        return PoseTrack(
            np.array(self.times_s, np.float64),
            **{name: rows.taken() for name, rows in self._rows.items()},
            width_px=width_px,
            height_px=height_px,
            meta=dict(meta),
            camera=self._camera.taken() if self._has_camera else None,
        )


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
    camera: FloatArray | None = None
    """None in tracks of releases that did not measure it: unknown, not still."""

    def __post_init__(self) -> None:
        if self.camera is not None and self.camera.shape != (len(self), *CAMERA_SHAPE):
            raise ValueError(f"camera has shape {self.camera.shape}")
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
            (self.width_px, self.height_px),
            None if self.camera is None else self.camera[i].astype(np.float64),
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
        rows = PoseRows()
        for pose in poses:
            rows.append(pose)
        return rows.track(width_px, height_px, meta or {})

    def to_bytes(self) -> bytes:
        """Return the track as the bytes of an ``.npz`` file, the same on every run."""
        out = io.BytesIO()
        self.write(out)
        return out.getvalue()

    def write(self, file: IO[bytes]) -> None:
        """Write the track into an open file, as :meth:`to_bytes` has it."""
        header = {
            "format": TRACK_FORMAT,
            "width_px": self.width_px,
            "height_px": self.height_px,
            "meta": dict(self.meta),
        }
        text = json.dumps(header, sort_keys=True, allow_nan=False).encode()
        arrays = {name: getattr(self, name) for name in _SHAPES}
        if self.camera is not None:
            arrays["camera"] = self.camera
        _write_npz(file, {**arrays, "header": np.frombuffer(text, np.uint8)})

    def save(self, path: str | Path) -> None:
        """Write the track to ``path`` as ``.npz``."""
        with Path(path).open("wb") as file:
            self.write(file)

    @classmethod
    def load(cls, path: str | Path) -> PoseTrack:
        """Read a track written by :meth:`save`; InputError if there is none."""
        path = Path(path)
        try:
            return cls._read(read_file(path, MAX_TRACK_BYTES))
        except FileNotFoundError:
            raise InputError(f"{path}: no such file. Check the path.") from None
        except Exception as error:  # numpy and zipfile raise whatever their parsers raise
            raise InputError(
                f"{path}: not a formcheck track ({error}). Score the video again to make one."
            ) from error

    @classmethod
    def _read(cls, data: bytes) -> PoseTrack:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # A few kilobytes can claim terabytes: look before unpacking.
            if sum(member.file_size for member in archive.infolist()) > MAX_TRACK_BYTES:
                raise ValueError("it claims to hold more than any clip could")
            header = parse_json(_member(archive, "header", (), "u").tobytes())
            times_s, points_px, visibility, world_m = (
                _member(archive, name, of_frame, "f") for name, of_frame in _SHAPES.items()
            )
            has_camera = "camera.npy" in archive.namelist()
            camera = _member(archive, "camera", CAMERA_SHAPE, "f") if has_camera else None
        if header["format"] != TRACK_FORMAT:
            raise ValueError(f"track format {header['format']!r} is not {TRACK_FORMAT}")
        if not isinstance(header["meta"], dict):
            raise ValueError("meta must be a mapping")
        size = header["width_px"], header["height_px"]
        if not all(type(side) is int and 0 < side <= MAX_SIDE_PX for side in size):
            raise ValueError("it names no picture size that there could be")
        if (np.diff(times_s) < MIN_STEP_S).any():
            raise ValueError("its frames are less than a millisecond apart")
        if len(times_s) and not np.abs(times_s).max() <= MAX_TIME_S:
            raise ValueError("it is longer than any clip could be")
        if (
            camera is not None
            and ((np.abs(camera) > MAX_CAMERA) | (camera[:, :1] < MIN_ZOOM)).any()
        ):
            raise ValueError("its camera moved further than any could")
        meta = shown(header["meta"])
        return cls(times_s, points_px, visibility, world_m, *size, meta, camera)


def _member(
    archive: zipfile.ZipFile, name: str, of_frame: tuple[int, ...], kind: str
) -> NDArray[Any]:
    """One array of a track, its sizes looked at before there is memory for it."""
    info = archive.getinfo(f"{name}.npy")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError("it is packed in a way no track is")
    with archive.open(info) as file:
        version = np.lib.format.read_magic(file)
        read_header = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, is_fortran, dtype = read_header(file)
        if dtype not in _TYPES[kind]:
            raise ValueError("arrays must be floating point, of 32 or 64 bits")
        if len(shape) != 1 + len(of_frame) or shape[1:] != of_frame:
            raise ValueError(f"{name} has shape {shape}")
        n_bytes = math.prod(shape) * dtype.itemsize
        if n_bytes > info.file_size:
            raise ValueError(f"{name} claims more than is there")
        data, n_read = bytearray(n_bytes), 0
        while piece := file.read(min(_PIECE_BYTES, n_bytes - n_read)):
            data[n_read : n_read + len(piece)] = piece
            n_read += len(piece)
        if n_read < n_bytes or file.read(1):
            raise ValueError(f"{name} is not as long as it says")
    array: NDArray[Any] = np.frombuffer(data, dtype)
    return array.reshape(shape, order="F" if is_fortran else "C")


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
    """The bytes of an ``.npz`` file, the same for the same arrays."""
    out = io.BytesIO()
    _write_npz(out, members)
    return out.getvalue()


def _write_npz(out: IO[bytes], members: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays piece by piece.

    ``np.savez`` stamps its members with the current time; these have a fixed date.
    """
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in members.items():
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w") as file:
                np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
