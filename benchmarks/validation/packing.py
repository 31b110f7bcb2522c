"""Grid data small enough to commit: fixed-point landmarks and truth, one file a part.

Numbers are stored as integers, each column as differences in time, so that the file compresses
well and reading it back is exact.  Only the landmarks the product reads are kept; the others come
back as NaN.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.validation.clips import BODY_MEASURES, JOINTS, LEG_MEASURES, SIDES, Array, Clip
from formcheck.errors import InputError
from formcheck.pose.kinematics import HIPS
from formcheck.pose.track import N_LANDMARKS, Landmark, PoseTrack, npz_bytes

FORMAT = "formcheck grid 1"
KEPT = tuple(int(landmark) for landmark in Landmark)
PX = 1 / 32
METRE = 1e-4
MISSING = np.iinfo(np.int16).min
MEASURES = (*(f"{side}_{short}" for side in SIDES for short in LEG_MEASURES), *BODY_MEASURES)
STEPS = {name: 1e-4 if name == "drop" else 1e-2 for name in MEASURES}


def pack(clips: Sequence[Clip], notes: dict[str, Any]) -> bytes:
    """Bytes of an ``.npz`` file holding the clips of one part, the same on every run.

    Args:
        notes: Plain values about the data, kept in the header.
    """
    header = {
        "format": FORMAT,
        "landmarks": list(KEPT),
        "joints": list(JOINTS),
        "measures": list(MEASURES),
        "notes": notes,
        "clips": [
            {
                "part": clip.part,
                "n_frames": len(clip.track),
                "width_px": clip.track.width_px,
                "height_px": clip.track.height_px,
                "truth": clip.document,
            }
            for clip in clips
        ],
    }
    tracks = [clip.track for clip in clips]
    members = {
        "header": np.frombuffer(json.dumps(header, sort_keys=True).encode(), np.uint8),
        "times_ns": _differences(np.concatenate([_nanoseconds(t.times_s) for t in tracks])),
        "points": _whole(np.concatenate([t.points_px[:, KEPT] for t in tracks]), PX),
        "visibility": _differences(
            np.concatenate([np.round(255 * t.visibility[:, KEPT]) for t in tracks]).astype(np.uint8)
        ),
        "hips_world": _whole(np.concatenate([t.world_m[:, HIPS] for t in tracks]), METRE),
        "joints": _whole(np.concatenate([clip.joints_px for clip in clips]), PX),
    }
    for name in MEASURES:
        whole = np.concatenate([np.asarray(clip.measures[name]) for clip in clips])
        members[name] = _whole(whole, STEPS[name])
    return npz_bytes(members)


def load_part(path: Path, names: Collection[str] | None = None) -> list[Clip]:
    """Clips of a packed file, in order.

    Args:
        names: Only these clips.

    Raises:
        InputError: If the file is missing or of another format.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            members = {name: data[name] for name in data.files}
        header = read_header(members["header"])
    except FileNotFoundError:
        raise InputError(f"{path}: no such file. Build it with --collect.") from None
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: not grid data ({error}). Build it with --collect.") from error
    times = np.cumsum(members["times_ns"], dtype=np.int64) * 1e-9
    points = _values(members["points"], PX)
    seen = np.cumsum(members["visibility"], axis=-1, dtype=np.uint8)
    visibility = np.moveaxis(seen, -1, 0) / 255.0
    hips = _values(members["hips_world"], METRE)
    joints = _values(members["joints"], PX)
    measures = {name: _values(members[name], STEPS[name]) for name in MEASURES}
    clips, start = [], 0
    for entry in header["clips"]:
        part = slice(start, start + entry["n_frames"])
        start = part.stop
        if names is not None and entry["truth"]["name"] not in names:
            continue
        track = _track(entry, times[part], points[part], visibility[part], hips[part])
        own = {name: values[part] for name, values in measures.items()}
        clips.append(Clip(entry["part"], entry["truth"], joints[part], own, track))
    return clips


def read_header(member: Array) -> dict[str, Any]:
    """Header of a packed file from its bytes."""
    header: dict[str, Any] = json.loads(bytes(member).decode())
    if header["format"] != FORMAT or header["landmarks"] != list(KEPT):
        raise ValueError("another format")
    return header


def packed_notes(path: Path) -> dict[str, Any]:
    """What the header of a packed file says about its data."""
    with np.load(path, allow_pickle=False) as data:
        notes: dict[str, Any] = read_header(data["header"])["notes"]
    return notes


def repacked(clip: Clip) -> Clip:
    """A clip as it comes back from a packed file."""
    folder = io.BytesIO(pack([clip], {}))
    return load_part(folder)[0]  # type: ignore[arg-type]


def _track(
    entry: dict[str, Any], times: Array, points: Array, seen: Array, hips: Array
) -> PoseTrack:
    n = len(times)
    full = np.full((n, N_LANDMARKS, 2), np.nan, np.float32)
    visibility = np.zeros((n, N_LANDMARKS), np.float32)
    world = np.full((n, N_LANDMARKS, 3), np.nan, np.float32)
    full[:, KEPT], visibility[:, KEPT], world[:, HIPS] = points, seen, hips
    size = int(entry["width_px"]), int(entry["height_px"])
    return PoseTrack(times, full, visibility, world, *size, {})


def _nanoseconds(times_s: Array) -> Array:
    return np.round(times_s * 1e9).astype(np.int64)


def _whole(values: Array, step: float) -> Array:
    """Multiples of ``step`` as int16, differences in time, time last."""
    limit = np.iinfo(np.int16).max
    known = np.isfinite(values)
    whole = np.clip(np.round(np.where(known, values, 0.0) / step), -limit, limit)
    return _differences(np.where(known, whole, MISSING).astype(np.int16))


def _values(packed: Array, step: float) -> Array:
    """Back from `_whole`."""
    whole = np.moveaxis(np.cumsum(packed, axis=-1, dtype=np.int16), -1, 0)
    return np.where(whole == MISSING, np.nan, whole * step)


def _differences(values: Array) -> Array:
    """Differences along time, time last; sums wrap around, so this is exact."""
    moved = np.moveaxis(values, 0, -1)
    first = np.zeros_like(moved[..., :1])
    return np.diff(moved, axis=-1, prepend=first).astype(values.dtype)
