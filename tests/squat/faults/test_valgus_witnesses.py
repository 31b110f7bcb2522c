"""The two witnesses of knee valgus in closed form: how wide their errors are, where limits lie."""

import numpy as np
import pytest

from formcheck.squat.faults import valgus_witnesses as rule
from formcheck.squat.faults.knee_to_foot_line import KneesToFootLine
from formcheck.squat.faults.valgus_definition import Meaning
from formcheck.squat.view import View

SETTINGS = rule.ValgusSettings()


@pytest.mark.parametrize(
    ("name", "still", "toes", "turned"),
    [("NEAR_LEG", 4.8, 5.0, 5.5), ("FAR_LEG", 4.8, 5.0, 10.0), ("MEAN", 3.6, 3.4, 6.0)],
)
def test_an_error_is_the_root_of_its_summed_squares(name, still, toes, turned):
    """Toes out by 20 % of shank, half of what a view from the side adds, noise of 1 %."""
    spread = getattr(rule, name)
    wanted = np.sqrt(still**2 + toes**2 + turned**2 + 2**2)
    assert spread.half_width(20, -30, 1) == spread.half_width(20, 30, 1) == pytest.approx(wanted)
    # Toes that point in make nothing surer and nothing less sure.
    assert spread.half_width(-10, 0, 0) == pytest.approx(still)


@pytest.mark.parametrize(
    ("side", "usual", "limit", "moved_limit"), [("left", 7.8, 12, 7), ("both", 6.3, 10, 5.5)]
)
def test_limits_rise_by_what_is_less_sure_than_usual(side, usual, limit, moved_limit):
    def judged(uncertainty, inside=30.0, moved=30.0):
        return rule._judged(side, inside, 1.0, moved, uncertainty, SETTINGS)

    for uncertainty, more in ((usual - 2, 0), (usual, 0), (usual + 2, 2)):
        knee = judged(uncertainty)
        assert (knee.limit, knee.moved_limit) == pytest.approx((limit + more, moved_limit + more))
    # At its limit a witness is clear; near within four tenths of the uncertainty below.
    for below, other, meaning in (
        (-0.01, -0.01, Meaning.VALGUS), (-0.01, 0.39 * usual, Meaning.CLOSE),
        (-0.01, 0.41 * usual, Meaning.TOES_FURTHER_OUT), (0.39 * usual, -0.01, Meaning.MOVES_IN),
    ):  # fmt: skip
        assert judged(usual, limit - below, moved_limit - other).meaning is meaning
    assert judged(4.0, limit + 4, moved_limit + 2).excess == pytest.approx(0.5)
    assert judged(4.0, limit + 1, moved_limit + 2).excess == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("yaw_deg", "near", "far"), [(21, "left", "right"), (-21, "right", "left")]
)
def test_off_the_front_only_the_mean_has_its_own_way(yaw_deg, near, far):
    """Both knees stay 9 % outside their ankles and come in by 8 % at the bottom."""
    drop = 0.4 * np.sin(np.linspace(0, np.pi, 121))
    outside = dict.fromkeys(("left", "right", "both"), np.full(121, -9.0))
    comes_in = dict.fromkeys(outside, np.where(drop > 0.3, -9.0, -17.0))
    measured = KneesToFootLine(
        np.arange(121) / 60, drop, drop, outside, outside, comes_in, outside, drop, 0.0
    )

    def moved(yaw, sides=("left", "right", "both")):
        found = rule.judged_knees(measured, sides, View(yaw, 3.0, "front"), SETTINGS)
        return {side: knee.moved for side, knee in found.items()}

    own = 8 - 9 / 2  # half of what it is outside its ankle is taken off
    assert moved(np.sign(yaw_deg) * 20.0) == dict.fromkeys(outside, own)
    assert moved(yaw_deg) == {"left": -9.0, "right": -9.0, "both": own}
    widths = {
        side: knee.uncertainty
        for side, knee in rule.judged_knees(
            measured, ("left", "right", "both"), View(yaw_deg, 3.0, "front"), SETTINGS
        ).items()
    }
    assert widths["both"] < widths[near] < widths[far]


def test_a_knee_that_was_never_seen_long_enough_is_left_out():
    drop = 0.4 * np.sin(np.linspace(0, np.pi, 121))
    seen, unseen = np.full(121, 20.0), np.full(121, np.nan)
    legs = {"left": seen, "right": unseen, "both": unseen}
    for medial, found in ((legs, {"left"}), (dict.fromkeys(legs, unseen), set())):
        measured = KneesToFootLine(
            np.arange(121) / 60, drop, drop, dict.fromkeys(legs, seen), medial, medial, legs,
            drop, 0.0,
        )  # fmt: skip
        view = View(0.0, 3.0, "front")
        assert set(rule.judged_knees(measured, tuple(legs), view, SETTINGS)) == found
