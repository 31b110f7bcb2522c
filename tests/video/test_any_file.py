"""One clip in every kind of file that people have: the same pictures at the same times."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from anyfile import Case, Film, cases, sample_film

from formcheck.clip import check_clip
from formcheck.video.reading import FrameReader, ImageArray

os.environ.setdefault("SVT_LOG", "1")  # the AV1 encoder would tell a page for each clip
CASES = cases()
LASTS_S = 1.6
"""From standing to the middle of a squat."""
OFF_LEVELS = 8.0
"""How far a picture may be from the one that was filmed then, in levels of 255, on average: what
codings, pixels of another shape and curves of high dynamic range leave."""


@pytest.fixture(scope="module")
def film() -> Film:
    return sample_film(216, LASTS_S)


def small(image: ImageArray) -> np.ndarray:
    return cv2.resize(image, (24, 40), interpolation=cv2.INTER_AREA).astype(float)


def test_there_are_at_least_60_kinds() -> None:
    assert len(CASES) == len({one.name for one in CASES}) >= 60


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
def test_every_kind_shows_the_same_at_the_same_time(one: Case, film: Film, tmp_path: Path) -> None:
    reader = FrameReader(one.make(tmp_path / f"clip{one.suffix}", film), filmed=one.filmed)
    frames = list(reader)
    times = np.array([frame.time_s for frame in frames])
    assert times[0] == 0.0
    assert (np.diff(times) > 0).all()
    assert times[-1] == pytest.approx(film.times_s[-1], abs=0.21)  # a picture of the slowest
    assert np.diff(times).max() < 0.25
    assert reader.n_damaged == 0
    assert reader.rate_hz == pytest.approx((len(frames) - 1) / times[-1])
    known = np.array(film.times_s)
    moving = np.array([small(image) for image in film.images])
    for frame in frames:
        assert abs(frame.image.shape[0] / frame.image.shape[1] - 1.8) < 0.03
        seen = small(frame.image)
        if frame.luma is not None:  # the grey copy is turned and mirrored as the picture is
            grey = cv2.resize(frame.luma, (24, 40), interpolation=cv2.INTER_AREA)
            assert np.corrcoef(grey.ravel(), seen.mean(2).ravel())[0, 1] > 0.9
        off = np.abs(moving - seen).mean((1, 2, 3))
        assert off.min() < OFF_LEVELS
        nearest = int(np.argmin(np.abs(known - frame.time_s)))
        assert off[max(0, nearest - 1) : nearest + 2].min() < off.min() + 0.5
    claimed_s = reader.claimed_s
    if "joined" not in one.name:  # nothing says that the file ends before it does
        assert claimed_s is None or reader.end_s >= 0.9 * claimed_s - 0.1
    assert one.says in " ".join(reader.notes)
    assert bool(reader.notes) == bool(one.says)


@pytest.mark.model
def test_verdicts_are_those_of_the_plain_file(tmp_path: Path) -> None:
    """Of one repetition, for the kinds whose pictures reach the model least like those filmed.

    That the pictures of every kind are those filmed, the test above says.
    """
    whole = sample_film(640, 3.6, mark=False)
    found = {}
    for name in ("matrix: as stored", "mirrored, said", "HDR, HLG", "10 pictures a second"):
        (one,) = (case for case in CASES if case.name == name)
        path = one.make(tmp_path / f"clip{one.suffix}", whole)
        (rep,) = check_clip(path, filmed=one.filmed).result.reps
        valgus = rep.finding("knee_valgus")
        assert valgus is not None
        found[name] = (rep.bottom_s, valgus.verdict, valgus.side, valgus.value)
    (bottom_s, verdict, side, value), *others = found.values()
    assert (verdict, side) == ("fault", "left")
    for other in others:
        assert other == (pytest.approx(bottom_s, abs=0.1), verdict, side,
                         pytest.approx(value, abs=2.0)), found  # fmt: skip
