"""Shoes built around the feet, and hair."""

from __future__ import annotations

import numpy as np

from . import materials
from .body import SOLE_M, Body
from .geometry import SUFFIX, Array
from .meshes import Part, cut, ellipsoid, smooth, vertex_normals
from .people import HAIR
from .wardrobe import COLOURS, BodyMap

RINGS, AROUND = 30, 28


def _running_mean(values: Array, rounds: int = 3) -> Array:
    for _ in range(rounds):
        middle = 0.25 * values[:-2] + 0.5 * values[1:-1] + 0.25 * values[2:]
        values = np.concatenate([values[:1], middle, values[-1:]])
    return values


def shoe_part(body: Body, side: str, colours: int) -> Part:
    """A trainer around one foot, in the rest pose."""
    k, end = body.scale, SUFFIX[side]
    sole = SOLE_M * k
    bones = [i for n, i in body.bone.items() if n.startswith(("foot", "toe")) and n.endswith(end)]
    skin = body.skin_vertices
    foot = body.vertices_m[skin[body.weights[skin][:, bones].sum(1) > 0.4]]
    foot = foot[foot[:, 2] < 0.14 * k]
    leg = body.legs[side]
    origin = leg.heel * [1, 1, 0]
    s, x = (foot - origin) @ leg.axis, (foot - origin) @ leg.outward
    z = foot[:, 2] - sole
    stations: Array = np.linspace(s.min(), s.max(), RINGS)
    rows = []
    for station in stations:
        near = np.flatnonzero(np.abs(s - station) < 0.012 * k)
        if not len(near):
            near = np.argsort(np.abs(s - station))[:6]
        rows.append([x[near].min(), x[near].max(), z[near].max()])
    low, high, top = (_running_mean(column) for column in np.array(rows).T)
    u = (stations - stations[0]) / (stations[-1] - stations[0])
    upper = np.interp(u, [0, 0.06, 0.3, 0.5, 0.8, 1], [0.088, 0.09, 0.088, 0.078, 0.052, 0.036])
    lower = np.interp(u, [0, 0.1, 0.3, 0.8, 1], [0.065, 0.08, 0.075, 0.045, 0.03])
    top = np.clip(top, lower * k, upper * k) + 0.006 * k
    pad = 0.009 * k
    stations = np.concatenate([[stations[0] - pad], stations, [stations[-1] + pad]])
    half = 0.5 * (high - low) + 0.007 * k
    middle = 0.5 * (low + high)
    half = np.concatenate([[half[0] * 0.55], half, [half[-1] * 0.55]])
    middle = np.concatenate([middle[:1], middle, middle[-1:]])
    top = np.concatenate([[top[0] * 0.9], top, [top[-1] * 0.7]])
    angle = np.linspace(0.0, 2.0 * np.pi, AROUND, endpoint=False)
    c, sn = np.cos(angle), np.sin(angle)
    waist = 0.022 * k
    points = []
    for i, along in enumerate(stations):
        aside = middle[i] + half[i] * np.sign(c) * np.abs(c) ** 0.75
        above = waist + (top[i] - waist) * np.abs(sn) ** 0.8
        below = waist - (waist + sole) * np.abs(sn) ** 0.35
        height = np.where(sn > 0, above, below) + sole
        flat = origin + leg.axis * along + aside[:, None] * leg.outward
        points.append(np.column_stack([flat[:, :2], height]))
    for index, tall in ((0, 0.03 * k), (-1, 0.012 * k)):
        cap = origin + leg.axis * stations[index] + leg.outward * middle[index]
        points.append(np.array([[cap[0], cap[1], tall + sole]]))
    vertices = np.concatenate(points)
    count = len(stations)
    faces = []
    for i in range(count - 1):
        for j in range(AROUND):
            p, q = i * AROUND + j, i * AROUND + (j + 1) % AROUND
            faces += [[p, q, q + AROUND], [p, q + AROUND, p + AROUND]]
    for j in range(AROUND):
        q = (j + 1) % AROUND
        last = (count - 1) * AROUND
        faces += [[count * AROUND, q, j], [count * AROUND + 1, last + j, last + q]]
    weights = np.zeros((len(vertices), len(body.bone_names)), np.float32)
    beyond = (vertices - leg.mtp) @ leg.axis
    bend = np.clip((beyond + 0.015 * k) / (0.03 * k), 0.0, 1.0)
    weights[:, body.bone["foot" + end]] = 1.0 - bend
    weights[:, body.bone["toe2-1" + end]] = bend
    return Part(
        vertices,
        vertices.copy(),
        weights,
        np.array(faces),
        np.array(COLOURS[colours % len(COLOURS)][2]),
        materials.SHOE,
        0.5,
    )


