"""Rooms: a floor, a wall behind the subject, a side wall and some furniture, and the light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import materials
from .furniture import WOOD, Colour, Furniture
from .geometry import Array


@dataclass(frozen=True)
class Room:
    """Surfaces and furniture; ``items`` name methods of `Furniture` with their arguments."""

    wall: Colour
    floor: Colour
    floor_kind: int
    wall_kind: int = 0
    wall_second: Colour = (0.6, 0.6, 0.6)
    base: Colour = (0.70, 0.69, 0.67)
    depth_m: float = 1.8
    side_m: float = 0.0
    items: tuple[tuple[Any, ...], ...] = ()


ROOMS = {
    "home": Room(
        (0.60, 0.57, 0.51),
        (0.42, 0.27, 0.16),
        0,
        items=(
            ("picture", -0.95, 1.60, 0.5, 0.7, (0.13, 0.28, 0.36), (0.55, 0.45, 0.25)),
            ("shelf", 1.08, 0.80, 0.95),
            ("plant", -1.05, 0.35, 0.9),
        ),
    ),
    "living": Room(
        (0.44, 0.48, 0.46),
        (0.30, 0.19, 0.11),
        0,
        wall_kind=2,
        wall_second=(0.66, 0.65, 0.61),
        depth_m=2.2,
        side_m=-1.75,
        items=(
            ("sofa", 0.95, (0.24, 0.22, 0.20)),
            ("picture", 0.7, 1.75, 0.8, 0.55, (0.50, 0.32, 0.15), (0.15, 0.22, 0.30)),
            ("window", -1.0, 1.55, 0.75, 1.15),
            ("rug", (0.32, 0.10, 0.08), 0.95, 1.2),
        ),
    ),
    "gym": Room(
        (0.30, 0.32, 0.35),
        (0.06, 0.06, 0.065),
        1,
        items=(
            ("rack", -0.95),
            ("box", 1.05, 0.30, 0.0, (0.60, 0.50, 0.75), (0.40, 0.27, 0.14)),
            ("picture", 0.15, 2.15, 1.5, 0.35, (0.42, 0.30, 0.04), (0.05, 0.05, 0.05)),
            ("ball", 0.5, 0.45, 0.30, (0.05, 0.14, 0.30)),
        ),
    ),
    "studio": Room(
        (0.70, 0.71, 0.72),
        (0.40, 0.39, 0.37),
        2,
        depth_m=2.0,
        items=(("window", -0.95, 1.6, 0.8, 1.3), ("bars", 0.95), ("mat", (0.06, 0.13, 0.26))),
    ),
    "garage": Room(
        (0.45, 0.36, 0.28),
        (0.30, 0.30, 0.29),
        2,
        wall_kind=1,
        wall_second=(0.42, 0.39, 0.35),
        base=(0.25, 0.24, 0.23),
        items=(
            ("box", -1.1, 0.30, 0.0, (0.60, 0.50, 1.65), (0.12, 0.14, 0.18)),
            ("shelf", 1.05, 0.9, 1.4),
            ("mat", (0.04, 0.04, 0.05)),
        ),
    ),
    "office": Room(
        (0.52, 0.56, 0.60),
        (0.14, 0.15, 0.17),
        3,
        depth_m=2.0,
        side_m=1.8,
        items=(
            ("door", 0.85),
            ("box", -0.95, 0.35, 0.0, (0.95, 0.55, 0.73), (0.55, 0.50, 0.42)),
            ("plant", -1.30, 0.9, 0.75),
            ("picture", -0.75, 1.65, 0.7, 0.5, (0.60, 0.60, 0.58), (0.20, 0.10, 0.22)),
        ),
    ),
    "bedroom": Room(
        (0.56, 0.46, 0.42),
        (0.36, 0.32, 0.27),
        3,
        items=(
            ("box", 1.0, 0.30, 0.0, (0.85, 0.50, 1.95), (0.62, 0.60, 0.56)),
            ("picture", -0.55, 1.7, 0.45, 0.6, (0.35, 0.36, 0.20), (0.60, 0.55, 0.45)),
            ("box", -1.05, 0.28, 0.0, (0.50, 0.42, 0.55), WOOD),
            ("lamp", -1.05, 0.28, 0.55),
        ),
    ),
}


@dataclass(frozen=True)
class Light:
    """Key light (azimuth from the camera, elevation) and the light from all around."""

    azimuth_deg: float
    elevation_deg: float
    key: Colour
    sky: Colour
    ground: Colour


LIGHTS = (
    Light(-35, 48, (1.50, 1.40, 1.25), (0.95, 1.00, 1.10), (0.45, 0.40, 0.36)),
    Light(25, 60, (1.70, 1.65, 1.60), (0.95, 1.00, 1.10), (0.45, 0.40, 0.36)),
    Light(-50, 40, (1.40, 1.40, 1.40), (1.00, 1.05, 1.10), (0.45, 0.42, 0.40)),
    Light(40, 40, (1.20, 1.10, 0.95), (0.70, 0.75, 0.85), (0.35, 0.31, 0.28)),
    Light(-75, 35, (1.80, 1.75, 1.65), (0.55, 0.60, 0.70), (0.30, 0.28, 0.26)),
    Light(10, 70, (0.80, 0.66, 0.48), (0.52, 0.46, 0.40), (0.26, 0.21, 0.17)),
    Light(130, 45, (1.10, 1.12, 1.20), (0.90, 0.95, 1.05), (0.42, 0.40, 0.38)),
)


@dataclass
class RoomMesh:
    """Room as one mesh in the world, with its light and shader parameters."""

    vertices_m: Array
    normals: Array
    colours: Array
    surface: Array
    triangles: npt.NDArray[np.int64]
    key_direction: Array
    to_wall: Array
    depth_m: float
    uniforms: dict[str, Any]
    receiver_m: Array
    receiver_normals: Array
    receiver_triangles: npt.NDArray[np.int64]


def _grid(corner: Array, along: Array, up: Array, counts: tuple[int, int]) -> tuple[Array, Array]:
    """Points and triangles of a rectangle divided into cells."""
    u, v = np.meshgrid(np.linspace(0, 1, counts[0] + 1), np.linspace(0, 1, counts[1] + 1))
    points = corner + u.reshape(-1, 1) * along + v.reshape(-1, 1) * up
    number = np.arange(len(points)).reshape(counts[1] + 1, counts[0] + 1)
    a, b = number[:-1, :-1].ravel(), number[:-1, 1:].ravel()
    c, d = number[1:, 1:].ravel(), number[1:, :-1].ravel()
    return points, np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def _receiver(depth_m: float) -> tuple[Array, Array, npt.NDArray[np.int64]]:
    """Floor and wall around the subject that take the person's shadow, in room coordinates."""
    x, y, z = np.eye(3)
    floor, floor_faces = _grid(np.array([-1.7, 0.0, 0.0]), 3.4 * x, (depth_m + 1.5) * y, (44, 44))
    wall, wall_faces = _grid(np.array([-1.7, 0.0, 0.0]), 3.4 * x, 1.5 * z, (4, 2))
    normals = np.concatenate([np.tile(z, (len(floor), 1)), np.tile(y, (len(wall), 1))])
    faces = np.concatenate([floor_faces, wall_faces + len(floor)])
    return np.concatenate([floor, wall]), normals, faces


