"""Body meshes with their skeleton, read from the compact files in ``bodies/``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .geometry import SIDES, SUFFIX, Array, IntArray, unit

BODIES_DIR = Path(__file__).parent / "bodies"
REFERENCE_HEIGHT_M = 1.75
SOLE_M = 0.012  # shoe sole under the bare foot of a person of the reference height


@dataclass(frozen=True)
class LegAnatomy:
    """Joint centres and foot points of one leg in the rest pose [m].

    ``heel`` is the back of the heel, ``toe`` the front end of the toes, ``mtp`` the ball of the
    foot the heel is raised about.  ``axis`` is the horizontal foot axis from heel to toe,
    ``outward`` the horizontal direction across it, away from the other leg.
    """

    hip: Array
    knee: Array
    ankle: Array
    heel: Array
    toe: Array
    mtp: Array
    axis: Array
    outward: Array

    @property
    def thigh_m(self) -> float:
        """Length from hip to knee joint centre."""
        return float(np.linalg.norm(self.knee - self.hip))

    @property
    def shank_m(self) -> float:
        """Length from knee to ankle joint centre."""
        return float(np.linalg.norm(self.ankle - self.knee))

    @property
    def foot_m(self) -> float:
        """Horizontal length from the back of the heel to the tip of the toes."""
        return float(np.linalg.norm((self.toe - self.heel)[:2]))


@cache
def shared_data() -> dict[str, Any]:
    """Topology, skin weights and mean shape, common to all bodies."""
    with np.load(BODIES_DIR / "shared.npz") as stored:
        return {key: stored[key] for key in stored.files}


def body_names() -> list[str]:
    """Names of the available bodies."""
    return sorted(path.stem for path in BODIES_DIR.glob("*.npz") if path.stem != "shared")


class Body:
    """A rest-pose body scaled to a standing height.

    Args:
        name: One of `body_names`.
        height_m: Barefoot standing height.
    """

    def __init__(self, name: str, height_m: float) -> None:
        shared = shared_data()
        self.name = name
        self.height_m = height_m
        self.scale = height_m / REFERENCE_HEIGHT_M
        self.bone_names = [str(bone) for bone in shared["bone_names"]]
        self.bone = {bone: number for number, bone in enumerate(self.bone_names)}
        self.parents: IntArray = shared["bone_parents"].astype(np.int64)
        groups = [str(group) for group in shared["groups"]]
        self.triangles: dict[str, IntArray] = {
            group: shared["triangles"][shared["group"] == number].astype(np.int64)
            for number, group in enumerate(groups)
        }
        with np.load(BODIES_DIR / f"{name}.npz") as stored:
            vertices = shared["mean"] * float(shared["mean_step_m"])
            vertices = vertices + stored["offset"].T * float(stored["offset_step_m"])
            heads, tails = stored["heads_m"].astype(float), stored["tails_m"].astype(float)
        self.skin_vertices: IntArray = np.unique(self.triangles["body"])
        low = vertices[self.skin_vertices, 2].min()
        k = height_m / (vertices[self.skin_vertices, 2].max() - low)
        floor = np.array([0.0, 0.0, SOLE_M * self.scale])
        base = np.array([0.0, 0.0, low])
        self.vertices_m: Array = (vertices - base) * k + floor
        self.heads_m: Array = (heads - base) * k + floor
        self.tails_m: Array = (tails - base) * k + floor
        self.weights = np.zeros((len(vertices), len(self.bone_names)), np.float32)
        rows = np.arange(len(vertices))[:, None]
        np.add.at(self.weights, (rows, shared["weight_bones"]), shared["weights"] / 65535.0)
        self.legs = {side: self._leg(side) for side in SIDES}

    def head(self, bone: str) -> Array:
        """Rest position of the head (proximal end) of a bone [m]."""
        return np.asarray(self.heads_m[self.bone[bone]])

    def _leg(self, side: str) -> LegAnatomy:
        end = SUFFIX[side]
        skin = self.vertices_m[self.skin_vertices]
        weights = self.weights[self.skin_vertices]
        foot = skin[weights[:, self.bone["foot" + end]] > 0.5]
        toe_bones = [i for n, i in self.bone.items() if n.startswith("toe") and n.endswith(end)]
        toes = skin[weights[:, toe_bones].sum(1) > 0.3]
        low = foot[foot[:, 2] < 0.057 * self.scale]
        heel = low[low[:, 1] > low[:, 1].max() - 0.006 * self.scale].mean(0)
        tips = [self.tails_m[self.bone[b + end]] for b in ("toe1-2", "toe2-3")]
        tip = np.mean(tips, axis=0)
        axis = unit(np.array([tip[0] - heel[0], tip[1] - heel[1], 0.0]))
        outward = np.array([-axis[1], axis[0], 0.0]) * (1.0 if side == "left" else -1.0)
        near = toes[np.abs((toes - tip) @ outward) < 0.02 * self.scale]
        toe = heel + axis * float(((near - heel) @ axis).max())
        toe[2] = tip[2]
        mtp = np.mean([self.head(f"toe{i}-1" + end) for i in range(1, 4)], axis=0)
        return LegAnatomy(
            hip=self.head("upperleg01" + end),
            knee=self.head("lowerleg01" + end),
            ankle=self.head("foot" + end),
            heel=heel,
            toe=toe,
            mtp=mtp,
            axis=axis,
            outward=outward,
        )

    def forward_kinematics(self, rotations: dict[str, Array], root_m: Array) -> tuple[Array, Array]:
        """Pose the skeleton.

        Args:
            rotations: Rotation of a bone from rest to pose in the subject's frame; bones not named
                follow their parent.
            root_m: Position of the root bone.

        Returns:
            tuple of array: Rotations (n, 3, 3) and head positions (n, 3) of all bones.
        """
        count = len(self.bone_names)
        rot = np.empty((count, 3, 3))
        pos = np.empty((count, 3))
        for i, name in enumerate(self.bone_names):
            parent = self.parents[i]
            given = rotations.get(name)
            if parent < 0:
                rot[i] = np.eye(3) if given is None else given
                pos[i] = root_m
                continue
            rot[i] = rot[parent] if given is None else given
            pos[i] = pos[parent] + rot[parent] @ (self.heads_m[i] - self.heads_m[parent])
        return rot, pos
