"""Fixtures of the live tests: an actor in front of the camera."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from acting import FRONT_SET, WEBCAM, Actor
from stickfigure import film

from formcheck.live.session import LiveSession
from formcheck.pose.track import PoseTrack


@pytest.fixture
def acting(monkeypatch: pytest.MonkeyPatch) -> Callable[[PoseTrack], Actor]:
    """Let a track play the person in front of every camera of this test."""

    def start(track: PoseTrack) -> Actor:
        actor = Actor(track)
        monkeypatch.setattr("formcheck.clip.LifterTracker", actor)
        monkeypatch.setattr("formcheck.live.session.PeopleFinder", _Alone)
        return actor

    return start


@pytest.fixture
def live() -> Iterator[Callable[..., LiveSession]]:
    """Make sessions that are closed after the test."""
    made: list[LiveSession] = []

    def make(**options: Any) -> LiveSession:
        made.append(LiveSession(**options))
        return made[-1]

    yield make
    for session in made:
        session.close()


class _Alone:
    """Finds one person, always."""

    def __init__(self, *_: object) -> None:
        pass

    def find(self, image: object) -> list[int]:
        return [1]

    def close(self) -> None:
        pass


@pytest.fixture(scope="session")
def front_set() -> PoseTrack:
    """Three squats from the front, the left knee inside in the second."""
    return film(FRONT_SET, camera=WEBCAM)
