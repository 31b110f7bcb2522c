"""The two witnesses of knee valgus, measured for each knee and for the mean of both.

:mod:`formcheck.squat.faults.valgus_definition` says what they are.
"""

from dataclasses import dataclass

import numpy as np

from formcheck.pose.kinematics import SIDES, Side
from formcheck.pose.track import FloatArray
from formcheck.squat.faults.finding import sustained_maximum
from formcheck.squat.faults.knee_to_foot_line import KneesToFootLine, near_side
from formcheck.squat.faults.valgus_definition import (
    TABLE,
    Meaning,
    inside_ankle,
    is_judged,
    moved_in,
    witness,
)
from formcheck.squat.view import View

USUAL_LEG_PCT, USUAL_MEAN_PCT = 7.8, 6.3
"""Uncertainties of one knee and of the mean up to these are usual from the front; beyond, limits
rise."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Half width of a 95 % interval on rendered people, in % of shank: root sum of squares.

    ``still`` with the toes straight ahead, seen from the front; ``toes`` per % of shank that they
    point outwards; ``turned`` fully from the side.
    """

    still: float
    toes: float
    turned: float

    def half_width(self, toes_out_pct: float, yaw_deg: float, noise_pct: float) -> float:
        """The half width for this stance and view, with the clip's own noise in it."""
        turned = self.turned * np.sin(np.radians(abs(yaw_deg)))
        toes = self.toes * max(0.0, toes_out_pct)
        return float(np.sqrt(self.still**2 + toes**2 + turned**2 + (2 * noise_pct) ** 2))


NEAR_LEG, FAR_LEG, MEAN = Spread(4.8, 0.25, 11.0), Spread(4.8, 0.25, 20.0), Spread(3.6, 0.17, 12.0)
"""The leg nearer to the camera, the other one, and the mean of both."""


@dataclass(frozen=True, slots=True)
class ValgusSettings:
    """Limits for knee valgus, in % of shank length unless named otherwise."""

    fault_both_pct: float = 10.0
    """Mean of both knees inside the foot line from which it is one half of a fault."""
    fault_leg_pct: float = 12.0
    """The same for one knee."""
    moved_both_pct: float = 5.5
    """Mean of both knees moved in from which it is the other half: beyond its error."""
    moved_leg_pct: float = 7.0
    """The same for one knee."""
    moderate_pct: float = 16.0
    """From here inside the foot line the fault is moderate ..."""
    marked_pct: float = 22.0
    """... and from here marked, if the knee has also moved in by half an uncertainty, or by a
    whole one, more than the limit."""
    borderline_share: float = 0.4
    """Within this share of the uncertainty below a limit is close to it."""
    cave_pct: float = 12.0
    """Loss of knee separation that is called caving."""
    min_drop_ratio: float = 0.14
    """Above this depth the knees are not judged."""
    hold_s: float = 0.15
    """The value must be held this long: a single wild frame does not count."""
    shank_to_foot_gain: float = 1.95
    """Shank length over the distance ankle to foot index, as the landmarks show it."""
    landmark_bias_pct: float = 4.0
    """How much too far outside the landmarks show a bent knee (rendered people)."""
    is_corrected: bool = True
    """Whether the error of the formula learnt on rendered people is taken off; without it the
    formula stands as written."""
    max_yaw_deg: float = 20.0
    """Up to here off the front both legs are judged, with full confidence; beyond, the leg nearer
    to the camera and the mean, with medium confidence at most."""
    max_oblique_yaw_deg: float = 45.0
    """Beyond, no verdict is given."""
    min_visibility: float = 0.5
    """The median visibility every landmark of a judged leg needs."""


@dataclass(frozen=True, slots=True)
class Knee:
    """The two witnesses of one knee, or of the mean of both, and what they mean."""

    side: Side
    inside: float
    """The highest value held inside the foot line, at ``time_s``."""
    time_s: float
    moved: float
    limit: float
    moved_limit: float
    uncertainty: float
    meaning: Meaning

    @property
    def excess(self) -> float:
        """How far the weaker of the two is over its limit, in uncertainties."""
        return min(self.inside - self.limit, self.moved - self.moved_limit) / self.uncertainty


def judged_knees(
    measured: KneesToFootLine, sides: tuple[Side, ...], view: View, settings: ValgusSettings
) -> dict[Side, Knee]:
    """Judge some knees and ``both``; those that were not seen for long enough are left out."""
    uncertainties = _uncertainties(measured, view)
    is_front = abs(view.yaw_deg) <= settings.max_yaw_deg
    found = {}
    for side in sides:
        inside, time_s = _held(measured, measured.inside[side], settings)
        moved = moved_pct(measured, side, settings, has_own_way=is_front or side == "both")
        if np.isfinite([inside, moved]).all():
            found[side] = _judged(side, inside, time_s, moved, uncertainties[side], settings)
    return found


def _judged(
    side: Side,
    inside: float,
    time_s: float,
    moved: float,
    uncertainty: float,
    settings: ValgusSettings,
) -> Knee:
    limit, moved_limit, usual = (
        (settings.fault_both_pct, settings.moved_both_pct, USUAL_MEAN_PCT)
        if side == "both"
        else (settings.fault_leg_pct, settings.moved_leg_pct, USUAL_LEG_PCT)
    )
    # The limits are those of a clip from the front; where less is certain, more is needed.
    doubt = max(0.0, uncertainty - usual)
    limit, moved_limit = limit + doubt, moved_limit + doubt
    close = settings.borderline_share * uncertainty
    pair = witness(inside - limit, close), witness(moved - moved_limit, close)
    return Knee(side, inside, time_s, moved, limit, moved_limit, uncertainty, TABLE[pair])


def moved_pct(
    measured: KneesToFootLine, side: Side, settings: ValgusSettings, *, has_own_way: bool = True
) -> float:
    """How far a knee has moved in; its own way only counts where travel forward looks different."""
    medial, drop = measured.medial[side], measured.drop
    curve = (
        moved_in(medial, drop, settings.min_drop_ratio, measured.place[side])
        if has_own_way
        else inside_ankle(medial, drop)
    )
    return _held(measured, curve, settings)[0]


def _held(
    measured: KneesToFootLine, curve: FloatArray, settings: ValgusSettings
) -> tuple[float, float]:
    """The highest value held while the knees are judged, and when."""
    judged = is_judged(measured.drop, settings.min_drop_ratio)
    return sustained_maximum(measured.times_s, np.where(judged, curve, np.nan), settings.hold_s)


def _uncertainties(measured: KneesToFootLine, view: View) -> dict[Side, float]:
    """Half widths of the 95 % intervals of each knee and of their mean, in % of shank."""
    near = near_side(view.yaw_deg)
    spreads: dict[Side, Spread] = {
        side: MEAN if side == "both" else NEAR_LEG if side == near else FAR_LEG
        for side in (*SIDES, "both")
    }
    toes, noise = measured.toes_out_pct, measured.noise_pct
    return {side: spread.half_width(toes, view.yaw_deg, noise) for side, spread in spreads.items()}
