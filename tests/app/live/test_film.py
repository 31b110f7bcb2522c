"""A film through the socket, what becomes of its set, and counts without a verdict."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from acting import Actor, picture
from app_pages import page_test, words
from live_server import Client, listening
from waiting import wait_until

from formcheck.app.live import socket as live_socket
from formcheck.app.live.frames import plain_jpeg
from formcheck.app.live.options import LiveOptions
from formcheck.app.live.sets import KEEP_S, LIVE, LiveSets
from formcheck.app.visit.clips import Look
from formcheck.app.visit.identity import new_id
from formcheck.app.visit.spaces import SPACES
from formcheck.pose.track import PoseTrack
from formcheck.report.record import CheckedClip
from formcheck.squat.faults.finding import Verdict
from formcheck.video.reading import Frame
from formcheck.video.writing import VideoWriter


class Kept:
    """Takes the sets that are over."""

    def __init__(self) -> None:
        self.sets: list[tuple[CheckedClip, bool]] = []

    def __call__(self, checked: CheckedClip, is_judged: bool) -> None:
        self.sets.append((checked, is_judged))


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with listening() as port:
        yield port


@pytest.fixture
def sets(
    monkeypatch: pytest.MonkeyPatch,
    acting: Callable[[PoseTrack], Actor],
    front_set: PoseTrack,
    kept: Kept,
    tmp_path: Path,
) -> Iterator[LiveSets]:
    """Sets to which a film of the first squat of three is played, no picture left out."""
    monkeypatch.setattr("formcheck.live.film.PAUSE_S", 0.0)
    acting(front_set)
    clip = tmp_path / "set.mp4"
    with VideoWriter(clip, 640, 480) as writer:
        for i, time_s in enumerate(front_set.times_s):
            if time_s < 4.7:
                writer.write(Frame(float(time_s), picture(i)))
    fresh = LiveSets(max_total=3)
    fresh.options = LiveOptions(film=clip, name=lambda: "live today", finished=kept)
    monkeypatch.setattr(live_socket, "LIVE", fresh)
    yield fresh
    fresh.close()


def play(client: Client, n_reps: int) -> list[dict[str, Any]]:
    """Ask for the film's pictures until so many repetitions were told; what was told."""
    told: list[dict[str, Any]] = []
    while len(told) < n_reps:
        answer = client.tell('{"type":"next"}')
        assert answer["type"] == "frame", answer
        head, _, data = answer["picture"].partition(",")
        assert head == "data:image/jpeg;base64"
        assert plain_jpeg(base64.b64decode(data))[1:] == (640, 480)
        told += answer["reps"]
    return told


def test_a_film_brings_its_pictures_and_ends_by_itself(
    port: int, sets: LiveSets, kept: Kept
) -> None:
    mine = new_id()
    with Client(port, mine, sets.issue(mine).token) as client:
        assert client.ready()["name"] == "live today"
        (told,) = play(client, 1)
        assert told["verdict"] == "ok"
        while (answer := client.tell('{"type":"next"}'))["type"] == "frame":
            pass
        assert answer == {"type": "over"}
        assert client.stop()["n"] == 1
    ((checked, is_judged),) = kept.sets
    assert is_judged
    assert checked.result.source.file == "live today"
    assert checked.analysis.reps[0].finding("knee_valgus").verdict is Verdict.OK


def test_a_page_with_a_camera_cannot_ask_for_a_film(port: int, sets: LiveSets) -> None:
    sets.options = LiveOptions()
    mine = new_id()
    with Client(port, mine, sets.issue(mine).token) as client:
        client.ready()
        assert client.tell('{"type":"next"}')["type"] == "bad"
        assert client.send(picture(0), 0.0)["type"] == "frame"


@pytest.mark.parametrize("how", ["swept", "closed"])
def test_a_set_nobody_came_back_to_is_kept_for_whom_it_may_concern(
    port: int, sets: LiveSets, kept: Kept, how: str
) -> None:
    mine = new_id()
    live_set = sets.issue(mine)
    with Client(port, mine, live_set.token) as client:
        client.ready()
        play(client, 1)
    assert not kept.sets
    live_set.holder, live_set.touched_s = None, live_set.touched_s - KEEP_S - 60
    if how == "swept":
        assert sets.sweep() == 1
    sets.close()
    assert [len(checked.analysis.reps) for checked, _ in kept.sets] == [1]


def test_counts_only_says_and_gives_counts_alone(port: int, sets: LiveSets, kept: Kept) -> None:
    sets.options = replace(sets.options, is_counts_only=True)
    mine = new_id()
    with Client(port, mine, sets.issue(mine).token) as client:
        client.ready()
        (told,) = play(client, 1)
        assert told == {"number": 1, "verdict": None, "cue": "", "say": "1"}
        client.stop()
    ((checked, is_judged),) = kept.sets
    assert not is_judged
    (rep,) = checked.analysis.reps
    assert {finding.verdict for finding in rep.findings} == {Verdict.NOT_ASSESSABLE}


def test_the_page_of_counts_only_shows_no_verdict(
    monkeypatch: pytest.MonkeyPatch, front_set: PoseTrack
) -> None:
    monkeypatch.setattr(LIVE, "options", LiveOptions(is_counts_only=True, is_muted=True))
    test = page_test("live")
    mine = SPACES.get(new_id())
    test.session_state["browser-id"] = mine.id
    clip = SPACES.add_clip(mine, "set.npz", io.BytesIO(front_set.to_bytes()), Look())
    mine.live.append(clip)
    wait_until(lambda: clip.job.state.is_over, "the drawing")
    test.run()
    assert not test.exception
    shown = words(test) + " ".join(str(line.value) for line in test.text)
    assert "3 repetitions" in shown
    assert "s down" in shown
    assert "algus" not in shown
    test.button(key="again").click().run()
    assert not mine.live
