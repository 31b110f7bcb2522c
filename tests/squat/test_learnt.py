"""What was learnt on rendered people: the arrays in the package and how they are evaluated."""

import numpy as np
import pytest

from formcheck.squat import learnt


def answer(trees, row):
    """A row through every tree, one question after the other."""
    total = 0.0
    for node in trees.roots:
        while trees.feature[node] >= 0:
            is_low = row[trees.feature[node]] <= trees.limit[node]
            node = (trees.low if is_low else trees.high)[node]
        total += trees.value[node]
    return total


def test_all_rows_at_once_get_the_answers_of_one_by_one():
    trees = learnt.Trees.load("knee")
    rows = np.random.default_rng(1).uniform(-0.5, 0.9, (50, 5))
    assert trees.predict(rows) == pytest.approx([answer(trees, row) for row in rows], abs=1e-5)


def test_what_is_not_known_is_not_guessed():
    found = learnt.knee_error_pct(
        np.array([3.0, np.nan]), -12, np.array([20.0] * 2), np.full(2, 0.4), 0
    )
    assert np.isfinite(found).tolist() == [True, False]


def test_a_knee_is_corrected_by_little_and_never_so_that_more_reads_as_less():
    inside = np.arange(-20, 40.0)
    for toe_pct in (0, -15, -30):
        for away_deg in (-30, 0, 20):
            for shank_deg, drop in ((15, 0.2), (30, 0.45), (40, 0.6)):
                same = np.full(len(inside), float(shank_deg)), np.full(len(inside), drop)
                error = learnt.knee_error_pct(inside, toe_pct, *same, away_deg)
                assert np.abs(error).max() < 8
                steps = np.diff((inside + error)[::6])
                assert (steps > 0).all(), (toe_pct, away_deg, shank_deg)


def test_products_turn_their_sign_in_a_mirror():
    rng = np.random.default_rng(2)
    odd, even = rng.normal(size=(4, 7)), rng.normal(size=(4, 5))
    model = learnt.arrays("yaw")
    assert (learnt.products(-odd, even, model) == -learnt.products(odd, even, model)).all()
