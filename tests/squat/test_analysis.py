"""The analyser: streaming is batch, a mirror swaps sides, settings and notes say what they do."""

import dataclasses
from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from results import result
from stickfigure import (
    Body,
    Camera,
    Sampling,
    changed,
    film,
    hinge,
    jump,
    mirrored,
    pick_up,
    squat,
    stand,
    turn,
    walk,
    with_poses,
)

from formcheck.errors import FormcheckError, SettingsError
from formcheck.pose.kinematics import KNEE_FLEXION_BIAS_DEG
from formcheck.pose.track import Pose
from formcheck.squat.analysis import Analyzer, analyze
from formcheck.squat.faults.finding import Verdict, why_unseen
from formcheck.squat.segmenter import RepSegmenter
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings

FLAWS = Sampling(24, jitter_s=0.006, drop_share=0.05, noise_m=0.006, seed=8)
STORIES = {
    "valgus on rep two only": [
        stand(1), squat(105), stand(0.6), squat(105, left_pct=26), stand(0.6), squat(105), stand(1),
    ],
    "a busy clip": [
        walk(0.8, 1.5), stand(0.8), hinge(), stand(0.6), squat(100), stand(0.5), jump(), stand(0.6),
        pick_up(), stand(0.6), turn(90), stand(0.5), squat(110, past_toe_m=0.1), stand(0.8),
    ],
    "cut off": [squat(110), stand(0.6), squat(110), stand(0.6), squat(110, 1.5, 0.5, 2.0)],
}  # fmt: skip
SOURCE = {
    "file": "a.mp4", "sha256": "0" * 64, "width_px": 720, "height_px": 1280,
    "duration_s": 9.0, "n_frames": 270,
}  # fmt: skip


def tracks():
    end = {"cut off": 6.2}
    for name, story in STORIES.items():
        how = dataclasses.replace(FLAWS, end_s=end.get(name, np.inf))
        yield name, film(story, camera=Camera(distance_m=3.5), sampling=how)


TRACKS = dict(tracks())


@cache
def analysed(name):
    return analyze(TRACKS[name])


def record(analysis):
    return result(analysis).to_builtins()


@pytest.mark.parametrize("name", TRACKS)
def test_what_was_emitted_is_never_revised(name):
    """Every prefix of a stream has emitted a prefix of what the whole clip emits."""
    track = TRACKS[name]
    analyzer, emitted, at = Analyzer(), [], []
    for pose in track:
        new = analyzer.update(pose)
        emitted += new
        at += [pose.time_s] * len(new)
    whole = analyzer.finish()
    batch = analysed(name)
    assert record(whole) == record(batch)
    early = [x for x in emitted if hasattr(x, "findings")]
    assert [r.findings for r in early] == [r.findings for r in batch.reps[: len(early)]]
    assert [r.number for r in early] == list(range(1, len(early) + 1))
    # Live feedback: a repetition is said within a second and a half of its end.
    for item, when in zip(emitted, at, strict=True):
        if hasattr(item, "findings"):
            assert when - item.rep.end_s < 1.5


@pytest.mark.parametrize("name", TRACKS)
def test_every_frame_of_a_clip_is_used_to_the_last(name, monkeypatch):
    times_s, update = [], RepSegmenter.update

    def noting(self, smooth):
        times_s.append(smooth.pose.time_s)
        return update(self, smooth)

    monkeypatch.setattr(RepSegmenter, "update", noting)
    analyze(TRACKS[name])
    assert times_s == list(TRACKS[name].times_s)


@settings(max_examples=10)
@given(name=st.sampled_from(sorted(TRACKS)), share=st.floats(0, 1))
def test_a_stream_that_stops_anywhere_equals_the_clip_cut_there(name, share):
    track = TRACKS[name]
    n = int(share * len(track))
    cut = with_poses(track, [track[i] for i in range(n)])
    analyzer = Analyzer()
    for i in range(n):
        analyzer.update(track[i])
    assert record(analyzer.finish()) == record(analyze(cut))


@pytest.mark.parametrize("name", TRACKS)
def test_a_mirror_swaps_the_sides_and_nothing_else(name):
    track = TRACKS[name]
    other = analyze(mirrored(p, track.width_px) for p in track)
    base = analysed(name)
    assert len(other.reps) == len(base.reps)
    assert [d.reason for d in other.discarded] == [d.reason for d in base.discarded]
    opposite = {"left": "right", "right": "left", "both": "both", None: None}
    for a, b in zip(base.reps, other.reps, strict=True):
        assert b.view.yaw_deg == pytest.approx(-a.view.yaw_deg, abs=1e-6)
        assert b.rep.bottom_s == a.rep.bottom_s
        for f, g in zip(a.findings, b.findings, strict=True):
            assert g.verdict == f.verdict
            assert g.severity == f.severity
            assert g.confidence == f.confidence
            assert g.side == opposite[f.side]
            assert (g.value is None) == (f.value is None)
            if f.value is not None:
                assert g.value == pytest.approx(f.value, abs=0.11)


