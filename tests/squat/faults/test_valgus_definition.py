"""What knee valgus is, in closed form: the table, the curves, and a figure in every stance."""

from functools import lru_cache
from itertools import product

import numpy as np
import pytest
from stickfigure import _FLEXION_DEG, _SHANK_DEG, Body, Sampling, film, squat, stand

from formcheck.squat.analysis import analyze
from formcheck.squat.faults.finding import Verdict
from formcheck.squat.faults.valgus_definition import (
    TABLE,
    Meaning,
    Witness,
    against_own_way,
    inside_ankle,
    is_judged,
    moved_in,
    witness,
)

DROP = 0.4 * np.sin(np.linspace(0, np.pi, 101))
DOWN = np.arange(101) <= 50


def test_the_table_has_a_verdict_for_every_pair_and_only_both_make_a_fault():
    assert set(TABLE) == set(product(Witness, Witness))
    faults = {pair for pair, meaning in TABLE.items() if meaning.verdict is Verdict.FAULT}
    assert faults == {(Witness.CLEAR, Witness.CLEAR)}
    assert TABLE[Witness.CLEAR, Witness.ABSENT] is Meaning.TOES_FURTHER_OUT
    # More of either is never a milder verdict.
    rising = (Witness.ABSENT, Witness.NEAR, Witness.CLEAR)
    ranks = np.array([[TABLE[a, b].verdict.rank for b in rising] for a in rising])
    assert (np.diff(ranks, axis=0) >= 0).all()
    assert (np.diff(ranks, axis=1) >= 0).all()


def test_a_witness_is_clear_at_its_limit_and_near_within_the_margin():
    found = [witness(excess, 2.0) for excess in (0.0, -0.1, -2.0, -2.1, np.nan)]
    clear, near, absent = Witness.CLEAR, Witness.NEAR, Witness.ABSENT
    assert found == [clear, near, near, absent, absent]


def test_the_bottom_and_the_way_up_are_judged():
    judged = is_judged(DROP, 0.1)
    first, last = np.flatnonzero(judged)[[0, -1]]
    assert DROP[first] == pytest.approx(0.7 * 0.4, abs=0.02)
    assert DROP[last] == pytest.approx(0.3 * 0.4, abs=0.02)
    assert judged[first : last + 1].all()
    assert DROP[is_judged(DROP, 0.25)].min() >= 0.25
    assert not is_judged(np.full(9, np.nan), 0.1).any()


def test_a_knee_that_stays_inside_its_ankle_has_moved_in_without_moving():
    assert np.nanmax(moved_in(np.full(101, 9.0), DROP, 0.1)) == 9.0
    assert np.nanmax(moved_in(np.full(101, -9.0), DROP, 0.1)) == pytest.approx(-4.5)


def test_a_knee_is_compared_with_its_ankle_from_half_the_depth_on():
    drop = np.array([0.0, 0.1, 0.19, 0.21, 0.4, 0.21, 0.19])
    known = np.isfinite(inside_ankle(np.full(7, 9.0), drop))
    assert known.tolist() == [False, False, False, True, True, True, False]


def test_two_pictures_show_a_way_and_one_does_not():
    drop = np.array([0.2, 0.4])
    assert against_own_way(np.array([-3.0, 1.0]), drop, 0.1).tolist() == [0.0, 4.0]
    assert np.isnan(against_own_way(np.array([-3.0, np.nan]), drop, 0.1)).all()


def test_what_comes_in_on_the_way_up_counts_against_the_way_down_at_the_same_depth():
    wide = -40 * DROP
    assert np.nanmax(moved_in(wide, DROP, 0.1)) <= 0
    caving = wide + 14 * (~DOWN & (DROP > 0.2) & (DROP < 0.3))
    # In by 14 and at most 16 + ... outside its ankle: half of what is left is taken off.
    place = caving[(~DOWN) & (DROP > 0.2) & (DROP < 0.3)]
    assert np.nanmax(moved_in(caving, DROP, 0.1)) == pytest.approx(
        max(14 + 0.5 * np.minimum(place, 0).max(), place.max()), abs=0.5
    )


def test_what_comes_in_on_the_way_down_counts_against_the_widest_so_far():
    out_and_in = np.where(DOWN & (DROP > 0.3), -2.0, -8.0)
    assert np.nanmax(moved_in(out_and_in, DROP, 0.1)) == pytest.approx(6 - 1)
    assert np.nanmax(moved_in(out_and_in, DROP, 0.35)) < 0


def test_holes_stay_holes_and_nothing_seen_is_nothing():
    medial = np.where(np.arange(101) % 7 == 0, np.nan, 9.0)
    found = moved_in(medial, DROP, 0.1)
    assert np.isnan(found[np.isnan(medial)]).all()
    assert np.isnan(moved_in(np.full(101, np.nan), DROP, 0.1)).all()
    assert np.isnan(moved_in(np.full(101, 9.0), np.full(101, np.nan), 0.1)).all()


# -- a figure in every stance ------------------------------------------------------------------

FLEXION = 106.0
REACH = 100 * np.sin(np.radians(np.interp(FLEXION, _FLEXION_DEG, _SHANK_DEG)))
"""How far the knees go forward, in % of shank."""


@lru_cache(maxsize=64)
def found(toe_out=15.0, inside=0.0, course="whole", stance=0.36):
    body = Body(toe_out_deg=toe_out, stance_m=stance)
    rep = squat(
        FLEXION, pause_s=0.3, concentric_s=1.4, left_pct=inside, right_pct=inside,
        course=course, body=body,
    )  # fmt: skip
    (only,) = analyze(film([stand(1), rep, stand(0.8)], body=body, sampling=Sampling(20))).reps
    return only.finding("knee_valgus")


def straight_ahead(toe_out):
    return REACH * np.sin(np.radians(toe_out))


@pytest.mark.parametrize("stance", [0.2, 0.36, 0.6, 0.75])
@pytest.mark.parametrize("toe_out", [0, 15, 30, 45])
def test_knees_along_the_toes_are_ok_in_every_stance(toe_out, stance):
    finding = found(toe_out, stance=stance)
    assert (finding.verdict, finding.side) == ("ok", None)


@pytest.mark.parametrize("toe_out", [10, 20, 30, 40, 45])
def test_knees_straight_ahead_are_over_the_ankles_and_no_fault_however_far_the_toes_turn(toe_out):
    finding = found(toe_out, straight_ahead(toe_out))
    assert finding.verdict in ("ok", "borderline")
    assert finding.severity in ("none", "note")
    if toe_out >= 20:
        assert finding.confidence == "low"
        assert "less outward than your toes" in finding.reason


@pytest.mark.parametrize("toe_out", [0, 10, 20, 30])
def test_knees_inside_their_ankles_are_a_fault_whatever_the_toes_do(toe_out):
    finding = found(toe_out, straight_ahead(toe_out) + 15)
    assert (finding.verdict, finding.side) == ("fault", "both")


@pytest.mark.parametrize("toe_out", [0, 15, 30, 45])
def test_a_collapse_on_the_way_up_is_a_fault_whatever_the_toes_do(toe_out):
    finding = found(toe_out, 26, "ascent")
    assert (finding.verdict, finding.side) == ("fault", "both")
    assert finding.extra["phase"] == "ascent"


@pytest.mark.parametrize(("stance", "toe_out"), [(0.2, 5), (0.36, 5), (0.6, 5), (0.6, 20)])
def test_narrow_and_wide_stances_hide_no_collapse(stance, toe_out):
    inside = straight_ahead(toe_out) + 22
    assert found(toe_out, inside, stance=stance).verdict == "fault"
