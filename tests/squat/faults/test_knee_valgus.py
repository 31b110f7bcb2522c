"""Knee valgus: found where it is, on the right side, and nowhere else."""

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stickfigure import Body, Camera, Sampling, changed, film, squat, stand

from formcheck.squat.analysis import analyze
from formcheck.squat.settings import DEFAULT_SETTINGS

FAULTY, CLEAN = 26.0, 0.0  # % of shank inside the foot line, far from any limit
CERTAIN = {"ok", "borderline", "fault"}
LIMITS = ("fault_both_pct", "fault_leg_pct", "moved_both_pct", "moved_leg_pct")


def one(track):
    (judged,) = analyze(track).reps
    return judged.finding("knee_valgus")


def filmed(left=0.0, right=0.0, *, body=None, camera=None, sampling=None, **rep):
    rep = {"flexion_deg": 108, "pause_s": 0.3} | rep
    story = [stand(1), squat(left_pct=left, right_pct=right, **rep), stand(0.8)]
    return film(story, body=body, camera=camera, sampling=sampling or Sampling(20))


@lru_cache(maxsize=256)
def found(*sides, **how):
    return one(filmed(*sides, **how))


@pytest.mark.parametrize("course", ["whole", "ascent"])
@pytest.mark.parametrize(
    ("left", "right", "side"), [(FAULTY, 0, "left"), (0, FAULTY, "right"), (FAULTY, FAULTY, "both")]
)
def test_valgus_is_a_fault_of_the_right_side(left, right, side, course):
    finding = found(left, right, course=course, concentric_s=1.4)
    assert finding.verdict == "fault"
    assert finding.side == side
    assert finding.value > finding.threshold > 0
    assert finding.severity in ("moderate", "marked")
    assert side in finding.reason
    if course == "ascent":
        assert finding.extra["phase"] == "ascent"
        assert finding.extra["cave_pct"] > 12


@pytest.mark.parametrize(
    ("toe_out", "flexion"), [(0, 75), (0, 125), (10, 95), (20, 110), (30, 75), (30, 125)]
)
def test_knees_over_the_feet_are_no_fault(toe_out, flexion):
    finding = found(body=Body(toe_out_deg=toe_out), flexion_deg=flexion)
    assert finding.verdict == "ok"
    assert finding.severity == "none"
    assert finding.side is None


@pytest.mark.parametrize("stance", [0.2, 0.3, 0.45, 0.6])
def test_a_wide_stance_is_no_valgus_and_hides_none(stance):
    """Standing wide puts a straight leg's knee inside its foot: no fault."""
    is_wide = stance > 0.4
    body = Body(stance_m=stance, toe_out_deg=25 if is_wide else 12)
    assert found(body=body).verdict == "ok"
    # Over feet turned far out, knees inside the foot line may still be over the ankles.
    inside = FAULTY + 18 * is_wide
    assert found(inside, inside, body=body).verdict == "fault"


@pytest.mark.parametrize("toe_out", [0, 25])
@pytest.mark.parametrize("inside", [0, 10, 24])
def test_the_value_is_the_truth_within_the_landmarks_bias(inside, toe_out):
    """A stick figure has its joints where they are; rendered people read ``bias`` less."""
    finding = found(inside, inside, body=Body(toe_out_deg=toe_out), flexion_deg=110)
    read = finding.extra["mean_pct_shank"]
    truth = inside * np.cos(np.radians(toe_out))
    bias = DEFAULT_SETTINGS.section("valgus").landmark_bias_pct
    assert -7 <= read - bias - truth <= 2.5


def test_more_valgus_is_never_read_as_less():
    values = [found(v, v).extra["mean_pct_shank"] for v in np.arange(-8, 33, 4)]
    assert (np.diff(values) > 1.5).all()
    lefts = [found(v, 0).extra["left_pct_shank"] for v in np.arange(-8, 33, 4)]
    assert (np.diff(lefts) > 1.5).all()


def test_verdicts_climb_with_the_amount():
    order = {"ok": 0, "borderline": 1, "fault": 2}
    steps = [order[found(v, v).verdict] for v in np.arange(0, 31, 3)]
    assert steps == sorted(steps)
    assert steps[0] == 0
    assert steps[-1] == 2
    degrees = ["none", "note", "mild", "moderate", "marked"]
    grades = [degrees.index(found(v, v).severity) for v in np.arange(0, 37, 4)]
    assert grades == sorted(grades)
    assert grades[-1] == 4


def test_knees_outside_the_feet_are_no_valgus():
    assert found(-12, -12).verdict == "ok"


def test_a_clean_knee_is_not_blamed_for_the_other():
    extra = found(FAULTY, 0).extra
    assert extra["left_pct_shank"] > 15
    assert extra["right_pct_shank"] < 4


