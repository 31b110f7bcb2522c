"""What the repetitions of a set say together, with the one model of the error."""

import pytest

from formcheck.report.words import set_words
from formcheck.squat.faults.finding import Assessment, Confidence, Finding, Severity, Verdict
from formcheck.squat.set_verdict import set_verdict
from formcheck.squat.uncertainty import Measured, mean_of_clips

OK, CLOSE, FAULT = Verdict.OK, Verdict.BORDERLINE, Verdict.FAULT


def finding(value, verdict=FAULT, side="right", confidence=Confidence.MEDIUM):
    return Finding(
        "knee_valgus", verdict, Severity.MILD, side if verdict is not OK else None, value,
        "pct_shank", 12.0, 6.8, confidence, 1.0, "because",
        extra={
            "left_pct_shank": 1.0, "left_uncertainty_pct_shank": 6.8,
            "right_pct_shank": value, "right_uncertainty_pct_shank": 6.8,
            "mean_pct_shank": value / 2, "mean_uncertainty_pct_shank": 5.5,
        },
    )  # fmt: skip


NOT_SEEN = Assessment.impossible("knee_valgus", "pct_shank", "because").finding


def test_a_set_says_who_how_much_and_in_how_many_of_those_judged():
    values = [13, 15, 14, 14, 13, 15, 14, 14]
    clean = [finding(3, OK), finding(4, OK), NOT_SEEN]
    said = set_verdict([finding(v) for v in values] + clean)
    assert (said.verdict, said.side, said.n_reps, said.n_judged) == (FAULT, "right", 8, 10)
    assert said.is_repeated
    mean = mean_of_clips([[Measured(v, 6.8) for v in values]])
    assert (said.value, said.uncertainty) == (round(mean.value, 1), round(mean.uncertainty, 1))
    # Most of the error is shared: eight repetitions are hardly more certain than one.
    assert 0.8 * 6.8 < said.uncertainty < 6.8
    assert set_words(said) == "right knee 14 ± 6 % of shank length"


@pytest.mark.parametrize(
    ("verdicts", "wanted", "n", "is_repeated"),
    [
        ([FAULT], FAULT, 1, False),
        ([FAULT, OK], FAULT, 1, False),
        ([FAULT, OK, OK], CLOSE, 1, False),
        ([FAULT, FAULT, OK, OK, OK], FAULT, 2, True),
        ([FAULT, FAULT, OK, OK, OK, OK], CLOSE, 2, False),
        ([CLOSE, CLOSE, OK, OK, OK], CLOSE, 2, False),
        ([CLOSE, OK, OK], OK, 0, False),
        ([OK, OK], OK, 0, False),
    ],
)
def test_two_in_five_make_the_verdict_of_the_set(verdicts, wanted, n, is_repeated):
    said = set_verdict([finding(14, verdict) for verdict in verdicts])
    assert (said.verdict, said.n_reps, said.is_repeated) == (wanted, n, is_repeated)
    assert (said.side is None) == (wanted is OK)


def test_sides_that_differ_are_both_and_their_mean_is_told():
    said = set_verdict([finding(14, side="left"), finding(18, side="right")])
    assert (said.side, said.value) == ("both", 8.0)
    assert set_words(said).startswith("both knees 8 ±")


def test_a_set_is_as_sure_as_its_middle_repetition():
    high, low = Confidence.HIGH, Confidence.LOW
    assert set_verdict([finding(14, confidence=c) for c in (low, high, high)]).confidence == high
    assert set_verdict([finding(14, confidence=c) for c in (low, low, high)]).confidence == low


def test_nothing_judged_is_no_verdict():
    assert set_verdict([]) is None
    assert set_verdict([NOT_SEEN]) is None