def hair_parts(body: Body, where: BodyMap, style: str, hair: str) -> list[Part]:
    """Hair of one of the styles ``crop``, ``short``, ``bun``, ``bob`` and ``long``."""
    k, points, skin = body.scale, body.vertices_m, body.skin_vertices
    colour = np.array(HAIR[hair])
    eye = 0.5 * (body.head("eye.L") + body.head("eye.R"))
    top = float(points[skin, 2].max())
    tall = top - float(eye[2])
    above = points[skin][points[skin, 2] > eye[2]]
    back, front = float(above[:, 1].max()), float(above[:, 1].min())
    u = (points[:, 1] - front) / (back - front)
    nape = {"crop": -0.6, "short": -0.75, "bob": -1.15}.get(style, -0.85)
    sides = (-0.55, -0.8) if style == "bob" else (0.02, -0.02)
    line = np.interp(
        u, [0, 0.12, 0.32, 0.42, 0.55, 0.68, 1.0], [0.62, 0.60, 0.42, *sides, nape * 0.8, nape]
    )
    level = (points[:, 2] - (line * tall + eye[2])) / tall
    wide = float(np.abs(above[above[:, 2] > eye[2] + 0.5 * tall][:, 0]).max())
    ear = (np.abs(points[:, 0]) > wide * 1.02) & (points[:, 2] < eye[2] + 0.3 * tall)
    hidden = (where.head <= 0.3) | (ear if style != "bob" else np.zeros(len(u), bool))
    level = np.where(hidden, -1.0, level)
    thick = {"crop": 0.005, "short": 0.02, "bun": 0.011, "bob": 0.026}.get(style, 0.015) * k
    triangles = body.triangles["body"]
    normals = smooth(vertex_normals(points, triangles), triangles, 3)
    blown = points + normals * (np.clip(level * 6.0, 0.0, 1.0) * thick + 0.0015)[:, None]
    faces, (cap, rest, weights) = cut(level, triangles, blown, points, body.weights)
    parts = [
        Part(
            np.asarray(cap, float),
            np.asarray(rest, float),
            np.asarray(weights, np.float32),
            faces,
            colour,
            materials.HAIR,
            0.6,
        )
    ]
    on_head = np.zeros((1, len(body.bone_names)), np.float32)
    on_head[0, body.bone["head"]] = 1.0

    def add(vertices: Array, triangles: np.ndarray) -> None:
        weights = np.repeat(on_head, len(vertices), axis=0)
        parts.append(
            Part(vertices, vertices.copy(), weights, triangles, colour, materials.HAIR, 0.6)
        )

    if style == "bun":
        centre = np.array([0.0, back + 0.02 * k, eye[2] + 0.35 * tall])
        add(*ellipsoid(centre, np.array([0.045, 0.036, 0.045]) * k))
    if style == "long":
        centre = np.array([0.0, back + 0.005 * k, eye[2] + 0.15 * tall])
        add(*ellipsoid(centre, np.array([0.022, 0.022, 0.022]) * k))
        tail = np.array([0.0, back + 0.025 * k, eye[2] - 0.75 * tall])
        add(*ellipsoid(tail, np.array([0.028, 0.02, 0.115]) * k))
    return parts
