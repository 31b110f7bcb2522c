"""One glance, and the gauge: what is not sure is never said as a fact."""

from __future__ import annotations

from dataclasses import replace

import pytest
from results import result
from stickfigure import film, squat, stand

from formcheck.report.gauge import gauge_of, gauge_svg, said
from formcheck.report.glance import Glance, at_a_glance, said_of
from formcheck.report.scorecard import Scorecard, scorecard
from formcheck.report.words import shown, sure_words, verdict_words
from formcheck.squat.analysis import analyze
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import Assessment, Confidence, Finding, Verdict
from formcheck.squat.settings import DEFAULT_SETTINGS

CLEAN, DOUBTFUL, SURE = squat(), squat(left_pct=22), squat(left_pct=34)


def card_of(*squats) -> Scorecard:
    story = [stand(1.2)]
    for one in squats:
        story += [one, stand(1.0)]
    return scorecard([result(analyze(film(story)))])


@pytest.fixture(scope="module")
def mixed() -> tuple[Scorecard, Glance]:
    card = card_of(CLEAN, SURE, DOUBTFUL)
    return card, at_a_glance(card)


def test_a_sure_fault_is_the_headline_and_a_doubtful_one_is_possible(mixed) -> None:
    card, glance = mixed
    assert glance.headline == "Knees moving inwards in 1 of 3 squats"
    assert glance.verdict is Verdict.FAULT
    assert glance.cue
    assert glance.praise.startswith("Repetition 1 was your best")
    assert glance.possible == ("knees moving inwards in repetition 3",)
    assert glance.decisive.number == 2
    assert [said_of(row).split(": ")[1] for row in card.reps] == [
        "fine.", "knees moving inwards.", "possibly knees moving inwards.",
    ]  # fmt: skip


def test_what_is_not_sure_is_never_headlined() -> None:
    card = card_of(DOUBTFUL, DOUBTFUL)
    assert card.reps[0].parts[0].finding.verdict is Verdict.FAULT  # of low confidence
    glance = at_a_glance(card)
    assert glance.headline == "2 squats, nothing sure to fix"
    assert glance.cue == glance.praise == ""
    assert glance.possible == ("knees moving inwards in repetitions 1 and 2",)


def test_a_clean_set_says_what_it_rests_on() -> None:
    glance = at_a_glance(card_of(CLEAN, CLEAN))
    assert glance.headline == "2 squats, nothing found to fix"
    assert glance.possible == ()
    assert at_a_glance(card_of()).headline == "No squat was found."


def test_repetitions_alike_within_the_error_are_not_ranked() -> None:
    alike = at_a_glance(card_of(SURE, SURE)).praise
    assert "much alike" in alike
    better = at_a_glance(card_of(squat(left_pct=28), squat(left_pct=45))).praise
    assert better == "Repetition 1 came closest to fine."


def a_finding(value: float, **other) -> Finding:
    (name,) = (f.name for f in FAULTS if f.unit == "pct_foot")
    base = Assessment.impossible(name, "pct_foot", "because").finding
    known = {"threshold": 30.0, "uncertainty": 10.0, "confidence": Confidence.HIGH}
    return replace(base, value=value, side="left", **(known | other))


@pytest.mark.parametrize(
    ("value", "verdict", "words"),
    [(8.0, Verdict.OK, "fine"), (27.0, Verdict.BORDERLINE, "possible: check again"),
     (44.0, Verdict.FAULT, "fault")],
)  # fmt: skip
def test_the_gauge_says_what_the_verdict_says(value: float, verdict: Verdict, words: str) -> None:
    gauge = gauge_of(a_finding(value, verdict=verdict), DEFAULT_SETTINGS)
    assert gauge.verdict is verdict
    assert gauge.said == f"Left knee about {value:.0f} % past the toes. Fine below about 30 %."
    assert gauge.x(0) < gauge.x(gauge.close) < gauge.x(30) < gauge.x(gauge.high)
    html = gauge_svg(gauge)
    assert 'role="img"' in html
    assert f"from {value - 10:.0f} to {value + 10:.0f}: {words}" in html
    # A verdict that rests on more than this value gets no gauge that contradicts it.
    other = next(v for v in (Verdict.OK, Verdict.FAULT) if v is not verdict)
    assert gauge_of(a_finding(value, verdict=other), DEFAULT_SETTINGS) is None


def test_words_and_certainty_agree() -> None:
    doubtful = a_finding(44.0, verdict=Verdict.FAULT, confidence=Confidence.LOW)
    assert shown(doubtful) is Verdict.BORDERLINE
    assert verdict_words(doubtful) == "possible: check again (left)"
    assert sure_words(doubtful) == ""
    assert gauge_of(doubtful, DEFAULT_SETTINGS) is None  # the value alone looks certain
    fine = a_finding(-4.4, verdict=Verdict.OK, confidence=Confidence.MEDIUM)
    assert sure_words(fine) == "fairly sure"
    assert said(fine).startswith("Left knee about 4 % behind the toes.")
