"""Where the knees are relative to the line of the feet, piece by piece, in closed form."""

from dataclasses import replace

import numpy as np
import pytest
from stickfigure import Body, film, squat, stand

from formcheck.pose.kinematics import Window
from formcheck.squat.analysis import analyze
from formcheck.squat.faults import knee_to_foot_line as line
from formcheck.squat.faults.balance import shank_inclination_deg

TIMES = np.arange(0, 2.0, 1 / 60)
DOWN_AND_UP = 0.4 * np.sin(np.pi * TIMES / TIMES[-1])


def measured(separation, drop=DOWN_AND_UP):
    zeros = np.zeros_like(drop)
    legs = {"left": zeros, "right": zeros}
    return line.KneesToFootLine(
        np.arange(len(drop)) / 60, drop, zeros + 30.0, legs, legs, legs, legs, separation, 0.5
    )


def on_the_way(down, up):
    return np.where(np.arange(len(TIMES)) <= np.argmax(DOWN_AND_UP), down, up)


@pytest.mark.parametrize(("down", "up"), [(1.0, 0.8), (1.2, 0.9), (0.8, 0.8), (0.8, 1.0)])
def test_cave_is_the_share_of_separation_lost(down, up):
    expected = 100 * (down - up) / down
    assert line.cave_pct(measured(on_the_way(down, up))) == pytest.approx(expected, abs=0.5)


@pytest.mark.parametrize("jitter", [0.0, 0.002])
def test_cave_compares_the_two_ways_at_the_same_depth(jitter):
    """Knees that part as the hips sink lose nothing if they come back the same way."""
    wobble = jitter * (-1.0) ** np.arange(len(TIMES))
    apart = 1.0 + 0.5 * DOWN_AND_UP
    assert line.cave_pct(measured(apart, DOWN_AND_UP + wobble)) < 1
    back = measured(apart * on_the_way(1.0, 0.9), DOWN_AND_UP + wobble)
    assert line.cave_pct(back) == pytest.approx(10, abs=1)


def test_cave_must_last_over_three_steps_of_depth():
    """0.04 of depth is seen; a loss over a single step is not."""
    rising = np.arange(len(TIMES)) > np.argmax(DOWN_AND_UP)
    narrow = rising & (abs(DOWN_AND_UP - 0.25) < 0.008)
    wide = rising & (abs(DOWN_AND_UP - 0.25) < 0.035)
    assert line.cave_pct(measured(np.where(narrow, 0.7, 1.0))) < 5
    assert line.cave_pct(measured(np.where(wide, 0.7, 1.0))) == pytest.approx(30, abs=3)


def test_cave_looks_between_fifteen_hundredths_and_nine_tenths_of_the_depth():
    rising = np.arange(len(TIMES)) > np.argmax(DOWN_AND_UP)
    shallow = rising & (DOWN_AND_UP < 0.12)
    bottom = rising & (DOWN_AND_UP > 0.37)
    for part in (shallow, bottom):
        assert line.cave_pct(measured(np.where(part, 0.5, 1.0))) < 2


@pytest.mark.parametrize(
    "drop",
    [np.array([0.1, 0.3, 0.1]), np.full(60, np.nan), np.linspace(0, 0.4, 60), DOWN_AND_UP / 2.5],
    ids=["three frames", "nothing seen", "only down", "too shallow"],
)
def test_cave_of_half_a_repetition_is_unknown(drop):
    assert np.isnan(line.cave_pct(measured(np.ones(len(drop)), drop)))


def test_cave_is_the_loss_at_the_worst_three_depths_of_a_coarse_squat():
    """Depths 0.15, 0.17 ...: of three in a row the least loss counts, between the pictures too."""
    few = measured(np.array([1.0, 1.0, 0.8, 0.7, 1.0]), np.array([0.0, 0.2, 0.4, 0.2, 0.0]))
    # At depths 0.19, 0.21 and 0.23; at the last the knees come in to 0.97 and back at 0.715.
    assert line.cave_pct(few) == pytest.approx(100 * (0.97 - 0.715) / 0.97)


@pytest.mark.parametrize(
    ("drop", "is_known"),
    [
        ([0, 0.1, 0.4, 0.2, 0], True), ([0, 0.4, 0.2, 0.1, 0], False),
        ([0, 0.1, 0.2, 0.4, 0], False), ([0, 0.1, 0.22, 0.1, 0], True),
        ([0, 0.1, 0.20, 0.1, 0], False),
    ],
)  # fmt: skip
def test_cave_takes_two_pictures_on_each_way_and_three_depths(drop, is_known):
    assert np.isfinite(line.cave_pct(measured(np.ones(5), np.array(drop, float)))) == is_known


