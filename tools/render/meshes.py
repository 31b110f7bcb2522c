"""Mesh operations for clothes: normals, smoothing and clean cuts along a level line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .geometry import Array, IntArray


@dataclass
class Part:
    """A skinned piece of the dressed person.

    Attributes:
        vertices_m, rest_m: (n, 3) positions and the positions the surface pattern is drawn at.
        weights: (n, bones) skin weights.
        triangles: (m, 3) vertex numbers.
        colour: Linear RGB.
        material, roughness: Surface kind (see `materials`) and roughness.
    """

    vertices_m: Array
    rest_m: Array
    weights: npt.NDArray[np.float32]
    triangles: IntArray
    colour: Array
    material: int
    roughness: float


def vertex_normals(vertices: Array, triangles: IntArray) -> Array:
    """Area-weighted unit normals at the vertices."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for corner in range(3):
        for axis in range(3):
            normals[:, axis] += np.bincount(
                triangles[:, corner], face[:, axis], minlength=len(vertices)
            )
    return np.asarray(normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12))


def edges(triangles: IntArray) -> IntArray:
    """Undirected edges (m, 2)."""
    pairs = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    return np.asarray(np.unique(np.sort(pairs, axis=1), axis=0))


def smooth(values: Array, triangles: IntArray, rounds: int, strength: float = 0.5) -> Array:
    """Move every value towards the mean of its neighbours (Laplacian smoothing)."""
    pairs = edges(triangles)
    count = len(values)
    degree = np.bincount(pairs.ravel(), minlength=count)[:, None] + 1e-9
    used = np.unique(triangles)
    result = values.copy()
    for _ in range(rounds):
        total = np.zeros_like(result)
        for axis in range(result.shape[1]):
            total[:, axis] = np.bincount(pairs[:, 0], result[pairs[:, 1], axis], count)
            total[:, axis] += np.bincount(pairs[:, 1], result[pairs[:, 0], axis], count)
        result[used] += strength * (total / degree - result)[used]
    return result


def cut(
    level: Array, triangles: IntArray, *attributes: npt.NDArray[np.floating]
) -> tuple[IntArray, list[npt.NDArray[np.floating]]]:
    """Keep the part of a mesh where ``level`` is positive, cutting triangles at zero.

    Args:
        level: (n,) value per vertex.
        triangles: (m, 3) vertex numbers.
        *attributes: (n, k) values per vertex to carry over, interpolated at the cut.

    Returns:
        tuple: Triangles of the kept part and the attributes of its vertices.
    """
    inside = level > 0
    corners_in = inside[triangles].sum(1)
    kept = [triangles[corners_in == 3]]
    new_edges: dict[tuple[int, int], int] = {}
    extra: list[list[int]] = []
    count = len(level)
    for triangle in triangles[(corners_in > 0) & (corners_in < 3)].tolist():
        polygon = []
        for corner in range(3):
            i, j = triangle[corner], triangle[(corner + 1) % 3]
            if inside[i]:
                polygon.append(i)
            if inside[i] != inside[j]:
                key = (min(i, j), max(i, j))
                polygon.append(new_edges.setdefault(key, count + len(new_edges)))
        extra += [[polygon[0], polygon[k], polygon[k + 1]] for k in range(1, len(polygon) - 1)]
    kept.append(np.array(extra, np.int64).reshape(-1, 3))
    used, triangles = np.unique(np.concatenate(kept), return_inverse=True)
    ends = np.array(list(new_edges), np.int64).reshape(-1, 2)
    share = (level[ends[:, 0]] / (level[ends[:, 0]] - level[ends[:, 1]]))[:, None]
    carried: list[npt.NDArray[np.floating]] = []
    for values in attributes:
        added = values[ends[:, 0]] * (1.0 - share) + values[ends[:, 1]] * share
        carried.append(np.concatenate([values, added.astype(values.dtype)])[used])
    return triangles.reshape(-1, 3), carried


def tube(
    centres: Array, radii: Array, across: Array, over: Array, segments: int
) -> tuple[Array, IntArray]:
    """A closed tube through ``centres`` with elliptic cross-sections.

    Args:
        centres: (n, 3) centre line.
        radii: (n, 2) half widths along ``across`` and ``over``.
        across, over: (3,) directions of the cross-sections.
        segments: Points per cross-section.
    """
    angle = np.linspace(0.0, 2.0 * np.pi, segments, endpoint=False)
    ring = np.cos(angle)[None, :, None] * across * radii[:, :1, None]
    ring = ring + np.sin(angle)[None, :, None] * over * radii[:, 1:, None]
    points = (centres[:, None, :] + ring).reshape(-1, 3)
    count = len(centres)
    points = np.concatenate([points, centres[:1], centres[-1:]])
    faces = []
    for i in range(count - 1):
        for j in range(segments):
            p, q = i * segments + j, i * segments + (j + 1) % segments
            faces += [[p, q, q + segments], [p, q + segments, p + segments]]
    last = (count - 1) * segments
    for j in range(segments):
        k = (j + 1) % segments
        faces += [[count * segments, k, j], [count * segments + 1, last + j, last + k]]
    return points, np.array(faces)


def ellipsoid(
    centre: Array, radii: Array, rings: int = 12, segments: int = 20
) -> tuple[Array, IntArray]:
    """A closed ellipsoid."""
    u, v = np.meshgrid(
        np.linspace(0.0, np.pi, rings), np.linspace(0.0, 2.0 * np.pi, segments, endpoint=False)
    )
    points = np.stack([np.sin(u) * np.cos(v), np.sin(u) * np.sin(v), np.cos(u)], -1)
    points = np.swapaxes(points, 0, 1).reshape(-1, 3) * radii + centre
    faces = []
    for i in range(rings - 1):
        for j in range(segments):
            p, q = i * segments + j, i * segments + (j + 1) % segments
            faces += [[p, q + segments, q], [p, p + segments, q + segments]]
    return points, np.array(faces)
