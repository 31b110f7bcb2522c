"""From repetition to repetition: drift is said where it exceeds the error, and nowhere else."""

from __future__ import annotations

import pytest
from results import result
from stickfigure import film, squat, stand

from formcheck.report.course import Course, course_svg, courses
from formcheck.report.scorecard import scorecard
from formcheck.squat.analysis import analyze
from formcheck.squat.uncertainty import REP_SHARE, Measured, drift


def set_of(*squats) -> list[Course]:
    story = [stand(1.0)]
    for one in squats:
        story += [one, stand(0.8)]
    return courses(scorecard([result(analyze(film(story)))]))


def test_a_knee_that_comes_in_later_in_the_set_is_said_and_drawn() -> None:
    inside, depth, down, up = set_of(*(squat(left_pct=5 * i, right_pct=5 * i) for i in range(8)))
    assert inside.drift.startswith("Knee inside the foot line, left: about ")
    assert inside.drift.endswith("more at the end of the set than at its start.")
    assert [number for number, _, _ in inside.points] == list(range(1, 9))
    assert depth.drift == down.drift == up.drift == ""
    html = course_svg(inside)
    assert inside.drift in html
    assert html.count("<circle") == html.count('class="fc-err"') == 8


def test_a_steady_set_says_nothing_and_a_tiring_one_its_tempo() -> None:
    assert not [course.drift for course in set_of(*[squat()] * 4) if course.drift]
    slower = set_of(*(squat(concentric_s=1.0 + 0.2 * i) for i in range(6)))
    assert [c.drift[:14] for c in slower if c.drift][-1] == "Way up: about "
    assert set_of(squat(), squat(), squat()) == []


def test_what_the_repetitions_of_a_clip_share_cancels() -> None:
    steady = drift([Measured(v, 5.0) for v in (10, 11, 12, 13, 14)])
    assert steady.value == pytest.approx(4.0)
    # Along a line through five: 4 sqrt(REP_SHARE u^2 / 10).
    assert steady.uncertainty == pytest.approx(4 * (REP_SHARE * 25 / 10) ** 0.5, rel=1e-3)
    assert drift([Measured(v, 5.0) for v in (0, 30, 5, 40, 10)]).uncertainty > 40
    with pytest.raises(ValueError, match="three"):
        drift([Measured(1.0, 1.0)] * 2)
