"""The moment to look at is the gravest one that was measured."""

from stickfigure import Camera, squat, stand

from formcheck.squat.moments import key_finding, key_moment_s, worst_moment


def test_the_worst_moment_of_a_clip_is_in_its_worst_repetition(judge):
    story = [
        stand(1), squat(115), stand(0.8), squat(105, left_pct=23, right_pct=23), stand(0.8),
        squat(105, left_pct=34, right_pct=34), stand(0.8),
    ]  # fmt: skip
    reps = judge(story).reps
    assert [rep.finding("knee_valgus").verdict for rep in reps] == ["ok", "fault", "fault"]
    rep, time_s = worst_moment(reps)
    assert rep is reps[2]
    assert time_s == key_finding(rep.findings).time_s
    assert time_s == key_moment_s(rep.findings, rep.rep.bottom_s)
    assert rep.rep.start_s <= time_s < rep.rep.end_s


def test_without_a_fault_it_is_the_bottom_of_the_deepest_squat(judge):
    reps = judge(
        [stand(1), squat(95), stand(0.8), squat(118), stand(0.8), squat(100), stand(1)]
    ).reps
    assert [rep.finding("knee_valgus").verdict for rep in reps] == ["ok"] * 3
    assert worst_moment(reps) == (reps[1], reps[1].rep.bottom_s)


def test_a_clip_without_squats_has_none():
    assert worst_moment([]) is None


def test_a_repetition_that_shows_nothing_is_looked_at_where_it_is_deepest(judge):
    (rep,) = judge([stand(1), squat(105), stand(1)], camera=Camera(yaw_deg=180)).reps
    assert key_finding(rep.findings) is None  # from behind no fault is measured
    assert key_moment_s(rep.findings, rep.rep.bottom_s) == rep.rep.bottom_s