@pytest.mark.parametrize("scale", [0.5, 2.0])
@pytest.mark.parametrize("name", TRACKS)
def test_the_size_of_the_picture_does_not_matter(name, scale):
    track = TRACKS[name]
    scaled = changed(
        track,
        points_px=track.points_px * np.float32(scale),
        width_px=round(track.width_px * scale),
        height_px=round(track.height_px * scale),
    )
    assert record(analyze(scaled)) == record(analysed(name))


@pytest.mark.parametrize("scale", [0.71, 1.37])
def test_neither_does_an_odd_size(scale):
    track = TRACKS["valgus on rep two only"]
    a = analysed("valgus on rep two only")
    b = analyze(changed(track, points_px=track.points_px * np.float32(scale)))
    for x, y in zip(a.reps, b.reps, strict=True):
        assert [f.verdict for f in x.findings] == [f.verdict for f in y.findings]


def test_a_fault_stays_with_its_rep():
    """A repetition's verdict uses that repetition only."""
    analysis = analysed("valgus on rep two only")
    verdicts = [r.finding("knee_valgus").verdict for r in analysis.reps]
    assert verdicts[1] == "fault"
    assert "fault" not in (verdicts[0], verdicts[2])
    assert analysis.reps[1].finding("knee_valgus").side == "left"
    assert analysis.count("knee_valgus", Verdict.FAULT) == 1


def test_every_rep_has_one_finding_per_fault():
    for name in TRACKS:
        for judged in analysed(name).reps:
            assert [f.fault for f in judged.findings] == ["knee_valgus", "forward_knee_travel"]


def test_a_non_square_picture_is_no_distortion():
    """Normalised coordinates would bend every angle here."""
    story = [stand(1), squat(110, pause_s=0.4), stand(1)]
    tall = analyze(film(story, camera=Camera(90, width_px=480, height_px=854)))
    wide = analyze(film(story, camera=Camera(90, width_px=1920, height_px=854)))
    assert tall.reps[0].knee_flexion_deg == pytest.approx(110 + KNEE_FLEXION_BIAS_DEG, abs=5)
    assert tall.reps[0].knee_flexion_deg == wide.reps[0].knee_flexion_deg


@settings(max_examples=8)
@given(
    left=st.sampled_from([0.0, 28.0]),
    right=st.sampled_from([0.0, 28.0]),
    stance=st.floats(0.28, 0.45),
    toe_out=st.floats(5, 25),
    rate=st.sampled_from([15.0, 24.0, 29.97, 60.0]),
    seed=st.integers(0, 99),
)
def test_verdicts_survive_rates_jitter_and_drops(left, right, stance, toe_out, rate, seed):
    story = [stand(0.8), squat(106, left_pct=left, right_pct=right), stand(0.8)]
    body = Body(stance_m=stance, toe_out_deg=toe_out)
    base = analyze(film(story, body=body))
    how = Sampling(rate, jitter_s=0.005, drop_share=0.1, seed=seed)
    other = analyze(film(story, body=body, sampling=how))
    assert len(base.reps) == len(other.reps) == 1
    a, b = base.reps[0].finding("knee_valgus"), other.reps[0].finding("knee_valgus")
    assert {a.verdict, b.verdict} != {"ok", "fault"}
    assert a.side == b.side


# -- settings ---------------------------------------------------------------------------


def test_settings_change_one_value_and_nothing_else():
    chosen = DEFAULT_SETTINGS.with_values({"valgus.fault_leg_pct": 13, "travel.comfort_mode": True})
    assert chosen.section("valgus").fault_leg_pct == 13.0
    assert chosen.section("travel").comfort_mode is True
    assert chosen.changed() == {"valgus.fault_leg_pct": 13.0, "travel.comfort_mode": True}
    assert DEFAULT_SETTINGS.changed() == {}
    assert Settings() == DEFAULT_SETTINGS


@pytest.mark.parametrize("section", [name for name, _ in DEFAULT_SETTINGS.sections])
def test_every_setting_can_be_set_by_its_name(section):
    part = DEFAULT_SETTINGS.section(section)
    for f in fields(part):
        old = getattr(part, f.name)
        new = (not old) if isinstance(old, bool) else old + 1
        chosen = DEFAULT_SETTINGS.with_values({f"{section}.{f.name}": new})
        assert chosen.value(f"{section}.{f.name}") == new
        assert chosen.changed() == {f"{section}.{f.name}": new}


@pytest.mark.parametrize(
    "key",
    [
        "nonsense", "", "valgus", "valgus.", ".fault_leg_pct", "valgus.nonsense", "squat.depth",
        "valgus.fault_leg_pct.x", "__class__.x", "valgus.__class__",
    ],
)  # fmt: skip
def test_an_unknown_setting_is_named(key):
    with pytest.raises(SettingsError, match="no such setting"):
        DEFAULT_SETTINGS.with_values({key: 1.0})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("key", ["valgus.fault_leg_pct", "travel.hold_s", "reps.lead_s"])
def test_a_setting_must_be_finite(key, value):
    with pytest.raises(SettingsError, match=key):
        DEFAULT_SETTINGS.with_values({key: value})


