"""Furniture and surfaces of a room, collected as one mesh."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from . import materials
from .geometry import Array
from .meshes import ellipsoid, tube, vertex_normals

Colour = tuple[float, float, float]
WOOD: Colour = (0.33, 0.20, 0.11)
DARK: Colour = (0.03, 0.03, 0.035)
WHITE: Colour = (0.72, 0.71, 0.68)
LEAF: Colour = (0.045, 0.13, 0.035)
STEEL: Colour = (0.30, 0.31, 0.33)


@dataclass
class Furniture:
    """Collects pieces in room coordinates: right, out of the wall towards the camera, up."""

    depth_m: float
    points: list[Array] = field(default_factory=list)
    normals: list[Array] = field(default_factory=list)
    colours: list[Array] = field(default_factory=list)
    surface: list[Array] = field(default_factory=list)
    faces: list[npt.NDArray[np.int64]] = field(default_factory=list)
    count: int = 0

    def add(
        self,
        points: Array,
        faces: npt.ArrayLike,
        normals: Array,
        colour: Colour,
        material: int = materials.OBJECT,
        rough: float = 0.8,
    ) -> None:
        """Add a mesh."""
        self.points.append(points)
        self.normals.append(normals)
        self.colours.append(np.tile(colour, (len(points), 1)))
        self.surface.append(np.tile([material, rough], (len(points), 1)))
        self.faces.append(np.asarray(faces, np.int64) + self.count)
        self.count += len(points)

    def quad(self, corners: npt.ArrayLike, colour: Colour, material: int) -> None:
        """Add a flat four-cornered surface."""
        points = np.array(corners, float)
        normal = np.cross(points[1] - points[0], points[3] - points[0])
        normal /= np.linalg.norm(normal)
        self.add(points, [[0, 1, 2], [0, 2, 3]], np.tile(normal, (4, 1)), colour, material, 0.85)

    def box(
        self,
        right: float,
        out: float,
        bottom: float,
        size: tuple[float, float, float],
        colour: Colour,
        material: int = materials.OBJECT,
    ) -> None:
        """A box of width, depth and height standing at ``bottom``."""
        centre = np.array([right, out, bottom + size[2] / 2])
        half = np.array(size) / 2
        for axis in range(3):
            for sign in (-1.0, 1.0):
                e, u, w = (np.zeros(3) for _ in range(3))
                e[axis] = sign * half[axis]
                u[(axis + 1) % 3] = half[(axis + 1) % 3]
                w[(axis + 2) % 3] = half[(axis + 2) % 3] * sign
                at = centre + e
                self.quad([at - u - w, at + u - w, at + u + w, at - u + w], colour, material)

    def round(self, centre: Array, radii: Array, colour: Colour) -> None:
        """An ellipsoid."""
        points, faces = ellipsoid(centre, radii)
        self.add(points, faces, (points - centre) / radii**2, colour)

    def picture(
        self, right: float, up: float, wide: float, high: float, colour: Colour, second: Colour
    ) -> None:
        """A framed picture with a band."""
        self.box(right, 0.015, up - high / 2 - 0.03, (wide + 0.06, 0.03, high + 0.06), DARK)
        self.box(right, 0.02, up - high / 2, (wide, 0.03, high), colour)
        self.box(right, 0.022, up - high * 0.35, (wide * 0.8, 0.03, high * 0.25), second)

    def window(self, right: float, up: float, wide: float, high: float) -> None:
        """A bright window with a frame and a sill."""
        self.box(right, 0.02, up - high / 2 - 0.06, (wide + 0.12, 0.04, high + 0.12), WHITE)
        glow = (0.86, 0.91, 0.96)
        for side in (-1, 1):
            pane = wide / 2 - 0.03
            at = right + side * wide / 4
            self.box(at, 0.03, up - high / 2, (pane, 0.04, high), glow, materials.GLOW)
        self.box(right, 0.08, up - high / 2 - 0.09, (wide + 0.2, 0.16, 0.03), WHITE)

    def shelf(self, right: float, wide: float, high: float) -> None:
        """An open shelf with books and boxes."""
        rng = np.random.default_rng(int(1000 * wide * high))
        self.box(right, 0.01, 0.0, (wide, 0.02, high), (0.22, 0.13, 0.07))
        for side in (-1, 1):
            self.box(right + side * wide / 2, 0.15, 0.0, (0.025, 0.30, high), WOOD)
        levels = np.linspace(0.05, high - 0.02, max(3, round(high / 0.36) + 1))
        for level in levels:
            self.box(right, 0.15, float(level), (wide, 0.30, 0.025), WOOD)
        for level in levels[:-1]:
            at = -wide / 2 + 0.05
            while at < wide / 2 - 0.08:
                thick, tall = rng.uniform(0.025, 0.06), rng.uniform(0.16, 0.25)
                colour = tuple(rng.uniform(0.06, 0.40) * rng.uniform(0.45, 1.0, 3))
                if rng.random() < 0.75:
                    self.box(right + at, 0.14, level + 0.025, (thick, 0.2, tall), colour)
                at += thick + rng.uniform(0.002, 0.03)

    def plant(self, right: float, out: float, high: float) -> None:
        """A pot plant."""
        rng = np.random.default_rng(int(1000 * high))
        up = np.array([[right, out, 0.0], [right, out, 0.30]])
        x, y = np.eye(3)[0], np.eye(3)[1]
        points, faces = tube(up, np.array([[0.11, 0.11], [0.15, 0.15]]), x, y, 20)
        self.add(points, faces, vertex_normals(points, faces), (0.42, 0.20, 0.12))
        for _ in range(26):
            turn, lean = rng.uniform(0, 2 * np.pi), rng.uniform(0.05, 0.26)
            place = np.array([np.cos(turn) * lean, np.sin(turn) * lean, 0.0])
            tip = rng.uniform(0.45, 1.0) * high
            shade = tuple(np.array(LEAF) * rng.uniform(0.6, 1.7))
            centre = np.array([right, out, 0.2 + tip * 0.55]) + place
            radii = np.array([0.05, 0.05, 0.16]) * rng.uniform(0.7, 1.2)
            self.round(centre, radii, shade)

    def sofa(self, right: float, colour: Colour) -> None:
        """A sofa seen from the front."""
        lighter = tuple(1.15 * c for c in colour)
        self.box(right, 0.45, 0.08, (1.5, 0.75, 0.32), colour)
        self.box(right, 0.18, 0.38, (1.5, 0.22, 0.42), colour)
        for side in (-1, 1):
            self.box(right + side * 0.72, 0.45, 0.08, (0.18, 0.78, 0.5), colour)
            self.box(right + side * 0.33, 0.47, 0.40, (0.60, 0.68, 0.12), lighter)  # type: ignore[arg-type]
        self.box(right - 0.4, 0.38, 0.52, (0.36, 0.12, 0.30), (0.50, 0.28, 0.08))

    def rug(self, colour: Colour, half_wide: float, half_deep: float) -> None:
        """A rug under the subject."""
        self.box(0.0, self.depth_m, 0.0005, (2 * half_wide, 2 * half_deep, 0.003), colour)
        rim = tuple(0.5 * c + 0.25 for c in colour)
        inner = (2 * half_wide - 0.16, 2 * half_deep - 0.16, 0.0035)
        self.box(0.0, self.depth_m, 0.0005, inner, rim)  # type: ignore[arg-type]
        inner = (2 * half_wide - 0.24, 2 * half_deep - 0.24, 0.004)
        self.box(0.0, self.depth_m, 0.0005, inner, colour)

    def mat(self, colour: Colour) -> None:
        """An exercise mat beside the subject, against the wall."""
        self.box(0.1, 0.10, 0.0, (0.12, 0.12, 0.65), colour)

    def ball(self, right: float, out: float, radius: float, colour: Colour) -> None:
        """An exercise ball."""
        self.round(np.array([right, out, radius]), np.full(3, radius), colour)

    def rack(self, right: float) -> None:
        """A dumbbell rack."""
        for side in (-1, 1):
            self.box(right + side * 0.48, 0.22, 0.0, (0.05, 0.40, 0.85), DARK)
        x, _, z = np.eye(3)
        for level in (0.25, 0.65):
            self.box(right, 0.22, level, (0.95, 0.36, 0.03), STEEL)
            for k in range(4):
                at = np.array([right - 0.36 + 0.24 * k, 0.22, level + 0.11])
                for sign in (-1.0, 1.0):
                    line = at + sign * np.array([[0, 0.06, 0], [0, 0.15, 0]])
                    points, faces = tube(line, np.full((2, 2), 0.06 + 0.006 * k), x, z, 14)
                    self.add(points, faces, vertex_normals(points, faces), DARK)

    def bars(self, right: float) -> None:
        """Wall bars."""
        for side in (-1, 1):
            self.box(right + side * 0.42, 0.06, 0.0, (0.05, 0.12, 2.35), WOOD)
        for k in range(13):
            self.box(right, 0.10, 0.15 + 0.17 * k, (0.82, 0.03, 0.035), (0.42, 0.27, 0.15))

    def door(self, right: float) -> None:
        """A closed door."""
        self.box(right, 0.012, 0.0, (0.98, 0.03, 2.08), WHITE)
        self.box(right, 0.02, 0.0, (0.84, 0.03, 2.0), (0.50, 0.40, 0.30))
        self.box(right - 0.34, 0.05, 1.0, (0.11, 0.05, 0.025), STEEL)

    def lamp(self, right: float, out: float, bottom: float) -> None:
        """A bedside lamp."""
        self.box(right, out, bottom, (0.05, 0.05, 0.22), STEEL)
        line = np.array([[right, out, bottom + 0.2], [right, out, bottom + 0.42]])
        radii = np.array([[0.13, 0.13], [0.09, 0.09]])
        points, faces = tube(line, radii, np.eye(3)[0], np.eye(3)[1], 24)
        glow = (0.95, 0.82, 0.58)
        self.add(points, faces, vertex_normals(points, faces), glow, materials.GLOW)