@pytest.mark.parametrize(("pct", "shank_deg"), [(10, 30), (25, 40), (-8, 25)])
def test_degrees_inside(pct, shank_deg):
    found = line.inside_deg(
        pct, replace(measured(np.ones(len(TIMES))), shank_deg=np.full(len(TIMES), shank_deg)), 3
    )
    assert np.sin(np.radians(found)) * np.sin(np.radians(shank_deg)) == pytest.approx(pct / 100)


def test_degrees_of_an_impossible_value_stay_within_a_right_angle():
    upright = replace(measured(np.ones(len(TIMES))), shank_deg=np.zeros(len(TIMES)))
    assert line.inside_deg(40, upright, 0) == pytest.approx(90)
    assert line.inside_deg(-40, upright, 0) == pytest.approx(-90)
    assert line.inside_deg(2.5, upright, 0) == pytest.approx(30)  # as if it leant by asin(0.05)


def rolled(window, degrees, about=(320.0, 400.0)):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[c, -s], [s, c]])
    points = (window.points_px - about) @ turn.T + about
    return replace_points(window, points)


def replace_points(window, points):
    return Window(window.times_s, points, window.visibility, window.world_m, window.residual_px)


@pytest.fixture(scope="module")
def rep():
    (judged,) = analyze(film([stand(1), squat(106, pause_s=0.3), stand(1)])).reps
    return judged.rep


def lean_deg(window):
    shoulders = window.points_px[:, [11, 12]].mean(1)
    feet = window.points_px[:, [27, 28]].mean(1)
    across, up = (shoulders - feet).mean(0) * (1, -1)
    return float(np.degrees(np.arctan2(across, up)))


@pytest.mark.parametrize("roll", [-9, -4, 4, 9])
def test_a_tilted_camera_is_turned_upright(rep, roll):
    tilted = rolled(rep.standing(), roll)
    assert abs(lean_deg(tilted)) == pytest.approx(abs(roll), abs=0.5)
    assert lean_deg(line._upright(tilted, tilted)) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("roll", [-25, 25])
def test_at_most_ten_degrees_are_believed(rep, roll):
    tilted = rolled(rep.standing(), roll)
    assert abs(lean_deg(line._upright(tilted, tilted))) == pytest.approx(15, abs=0.5)


def test_a_body_upside_down_or_unseen_is_left_alone(rep):
    standing = rep.standing()
    for window in (rolled(standing, 180), replace_points(standing, standing.points_px * np.nan)):
        assert line._upright(window, window) is window
    for above_px, is_left in ((-0.5, True), (0.5, False)):
        points = standing.points_px.copy()
        points[:, [11, 12]] = points[:, [27, 28]] - (0.0, above_px)
        flat = replace_points(standing, points)
        assert (line._upright(flat, flat) is flat) == is_left


def test_a_tilted_camera_changes_no_value(rep):
    level = line.measure(rep, 1.95, 4.0)
    tilted = line.measure(replace(rep, window=rolled(rep.window, 6)), 1.95, 4.0)
    for side in ("left", "right"):
        np.testing.assert_allclose(tilted.inside[side], level.inside[side], atol=1.5)


def test_the_bias_is_added_and_the_gain_takes_the_foot_away(rep):
    plain, more = line.measure(rep, 1.95, 0.0), line.measure(rep, 1.95, 4.0)
    for side in ("left", "right"):
        np.testing.assert_allclose(more.inside[side] - plain.inside[side], 4.0)
    # Toes point outward: a larger gain expects the knee further out, so it reads further in.
    greater = line.measure(rep, 2.5, 0.0)
    deepest = int(np.argmax(plain.drop))
    assert greater.inside["left"][deepest] - plain.inside["left"][deepest] > 1


