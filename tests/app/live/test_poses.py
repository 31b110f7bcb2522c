"""Poses that a page found itself: read with distrust, and judged in the set like any other."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from acting import picture
from fake_camera import jpeg
from hypothesis import given
from hypothesis import strategies as st
from live_server import Client, listening
from waiting import wait_until

from benchmarks.app_client import pose_message
from formcheck.app.live import sets as live_sets
from formcheck.app.live import socket as live_socket
from formcheck.app.live.frames import HEADER
from formcheck.app.live.poses import FOUND_BYTES, START, parse_pose
from formcheck.app.live.sets import POSES_PER_PLACE, LiveSets
from formcheck.app.live.socket import POSES_PROTOCOL
from formcheck.app.visit.identity import new_id
from formcheck.errors import InputError
from formcheck.pose.track import Pose, PoseTrack


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with listening() as port:
        yield port


@pytest.fixture
def sets(monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveSets]:
    fresh = LiveSets(max_total=1)
    monkeypatch.setattr(live_socket, "LIVE", fresh)
    monkeypatch.setattr(live_socket, "MAX_RATE_HZ", 1e9)
    yield fresh
    fresh.close()


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where poses come from the page, no model is loaded here."""

    def refuse(*_: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("formcheck.clip.LifterTracker", refuse)
    monkeypatch.setattr("formcheck.live.session.PeopleFinder", refuse)


def test_what_is_read_is_what_was_found(front_set: PoseTrack) -> None:
    pose = replace(front_set[40], time_s=12.5)
    sent = parse_pose(pose_message(7, pose, 99.5))
    assert (sent.seq, sent.stamp_s, sent.size_px, sent.light) == (7, 12.5, (640, 480), 99.5)
    assert np.allclose(sent.pose.points_px, pose.points_px, atol=1e-3)
    assert np.allclose(sent.pose.visibility, pose.visibility)
    assert np.allclose(sent.pose.world_m, pose.world_m)
    nobody = replace(Pose.absent(1.0), size_px=(640, 480))
    assert not parse_pose(pose_message(8, nobody)).pose.is_present


def changed(message: bytes, at: int, value: bytes) -> bytes:
    return message[:at] + value + message[at + len(value) :]


def number(value: float) -> bytes:
    return struct.pack("<f", value)


BROKEN = {
    "empty": lambda sound: b"",
    "cut off": lambda sound: sound[:-1],
    "too long": lambda sound: sound + b"\0",
    "a picture": lambda sound: HEADER.pack(1, 0.0) + jpeg(picture(1)),
    "no time": lambda sound: changed(sound, 4, struct.pack("<d", float("nan"))),
    "time without end": lambda sound: changed(sound, 4, struct.pack("<d", float("inf"))),
    "no width": lambda sound: changed(sound, HEADER.size, b"\0\0"),
    "very wide": lambda sound: changed(sound, HEADER.size, b"\xff\xff"),
    "no light": lambda sound: changed(sound, START - 4, number(float("nan"))),
    "below black": lambda sound: changed(sound, START - 4, number(-1.0)),
    "brighter than white": lambda sound: changed(sound, START - 4, number(256.0)),
    "x is not a number": lambda sound: changed(sound, START, number(float("nan"))),
    "y without end": lambda sound: changed(sound, START + 4, number(float("-inf"))),
    "far away": lambda sound: changed(sound, START, number(11.0)),
    "more than visible": lambda sound: changed(sound, START + 8, number(1.5)),
    "visibility is not a number": lambda sound: changed(sound, START + 8, number(float("nan"))),
    "a giant": lambda sound: changed(sound, START + FOUND_BYTES - 4, number(99.0)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_is_refused(front_set: PoseTrack, name: str) -> None:
    with pytest.raises(InputError):
        parse_pose(BROKEN[name](pose_message(1, front_set[0])))


@given(st.binary(min_size=START, max_size=START) | st.binary(min_size=812, max_size=812))
def test_any_bytes_are_a_pose_or_refused(data: bytes) -> None:
    try:
        pose = parse_pose(data).pose
    except InputError:
        return
    assert np.isfinite(pose.points_px).all() == pose.is_present
    assert np.isfinite(pose.time_s)


@pytest.mark.usefixtures("no_model")
def test_a_set_of_poses_from_start_to_stop(port: int, sets: LiveSets, front_set: PoseTrack) -> None:
    mine = new_id()
    live_set = sets.issue(mine)
    told = []
    with Client(port, mine, live_set.token, protocol=POSES_PROTOCOL) as client:
        assert client.socket.subprotocol == POSES_PROTOCOL
        client.ready()
        for i in range(0, len(front_set), 2):
            answer = client.send_pose(front_set[i])
            assert answer["type"] == "frame", answer
            told += answer["reps"]
        assert [rep["verdict"] for rep in told] == ["ok", "fault", "ok"]
        for bad in (b"", b"x" * 900, HEADER.pack(1, 0.0) + jpeg(picture(1)), '{"type":"next"}'):
            assert client.tell(bad)["type"] == "bad"
        backwards = client.send_pose(replace(front_set[0], time_s=front_set.times_s[-1] - 0.5))
        assert backwards["problem"]
        assert client.stop()["n"] == 3
    over = sets.take(mine, live_set.token)
    assert over is not None
    assert over.track


@pytest.mark.usefixtures("no_model")
def test_poses_that_come_too_fast_are_left_out(
    port: int, sets: LiveSets, front_set: PoseTrack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_socket, "MAX_RATE_HZ", 0.0)
    mine = new_id()
    with Client(port, mine, sets.issue(mine).token, protocol=POSES_PROTOCOL) as client:
        client.ready()
        kinds = [client.send_pose(front_set[i])["type"] for i in range(30)]
    assert kinds.count("frame") == live_socket.BURST


def test_a_place_is_shared_by_several_who_find_their_poses_themselves() -> None:
    sets, holders = LiveSets(max_total=2), []

    def why(is_found_there: bool) -> str:
        live_set = sets.issue(new_id())
        holders.append(live_set)
        return sets.connect(live_set, object(), is_found_there=is_found_there)

    assert not why(False)
    assert [why(True) for _ in range(POSES_PER_PLACE)] == [""] * POSES_PER_PLACE
    assert why(True) == why(False) == live_sets.BUSY
    holders[0].release(holders[0].holder)
    assert not why(True)
    assert why(False) == live_sets.BUSY  # a part of a place is left
    sets.close()


@pytest.mark.usefixtures("no_model")
def test_no_more_windows_than_otherwise(port: int, sets: LiveSets) -> None:
    mine = new_id()
    tokens = [sets.issue(mine).token for _ in range(3)]
    with (
        Client(port, mine, tokens[0], protocol=POSES_PROTOCOL) as one,
        Client(port, mine, tokens[1], protocol=POSES_PROTOCOL) as two,
        Client(port, mine, tokens[2], protocol=POSES_PROTOCOL) as three,
    ):
        one.ready(), two.ready()
        assert three.hear()["text"] == live_sets.BUSY_BROWSER
    wait_until(lambda: all(s.holder is None for s in sets._sets.values()), "the places to be free")
