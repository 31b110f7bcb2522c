"""From a checked clip to an entry of the history."""

import jsonschema
import pytest
from health_cases import TODAY, a_set, clip, finding, rep
from results import result
from stickfigure import Camera, squat, stand

from formcheck.report.result import schema
from formcheck.training.history import (
    History,
    HistoryError,
    SessionSource,
    SetGroup,
    clip_key,
    session_from_clip,
)

STORY = [stand(1), squat(110), stand(1), squat(110, left_pct=26, right_pct=26), stand(1)]


def test_the_invented_clips_of_these_tests_have_the_real_shape():
    jsonschema.validate(clip(a_set(0)).to_builtins(), schema())


def test_a_judged_clip_becomes_a_session(judge):
    seen = result(judge(STORY, camera=Camera(yaw_deg=0)))
    session = session_from_clip(seen, TODAY, source=SessionSource.LIVE, weight_kg=0.0, minutes=5.0)
    assert session.source is SessionSource.LIVE
    assert session.sets == (SetGroup(n_sets=1, n_reps=2, weight_kg=0.0),)
    valgus = next(tally for tally in session.faults if tally.fault == "knee_valgus")
    assert (valgus.n_fault, valgus.n_judged) == (1, 2)
    assert valgus.unit == "pct_shank"
    assert valgus.uncertainty > 0
    # The mean of both legs, whichever leg decided: sessions compare.
    means = [rep.findings[0].number("mean_pct_shank") for rep in seen.reps]
    assert valgus.measure == "mean"
    assert valgus.value == pytest.approx(sum(means) / 2, abs=0.06)
    travel = next(tally for tally in session.faults if tally.fault == "forward_knee_travel")
    assert (travel.n_not_assessable, travel.value) == (2, None)
    assert session.knee_flexion_deg is None, "not measured from the front"
    assert session.hip_drop_ratio > 0.3
    assert session.clip_key == clip_key(seen)
    assert session.minutes == 5.0


def test_a_side_view_tells_the_depth(judge):
    session = session_from_clip(result(judge(STORY, camera=Camera(yaw_deg=90))), TODAY)
    assert session.knee_flexion_deg == pytest.approx(110, abs=12)
    assert session.sets[0].weight_kg is None, "the camera cannot see a weight"


def test_medians_and_counts():
    faulty = [finding("knee_valgus", "fault", "moderate", 12.0)]
    reps = [rep(0, 1.0), rep(6, 2.0, faulty), rep(12, 4.0, faulty)]
    session = session_from_clip(clip(reps), TODAY)
    assert session.eccentric_s == 2.0
    assert [tally.fault for tally in session.faults] == ["forward_knee_travel", "knee_valgus"]
    assert (session.faults[1].n_fault, session.faults[1].value) == (2, 12.0)


def test_the_same_clip_and_settings_are_stored_once(tmp_path):
    history = History(tmp_path / "history.sqlite3")
    one = clip(a_set(0))
    assert history.add(session_from_clip(one, TODAY))
    assert not history.add(session_from_clip(one, TODAY, minutes=3.0))
    other = clip(a_set(0), settings={"valgus.fault_leg_pct": 12.0})
    assert history.add(session_from_clip(other, TODAY)), "other settings, other verdicts"
    assert history.add(session_from_clip(clip(a_set(0), sha256="1" * 64), TODAY))
    assert clip_key(one) != clip_key(other)


def test_a_clip_without_squats_is_an_entry_without_sets():
    session = session_from_clip(clip([]), TODAY)
    assert (session.sets, session.faults, session.eccentric_s) == ((), (), None)


def test_odd_file_names_are_kept_readable():
    odd = clip(a_set(0), file="a\nb\ud800" + "x" * 900)
    session = session_from_clip(odd, TODAY)
    assert session.file.startswith("a_b\\ud800x")
    assert len(session.file) == 500


def test_unknown_details_are_refused():
    with pytest.raises(HistoryError, match="colour"):
        session_from_clip(clip([]), TODAY, colour="red")
