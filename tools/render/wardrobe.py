"""Clothes on a body: top, bottom and socks, cut from the body's close-fitting helper mesh."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import materials
from .body import Body
from .geometry import Array
from .meshes import Part, cut, smooth, vertex_normals

# top, bottom, shoe, sole, sock: linear RGB
COLOURS = (
    ((0.10, 0.22, 0.45), (0.06, 0.06, 0.07), (0.70, 0.70, 0.72), (0.85, 0.85, 0.85), 0.8),
    ((0.55, 0.12, 0.18), (0.04, 0.04, 0.05), (0.60, 0.15, 0.20), (0.80, 0.80, 0.80), 0.8),
    ((0.50, 0.50, 0.48), (0.05, 0.08, 0.20), (0.08, 0.08, 0.09), (0.75, 0.75, 0.75), 0.05),
    ((0.70, 0.42, 0.06), (0.12, 0.03, 0.18), (0.65, 0.65, 0.12), (0.10, 0.10, 0.10), 0.8),
    ((0.15, 0.35, 0.20), (0.25, 0.25, 0.27), (0.75, 0.75, 0.75), (0.20, 0.20, 0.20), 0.8),
    ((0.25, 0.10, 0.35), (0.07, 0.07, 0.09), (0.15, 0.30, 0.50), (0.85, 0.85, 0.85), 0.8),
    ((0.10, 0.40, 0.45), (0.05, 0.05, 0.06), (0.30, 0.30, 0.32), (0.80, 0.80, 0.80), 0.1),
    ((0.65, 0.65, 0.62), (0.30, 0.05, 0.05), (0.05, 0.05, 0.06), (0.80, 0.80, 0.80), 0.8),
    ((0.05, 0.05, 0.06), (0.12, 0.13, 0.15), (0.55, 0.08, 0.06), (0.85, 0.85, 0.85), 0.05),
    ((0.75, 0.72, 0.66), (0.10, 0.15, 0.10), (0.25, 0.16, 0.10), (0.55, 0.45, 0.30), 0.5),
    ((0.30, 0.42, 0.60), (0.20, 0.17, 0.13), (0.60, 0.60, 0.62), (0.80, 0.80, 0.80), 0.8),
    ((0.60, 0.25, 0.20), (0.04, 0.09, 0.11), (0.10, 0.28, 0.22), (0.85, 0.85, 0.85), 0.1),
)


@dataclass(frozen=True)
class BodyMap:
    """Where vertices of a body lie along its limbs (0 at the proximal joint, 1 at the distal)."""

    along_arm: Array
    arm: Array
    along_thigh: Array
    along_shank: Array
    head: Array
    foot: Array
    hip_z_m: float
    neck_z_m: float

    @classmethod
    def of(cls, body: Body) -> BodyMap:
        """Compute the map of a body."""
        points = body.vertices_m
        on_left = points[:, 0] > 0

        def along(start: str, end: str) -> Array:
            values = []
            for suffix in (".L", ".R"):
                a, b = body.head(start + suffix), body.head(end + suffix)
                values.append((points - a) @ (b - a) / float((b - a) @ (b - a)))
            return np.where(on_left, *values)

        def weight(*prefixes: str) -> Array:
            bones = [i for n, i in body.bone.items() if n.startswith(prefixes)]
            return np.asarray(body.weights[:, bones].sum(1), float)

        face = ("head", "neck", "jaw", "special", "oris", "levator", "orbic", "oculi", "tempor")
        return cls(
            along_arm=along("upperarm01", "lowerarm01"),
            arm=weight("upperarm", "lowerarm", "wrist", "finger", "metacarpal"),
            along_thigh=along("upperleg01", "lowerleg01"),
            along_shank=along("lowerleg01", "foot"),
            head=weight(*face, "risor", "eye", "tongue"),
            foot=weight("foot", "toe"),
            hip_z_m=float(body.legs["left"].hip[2]),
            neck_z_m=float(body.head("neck01")[2]),
        )


def bottom_level(body: Body, where: BodyMap, bottom: str, points: Array) -> Array:
    """Level of the bottom garment at the (blown up) vertices: positive where it covers."""
    k, z = body.scale, points[:, 2]
    length = {"shorts": 0.66, "tight shorts": 0.48, "leggings": 1.86, "trousers": 1.93}[bottom]
    if length <= 1.0:
        leg = np.where(z > where.hip_z_m - 0.02 * k, 1.0, (length - where.along_thigh) * 4.0)
    else:
        knee_z = float(body.legs["left"].knee[2])
        leg = np.where(z > knee_z, 1.0, (length - 1.0 - where.along_shank) * 4.0)
    waist = (where.hip_z_m + 0.135 * k - z) / 0.1
    return np.asarray(np.minimum(waist, leg) - 10.0 * (where.arm > 0.3))


def top_level(body: Body, where: BodyMap, top: str, points: Array) -> Array:
    """Level of the top at the (blown up) vertices: positive where it covers."""
    k = body.scale
    hem = where.hip_z_m + {"loose tee": -0.01, "tank": 0.08}.get(top, 0.05) * k
    sleeve = {"tee": 0.5, "loose tee": 0.72, "tank": 0.02, "long sleeves": 1.85}[top]
    level = np.minimum(
        (points[:, 2] - hem) / 0.1,
        np.where(where.arm > 0.15, (sleeve - where.along_arm) * 3.0, 1.0),
    )
    back = np.clip(points[:, 1] - float(body.head("neck01")[1]), -0.2, 0.2)
    drop = {"tank": -0.012}.get(top, 0.012) * k
    neck = (where.neck_z_m + drop - points[:, 2]) + back * 0.45
    near_neck = (np.abs(points[:, 0]) < 0.12 * k) & (points[:, 2] > where.neck_z_m - 0.12 * k)
    return np.where(near_neck, np.minimum(level, neck / 0.1), level)


def _garment(
    body: Body,
    level_at: Callable[[Array], Array],
    offset_m: Array,
    rounds: int,
    colour: tuple[float, float, float],
    material: int,
    roughness: float,
    base: str = "helper-tights",
) -> Part:
    """Blow the base mesh up by ``offset_m``, smooth it, then cut it so that hems stay straight."""
    triangles = body.triangles[base]
    normals = smooth(vertex_normals(body.vertices_m, triangles), triangles, 4)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9
    blown = body.vertices_m + normals * offset_m[:, None]
    if rounds:
        blown = smooth(blown, triangles, rounds)
    faces, (points, weights) = cut(level_at(blown), triangles, blown, body.weights)
    return Part(
        vertices_m=np.asarray(points, float),
        rest_m=np.asarray(points, float),
        weights=np.asarray(weights, np.float32),
        triangles=faces,
        colour=np.array(colour),
        material=material,
        roughness=roughness,
    )


def bottom_part(body: Body, where: BodyMap, bottom: str, colours: int) -> Part:
    """Leggings, tight shorts, loose shorts or long loose trousers."""
    k = body.scale
    colour = COLOURS[colours % len(COLOURS)][1]

    def level_at(at: Array) -> Array:
        return bottom_level(body, where, bottom, at)

    thigh = np.clip(where.along_thigh, 0.0, 1.0)
    shank = np.clip(where.along_shank, 0.0, 1.0)
    tight = np.full(len(thigh), 0.005 * k)
    if bottom in ("leggings", "tight shorts"):
        return _garment(body, level_at, tight, 0, colour, materials.CLOTH, 0.6, base="body")
    if bottom == "shorts":
        offset = 0.007 * k + 0.024 * k * np.clip(thigh / 0.6, 0.0, 1.0)
        return _garment(body, level_at, offset, 3, colour, materials.CLOTH, 0.85)
    offset = 0.008 * k + 0.012 * k * np.clip(thigh / 0.6, 0.0, 1.0)
    offset = offset + 0.012 * k * np.clip(shank / 0.7, 0.0, 1.0)
    return _garment(body, level_at, offset, 4, colour, materials.CLOTH, 0.9)


def top_part(body: Body, where: BodyMap, top: str, colours: int) -> Part:
    """T-shirt, loose T-shirt, tank top or long-sleeved shirt."""
    k, points = body.scale, body.vertices_m
    on_arm = np.clip((np.abs(points[:, 0]) - 0.17 * k) / 0.05, 0.0, 1.0)
    low = np.clip((where.hip_z_m + 0.30 * k - points[:, 2]) / (0.22 * k), 0.0, 1.0)
    width = {"loose tee": 1.9, "tank": 0.7, "long sleeves": 0.8}.get(top, 1.0)
    offset = 0.011 * k + width * (0.014 * k * low * (1.0 - on_arm) + 0.007 * k * on_arm)

    def level_at(at: Array) -> Array:
        return top_level(body, where, top, at)

    return _garment(
        body, level_at, offset, 6, COLOURS[colours % len(COLOURS)][0], materials.TOP, 0.9
    )


def sock_part(body: Body, side: str, height: float, colours: int) -> Part:
    """Sock up to ``height`` times the scale above the ankle [m]."""
    k, points = body.scale, body.vertices_m
    end = ".L" if side == "left" else ".R"
    bones = [body.bone[b + end] for b in ("lowerleg01", "lowerleg02", "foot")]
    share = np.asarray(body.weights[:, bones].sum(1), float)
    top = float(body.legs[side].ankle[2]) + height * k

    def level_at(at: Array) -> Array:
        level = np.minimum((top - at[:, 2]) / 0.1, (at[:, 2] - 0.042 * k) / 0.1)
        return np.minimum(level, share - 0.5)

    shade = COLOURS[colours % len(COLOURS)][4]
    offset = np.full(len(points), 0.004 * k)
    colour = (shade, shade, shade)
    return _garment(body, level_at, offset, 0, colour, materials.CLOTH, 0.95, base="body")
