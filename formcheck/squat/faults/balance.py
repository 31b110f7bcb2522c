"""The shank inclination a squat needs to stay in balance.

From the front a camera cannot see how far the shins lean, but it sees how deep the hips are and how
much of its height the trunk keeps.  A standing body keeps its centre of mass over the middle of the
foot; that leaves one inclination.

Segment lengths, masses and centres of mass are Winter's fractions (Biomechanics and Motor Control
of Human Movement, 4th ed., table 4.1) of body height and mass.
"""

import numpy as np

from formcheck.pose.track import FloatArray

SHANK, THIGH = 0.246, 0.245
"""Lengths, as shares of body height."""
TRUNK_COM = 0.626 * 0.288
"""From the hip to the centre of mass of head, arms and trunk, along the trunk."""
MASS_TRUNK, MASS_THIGHS, MASS_SHANKS = 0.678, 0.200, 0.093
"""Shares of body mass; head and arms go with the trunk, both legs together."""
MID_FOOT = 0.03
"""From the ankle forward to where the centre of mass stays, about 45 % of the foot."""
_SHANK_DEG = np.arange(0.0, 60.5, 0.5)


def shank_inclination_deg(drop_ratio: FloatArray, trunk_ratio: FloatArray) -> FloatArray:
    """Shank inclination from vertical at which the body is in balance.

    Args:
        drop_ratio (array, shape (n,)): Drop of the hips over the ankles, as a share of their
            standing height.
        trunk_ratio (array, shape (n,)): Height of the trunk as a share of its standing height.

    Returns:
        array, shape (n,): Degrees, positive forward, 0 to 60; NaN where an input is.
    """
    drop, trunk = (np.asarray(x, float)[:, None] for x in (drop_ratio, trunk_ratio))
    shank = np.radians(_SHANK_DEG)
    knee = SHANK * np.sin(shank)
    hip_height = (1 - drop) * (SHANK + THIGH)
    rise = np.clip((hip_height - SHANK * np.cos(shank)) / THIGH, -1, 1)
    hip = knee - THIGH * np.sqrt(1 - rise**2)
    lean = np.sqrt(1 - np.clip(trunk, 0, 1) ** 2)
    centre = (
        MASS_TRUNK * (hip + TRUNK_COM * lean)
        + MASS_THIGHS * (0.567 * hip + 0.433 * knee)
        + MASS_SHANKS * 0.567 * knee
    )
    # The centre of mass moves forward with the shank: find where it passes the mid-foot.
    after = np.clip((centre < MID_FOOT).sum(1), 1, len(_SHANK_DEG) - 1)
    row = np.arange(len(centre))
    low, high = centre[row, after - 1], centre[row, after]
    share = np.clip((MID_FOOT - low) / np.maximum(high - low, 1e-9), 0, 1)
    return np.asarray(_SHANK_DEG[after - 1] + share * (_SHANK_DEG[after] - _SHANK_DEG[after - 1]))
