"""One scorecard from two cameras: matching, best view, explanations."""

from __future__ import annotations

import pytest
from results import result
from stickfigure import Camera, Segment, film, squat, stand

from formcheck.report.glance import headline
from formcheck.report.result import ClipResult
from formcheck.report.scorecard import first_fix, same_view, scorecard, unseen
from formcheck.squat.analysis import analyze
from formcheck.squat.faults.finding import Verdict
from formcheck.squat.moments import key_moment_s
from formcheck.squat.pairing import pair_reps

SIDE = Camera(yaw_deg=90)
SLOW = {"eccentric_s": 2.6, "concentric_s": 2.0}


def set_of(*squats: Segment, camera: Camera | None = None) -> ClipResult:
    story = [stand(1.2)]
    for one in squats:
        story += [one, stand(1.0)]
    return result(analyze(film(story, camera=camera)))


@pytest.fixture(scope="module")
def front() -> ClipResult:
    return set_of(squat(), squat(left_pct=30, **SLOW), squat())


@pytest.fixture(scope="module")
def side() -> ClipResult:
    return set_of(squat(), squat(past_toe_m=0.13, **SLOW), squat(), camera=SIDE)


def test_each_fault_comes_from_the_clip_that_sees_it(front: ClipResult, side: ClipResult) -> None:
    card = scorecard([front, side], ["front.mp4", "side.mp4"])
    assert len(card.reps) == 3
    assert card.notes == ()
    second = card.reps[1]
    assert second.part("knee_valgus").clip == 0
    assert second.part("forward_knee_travel").clip == 1
    assert second.part("knee_valgus").finding.verdict is Verdict.FAULT
    assert second.part("forward_knee_travel").finding.verdict is Verdict.FAULT
    assert second.sagittal.depth.knee_flexion_deg is not None
    assert second.trunk_deg is not None
    assert unseen(card) == []
    assert headline(card) == "Knees moving inwards in 1 of 3 squats"


def test_order_of_the_clips_does_not_matter(front: ClipResult, side: ClipResult) -> None:
    a = scorecard([front, side], ["f", "s"])
    b = scorecard([side, front], ["s", "f"])
    verdicts = [[p.finding.verdict for p in row.parts] for row in a.reps]
    assert verdicts == [[p.finding.verdict for p in row.parts] for row in b.reps]


def test_a_clip_that_starts_late_is_matched_by_tempo(front: ClipResult) -> None:
    late = set_of(squat(past_toe_m=0.13, **SLOW), squat(), camera=SIDE)
    pairing = pair_reps(front.reps, late.reps)
    assert pairing.pairs == ((0, None), (1, 0), (2, 1))
    card = scorecard([front, late], ["front.mp4", "side.mp4"])
    assert any("front.mp4 shows 3 repetitions, side.mp4 2" in text for text in card.notes)
    assert card.reps[0].part("forward_knee_travel").finding.verdict is Verdict.NOT_ASSESSABLE


def test_two_different_sets_are_called_so() -> None:
    quick = set_of(*[squat(eccentric_s=0.6, concentric_s=0.5)] * 3)
    slow = set_of(*[squat(eccentric_s=3.0, concentric_s=2.5)] * 3, camera=SIDE)
    card = scorecard([quick, slow], ["a", "b"])
    assert any("tempos differ" in text for text in card.notes)


def test_two_clips_from_the_same_side_are_explained(front: ClipResult) -> None:
    assert "Both clips were filmed from the front" in same_view([front, front])


def test_a_clip_without_squats_is_explained(front: ClipResult) -> None:
    card = scorecard([front, result(analyze(film([stand(4)])))], ["a.mp4", "b.mp4"])
    assert any("No squat was found in b.mp4" in text for text in card.notes)
    assert len(card.reps) == 3


def test_the_first_fix_is_the_gravest_and_says_how_sure(front: ClipResult) -> None:
    fix = first_fix(scorecard([front], ["a"]))
    assert fix is not None
    assert fix.fault == "knee_valgus"
    assert "1 of 3" in fix.text
    assert "left side" in fix.text
    assert "repetition" in fix.sure
    clean = set_of(squat(), squat())
    assert first_fix(scorecard([clean], ["a"])) is None


def test_what_cannot_be_judged_says_how_to_film_it(front: ClipResult) -> None:
    (blind,) = unseen(scorecard([front], ["a"]))
    assert (blind.fault, blind.n_reps) == ("forward_knee_travel", 3)
    assert "beside you" in blind.how


def test_the_moment_to_look_at_is_that_of_the_fault(front: ClipResult) -> None:
    rep = front.reps[1]
    assert key_moment_s(rep.findings, rep.bottom_s) == rep.finding("knee_valgus").time_s


def test_an_empty_clip_has_an_empty_card() -> None:
    card = scorecard([result(analyze([]))], ["a"])
    assert card.reps == ()
    assert headline(card) == "No squat was found."
