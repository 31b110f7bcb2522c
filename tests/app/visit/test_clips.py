"""What a clip is judged to be is worked out once, and before anybody is told that it is done."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import pytest
from app_fakes import WORKER
from results import result
from stickfigure import film, squat, stand
from waiting import wait_until

from formcheck.app.jobs import queue
from formcheck.app.jobs.queue import JobState
from formcheck.app.visit import clips
from formcheck.app.visit.clips import Clip, Look
from formcheck.app.visit.identity import new_id
from formcheck.app.visit.spaces import Spaces
from formcheck.squat.analysis import analyze
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings

TRACK = film([stand(1), squat(100), stand(1)])


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """Settings under which something was analysed."""
    seen: list[Settings] = []

    def analyse(track: object, settings: Settings) -> object:
        seen.append(settings)
        return analyze(track, settings)  # type: ignore[arg-type]

    monkeypatch.setattr(clips, "analyze", analyse)
    return seen


def stricter(pct: float) -> Settings:
    return DEFAULT_SETTINGS.with_values({"valgus.fault_leg_pct": pct})


def test_each_setting_is_judged_once_and_the_last_few_are_kept(
    tmp_path: Path, counted: list[Settings]
) -> None:
    clip = Clip("a.mp4", tmp_path / "a.mp4", tmp_path)
    TRACK.save(clip.track)
    poses, analysis = clip.judged(DEFAULT_SETTINGS)
    wanted = analyze(TRACK, DEFAULT_SETTINGS)
    assert len(poses) == len(TRACK)
    assert result(analysis) == result(wanted)
    assert clip.judged(DEFAULT_SETTINGS)[1] is analysis
    assert len(counted) == 1
    for pct in (4, 5, 6, 7, 8, 9):
        clip.judged(stricter(pct))
    assert len(counted) == 7
    clip.judged(stricter(9))
    assert len(counted) == 7
    clip.judged(DEFAULT_SETTINGS)  # too long ago
    assert len(counted) == 8


def test_a_clip_that_is_done_is_judged_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: list[Settings]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(queue, "ANALYSE", WORKER)
    spaces = Spaces()
    look = Look.of(stricter(8).changed(), True, False)
    try:
        clip = spaces.add_clip(spaces.get(new_id()), "slow.npz", io.BytesIO(TRACK.to_bytes()), look)
        TRACK.save(clip.track)
        wait_until(lambda: clip.job.state.is_over, "the end of the job")
        assert clip.job.state is JobState.DONE
        assert counted == [stricter(8)]
        assert clip.judged(stricter(8))[1].reps
        assert len(counted) == 1
    finally:
        spaces.close()
