"""Rendered and real clips beside the checkout, if they are there: what must hold on them.

Marked ``shared``.
"""

import json
from pathlib import Path

import pytest

from formcheck.pose.track import PoseTrack
from formcheck.squat.analysis import analyze
from formcheck.squat.view import view_name

SHARED = Path(__file__).resolve().parents[2] / "shared"
CLIPS, MORE, RENDERED = SHARED / "clips", SHARED / "clips2", SHARED / "rendered"
VIDEOS = ("front_small_picture.mp4", "oblique_goblet.mp4", "gym_long.mp4")
"""The clips of ``MORE`` that are short enough; of the others the stored tracks are judged."""
pytestmark = [
    pytest.mark.shared,
    pytest.mark.model,
    pytest.mark.skipif(not SHARED.is_dir(), reason="no folder 'shared' beside the checkout"),
]


def expected():
    """What must hold, by clip or stored track."""
    out = {}
    for folder in (CLIPS, MORE):
        path = folder / "expected.json"
        for entry in json.loads(path.read_text()) if path.is_file() else ():
            names = [entry["file"]] if folder == CLIPS or entry["file"] in VIDEOS else []
            names += [entry["track"]] if "track" in entry else []
            out |= {f"{folder.name}/{name}": entry["expect"] for name in names}
    return out


def truths():
    return {p.stem: p for p in sorted(RENDERED.glob("*.json"))} if RENDERED.is_dir() else {}


EXPECTED, TRUTHS = expected(), truths()


@pytest.fixture(scope="module")
def judged(tracked):
    """``judged(path)``: the analysis of a clip or a stored track."""
    known = {}

    def run(path):
        if path not in known:
            is_track = path.suffix == ".npz"
            known[path] = analyze(PoseTrack.load(path) if is_track else tracked(path))
        return known[path]

    return run


def findings(analysis, fault):
    return [r.finding(fault) for r in analysis.reps]


def verdicts(analysis, fault):
    return [str(f.verdict) for f in findings(analysis, fault)]


def assert_word(word, analysis, fault):
    """The words of expected.json, as its README explains them."""
    found = findings(analysis, fault)
    names = [str(f.verdict) for f in found]
    if word == "clean":
        assert "fault" not in names
        assert {"ok", "borderline"} & set(names)
    elif word == "clean_or_mild":
        faults = [f for f in found if f.verdict == "fault"]
        assert all(f.severity == "mild" and f.confidence != "high" for f in faults)
    elif word == "na":
        assert set(names) <= {"not_assessable"}
    elif word == "not_confident":
        assert all(f.confidence == "low" for f in found if f.verdict == "fault")
    elif word == "fault_or_na":
        assert not any(f.verdict == "ok" and f.confidence == "high" for f in found)
    else:
        pytest.fail(f"unknown word {word!r}")


@pytest.mark.parametrize("name", EXPECTED)
def test_real_clips(judged, name):
    analysis, expect = judged(SHARED / name), EXPECTED[name]
    low, high = expect["reps"]
    assert low <= len(analysis.reps) <= high
    for key, fault in (("valgus", "knee_valgus"), ("forward", "forward_knee_travel")):
        if key in expect:
            assert_word(expect[key], analysis, fault)


@pytest.mark.parametrize("name", TRUTHS)
def test_rendered_reps_and_views(judged, name):
    truth = json.loads(TRUTHS[name].read_text())
    analysis = judged(RENDERED / f"{name}.mp4")
    assert len(analysis.reps) == len(truth["reps"])
    for rep, wanted in zip(analysis.reps, truth["reps"], strict=True):
        assert rep.rep.bottom_s == pytest.approx(wanted["bottom"] / truth["fps"], abs=0.3)
        assert rep.view.name == view_name(truth["yaw_deg"])


VALGUS = {
    "front_valgus_both": {"fault"},
    "front_valgus_mild": {"fault", "borderline"},
    "front_good": {"ok", "borderline"},
    "front_deep_good": {"ok", "borderline"},
    "rear_valgus": {"not_assessable"},
    "side_good": {"not_assessable"},
    "side_knee_forward": {"not_assessable"},
    "oblique_good": {"not_assessable", "ok", "borderline"},
    "oblique_valgus": {"not_assessable", "borderline", "fault"},
}


@pytest.mark.parametrize("name", [n for n in VALGUS if n in TRUTHS])
def test_rendered_valgus(judged, name):
    assert set(verdicts(judged(RENDERED / f"{name}.mp4"), "knee_valgus")) <= VALGUS[name]


@pytest.mark.skipif("front_valgus_left" not in TRUTHS, reason="clip not there")
def test_rendered_valgus_of_one_leg(judged):
    found = findings(judged(RENDERED / "front_valgus_left.mp4"), "knee_valgus")
    assert sum(f.verdict == "fault" and f.side == "left" for f in found) >= 2


@pytest.mark.skipif("side_knee_forward" not in TRUTHS, reason="clip not there")
def test_rendered_forward_travel(judged):
    first, second, third = verdicts(judged(RENDERED / "side_knee_forward.mp4"),
                                    "forward_knee_travel")  # fmt: skip
    assert second == "fault"
    assert {first, third} <= {"fault", "borderline"}


@pytest.mark.skipif("side_good" not in TRUTHS, reason="clip not there")
def test_rendered_good_side(judged):
    assert set(verdicts(judged(RENDERED / "side_good.mp4"), "forward_knee_travel")) == {"ok"}


@pytest.mark.parametrize("name", [n for n in TRUTHS if n.startswith("front")])
def test_half_the_frames_flip_no_verdict(judged, tracked, name):
    """At 15 Hz the count stays and nothing turns from ok to fault or back."""
    clip = RENDERED / f"{name}.mp4"
    base = judged(clip)
    track = tracked(clip)
    thinned = analyze(track[i] for i in range(0, len(track), 2))
    assert len(thinned.reps) == len(base.reps)
    for a, b in zip(base.reps, thinned.reps, strict=True):
        for f, g in zip(a.findings, b.findings, strict=True):
            assert {str(f.verdict), str(g.verdict)} != {"ok", "fault"}