def test_a_switch_takes_no_nan():
    with pytest.raises(SettingsError):
        DEFAULT_SETTINGS.with_values({"travel.comfort_mode": float("nan")})


def test_a_settings_error_is_a_formcheck_error():
    assert issubclass(SettingsError, FormcheckError)


def test_settings_reach_the_counting():
    track = film([stand(1), squat(75), stand(1)])
    deep_only = DEFAULT_SETTINGS.with_values({"reps.min_drop_ratio": 0.4})
    assert len(analyze(track).reps) == 1
    strict = analyze(track, deep_only)
    assert strict.reps == ()
    assert any("too shallow" in d.reason for d in strict.discarded)


# -- notes --------------------------------------------------------------------------------


def test_no_frames():
    analysis = analyze([])
    assert analysis.reps == analysis.discarded == ()
    assert analysis.notes == ("The clip holds no frames.",)


def test_nobody_there():
    analysis = analyze(Pose.absent(i / 30) for i in range(60))
    assert analysis.reps == ()
    assert "No person was found" in analysis.notes[0]


def test_often_nobody_there():
    track = film([stand(1), squat(), stand(1)], sampling=Sampling(30, absent_share=0.3, seed=1))
    assert any("No person was found in" in n for n in analyze(track).notes)


def test_a_good_clip_needs_no_note():
    assert analyze(film([stand(1), squat(), stand(1)])).notes == ()


def test_swapped_legs_are_mentioned():
    track = film([stand(1), squat(), stand(1)])
    legs, other = [23, 25, 27, 29, 31, 24, 26, 28, 30, 32], [24, 26, 28, 30, 32, 23, 25, 27, 29, 31]
    points, world = track.points_px.copy(), track.world_m.copy()
    run = np.flatnonzero((track.times_s > 1.8) & (track.times_s < 2.0))
    points[np.ix_(run, legs)] = points[np.ix_(run, other)]
    world[np.ix_(run, legs)] = world[np.ix_(run, other)]
    analysis = analyze(changed(track, points_px=points, world_m=world))
    assert any("exchanged and put back once" in n for n in analysis.notes)
    assert analysis.reps[0].findings == analyze(track).reps[0].findings


@settings(max_examples=8)
@given(
    seed=st.integers(0, 10**6),
    share=st.floats(0.0, 0.6),
    size=st.sampled_from([1.0, 100.0, 3000.0]),
)
def test_no_track_however_wild_raises_or_yields_a_number_that_is_none(seed, share, size):
    """Garbage landmarks: no exception, no warning, no NaN in a result."""
    rng = np.random.default_rng(seed)
    track = film([stand(0.5), squat(105, 0.7, 0.1, 0.6), stand(0.5)], sampling=Sampling(24))
    points, world = track.points_px.astype(float), track.world_m.astype(float)
    visibility = rng.uniform(0, 1, track.visibility.shape)
    points += rng.normal(0, 0.01 * size, points.shape)
    gone = rng.uniform(size=points.shape[:2]) < share
    points[gone], world[gone] = np.nan, np.nan
    wild = changed(track, points_px=points, world_m=world, visibility=visibility)
    text = str(record(analyze(wild)))
    assert "nan" not in text.lower().replace("pose", "")


@pytest.mark.parametrize("until_s", [0.7, 1.3, 1.8])
def test_a_repetition_does_not_depend_on_what_the_model_thought_before_it(until_s):
    """Left is called right while the lifter stands, or far into the dip; then no longer."""
    track = film([stand(1.2), squat(105, 1.4, 0.3, 1.4, left_pct=26), stand(1.2)])
    other = np.arange(33)
    other[23:] = np.arange(23, 33).reshape(-1, 2)[:, ::-1].ravel()
    poses = [
        replace(p, points_px=p.points_px[other], world_m=p.world_m[other])
        if p.time_s < until_s
        else p
        for p in track
    ]
    (wanted,), (found,) = analyze(track).reps, analyze(poses).reps
    assert wanted.finding("knee_valgus").side == "left"
    assert found.view.name == wanted.view.name
    for a, b in zip(wanted.findings, found.findings, strict=True):
        assert (a.verdict, a.side) == (b.verdict, b.side)
        assert (a.value, b.value) == (None, None) or abs(a.value - b.value) < 0.5
    drawn = analyze(poses).points_px[[p.time_s >= found.rep.start_s for p in poses]]
    right = analyze(track).points_px[[p.time_s >= found.rep.start_s for p in poses]]
    n = int((found.rep.end_s - found.rep.start_s) * 30)
    assert np.nanmax(np.abs(drawn[:n] - right[:n])) < 2


def test_too_few_pictures_are_not_called_hidden(judge):
    for rate_hz in (4, 5, 8):
        seen = judge([stand(1.0), squat(105), stand(1.0)], sampling=Sampling(rate_hz=rate_hz))
        reasons = [finding.reason for rep in seen.reps for finding in rep.findings]
        assert not any("hidden" in reason for reason in reasons)
    few, many = np.arange(0, 2, 0.2), np.arange(0, 2, 0.05)
    assert why_unseen(few, "hidden").startswith("too few pictures a second (5)")
    assert why_unseen(many, "hidden") == "hidden"