def test_a_short_cave_on_the_way_up_has_its_time():
    track = filmed(0, FAULTY, course="ascent", concentric_s=1.4)
    (judged,) = analyze(track).reps
    finding = judged.finding("knee_valgus")
    assert judged.rep.bottom_s < finding.time_s < judged.rep.end_s


# -- what must not matter ------------------------------------------------------------


@pytest.mark.parametrize("yaw", [-15, 15])
@pytest.mark.parametrize(("left", "right"), [(0, 0), (FAULTY, 0), (FAULTY, FAULTY)])
def test_a_little_yaw_changes_nothing(yaw, left, right):
    front, turned = found(left, right), found(left, right, camera=Camera(yaw_deg=yaw))
    assert turned.verdict == front.verdict
    assert turned.side == front.side
    for name in ("left_pct_shank", "right_pct_shank"):
        # Off the front, what is inside by p reads p * cos(toe-out +- yaw).
        assert turned.extra[name] == pytest.approx(front.extra[name], abs=5.5)


@pytest.mark.parametrize("roll", [-5, 5])
@pytest.mark.parametrize(("left", "right"), [(0, 0), (FAULTY, 0), (0, FAULTY)])
def test_a_tilted_camera_flips_no_verdict(roll, left, right):
    level, tilted = found(left, right), found(left, right, camera=Camera(roll_deg=roll))
    assert tilted.verdict == level.verdict
    assert tilted.side == level.side
    for name in ("left_pct_shank", "right_pct_shank"):
        assert tilted.extra[name] == pytest.approx(level.extra[name], abs=3)


@pytest.mark.parametrize(
    "camera",
    [
        Camera(distance_m=1.8, focal=0.7), Camera(distance_m=4.5, focal=1.3),
        Camera(height_m=0.4), Camera(height_m=1.6), Camera(width_px=1920, height_px=1080),
        Camera(width_px=480, height_px=854), Camera(is_orthographic=True),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("left", "right"), [(0, 0), (FAULTY, FAULTY)])
def test_the_camera_does_not_matter(camera, left, right):
    base, other = found(left, right), found(left, right, camera=camera)
    assert other.verdict == base.verdict
    assert other.value == pytest.approx(base.value, abs=4)


@settings(max_examples=12)
@given(
    left=st.sampled_from([0.0, 12.0, FAULTY]),
    right=st.sampled_from([0.0, 12.0, FAULTY]),
    scale=st.floats(0.5, 2.0),
    dx=st.floats(-300, 300),
    dy=st.floats(-300, 300),
)
def test_scale_and_place_change_nothing(left, right, scale, dx, dy):
    track = filmed(left, right)
    moved = (track.points_px.astype(float) * scale + [dx, dy]).astype(np.float64)
    base, other = one(track), one(changed(track, points_px=moved))
    assert (other.verdict, other.side, other.severity) == (base.verdict, base.side, base.severity)
    # Rounding may put a soft start a frame later, and with it the standing knee.
    assert other.value == pytest.approx(base.value, abs=0.3)


@pytest.mark.parametrize("rate", [15, 24, 29.97, 60])
@pytest.mark.parametrize(("left", "right"), [(0, 0), (FAULTY, 0)])
def test_the_frame_rate_and_lost_frames_do_not_matter(rate, left, right):
    how = Sampling(rate, jitter_s=0.006, drop_share=0.1, seed=int(rate))
    base, other = found(left, right), found(left, right, sampling=how)
    assert (other.verdict, other.side) == (base.verdict, base.side)
    assert other.value == pytest.approx(base.value, abs=2)


@pytest.mark.parametrize("rate", [15, 30, 60])
def test_a_half_second_cave_is_found_at_any_rate(rate):
    finding = found(
        FAULTY, FAULTY, course="ascent", concentric_s=1.3, sampling=Sampling(rate, seed=3)
    )
    assert finding.verdict == "fault"


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("left", "right", "verdict"), [(0, 0, {"ok", "borderline"}),
                                                        (FAULTY, FAULTY, {"fault"})])  # fmt: skip
def test_noise_makes_no_fault_and_hides_none(seed, left, right, verdict):
    finding = found(left, right, sampling=Sampling(30, noise_m=0.008, seed=seed))
    assert finding.verdict in verdict


def test_uncertainty_grows_with_noise():
    values = [found(sampling=Sampling(30, noise_m=n, seed=1)).uncertainty for n in (0, 0.01, 0.03)]
    assert values == sorted(values)
    assert values[2] > values[0] + 1
    assert values[0] > 2  # never as if the model were exact


# -- what cannot be seen --------------------------------------------------------------


@pytest.mark.parametrize("yaw", [50, 60, 90, 150, 180, -52, -120, -170])
def test_other_views_are_not_judged(yaw):
    finding = found(FAULTY, FAULTY, camera=Camera(yaw_deg=yaw))
    assert finding.verdict == "not_assessable"
    assert finding.value is finding.threshold is finding.time_s is finding.side is None
    assert finding.severity == "none"
    assert "front view" in finding.reason
    assert ("behind" in finding.reason) == (abs(yaw) > 135)


