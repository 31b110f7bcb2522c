"""Render one clip: video, truth file and, for the grid, per-frame arrays."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .body import Body
from .camera import Camera, build_camera
from .motion import JOINTS, Motion, build_motion
from .people import PEOPLE
from .spec import ClipSpec
from .truth import BODY_MEASURES, LEG_MEASURES, Truth, measure, rep_truth

FORMAT = "formcheck render truth 1"


@dataclass(frozen=True)
class Staged:
    """Everything known about a clip before it is drawn."""

    spec: ClipSpec
    body: Body
    motion: Motion
    camera: Camera
    truth: Truth


def stage(spec: ClipSpec) -> Staged:
    """Solve the motion and place the camera (needs no graphics)."""
    who = PEOPLE[spec.person]
    body = Body(who.body, who.height_m)
    motion = build_motion(spec, body)
    camera = build_camera(
        spec.camera, spec.width_px, spec.height_px, len(motion.times_s), spec.fps, spec.seed
    )
    return Staged(spec, body, motion, camera, measure(motion, spec.camera.yaw_deg))


def joints_px(staged: Staged) -> np.ndarray:
    """Joints in the picture with shake, (n, joints, 2)."""
    return np.array(
        [
            staged.camera.project(joints, frame)
            for frame, joints in enumerate(staged.motion.joints_m)
        ]
    )


def truth_document(staged: Staged) -> dict[str, Any]:
    """Truth of a clip without its per-frame values."""
    spec, camera, body = staged.spec, staged.camera, staged.body
    leg = body.legs["left"]
    return {
        "format": FORMAT,
        "name": spec.name,
        "frames": len(staged.motion.times_s),
        "fps": spec.fps,
        "width_px": spec.width_px,
        "height_px": spec.height_px,
        "camera": {
            "yaw_deg": spec.camera.yaw_deg,
            "eye_m": np.round(camera.eye_m, 4).tolist(),
            "axes": np.round(camera.axes, 6).tolist(),
            "focal_px": round(camera.focal_px, 3),
        },
        "person": {
            "name": spec.person,
            "height_m": body.height_m,
            "thigh_m": round(leg.thigh_m, 4),
            "shank_m": round(leg.shank_m, 4),
            "foot_m": round(leg.foot_m, 4),
        },
        "reps": [rep_truth(staged.truth, times) for times in staged.motion.reps],
        "spec": spec.to_dict(),
    }


def frame_arrays(staged: Staged) -> dict[str, np.ndarray]:
    """Per-frame truth as compact arrays."""
    truth = staged.truth
    arrays = {
        "times_s": truth.times_s,
        "joints": np.array(JOINTS),
        "joints_m": staged.motion.joints_m.astype(np.float32),
        "joints_px": joints_px(staged).astype(np.float32),
        "planted": staged.motion.planted,
    }
    for side, values in truth.legs.items():
        for name in LEG_MEASURES:
            arrays[f"{side}_{name}"] = values[name].astype(np.float32)
    for name in BODY_MEASURES:
        arrays[name] = truth.body[name].astype(np.float32)
    return arrays


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that it appears complete or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(data)
    os.replace(partial, path)


def draw_frames(staged: Staged, frames: Sequence[int], fine: bool = False) -> Any:
    """Yield the finished pictures of the given frames."""
    from .dressed import DressedPerson
    from .gl import Scene
    from .imaging import Sensor, shake_picture
    from .rooms import build_room

    spec, motion = staged.spec, staged.motion
    person = DressedPerson(staged.body, spec.person, spec.look)
    room = build_room(spec.look.room, spec.look.light, spec.camera.yaw_deg)
    scene = Scene(staged.camera, person, room, fine)
    sensor = Sensor(spec.blur_px, spec.noise, spec.seed)
    try:
        for frame in frames:
            skin = person.skin(motion.rotations[frame], motion.positions[frame])
            picture = scene.draw(*skin)
            picture = shake_picture(picture, staged.camera.shake_affine(frame))
            yield sensor.expose(picture)
    finally:
        scene.close()


def render_clip(spec: ClipSpec, out: Path, fine: bool = False, arrays: bool = True) -> Path:
    """Render a clip to ``out/NAME.mp4`` with its truth beside it.

    Args:
        spec: The clip.
        out: Folder to write to.
        fine: Finer shadows (slower).
        arrays: Write per-frame truth as ``NAME.truth.npz``; otherwise some frames go into the JSON
            file.

    Returns:
        Path: The truth file, which is written last.
    """
    from .imaging import VideoWriter

    out.mkdir(parents=True, exist_ok=True)
    staged = stage(spec)
    video = out / f"{spec.name}.mp4"
    count = len(staged.motion.times_s)
    with VideoWriter(video, spec.width_px, spec.height_px, spec.fps, spec.crf) as writer:
        for picture in draw_frames(staged, range(count), fine):
            writer.write(picture)
    return write_truth(staged, out, arrays)


def write_truth(staged: Staged, out: Path, arrays: bool) -> Path:
    """Write the truth of a clip; see `render_clip`."""
    name, document = staged.spec.name, truth_document(staged)
    if arrays:
        partial = out / f"{name}.partial.npz"
        save: Any = np.savez_compressed
        save(partial, **frame_arrays(staged))
        os.replace(partial, out / f"{name}.truth.npz")
    else:
        document["sparse_frames"] = sparse_frames(staged)
    path = out / f"{name}.truth.json"
    write_atomically(path, json.dumps(document, separators=(",", ":")).encode())
    return path


def sparse_frames(staged: Staged, most: int = 100) -> dict[str, Any]:
    """Rounded joints and leg measures of every third frame, or fewer in a long clip."""
    truth = staged.truth
    every = max(3, -(-len(truth.times_s) // most))
    frames = slice(None, None, every)
    return {
        "every": every,
        "joints": list(JOINTS),
        "planted": staged.motion.planted[frames].astype(int).tolist(),
        "joints_px": np.round(joints_px(staged)[frames], 1).tolist(),
        "joints_m": np.round(staged.motion.joints_m[frames], 3).tolist(),
        "legs": {
            side: {name: np.round(values[name][frames], 2).tolist() for name in LEG_MEASURES}
            for side, values in truth.legs.items()
        },
    }
