"""Clips that play slower than life: no tempo rather than a wrong one."""

import pytest
from results import SOURCE, VERSIONS
from stickfigure import film, squat, stand

from formcheck.pose.track import PoseTrack
from formcheck.report.record import SLOWED_NOTE, result_of
from formcheck.report.result import ClipResult
from formcheck.report.words import tempo_words
from formcheck.squat.analysis import analyze
from formcheck.squat.settings import DEFAULT_SETTINGS

STORY = [stand(1.0), squat(105), stand(0.8), squat(105), stand(1.0)]
META = {"source": SOURCE, "versions": VERSIONS, "notes": []}


def judged(slower: float, **meta: object) -> ClipResult:
    track = film(STORY)
    slow = PoseTrack(
        track.times_s * slower, track.points_px, track.visibility, track.world_m,
        track.width_px, track.height_px,
    )  # fmt: skip
    return result_of(analyze(slow), META | meta, DEFAULT_SETTINGS)


def test_at_the_speed_of_life_there_is_a_tempo():
    for slower in (1.0, 1.5):
        result = judged(slower)
        assert len(result.reps) == 2
        assert all(rep.tempo.eccentric_s for rep in result.reps)
        assert SLOWED_NOTE not in result.notes


def test_everything_several_times_slower_has_none_and_says_why():
    result = judged(4.0)
    assert len(result.reps) == 2
    assert all(rep.tempo.concentric_s is None for rep in result.reps)
    assert SLOWED_NOTE in result.notes
    assert "unknown" in tempo_words(result.reps[0])
    assert [rep.findings[0].verdict for rep in result.reps] == [
        rep.findings[0].verdict for rep in judged(1.0).reps
    ]


@pytest.mark.parametrize("meta", [{"speed": 4.0}, {"filmed": {"speed": 1.0}}])
def test_a_speed_that_is_known_ends_the_doubt(meta):
    result = judged(4.0, **meta)
    assert all(rep.tempo.concentric_s for rep in result.reps)
    assert SLOWED_NOTE not in result.notes


def test_sets_of_a_long_recording_are_numbered_with_their_rests():
    pause = [stand(1.0), squat(105), stand(25.0), squat(105), stand(0.8), squat(105), stand(1.0)]
    result = result_of(analyze(film(pause)), META, DEFAULT_SETTINGS)
    first, second = result.sets
    assert (first.n_reps, second.n_reps, second.first_rep) == (1, 2, 2)
    assert first.rest_s is None
    assert second.rest_s == pytest.approx(25.0, abs=0.5)
    assert "2 sets: 1 at 0:01 (1 rep), 2 at" in result.notes[-1]
    assert "of rest" in result.notes[-1]