@pytest.mark.parametrize("yaw", [24, 34, 42, -24, -34, -42])
def test_from_20_to_45_deg_the_near_leg_and_the_mean_are_judged(yaw):
    near, far = ("left", "right") if yaw > 0 else ("right", "left")
    finding = found(38, 38, camera=Camera(yaw_deg=yaw))
    assert (finding.verdict, finding.confidence) in {("fault", "medium"), ("fault", "low")}
    assert finding.extra[f"{near}_pct_shank"] is not None
    assert finding.extra["mean_pct_shank"] is not None
    assert finding.extra[f"{far}_pct_shank"] is finding.extra[f"{far}_moved_pct_shank"] is None
    assert finding.side in (near, "both")
    assert finding.uncertainty > found(38, 38).uncertainty
    assert found(camera=Camera(yaw_deg=yaw)).verdict == "ok"


@pytest.mark.parametrize("yaw", [34, -34])
def test_a_far_knee_behind_the_near_leg_leaves_the_near_one(yaw):
    near, far_knee, near_knee = ("left", 26, 25) if yaw > 0 else ("right", 25, 26)
    track = filmed(38, 38, camera=Camera(yaw_deg=yaw))
    visibility = track.visibility.copy()
    visibility[:, far_knee] = 0.2
    finding = one(changed(track, visibility=visibility))
    assert (finding.verdict, finding.side) == ("fault", near)
    assert finding.extra["mean_pct_shank"] is None
    visibility[:, near_knee] = 0.2
    assert one(changed(track, visibility=visibility)).verdict == "not_assessable"


def test_from_behind_what_can_be_seen_is_said():
    behind = Camera(yaw_deg=180)
    body = Body(toe_out_deg=0)
    assert "the knees come in, by about" in found(30, 30, body=body, camera=behind).reason
    assert "come in, by" not in found(camera=behind).reason


@pytest.mark.parametrize("landmark", [25, 28, 31])
def test_hidden_knees_or_feet_are_not_judged(landmark):
    track = filmed(FAULTY, FAULTY)
    visibility = track.visibility.copy()
    visibility[:, landmark] = 0.2
    finding = one(changed(track, visibility=visibility))
    assert finding.verdict == "not_assessable"
    assert "hidden" in finding.reason


@pytest.mark.parametrize("landmark", [26, 27, 32])
def test_a_landmark_that_is_never_found_is_not_judged(landmark):
    track = filmed(FAULTY, FAULTY)
    visibility, points = track.visibility.copy(), track.points_px.copy()
    visibility[:, landmark], points[:, landmark] = 0.0, np.nan
    finding = one(changed(track, visibility=visibility, points_px=points))
    assert finding.verdict == "not_assessable"


@pytest.mark.parametrize("part", ["standing", "descent", "a frame", "the end"])
def test_an_ankle_or_foot_lost_for_a_while_gives_a_verdict_or_a_reason(part):
    """No warning, no invented number, whatever is missing for how long."""
    track = filmed(FAULTY, FAULTY)
    t = track.times_s
    gone = {
        "standing": t < 0.9, "descent": (t > 1.2) & (t < 1.9), "a frame": (t > 2.3) & (t < 2.34),
        "the end": t > 3.2,
    }[part]  # fmt: skip
    points, visibility = track.points_px.copy(), track.visibility.copy()
    points[np.ix_(gone, [31, 32, 29, 30])] = np.nan
    visibility[np.ix_(gone, [31, 32, 29, 30])] = 0.0
    finding = one(changed(track, points_px=points, visibility=visibility))
    assert finding.verdict in CERTAIN | {"not_assessable"}
    if part in ("a frame", "standing"):
        assert finding.verdict == "fault"


def test_no_direction_no_verdict():
    track = filmed(FAULTY, FAULTY)
    finding = one(changed(track, world_m=np.full_like(track.world_m, np.nan)))
    assert finding.verdict == "not_assessable"
    assert "direction" in finding.reason


def test_absent_frames_inside_a_rep_do_not_break_it():
    how = Sampling(30, absent_share=0.12, noise_m=0.004, seed=6)
    assert found(FAULTY, FAULTY, sampling=how).verdict == "fault"
    assert found(sampling=how).verdict in ("ok", "borderline")


def test_the_limits_can_be_set():
    track = filmed(FAULTY, FAULTY)
    lenient = DEFAULT_SETTINGS.with_values({f"valgus.{name}": 60 for name in LIMITS})
    (judged,) = analyze(track, lenient).reps
    finding = judged.finding("knee_valgus")
    assert finding.verdict == "ok"
    assert finding.threshold == 60
