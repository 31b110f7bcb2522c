"""A person ready to be drawn: all parts merged, with fast skinning."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse  # type: ignore[import-untyped]

from . import materials
from .body import Body
from .geometry import SIDES, Array
from .meshes import Part, tube
from .people import HAIR, PEOPLE, SKIN
from .posture import bar_centre
from .shoes_hair import hair_parts, shoe_part
from .spec import Look
from .wardrobe import COLOURS, BodyMap, bottom_level, bottom_part, sock_part, top_level, top_part

Floats = npt.NDArray[np.float32]
KIND_OF_MATERIAL = {
    materials.SKIN: 0,
    materials.CLOTH: 2,
    materials.TOP: 3,
    materials.EYE: 4,
    materials.HAIR: 5,
    materials.SHOE: 6,
}
IRIS = ((0.12, 0.06, 0.03), (0.05, 0.09, 0.14), (0.07, 0.09, 0.04))


class DressedPerson:
    """Merged mesh of a dressed person.

    Attributes:
        rest, colours, surface: (n, 3) pattern position, (n, 3) linear RGB, (n, 2) material and
            roughness.
        triangles: (m, 3) vertex numbers.
    """

    def __init__(self, body: Body, person: str, look: Look) -> None:
        self.body, self.look = body, look
        self.who = PEOPLE[person]
        parts = self._parts()
        if look.barbell_kg > 0:
            parts += barbell(body, look.barbell_kg)
        sizes = np.cumsum([0] + [len(part.vertices_m) for part in parts])
        triangles = np.concatenate(
            [part.triangles + start for part, start in zip(parts, sizes, strict=False)]
        )
        used, triangles = np.unique(triangles, return_inverse=True)
        self.triangles = triangles.reshape(-1, 3).astype(np.int32)
        vertices = np.concatenate([part.vertices_m for part in parts])[used]
        weights = np.concatenate([part.weights for part in parts])[used]
        weights[weights < 0.01] = 0.0
        weights /= weights.sum(1, keepdims=True)
        self.weights = sparse.csr_matrix(weights)
        self.vertices: Floats = np.column_stack([vertices, np.ones(len(used))]).astype(np.float32)
        self.rest: Floats = np.concatenate([part.rest_m for part in parts])[used].astype("f4")
        self.colours: Floats = np.concatenate(
            [np.tile(part.colour, (len(part.vertices_m), 1)) for part in parts]
        )[used].astype("f4")
        self.surface: Floats = np.concatenate(
            [np.tile([part.material, part.roughness], (len(part.vertices_m), 1)) for part in parts]
        )[used].astype("f4")
        corners = self.triangles.ravel()
        faces = np.repeat(np.arange(len(self.triangles)), 3)
        ones = np.ones(len(corners), np.float32)
        self._gather = sparse.csr_matrix(
            (ones, (corners, faces)), shape=(len(used), len(self.triangles))
        )

    def _parts(self) -> list[Part]:
        body, look, who = self.body, self.look, self.who
        where = BodyMap.of(body)
        points = body.vertices_m
        covered = (bottom_level(body, where, look.bottom, points) > 0.12) | (
            top_level(body, where, look.top, points) > 0.12
        )
        covered |= (where.foot > 0.9) & (points[:, 2] < 0.072 * body.scale)
        skin_faces = body.triangles["body"]
        skin_faces = skin_faces[~covered[skin_faces].all(1)]
        weights = body.weights

        def bare(faces: np.ndarray, colour: Array, material: int, rough: float) -> Part:
            return Part(points, points, weights, faces, colour, material, rough)

        skin, hair = np.array(SKIN[who.skin]), np.array(HAIR[who.hair])
        parts = [
            bare(skin_faces, skin, materials.SKIN, 0.55),
            bottom_part(body, where, look.bottom, look.colours),
            top_part(body, where, look.top, look.colours),
        ]
        for side in ("l", "r"):
            eye, lash = f"helper-{side}-eye", f"helper-{side}-eyelashes-1"
            parts.append(bare(body.triangles[eye], np.full(3, 0.9), materials.EYE, 0.15))
            parts.append(bare(body.triangles[lash], hair * 0.4, materials.LASH, 0.8))
        parts += hair_parts(body, where, who.hair_style, who.hair)
        for side in SIDES:
            if look.bottom != "trousers":
                height = 0.03 if look.bottom == "leggings" else (0.09, 0.05)[look.colours % 2]
                parts.append(sock_part(body, side, height, look.colours))
            parts.append(shoe_part(body, side, look.colours))
        return parts

    def kinds(self, cell_m: float = 0.0) -> dict[int, npt.NDArray[np.int32]]:
        """Triangles by the shader's kind of surface; skin no finer than ``cell_m``."""
        material = self.surface[self.triangles[:, 0], 0].round().astype(int)
        body = self.body
        eyes = 0.5 * (body.head("eye.L") + body.head("eye.R"))
        near = np.linalg.norm(self.rest[self.triangles[:, 0]] - eyes, axis=1) < 0.16 * body.scale
        kind = np.array([KIND_OF_MATERIAL.get(number, 7) for number in range(16)])[material]
        kind[(kind == 0) & near] = 1
        pieces = {int(k): self.triangles[kind == k] for k in np.unique(kind)}
        if cell_m > 0:
            for skin in (0, 1):
                pieces[skin] = self.coarse_triangles(cell_m, pieces[skin])
        return pieces

    def coarse_triangles(
        self, cell_m: float, triangles: npt.NDArray[np.int32] | None = None
    ) -> npt.NDArray[np.int32]:
        """A coarser triangulation of the same vertices: those in one cell become one."""
        triangles = self.triangles if triangles is None else triangles
        cells = np.floor(self.rest / cell_m).astype(np.int64)
        _, first, number = np.unique(cells, axis=0, return_index=True, return_inverse=True)
        merged = first[number.ravel()][triangles]
        a, b, c = merged.T
        return np.asarray(merged[(a != b) & (b != c) & (a != c)], np.int32)

    def uniforms(self) -> dict[str, npt.NDArray[np.float32] | float | int]:
        """Shader parameters that belong to the person."""
        body = self.body
        eyes = [body.head(f"eye{end}") for end in (".L", ".R")]
        top = float(body.vertices_m[body.skin_vertices, 2].max())
        shades = COLOURS[self.look.colours % len(COLOURS)]
        female = self.who.body.startswith("f")
        number = sum(map(ord, self.who.body))
        second = COLOURS[(self.look.colours + 5) % len(COLOURS)][0]
        return {
            "leftEye": np.array(eyes[0], "f4"),
            "rightEye": np.array(eyes[1], "f4"),
            "faceSize": top - 0.5 * float(eyes[0][2] + eyes[1][2]),
            "bodyScale": body.scale,
            "hairColour": np.array(HAIR[self.who.hair], "f4"),
            "irisColour": np.array(IRIS[number % 3], "f4"),
            "browStrength": 0.85 if female else 1.0,
            "soleColour": np.array(shades[3], "f4"),
            "topSecond": np.array(second, "f4"),
            "topPattern": (self.look.colours * 7 // 3) % 4,
            "chestHeight": float(body.head("spine01")[2]),
        }

    def skin(self, rotations: Array, positions: Array) -> tuple[Floats, Floats]:
        """Posed vertices and normals, (n, 3) each, in the world."""
        shift = positions - np.einsum("bij,bj->bi", rotations, self.body.heads_m)
        matrices = np.concatenate([rotations, shift[:, :, None]], axis=2)
        blended = self.weights @ matrices.reshape(-1, 12).astype(np.float32)
        posed = np.einsum("nij,nj->ni", blended.reshape(-1, 3, 4), self.vertices)
        a, b, c = (posed[self.triangles[:, k]] for k in range(3))
        normals = self._gather @ np.cross(b - a, c - a)
        normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
        return np.ascontiguousarray(posed, "f4"), np.ascontiguousarray(normals, "f4")


def barbell(body: Body, load_kg: float) -> list[Part]:
    """A barbell lying on the upper back, moving with the chest."""
    centre = bar_centre(body)
    weights = np.zeros((1, len(body.bone_names)), np.float32)
    weights[0, body.bone["spine01"]] = 1.0
    x, y, z = np.eye(3)

    def piece(half_m: float, radius_m: float, at_m: float, colour: float, rough: float) -> Part:
        line = centre + np.array([at_m - half_m, at_m + half_m])[:, None] * x
        vertices, faces = tube(line, np.full((2, 2), radius_m), y, z, 28)
        return Part(
            vertices,
            vertices.copy(),
            np.repeat(weights, len(vertices), axis=0),
            faces,
            np.full(3, colour),
            materials.METAL if rough < 0.5 else materials.OBJECT,
            rough,
        )

    parts = [piece(0.66, 0.014, 0.0, 0.35, 0.25)]
    plate_kg = max(load_kg - 20.0, 0.0)
    radius = float(np.clip(0.08 + 0.0022 * plate_kg, 0.08, 0.225))
    for sign in (-1.0, 1.0):
        parts.append(piece(0.21, 0.025, sign * 0.87, 0.4, 0.25))
        if plate_kg > 0:
            parts.append(piece(0.02 + 0.0004 * plate_kg, radius, sign * 0.71, 0.03, 0.7))
    return parts
