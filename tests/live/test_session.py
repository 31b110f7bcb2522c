"""The live set: the same verdicts as a clip, whatever clock and connection do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from acting import FRONT_SET, WEBCAM, Actor, picture, playing
from fake_camera import jpeg, wide, write_lossless
from hypothesis import given, settings
from hypothesis import strategies as st
from stickfigure import Sampling, film, squat, stand, walk

from formcheck.app.live.sets import LiveSet
from formcheck.clip import check_clip
from formcheck.live.session import LiveSession, Stage
from formcheck.pose.track import Inference, PoseTrack
from formcheck.squat.analysis import analyze
from formcheck.squat.faults.finding import Verdict
from formcheck.squat.settings import DEFAULT_SETTINGS
from formcheck.video.reading import FrameReader
from tools.sample_tracks import TRACKS

Acting = Callable[[PoseTrack], Actor]
Live = Callable[..., LiveSession]


@pytest.fixture(scope="module")
def front_set() -> PoseTrack:
    """The set of three as a usual machine sees it: half of a camera's pictures."""
    return film(FRONT_SET, camera=WEBCAM, sampling=Sampling(15))


def flagged(analysis) -> list[int]:
    return [r.number for r in analysis.reps if any(f.verdict is Verdict.FAULT for f in r.findings)]


def test_a_set_counts_and_says_one_thing_per_rep(
    live: Live, acting: Acting, front_set: PoseTrack
) -> None:
    acting(front_set)
    session = live()
    updates = list(playing(session, front_set))
    closed = [rep for update in updates for rep in update.closed]
    assert [rep.number for rep in closed] == [1, 2, 3]
    assert [rep.verdict for rep in closed] == [Verdict.OK, Verdict.FAULT, Verdict.OK]
    assert [rep.cue is not None for rep in closed] == [False, True, False]
    checked = session.finish()
    assert checked is not None
    assert flagged(checked.analysis) == [2]
    assert checked.result.summary.n_reps == 3
    session.close()  # twice does no harm


def test_the_result_is_that_of_the_recorded_track(
    live: Live, acting: Acting, front_set: PoseTrack, tmp_path: Path
) -> None:
    acting(front_set)
    session = live()
    list(playing(session, front_set))
    checked = session.finish()
    assert checked is not None
    checked.track.save(tmp_path / "set.npz")
    again = check_clip(tmp_path / "set.npz")
    assert again.result == checked.result


def test_poses_found_elsewhere_are_judged_like_those_found_here(
    live: Live, acting: Acting, front_set: PoseTrack
) -> None:
    acting(front_set)
    here, there = live(), live()
    found_here = list(playing(here, front_set))
    found_there = [there.update_found(pose, 150.0) for pose in front_set]
    for one, other in zip(found_here, found_there, strict=True):
        assert np.array_equal(one.points_px, other.points_px)
        for name in ("time_s", "n_reps", "phase", "stage", "instruction", "hint", "closed"):
            assert getattr(one, name) == getattr(other, name), name
    results = [session.finish() for session in (here, there)]
    assert results[0] is not None
    assert results[1] is not None
    assert flagged(results[0].analysis) == flagged(results[1].analysis) == [2]
    assert "tasks-vision" in results[1].result.versions.mediapipe
    assert any("other people were not looked for" in note for note in results[1].result.notes)
    dark = live()
    said = [dark.update_found(pose, 20.0).instruction for pose in list(front_set)[:40]]
    assert {one.id for one in said if one is not None} == {"light"}


def test_a_set_may_change_over_to_poses_found_elsewhere(
    live: Live, acting: Acting, front_set: PoseTrack
) -> None:
    acting(front_set)
    session = live()
    half = int(np.searchsorted(front_set.times_s, 4.76))
    list(playing(session, front_set, range(half)))
    session.suspend()
    for i in range(half, len(front_set)):
        session.update_found(front_set[i], 150.0)
    turned = replace(front_set[0], time_s=100.0, size_px=(480, 640))
    assert "shape" in session.update_found(turned, 150.0).problem
    checked = session.finish()
    assert checked is not None
    assert len(checked.analysis.reps) == 3
    n_found = len(front_set) - half
    assert any(f"{n_found} of {len(front_set)} pictures" in n for n in checked.result.notes)


