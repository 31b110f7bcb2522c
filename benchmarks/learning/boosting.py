"""Gradient boosting of small regression trees, in numpy: the same trees on every run.

Friedman's stochastic gradient boosting with squared error: each tree is grown level by level on
what the trees before it left over, from a share of the rows and columns, with limits at quantiles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.validation.clips import Array
from formcheck.squat.learnt import Trees


@dataclass(frozen=True)
class Recipe:
    """How many trees of which kind; ``min_rows`` counts rows of average weight in a leaf."""

    n_trees: int = 150
    depth: int = 3
    rate: float = 0.04
    min_rows: float = 900.0
    shrink_rows: float = 5.0
    row_share: float = 0.7
    column_share: float = 0.4
    n_bins: int = 32
    seed: int = 1


def fit_trees(inputs: Array, target: Array, weights: Array, recipe: Recipe = Recipe()) -> Trees:
    """Fit trees to ``target``, (n,), from ``inputs``, (n, k)."""
    rng = np.random.default_rng(recipe.seed)
    n, k = inputs.shape
    shares = np.linspace(0, 1, recipe.n_bins + 1)[1:-1]
    limits = [np.unique(np.quantile(column, shares)) for column in inputs.T]
    bins = np.stack(
        [np.searchsorted(edges, column) for edges, column in zip(limits, inputs.T, strict=True)]
    )
    left_over, nodes, roots = np.array(target, float), _Nodes(), []
    for _ in range(recipe.n_trees):
        rows = np.flatnonzero(rng.random(n) < recipe.row_share)
        columns = np.sort(rng.choice(k, max(1, round(recipe.column_share * k)), replace=False))
        roots.append(_grow(nodes, bins, limits, left_over, weights, rows, columns, recipe))
        left_over -= Trees(*nodes.arrays(), np.array(roots[-1:], np.int32)).predict(inputs)
    return Trees(*nodes.arrays(), np.array(roots, np.int32))


class _Nodes:
    """The nodes of all trees, in order of their making."""

    def __init__(self) -> None:
        self.rows: list[list[float]] = []

    def add(self, value: float) -> int:
        self.rows.append([-1, 0.0, 0, 0, value])
        return len(self.rows) - 1

    def arrays(self) -> tuple[Array, ...]:
        feature, limit, low, high, value = np.array(self.rows).T
        whole = (np.int8, np.int16, np.int16)
        feature, low, high = (a.astype(t) for a, t in zip((feature, low, high), whole, strict=True))
        return feature, limit.astype(np.float32), low, high, value.astype(np.float32)


def _grow(
    nodes: _Nodes,
    bins: Array,
    limits: list[Array],
    target: Array,
    weights: Array,
    rows: Array,
    columns: Array,
    recipe: Recipe,
) -> int:
    """Grow one tree; the number of its root."""
    w, wy = weights[rows], weights[rows] * target[rows]

    def value(total: float, weight: float) -> float:
        return recipe.rate * total / (weight + recipe.shrink_rows)

    root = nodes.add(value(wy.sum(), w.sum()))
    leaf = np.zeros(len(rows), np.intp)
    level = [root]
    for _ in range(recipe.depth):
        best = np.full(len(level), 1e-12)
        choice: list[tuple[int, int] | None] = [None] * len(level)
        n_leaves = len(level)
        for column in columns:
            n_bins = len(limits[column]) + 1
            cell = leaf * n_bins + bins[column][rows]
            inside = leaf >= 0
            size = (n_leaves, n_bins)
            count = n_leaves * n_bins
            ws = np.bincount(cell[inside], w[inside], count).reshape(size).cumsum(1)
            ys = np.bincount(cell[inside], wy[inside], count).reshape(size).cumsum(1)
            low_w, low_y = ws[:, :-1], ys[:, :-1]
            high_w, high_y = ws[:, -1:] - low_w, ys[:, -1:] - low_y
            gain = (
                low_y**2 / (low_w + recipe.shrink_rows)
                + high_y**2 / (high_w + recipe.shrink_rows)
                - ys[:, -1:] ** 2 / (ws[:, -1:] + recipe.shrink_rows)
            )
            gain[(low_w < recipe.min_rows) | (high_w < recipe.min_rows)] = 0.0
            for i in range(n_leaves):
                at = int(np.argmax(gain[i])) if gain.shape[1] else 0
                if gain.shape[1] and gain[i, at] > best[i]:
                    best[i], choice[i] = gain[i, at], (int(column), at)
        after, moved = [], np.full(len(rows), -1, np.intp)
        for i, chosen in enumerate(choice):
            if chosen is None:
                continue
            column, at = chosen
            node = nodes.rows[level[i]]
            is_low = bins[column][rows] <= at
            node[0], node[1] = column, float(np.float32(limits[column][at]))
            for slot, mine in ((2, (leaf == i) & is_low), (3, (leaf == i) & ~is_low)):
                node[slot] = nodes.add(value(wy[mine].sum(), w[mine].sum()))
                moved[mine] = len(after)
                after.append(int(node[slot]))
        leaf, level = moved, after
        if not level:
            break
    return root