def test_shank_inclination_is_the_mean_of_balance_and_foreshortening(rep):
    dip, standing = rep.window.between(rep.start_s, rep.end_s), rep.standing()
    drop = rep.drop_ratio[np.isin(rep.window.times_s, dip.times_s)]
    found = line._shank_inclination_deg(dip, standing, drop)
    height = line._shank_height_px(dip) / np.median(line._shank_height_px(standing))
    shortened = np.degrees(np.arccos(np.clip(height, 0, 1)))

    def trunk(w):
        return w.points_px[:, [23, 24], 1].mean(1) - w.points_px[:, [11, 12], 1].mean(1)

    balanced = shank_inclination_deg(drop, trunk(dip) / np.median(trunk(standing)))
    # Windows are kept as 32-bit floats.
    np.testing.assert_allclose(found, np.clip((balanced + shortened) / 2, 0, 60), atol=1e-3)
    # Shanks twice as short in the picture as standing lean by 60 deg, of which half counts; with
    # the knees no higher than the ankles they lie.
    for share, shortened_deg in ((0.5, 60), (-0.2, 90)):
        points = dip.points_px.copy()
        knee_px = share * np.median(line._shank_height_px(standing))
        points[:, [25, 26], 1] = (points[:, [27, 28], 1].mean(1) - knee_px)[:, None]
        squashed = line._shank_inclination_deg(replace_points(dip, points), standing, drop)
        wanted = np.minimum((balanced + shortened_deg) / 2, 60)
        np.testing.assert_allclose(squashed, wanted, atol=1e-3)
    assert squashed.max() == 60 > squashed.min()


def test_a_standing_knee_inside_its_foot_is_taken_off_in_part():
    """40 % of it, up to a knee that stands 30 % of a shank inside."""
    wide = Body(stance_m=0.5, toe_out_deg=20)
    (judged,) = analyze(film([stand(1), squat(106), stand(1)], body=wide)).reps
    window = judged.rep.window
    is_standing = window.times_s < judged.rep.start_s
    feet = window.points_px[:, [27, 28]].mean(axis=(0, 1))
    shank = np.median(line._shank_height_px(judged.rep.standing()))
    values = []
    for share in (0.0, 0.1, 0.3, 0.4):
        points = window.points_px.copy()
        inward = np.sign(feet[0] - points[:, [27, 28], 0])
        at_rest = points[:, [27, 28], 0] + share * shank * inward
        points[is_standing, 25:27, 0] = at_rest[is_standing]
        moved = replace(judged.rep, window=replace_points(window, points))
        values.append(line.measure(moved, 1.95, 0.0).inside["left"].max())
    steps = np.array(values) - values[0]
    np.testing.assert_allclose(steps, [0, -4, -12, -12], atol=1.3)


@pytest.mark.parametrize(("share", "taken_off"), [(-0.05, 0.0), (0.02, 0.8)])
def test_a_standing_knee_over_or_outside_its_foot_takes_nothing_off(rep, share, taken_off):
    """Each value against that of a knee which stands right over its ankle."""
    window, is_standing = rep.window, rep.window.times_s < rep.start_s
    shank = np.median(line._shank_height_px(rep.standing()))
    inside = []
    for part in (0.0, share):
        points = window.points_px.copy()
        points[is_standing, 26, 0] = points[is_standing, 28, 0] + part * shank
        moved = replace(rep, window=replace_points(window, points))
        inside.append(line.measure(moved, 1.95, 0.0).inside["right"])
    np.testing.assert_allclose(inside[0] - inside[1], taken_off, atol=0.15)


@pytest.mark.parametrize(
    ("yaw_deg", "near", "far"), [(30, "left", "right"), (-30, "right", "left")]
)
def test_seen_from_its_side_the_near_leg_is_lifted_and_the_feet_count_as_turned(
    rep, yaw_deg, near, far
):
    """By 7.5 % of a shank times the sine of the yaw; toes that point out shorten by its cosine."""
    front, turned = line.measure(rep, 1.95, 4.0), line.measure(rep, 1.95, 4.0, yaw_deg)
    for side, more in ((near, 3.75), (far, 0.0), ("both", 1.875)):
        np.testing.assert_allclose(turned.inside[side] - front.inside[side], more, atol=1e-9)
    assert front.toes_out_pct > 5
    assert turned.toes_out_pct == pytest.approx(front.toes_out_pct / np.cos(np.radians(30)))
    lam = 1.95 * np.sin(np.radians(front.shank_deg))
    for found in (front, turned):
        along = found.inside["both"] - found.medial["both"]
        np.testing.assert_allclose(along, lam * found.toes_out_pct, atol=0.1)


def test_half_a_degree_says_which_leg_is_nearer():
    assert (line.near_side(0.5), line.near_side(-0.5)) == ("left", "right")