def test_what_the_camera_did_is_recorded(
    live: Live, acting: Acting, front_set: PoseTrack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The result is judged knowing what was known while the set went on."""
    acting(front_set)
    moved = np.array([1.0, 2.0, 3.0])
    monkeypatch.setattr("formcheck.clip.CameraMotion.update", lambda *_: moved)
    session = live()
    list(playing(session, front_set, range(20)))
    track = session.track()
    assert track is not None
    assert track.camera is not None
    assert (track.camera == moved).all()


def test_a_walk_to_the_bar_one_bad_repetition_and_a_walk_away(live: Live, acting: Acting) -> None:
    """A webcam sees half of the pictures; the walks count nothing."""
    track = PoseTrack.load(TRACKS / "front_barbell_mixed.npz")
    acting(track)
    session = live()
    closed = [rep for u in playing(session, track, range(0, len(track), 2)) for rep in u.closed]
    assert [rep.number for rep in closed] == [1, 2, 3]
    checked = session.finish()
    assert checked is not None
    assert len(checked.analysis.reps) == 3
    assert [r.number for r in closed if r.verdict is Verdict.FAULT] == flagged(checked.analysis)
    assert flagged(checked.analysis) == [2]


@pytest.mark.model
def test_live_is_the_clip_path_on_the_frames_that_were_processed(
    live: Live, root: Path, tmp_path: Path
) -> None:
    """The same pictures as a lossless video give the same bytes of the report."""
    clip = root / "sample_videos" / "front_valgus_both.mp4"
    images = [wide(f.image) for f in FrameReader(clip) if f.time_s < 4.0][::2]
    images = [np.ascontiguousarray(decoded(jpeg(image))) for image in images]
    rng = np.random.default_rng(3)
    stamps_ms = np.cumsum(rng.integers(50, 90, len(images)))
    stamps_ms -= stamps_ms[0]
    session = live()
    for image, stamp in zip(images, stamps_ms, strict=True):
        session.update(image, 1_700_000_000 + stamp / 1000)
    filmed = session.finish()
    write_lossless(tmp_path / "frames.mkv", images, stamps_ms)
    clipped = check_clip(tmp_path / "frames.mkv", inference=Inference.EVERY_FRAME)
    assert filmed is not None
    assert len(filmed.analysis.reps) == 1
    for name in ("points_px", "visibility", "world_m", "times_s"):
        assert np.array_equal(getattr(filmed.track, name), getattr(clipped.track, name)), name
    results = [json.loads(c.result.to_json()) for c in (filmed, clipped)]
    for result in results:
        assert result["source"].pop("file")
        assert len(result["source"].pop("sha256")) == 64
    assert results[0] == results[1]


def decoded(data: bytes):
    from formcheck.app.live.frames import SentFrame, decode

    return decode(SentFrame(0, 0.0, data))


@settings(max_examples=8)
@given(st.integers(0, 2**32 - 1))
def test_half_the_frames_count_as_many(seed: int) -> None:
    story = [stand(1.2), squat(), stand(0.7), squat(right_pct=20), stand(1.0)]
    track = film(story, camera=WEBCAM)
    rng = np.random.default_rng(seed)
    kept = [i for i in range(len(track)) if rng.uniform() < 0.5]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("formcheck.clip.LifterTracker", Actor(track))
        session = LiveSession(with_setup=False)
        closed = [rep for u in playing(session, track, kept) for rep in u.closed]
        checked = session.finish()
        session.close()
    assert checked is not None
    assert len(checked.analysis.reps) == 2
    # What was said while it went on is what the record says.
    said = {rep.number: rep.findings for rep in closed}
    for judged in checked.analysis.reps:
        if judged.number in said:
            assert [f.verdict for f in said[judged.number]] == [f.verdict for f in judged.findings]


def test_repeated_and_backward_stamps_change_nothing(
    live: Live, acting: Acting, front_set: PoseTrack
) -> None:
    acting(front_set)
    session = live()
    for index, time_s in enumerate(front_set.times_s):
        session.update(picture(index), float(time_s))
        for back_s in (0.0, 0.02, 0.4):
            update = session.update(picture(max(0, index - 5)), float(time_s) - back_s)
            assert update.problem
            assert not update.closed
    assert not session.update(picture(3), float("nan")).closed
    checked = session.finish()
    assert checked is not None
    assert np.allclose(checked.track.times_s, front_set.times_s, atol=1e-3)
    assert len(checked.analysis.reps) == 3


def test_a_clock_that_starts_anew_goes_on_after_a_pause(
    live: Live, acting: Acting, front_set: PoseTrack
) -> None:
    acting(front_set)
    session = live()
    n_all = len(front_set)
    half = int(np.searchsorted(front_set.times_s, 4.55))  # standing after the first squat
    list(playing(session, front_set, range(half), start_s=1e9))
    list(playing(session, front_set, range(half, n_all), start_s=-50.0))  # the page was loaded anew
    checked = session.finish()
    assert checked is not None
    assert (np.diff(checked.track.times_s) > 0).all()
    assert np.diff(checked.track.times_s).max() == pytest.approx(2.0, abs=0.01)
    assert len(checked.analysis.reps) == 3


def test_an_hour_away_is_a_pause(live: Live, acting: Acting, front_set: PoseTrack) -> None:
    acting(front_set)
    session = live()
    list(playing(session, front_set))
    list(playing(session, front_set, start_s=3600.0))
    checked = session.finish()
    assert checked is not None
    assert len(checked.analysis.reps) == 6
    assert checked.track.times_s[-1] < 2 * front_set.times_s[-1] + 3


def test_a_hole_in_a_squat_is_no_repetition(
    live: Live, acting: Acting, front_set: PoseTrack
) -> None:
    """Page hidden at the bottom, back after the next squat began: nothing is made up."""
    acting(front_set)
    bottom_s, times = 2.9, front_set.times_s
    kept = [i for i, t in enumerate(times) if not bottom_s < t < bottom_s + 1.4]
    session = live()
    closed = [rep for u in playing(session, front_set, kept) for rep in u.closed]
    checked = session.finish()
    assert checked is not None
    assert len(checked.analysis.reps) == len(closed) == 2
    assert "pictures are missing" in {d.reason for d in checked.analysis.discarded}


def test_the_connection_drops_and_comes_back(
    live: Live, acting: Acting, front_set: PoseTrack
) -> None:
    actor = acting(front_set)
    session = live()
    numbers = []
    for update in playing(session, front_set):
        numbers += [rep.number for rep in update.closed]
        if 4.6 < update.time_s < 4.7 or 8.0 < update.time_s < 8.1:
            session.suspend()
            assert actor.n_open == 0
    assert numbers == [1, 2, 3]
    session.close()
    assert actor.n_open == 0


def test_a_warning_sign_leaves_the_count_only(
    live: Live, acting: Acting, front_set: PoseTrack
) -> None:
    acting(front_set)
    session = live()
    session.is_advice_allowed = False
    updates = list(playing(session, front_set))
    closed = [rep for update in updates for rep in update.closed]
    assert [rep.number for rep in closed] == [1, 2, 3]
    assert all(r.verdict is None and r.cue is None and not r.findings for r in closed)
    assert not any(update.hint for update in updates)


def test_hints_come_while_the_knee_drifts_and_count_nothing(
    live: Live, acting: Acting, front_set: PoseTrack
) -> None:
    acting(front_set)
    session = live()
    hinted = [(u.time_s, u.n_reps) for u in playing(session, front_set) if u.hint]
    assert hinted
    # Only during the second squat, before it is counted.
    assert {n for _, n in hinted} == {1}
    assert session.n_reps == 3


def test_side_on_the_hint_speaks_of_travel(live: Live, acting: Acting) -> None:
    side = replace(WEBCAM, yaw_deg=90.0)
    track = film([stand(1.5), squat(past_toe_m=0.14), stand(1.2)], camera=side)
    acting(track)
    session = live()
    updates = list(playing(session, track))
    assert {u.hint for u in updates} == {"", "Knees far forward"}
    assert session.n_reps == 1


def test_setup_never_gates_counting(live: Live, acting: Acting) -> None:
    """Somebody who squats at once, far away in the dark, is counted."""
    track = film([stand(0.5), squat(), stand(1.0)], camera=replace(WEBCAM, distance_m=7.0))
    acting(track)
    session = live()
    stages = []
    for i, time_s in enumerate(track.times_s):
        update = session.update(picture(i, light=20), float(time_s))
        stages.append(update.stage)
    assert Stage.READY not in stages
    assert session.n_reps == 1
    assert stages[-1] is Stage.COUNTING


def test_walking_up_counts_nothing(live: Live, acting: Acting) -> None:
    story = [stand(0.5), walk(1.2), stand(1.2), squat(), stand(1.0), walk(-1.2), stand(0.5)]
    track = film(story, camera=replace(WEBCAM, distance_m=4.2))
    acting(track)
    session = live()
    list(playing(session, track))
    checked = session.finish()
    assert checked is not None
    assert len(checked.analysis.reps) == len(analyze(track).reps) == 1


def test_a_turned_picture_is_said_and_the_set_goes_on(
    live: Live, acting: Acting, front_set: PoseTrack
) -> None:
    acting(front_set)
    session = live()
    for index, time_s in enumerate(front_set.times_s):
        if index == 60:
            turned = session.update(picture(index, size=(480, 640)), float(time_s))
            assert "shape" in turned.problem
        session.update(picture(index), float(time_s))
    assert session.n_reps == 3


def test_a_repetition_just_done_counts_when_the_set_is_stopped(
    live: Live, acting: Acting, tmp_path: Path
) -> None:
    track = film([stand(1.6), squat(), stand(0.8), squat(), stand(0.4)], camera=WEBCAM)
    acting(track).n_returns = 2
    session = live()
    list(playing(session, track))
    assert session.n_reps == 1
    live_set = LiveSet("token", "browser", "live set 1", DEFAULT_SETTINGS, 0.0, session)
    live_set.end()
    live_set.end()  # twice does no harm
    assert live_set.n_reps == 2
    assert live_set.track is not None
    (tmp_path / "set.npz").write_bytes(live_set.track)
    checked = check_clip(tmp_path / "set.npz")
    assert checked.result.summary.n_reps == 2
    assert any("Somebody else crossed" in note for note in checked.result.notes)


def test_nothing_recorded_gives_no_result(live: Live, acting: Acting, front_set: PoseTrack) -> None:
    acting(front_set)
    session = live()
    assert session.finish() is None
    session.close()


def test_a_long_set_keeps_no_poses_in_memory(
    live: Live, acting: Acting, front_set: PoseTrack
) -> None:
    acting(front_set)
    session = live()
    for round_ in range(3):
        list(playing(session, front_set, start_s=round_ * 20.0))
    kept = session._analyzer.finish().reps
    assert len(kept) == 9
    assert all(not len(rep.rep.window.times_s) for rep in kept)
    assert not any(a.traces for rep in kept for a in rep.assessments)
    checked = session.finish()
    assert checked is not None
    assert [r.findings for r in checked.analysis.reps] == [r.findings for r in kept]
