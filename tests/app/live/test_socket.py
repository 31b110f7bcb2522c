"""The socket: who may come in, what is refused, and that the set lives on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from acting import Actor, picture
from fake_camera import jpeg
from live_server import Client, bomb, listening, refused_at_the_door
from waiting import wait_until
from websockets.exceptions import ConnectionClosed

from benchmarks.attack.messages import messages
from formcheck.app.live import sets as live_sets
from formcheck.app.live import socket as live_socket
from formcheck.app.live.frames import HEADER, MAX_MESSAGE_BYTES, parse, plain_jpeg
from formcheck.app.live.sets import KEEP_S, TOKEN_S, LiveSets
from formcheck.app.visit.identity import new_id
from formcheck.app.visit.spaces import SPACES
from formcheck.errors import InputError
from formcheck.pose.track import PoseTrack

Acting = Callable[[PoseTrack], Actor]
MAX_RATE_HZ = live_socket.MAX_RATE_HZ


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with listening() as port:
        yield port


@pytest.fixture
def sets(monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveSets]:
    """Sets of this test only, with room for three connections."""
    fresh = LiveSets(max_total=3)
    monkeypatch.setattr(live_socket, "LIVE", fresh)
    yield fresh
    fresh.close()


@pytest.fixture
def mine() -> str:
    return new_id()


@pytest.fixture(autouse=True)
def _any_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    """These pictures come as fast as they can be sent."""
    monkeypatch.setattr(live_socket, "MAX_RATE_HZ", 1e9)


@pytest.fixture(autouse=True)
def actor(acting: Acting, front_set: PoseTrack) -> Actor:
    return acting(front_set)


def play(client: Client, track: PoseTrack, start: int = 0, stop: int | None = None, step: int = 2):
    """Send every other frame of a track; return the numbers of the repetitions told."""
    told = []
    for i in range(start, len(track) if stop is None else stop, step):
        answer = client.send(picture(i), 1e6 + float(track.times_s[i]))
        assert answer["type"] == "frame", answer
        told += [rep["number"] for rep in answer["reps"]]
    return told


def test_a_set_from_start_to_stop(
    port: int, sets: LiveSets, mine: str, front_set: PoseTrack, actor: Actor
) -> None:
    live_set = sets.issue(mine)
    with Client(port, mine, live_set.token) as client:
        assert client.ready()["n"] == 0
        assert play(client, front_set) == [1, 2, 3]
        done = client.stop()
    assert done["type"] == "finished"
    assert done["n"] == 3
    wait_until(lambda: actor.n_open == 0, "the end of the set")
    over = sets.take(mine, live_set.token)
    assert over is not None
    assert over.track
    assert sets.take(mine, live_set.token) is None
    assert sets.find(mine, live_set.token) is None


def test_the_door(port: int, sets: LiveSets, mine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    token = sets.issue(mine).token
    assert refused_at_the_door(port, mine, token, origin="http://evil.example")
    assert refused_at_the_door(port, mine, token, origin=f"http://127.0.0.1:{port + 1}")
    assert refused_at_the_door(port, mine, token, origin=f"https://127.0.0.1:{port}")
    assert refused_at_the_door(port, mine, token, origin="null")
    assert refused_at_the_door(port, mine, token, origin=None)
    assert refused_at_the_door(port, None, token)
    assert refused_at_the_door(port, "guess", token)
    import streamlit as st

    monkeypatch.setattr(st, "get_option", {"server.allowedHosts": ["localhost"]}.get)
    assert refused_at_the_door(port, mine, token)  # a Host that is not ours


@pytest.mark.parametrize("which", ["missing", "unknown", "of another browser", "stale", "over"])
def test_tokens(port: int, sets: LiveSets, mine: str, which: str) -> None:
    live_set = sets.issue(mine)
    token = live_set.token
    if which == "missing":
        token = ""
    elif which == "unknown":
        token = new_id()
    elif which == "of another browser":
        token = sets.issue(new_id()).token
    elif which == "stale":
        live_set.touched_s -= TOKEN_S + 1
    else:
        live_set.track = b"poses"
    with Client(port, mine, token) as client:
        answer = client.hear()
        assert answer["type"] == "refused"
        assert answer["why"] == "stale"
        with pytest.raises(Exception, match="4401"):
            client.hear()


def broken_frames() -> dict[str, bytes | str]:
    good = jpeg(picture(1))
    header = HEADER.pack(1, 1000.0)
    return {
        "empty": b"",
        "too short": b"\x01\x02\x03",
        "no JPEG": header + b"GIF89a" + bytes(500),
        "PNG": header + b"\x89PNG\r\n\x1a\n" + bytes(500),
        "cut off": header + good[:40],
        "damaged": header + good[:200] + bytes(300),
        "oversized": header + good + bytes(MAX_MESSAGE_BYTES),
        "a bomb": header + bomb(65500, 65500),
        "tiny": header + jpeg(np.zeros((8, 8, 3), np.uint8)),
        "time is not a number": HEADER.pack(1, float("nan")) + good,
        "text": "hello",
        "JSON of no use": '{"type":"launch"}',
        "JSON list": "[1,2]",
        "deep JSON": "[" * 5000,
    }


@pytest.mark.parametrize("name", broken_frames())
def test_a_bad_message_gets_an_answer_and_the_set_lives_on(
    port: int, sets: LiveSets, mine: str, name: str
) -> None:
    with Client(port, mine, sets.issue(mine).token) as client:
        client.ready()
        assert client.send(picture(0), 0.0)["type"] == "frame"
        answer = client.tell(broken_frames()[name])
        assert answer["type"] == "bad", answer
        assert answer["text"]
        assert "Traceback" not in answer["text"]
        assert client.send(picture(1), 0.1)["type"] == "frame"


def test_every_damaged_message_is_answered(port: int, sets: LiveSets, mine: str) -> None:
    """The sample of ``benchmarks/hostile.py``, which sends hundreds to the whole app."""
    waiting = list(messages(150, 3, jpeg(picture(1), 70)))
    kinds = []
    while waiting:
        with Client(port, mine, sets.issue(mine).token) as client:
            client.ready()
            while waiting and (not kinds or kinds[-1] not in ("finished", "refused")):
                answer = client.tell(waiting.pop(0))
                kinds.append(answer["type"])
                assert "Traceback" not in answer.get("text", "")
        kinds.append("")
    assert set(kinds) == {"", "frame", "bad", "pong", "finished"}, sorted(set(kinds))
    with Client(port, mine, sets.issue(mine).token) as client:
        client.ready()
        assert client.send(picture(0), 0.0)["type"] == "frame"


def test_a_damaged_picture_in_the_middle_of_a_jpeg_is_survived(
    port: int, sets: LiveSets, mine: str
) -> None:
    """OpenCV may still decode it: then it is a picture like any other."""
    data = bytearray(jpeg(picture(1)))
    data[len(data) // 2 : len(data) // 2 + 50] = bytes(50)
    with Client(port, mine, sets.issue(mine).token) as client:
        client.ready()
        assert client.tell(HEADER.pack(1, 5.0) + bytes(data))["type"] in ("frame", "bad")
        assert client.send(picture(2), 0.2)["type"] == "frame"


def test_who_never_sends_anything_good_is_sent_away(port: int, sets: LiveSets, mine: str) -> None:
    live_set = sets.issue(mine)
    with Client(port, mine, live_set.token) as client:
        client.ready()
        answers = [client.tell("junk") for _ in range(live_socket.MAX_STRIKES)]
    assert {a["type"] for a in answers[:-1]} == {"bad"}
    assert answers[-1]["type"] == "refused"
    with Client(port, mine, live_set.token) as again:  # the set is kept
        again.ready()


def test_who_only_asks_whether_we_are_there_holds_no_place(
    port: int, sets: LiveSets, mine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_socket, "IDLE_S", 1.0)
    live_set = sets.issue(mine)
    with Client(port, mine, live_set.token) as client:
        client.ready()

        def ask_on() -> None:
            while client.tell('{"type":"ping"}'):
                time.sleep(0.05)

        with pytest.raises(ConnectionClosed, match="4408"):
            ask_on()
    wait_until(lambda: live_set.holder is None, "the place to be free")


def test_frames_that_come_too_fast_are_left_out(
    port: int, sets: LiveSets, mine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_socket, "MAX_RATE_HZ", 0.0)
    with Client(port, mine, sets.issue(mine).token) as client:
        client.ready()
        frame = jpeg(picture(0), 30)
        for i in range(45):
            client.socket.send(HEADER.pack(i, 10.0 * i) + frame)
        kinds = [client.hear()["type"] for _ in range(45)]
    assert kinds.count("frame") == live_socket.BURST
    assert set(kinds) == {"frame", "bad"}


def test_the_rate_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(live_socket, "MAX_RATE_HZ", MAX_RATE_HZ)
    monkeypatch.setattr(live_socket.time, "monotonic", lambda: now[0])
    bucket = live_socket._Bucket()
    taken = 0
    for _ in range(1000):  # a thousand frames in a second
        now[0] += 0.001
        taken += bucket.take()
    assert taken == pytest.approx(MAX_RATE_HZ + live_socket.BURST, abs=1)


def test_too_many_are_refused_politely(port: int, sets: LiveSets, mine: str, actor: Actor) -> None:
    other = new_id()
    with (
        Client(port, mine, sets.issue(mine).token) as one,
        Client(port, mine, sets.issue(mine).token) as two,
    ):
        one.ready(), two.ready()
        with Client(port, mine, sets.issue(mine).token) as three:
            answer = three.hear()
            assert (answer["why"], answer["text"]) == ("busy", live_sets.BUSY_BROWSER)
        with Client(port, other, sets.issue(other).token) as four:
            four.ready()
            third = new_id()
            with Client(port, third, sets.issue(third).token) as five:
                assert five.hear()["text"] == live_sets.BUSY
            assert one.send(picture(0), 0.0)["type"] == "frame"
    wait_until(lambda: actor.n_open == 0, "the end of the set")
    with Client(port, mine, sets.issue(mine).token) as later:
        later.ready()


def test_a_dropped_connection_goes_on_and_counts_nothing_twice(
    port: int, sets: LiveSets, mine: str, front_set: PoseTrack, actor: Actor
) -> None:
    token = sets.issue(mine).token
    half = int(np.searchsorted(front_set.times_s, 4.76))
    with Client(port, mine, token) as client:
        client.ready()
        assert play(client, front_set, 0, half) == [1]
        client.socket.socket.close()  # the network is gone, without a word
    wait_until(lambda: actor.n_open == 0, "the end of the set")
    assert sets.interrupted(mine) is not None
    with Client(port, mine, token) as client:
        assert client.ready()["n"] == 1
        assert play(client, front_set, half) == [2, 3]
        assert client.stop()["n"] == 3
    assert sets.interrupted(mine) is None


def test_a_new_window_takes_the_set_over(
    port: int, sets: LiveSets, mine: str, front_set: PoseTrack, actor: Actor
) -> None:
    token = sets.issue(mine).token
    with Client(port, mine, token) as old:
        old.ready()
        play(old, front_set, 0, 20)
        with Client(port, mine, token) as new:
            new.ready()
            assert old.hear()["why"] == "replaced"
            play(new, front_set, 20, 60)
            assert actor.n_open == 1
    wait_until(lambda: actor.n_open == 0, "the end of the set")


def test_a_warning_sign_silences_the_coach(
    port: int, sets: LiveSets, mine: str, front_set: PoseTrack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        type(SPACES.get(mine).person), "is_advice_held", property(lambda self: True)
    )
    told = []
    with Client(port, mine, sets.issue(mine).token) as client:
        client.ready()
        for i in range(0, len(front_set), 2):
            answer = client.send(picture(i), float(front_set.times_s[i]))
            assert answer["hint"] == ""
            told += answer["reps"]
    assert [r["say"] for r in told] == ["1", "2", "3"]
    assert {(r["verdict"], r["cue"]) for r in told} == {(None, "")}


def test_fifty_connections_leave_nothing(
    port: int, sets: LiveSets, mine: str, actor: Actor
) -> None:
    def threads() -> int:
        return sum(t.name.startswith("formcheck-live") for t in threading.enumerate())

    for i in range(50):
        with Client(port, mine, sets.issue(mine).token) as client:
            client.ready()
            if i % 3:
                client.send(picture(0), 0.0)
            if i % 3 == 2:
                client.socket.socket.close()
        if i % 10 == 9:
            wait_until(lambda: actor.n_open == 0 and threads() == 0, "all threads' end")
    assert SPACES.get(mine).n_connected == 0


def test_sets_nobody_comes_back_to_are_dropped(
    port: int, sets: LiveSets, mine: str, front_set: PoseTrack
) -> None:
    live_set = sets.issue(mine)
    with Client(port, mine, live_set.token) as client:
        client.ready()
        assert play(client, front_set, 0, 160) == [1]
        assert sets.sweep(time.monotonic() + 10 * KEEP_S) == 0  # connected
    wait_until(lambda: live_set.holder is None, "the set to be free")
    assert sets.sweep(time.monotonic() + KEEP_S - 30) == 0
    assert sets.sweep(time.monotonic() + KEEP_S + 1) == 1
    assert sets.find(mine, live_set.token) is None
    assert live_set.session is None


def test_unused_tokens_do_not_pile_up(sets: LiveSets, mine: str) -> None:
    first = sets.issue(mine)
    for _ in range(live_sets.MAX_TOKENS):
        sets.issue(mine)
    assert sets.find(mine, first.token) is None
    assert len(sets._of(mine)) == live_sets.MAX_TOKENS


def test_the_size_is_read_before_anything_is_unpacked() -> None:
    assert plain_jpeg(jpeg(picture(0)))[1:] == (640, 480)
    with pytest.raises(InputError, match="65500 x 65500"):
        parse(HEADER.pack(1, 0.0) + bomb(65500, 65500))
    with pytest.raises(InputError, match="damaged"):
        plain_jpeg(b"\xff\xd8\xff\xd9" + bytes(20))
    with pytest.raises(InputError, match="damaged"):
        plain_jpeg(b"\xff\xd8" + b"\xff" * 1000)