def test_the_learnt_correction_knows_no_side(rep):
    """A mirrored film from the mirrored yaw has the values of the other knee."""
    points = rep.window.points_px * (-1, 1)
    swapped = points.copy()
    for left in range(11, 33, 2):
        swapped[:, [left, left + 1]] = points[:, [left + 1, left]]
    other = replace(rep, window=replace_points(rep.window, swapped))
    one = line.measure(rep, 1.95, 4.0, 15.0, is_corrected=True)
    mirrored = line.measure(other, 1.95, 4.0, -15.0, is_corrected=True)
    plain = line.measure(rep, 1.95, 4.0, 15.0)
    for side, counter in (("left", "right"), ("right", "left")):
        np.testing.assert_allclose(mirrored.inside[counter], one.inside[side], atol=1e-6)
        assert abs(one.inside[side] - plain.inside[side]).max() > 0.3


def test_an_even_shake_of_the_camera_changes_no_value(rep):
    shake = 12 * np.sin(7 * rep.window.times_s)
    points = rep.window.points_px + np.stack([shake, 0 * shake], -1)[:, None]
    moved = line.measure(replace(rep, window=replace_points(rep.window, points)), 1.95, 4.0)
    still = line.measure(rep, 1.95, 4.0)
    for side in ("left", "right"):
        assert moved.inside[side].max() == pytest.approx(still.inside[side].max(), abs=0.5)


def test_a_push_of_the_camera_counts_for_an_ankle_that_is_seen_only_after_it(rep):
    points, is_after = rep.window.points_px.copy(), rep.window.times_s > rep.bottom_s + 0.1
    points[is_after, :, 0] += 30
    points[(rep.window.times_s >= rep.start_s) & ~is_after, 27] = np.nan
    pushed = line.measure(replace(rep, window=replace_points(rep.window, points)), 1.95, 4.0)
    still = line.measure(rep, 1.95, 4.0)
    wanted = np.interp(pushed.times_s, still.times_s, still.inside["left"])
    assert np.isfinite(pushed.inside["left"]).sum() > 30
    np.testing.assert_allclose(pushed.inside["left"], wanted, atol=1.0)


@pytest.mark.parametrize("heel", [29, 30])
def test_a_heel_that_slips_is_no_camera_that_moves(rep, heel):
    """Heels serve only to tell the camera's movement, and there five still points outvote one."""
    points = rep.window.points_px.copy()
    points[rep.window.times_s > rep.bottom_s, heel, 0] += 60
    moved = line.measure(replace(rep, window=replace_points(rep.window, points)), 1.95, 4.0)
    still = line.measure(rep, 1.95, 4.0)
    for side in ("left", "right"):
        np.testing.assert_allclose(moved.inside[side], still.inside[side], atol=0.2)


def test_each_knee_has_its_own_fppa_and_their_gap_counts_in_ankle_distances(rep):
    """Only the left knee is moved, so the two knees cannot be taken for each other."""
    points = rep.window.points_px.copy()
    points[:, 25, 0] += 15
    found = line.measure(replace(rep, window=replace_points(rep.window, points)), 1.95, 4.0)
    dip = replace_points(rep.window, points).between(rep.start_s, rep.end_s)
    for side, medial in (("left", -1), ("right", 1)):
        wanted = np.interp(found.times_s, dip.times_s, dip.leg(side).fppa_deg(medial))
        np.testing.assert_allclose(found.fppa[side], wanted, atol=0.7)
    x = dip.points_px[:, :, 0]
    gap = abs(x[:, 25] - x[:, 26]) / np.median(abs(x[:, 27] - x[:, 28]))
    np.testing.assert_allclose(
        found.separation, np.interp(found.times_s, dip.times_s, gap), atol=0.02
    )


def test_noise_is_the_scatter_of_the_leg_landmarks_in_shank_lengths(rep):
    """Knees, ankles and toes count, each as much as the next; the rest of the body does not."""
    window = rep.window
    shank = np.median(line._shank_height_px(rep.standing()))
    for landmark in (25, 26, 27, 28, 31, 32):
        residual = np.full_like(window.points_px, 50.0)
        residual[:, [25, 26, 27, 28, 31, 32]] = np.nan
        residual[:, landmark] = 2.0
        noisy = replace(
            rep,
            window=Window(
                window.times_s, window.points_px, window.visibility, window.world_m, residual
            ),
        )
        found = line.measure(noisy, 1.95, 4.0).noise_pct
        assert found == pytest.approx(100 * 1.4826 * 2 / shank, rel=0.02)
    unknown = Window(
        window.times_s,
        window.points_px,
        window.visibility,
        window.world_m,
        np.full_like(window.points_px, np.nan),
    )
    assert line.measure(replace(rep, window=unknown), 1.95, 4.0).noise_pct == 0