def build_room(name: str, light: int, camera_yaw_deg: float) -> RoomMesh:
    """Build a room whose back wall is behind the subject as seen from the camera."""
    room, shine = ROOMS[name], LIGHTS[light % len(LIGHTS)]
    pieces = Furniture(room.depth_m)
    far, deep, tall = 7.0, 12.0, 6.0
    pieces.quad(
        [[-far, 0, 0], [far, 0, 0], [far, deep, 0], [-far, deep, 0]], room.floor, materials.FLOOR
    )
    wall = [[far, 0, 0], [-far, 0, 0], [-far, 0, tall], [far, 0, tall]]
    pieces.quad(wall, room.wall, materials.WALL)
    pieces.box(0.0, 0.008, 0.0, (2 * far, 0.016, 0.09), room.base)
    if room.side_m:
        x = room.side_m
        side = [[x, 0, 0], [x, deep, 0], [x, deep, tall], [x, 0, tall]]
        pieces.quad(side if x > 0 else side[::-1], room.wall, materials.WALL)
        pieces.box(x, deep / 2, 0.0, (0.03, deep, 0.09), room.base)
    for item in room.items:
        getattr(pieces, item[0])(*item[1:])
    yaw = np.radians(camera_yaw_deg)
    ahead = np.array([-np.sin(yaw), np.cos(yaw), 0.0])
    axes = np.stack([[np.cos(yaw), np.sin(yaw), 0.0], -ahead, [0.0, 0.0, 1.0]])
    points = np.concatenate(pieces.points) @ axes + ahead * room.depth_m
    normals = np.concatenate(pieces.normals) @ axes
    turn = yaw + np.radians(shine.azimuth_deg)
    up = np.radians(shine.elevation_deg)
    key = np.array([np.sin(turn) * np.cos(up), -np.cos(turn) * np.cos(up), np.sin(up)])
    receiver, receiver_normals, receiver_faces = _receiver(room.depth_m)
    return RoomMesh(
        vertices_m=points,
        normals=normals / np.linalg.norm(normals, axis=1, keepdims=True),
        colours=np.concatenate(pieces.colours),
        surface=np.concatenate(pieces.surface),
        triangles=np.concatenate(pieces.faces),
        key_direction=key,
        to_wall=ahead,
        depth_m=room.depth_m,
        uniforms={
            "keyColour": np.array(shine.key),
            "skyColour": np.array(shine.sky),
            "groundColour": np.array(shine.ground),
            "wallColour": np.array(room.wall),
            "wallSecond": np.array(room.wall_second),
            "wallKind": room.wall_kind,
            "floorColour": np.array(room.floor),
            "floorKind": room.floor_kind,
        },
        receiver_m=receiver @ axes + ahead * room.depth_m,
        receiver_normals=receiver_normals @ axes,
        receiver_triangles=receiver_faces,
    )
