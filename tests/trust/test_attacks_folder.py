"""A results folder that somebody sends: nothing else is read, written or deleted for it."""

from __future__ import annotations

import base64
import io
import json
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from stickfigure import film, squat, stand

from formcheck.batch.manifest import MANIFEST_NAME, load
from formcheck.cli.main import main
from formcheck.errors import InputError
from formcheck.pose.smoothing import Repaired, Smoother
from formcheck.pose.track import Pose, PoseTrack
from formcheck.strict import parse_json, read_file, shown

THESIS = "years of work"


def run(*arguments: str | Path) -> Result:
    """Run a command; whatever it is given, it ends in words."""
    done = CliRunner().invoke(main, [str(a) for a in arguments])
    assert "Traceback" not in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A results folder as it should be."""
    folder = tmp_path_factory.mktemp("scored")
    film([stand(1), squat(100), stand(0.8)]).save(folder / "a.npz")
    assert run("score", folder / "a.npz", "--out", folder / "out").exit_code == 0
    return {p.name: p.read_bytes() for p in (folder / "out").iterdir() if p.is_file()}


@pytest.fixture
def received(tmp_path: Path, scored: dict[str, bytes]) -> Path:
    """The same folder sent to us, beside what is ours."""
    home = tmp_path / "home"
    (home / "results").mkdir(parents=True)
    (home / "thesis.txt").write_text(THESIS)
    for name, data in scored.items():
        (home / "results" / name).write_bytes(data)
    return home / "results"


def change_record(folder: Path, **changed: Any) -> None:
    record = json.loads((folder / MANIFEST_NAME).read_text()) | changed
    (folder / MANIFEST_NAME).write_text(json.dumps(record) + "\n")


PATHS_OUT = (
    "/../../thesis.txt", "/../thesis.txt", "../thesis.txt", "/../../home/thesis.txt", "thesis.txt",
    ".json/../../thesis.txt", "\x00.json", ".json\x00", "", "/", ".", "..", ".annotated.mp4/..",
    "C:\\thesis.txt", "\\..\\thesis.txt", ".PART", ".json ", ".JSON",
)  # fmt: skip


@pytest.mark.parametrize("suffix", PATHS_OUT)
def test_a_suffix_of_the_manifest_is_one_of_ours(received: Path, suffix: str) -> None:
    files = json.loads((received / MANIFEST_NAME).read_text())["files"]
    change_record(received, files={**files, suffix: len(THESIS)})
    assert all(suffix not in record.files for record in load(received))


def test_a_suffix_of_the_manifest_deletes_nothing(received: Path) -> None:
    files = json.loads((received / MANIFEST_NAME).read_text())["files"]
    (received / "a").mkdir()  # so that the way through it leads somewhere
    change_record(received, files=files | dict.fromkeys(PATHS_OUT, len(THESIS)), key="old")
    clip = received.parent / "a.mp4"
    clip.write_bytes(b"no video")
    change_record(received, label=str(clip))
    run("score", clip, "--out", received, "--force")
    film([stand(1), squat(100), stand(0.8)]).save(received.parent / "a.npz")
    run("score", received.parent / "a.npz", "--out", received)
    run("rescore", received)
    assert (received.parent / "thesis.txt").read_text() == THESIS


@pytest.mark.parametrize(
    "name",
    ["../thesis", "/etc/passwd", "", ".", "..", ".hidden", "a/b", "a\\b", "a\x00b", "a\nb",
     "\x1b[2J", "con", "nul.txt", "a" * 300, "\ud800", "a ", " a", "a.", "C:a"],
)  # fmt: skip
def test_a_name_of_the_manifest_stays_in_the_folder(received: Path, name: str) -> None:
    change_record(received, name=name)
    assert name not in [record.name for record in load(received)]


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "null", "1e400", "[" * 100_000, '{"a":' * 5000, "NaN", '{"v": 2}', "\x00",
     "9" * 5000, '{"name": "a", "files": {".json": 1e999}}',
     '{"name": "a", "files": {".json": -1}}', '{"name": "a", "label": 7}', '{"name": ["a"]}'],
)  # fmt: skip
def test_a_line_that_is_no_record_is_passed_over(received: Path, line: str) -> None:
    text = (received / MANIFEST_NAME).read_text()
    (received / MANIFEST_NAME).write_text(line + "\n" + text)
    assert [record.name for record in load(received)] == ["a"]


def test_what_is_told_of_a_clip_moves_no_cursor(received: Path) -> None:
    change_record(received, label="\x1b[2Jx\u202egnp.exe", message="\x9b31m", subject="a\rb")
    (record,) = load(received)
    assert (record.label + record.message + record.subject).isprintable()


def _replaced(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(stored: dict[str, Any]) -> None:
        *way, last = path.split(".")
        here: Any = stored
        for step in way:
            here = here[int(step)] if step.isdecimal() else here[step]
        here[last] = value

    return change


ODD_NUMBERS = {
    "huge": 10**400,
    "large": 1e308,
    "negative": -1e308,
    "text": "7",
    "none": None,
    "list": [],
}
NUMBERS = (
    "reps.0.start_s", "reps.0.end_s", "reps.0.number", "source.n_frames", "source.duration_s",
    "source.width_px", "reps.0.depth.hip_drop_ratio", "summary.n_reps", "reps.0.tempo.pause_s",
)  # fmt: skip


@pytest.mark.parametrize("kind", ODD_NUMBERS)
@pytest.mark.parametrize("path", NUMBERS)
def test_a_number_that_is_none_is_refused_in_one_line(received: Path, path: str, kind: str) -> None:
    stored = json.loads((received / "a.json").read_text())
    _replaced(path, ODD_NUMBERS[kind])(stored)
    (received / "a.json").write_text(json.dumps(stored))
    for arguments in (("compare", received, received), ("rescore", received)):
        done = run(*arguments)
        assert len(done.stderr.strip().splitlines()) <= 2, done.stderr
    assert run("compare", received, received).exit_code in (0, 1)


RESULTS = {
    "NaN": b'{"schema_version": 1, "notes": [NaN]}',
    "Infinity": b'{"reps": [Infinity]}',
    "deep": b"[" * 200_000,
    "deep object": b'{"reps":' * 3000 + b"1" + b"}" * 3000,
    "wide": b'{"a": 1e400}',
    "not text": b"\xff\xfe\x00",
    "empty": b"",
    "another thing": b'{"name": "package", "version": "1.0"}',
    "a list": b"[1, 2]",
    "half a character": b'{"schema_version": "\\ud800"}',
    "a long number": b'{"schema_version": ' + b"9" * 100_000 + b"}",
}


@pytest.mark.parametrize("kind", RESULTS)
def test_a_broken_result_is_named_in_one_line(received: Path, kind: str) -> None:
    (received / "a.json").write_bytes(RESULTS[kind])
    done = run("compare", received, received)
    assert done.exit_code == 1
    (line,) = done.stderr.strip().splitlines()
    assert "a.json" in line
    assert len(line) < 1000


def test_texts_of_a_result_are_shown_and_not_obeyed(received: Path) -> None:
    stored = json.loads((received / "a.json").read_text())
    stored["source"]["file"] = "\x1b]0;owned\x07\u202egnp.mp4\ud800"
    (received / "a.json").write_text(json.dumps(stored))
    done = run("compare", "--all", received, received)
    assert done.exit_code == 0
    assert not set("\x1b\x07\u202e\ud800") & set(done.output)


SPECIAL = {
    "a pipe": os.mkfifo,
    "a folder": os.mkdir,
    "a device": lambda path: os.symlink("/dev/zero", path),
    "a loop": lambda path: os.symlink(path, path),
    "nothing": lambda path: os.symlink(f"{path}.gone", path),
}


@pytest.mark.parametrize("what", SPECIAL)
@pytest.mark.parametrize("name", ["a.json", "a.track.npz", MANIFEST_NAME, "list.txt", "labels.csv"])
def test_what_is_no_file_holds_nobody_up(received: Path, name: str, what: str) -> None:
    path = received / name
    path.unlink(missing_ok=True)
    SPECIAL[what](path)
    began_s = time.monotonic()
    for arguments in (
        ("compare", received, received),
        ("rescore", received),
        ("score", "--list", received / "list.txt", "--out", received),
        ("validate", received, "--labels", received / "labels.csv"),
    ):
        done = run(*arguments)
        assert "not responding" not in done.output
    assert time.monotonic() - began_s < 60
    assert (received.parent / "thesis.txt").read_text() == THESIS


@pytest.mark.parametrize("name", [MANIFEST_NAME, "a.json", "a.track.npz", "reps.csv", ".fetched"])
def test_a_link_is_not_written_through(received: Path, name: str) -> None:
    """What a link leads to stays as it is, be it a file or a folder."""
    target = received.parent / "mine"
    if name == ".fetched":
        target.mkdir()
        (target / "photo.json").write_text(THESIS)
    else:
        target.write_bytes((received / name).read_bytes())
        (received / name).unlink()
    (received / name).symlink_to(target)
    before = {p: p.read_bytes() for p in [target, *received.parent.rglob("photo*")] if p.is_file()}
    film([stand(1), squat(90), stand(0.8)]).save(received.parent / "b.npz")
    run("score", received.parent / "b.npz", "--out", received)
    run("rescore", received)
    assert {p: p.read_bytes() for p in before} == before
    assert not (received / "photo.json").exists()


@pytest.mark.parametrize("kind", ["link", "text", "pipe"])
def test_a_picture_that_is_none_ends_in_no_page(received: Path, kind: str) -> None:
    """It would be embedded in a page that the user may pass on."""
    thumb, photo = received / "a.worst.jpg", received.parent / "photo.jpg"
    photo.write_bytes(b"\xff\xd8\xff private")
    thumb.unlink(missing_ok=True)
    if kind == "link":
        thumb.symlink_to(photo)
    elif kind == "text":
        thumb.write_text("private")
    else:
        os.mkfifo(thumb)
    files = json.loads((received / MANIFEST_NAME).read_text())["files"]
    change_record(received, files={**files, ".worst.jpg": 10})
    for arguments in (("rescore", received), ("rescore", received, "--out", f"{received}2")):
        assert run(*arguments).exit_code == 0
    for folder in (received, Path(f"{received}2")):
        page = (folder / "index.html").read_text()
        assert base64.b64encode(b"private").decode()[:8] not in page
        assert "/9j/" not in page  # how every embedded JPEG begins
    assert not (Path(f"{received}2") / "a.worst.jpg").exists()


# -- tracks ------------------------------------------------------------------------------------


def npy(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, array, allow_pickle=True)
    return out.getvalue()


def track_file(path: Path, packing: int = zipfile.ZIP_DEFLATED, **changed: Any) -> Path:
    n = changed.pop("n", 3)
    times = changed.pop("times", np.arange(n) * 0.03)
    header = {"format": 1, "width_px": 640, "height_px": 480, "meta": {}} | changed.pop("head", {})
    arrays: dict[str, Any] = {
        "times_s": times, "points_px": np.zeros((n, 33, 2), "f4"),
        "visibility": np.zeros((n, 33), "f4"), "world_m": np.zeros((n, 33, 3), "f4"),
        "header": np.frombuffer(json.dumps(header).encode(), np.uint8),
    } | changed  # fmt: skip
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, array in arrays.items():
            archive.writestr(f"{name}.npy", array if isinstance(array, bytes) else npy(array))
    return path


def _claiming(shape: tuple[int, ...], descr: str = "<f4") -> bytes:
    out = io.BytesIO()
    claim = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(out, claim)
    return out.getvalue() + bytes(64)


TRACKS: dict[str, dict[str, Any]] = {
    "longdouble": {"points_px": np.zeros((3, 33, 2), np.longdouble)},
    "half": {"points_px": np.zeros((3, 33, 2), np.float16)},
    "big endian": {"points_px": np.zeros((3, 33, 2), ">f4")},
    "complex": {"visibility": np.zeros((3, 33), complex)},
    "objects": {"visibility": np.full((3, 33), None)},
    "structured": {"visibility": np.zeros((3, 33), [("a", "f4")])},
    "dates": {"times_s": np.zeros(3, "M8[s]")},
    "ten microseconds": {"times": np.arange(3) * 1e-5},
    "half a millisecond": {"times": np.arange(3) * 5e-4},
    "the same time": {"times": np.zeros(3)},
    "back in time": {"times": np.array([0.2, 0.1, 0.0])},
    "nan": {"times": np.array([0.0, np.nan, 1.0])},
    "for ever": {"times": np.array([0.0, 1.0, 1e18])},
    "before the flood": {"times": np.array([-1e18, 0.0, 1.0])},
    "huge picture": {"head": {"width_px": 10**9}},
    "picture of text": {"head": {"width_px": "640"}},
    "half a pixel": {"head": {"width_px": 0.5}},
    "true": {"head": {"width_px": True}},
    "nan in the header": {"head": {"meta": {"x": float("nan")}}},
    "another format": {"head": {"format": "1"}},
    "claims frames": {"points_px": _claiming((10**9, 33, 2))},
    "claims sides": {"points_px": _claiming((3, 10**9, 2))},
    "negative": {"points_px": _claiming((-3, 33, 2))},
    "bzip": {"packing": zipfile.ZIP_BZIP2},
    "lzma": {"packing": zipfile.ZIP_LZMA},
    "other frames": {"visibility": np.zeros((4, 33), "f4")},
    "another camera's frames": {"camera": np.ones((4, 3), "f4")},
    "a camera gone mad": {"camera": np.full((3, 3), 1e30)},
    "a camera of objects": {"camera": np.full((3, 3), None)},
}


@pytest.mark.parametrize("kind", TRACKS)
def test_a_track_that_is_none_is_refused(tmp_path: Path, kind: str) -> None:
    path = track_file(tmp_path / "t.npz", **TRACKS[kind])
    with pytest.raises(InputError, match=r"t\.npz"):
        PoseTrack.load(path)


def test_a_track_as_it_should_be_is_read(tmp_path: Path) -> None:
    assert len(PoseTrack.load(track_file(tmp_path / "t.npz"))) == 3
    rounded = track_file(tmp_path / "r.npz", times=np.array([0.0, 0.001, 0.002]))
    assert len(PoseTrack.load(rounded)) == 3


def test_texts_of_a_track_are_shown_and_not_obeyed(tmp_path: Path) -> None:
    path = track_file(tmp_path / "t.npz", head={"meta": {"notes": ["\x1b[2J\u202e"]}})
    assert PoseTrack.load(path).meta == {"notes": ["\\x1b[2J\\x202e"]}


def test_zeros_do_not_become_gigabytes(tmp_path: Path) -> None:
    import tracemalloc

    n = 700_000  # packed a few megabytes
    with zipfile.ZipFile(tmp_path / "z.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("points_px.npy", "w") as member:
            member.write(_claiming((n, 33, 2), "<f8")[:-64])
            for _ in range(n // 7000):
                member.write(bytes(7000 * 33 * 2 * 8))
        with archive.open("world_m.npy", "w") as member:
            member.write(bytes(64))
    tracemalloc.start()
    with pytest.raises(InputError):
        PoseTrack.load(tmp_path / "z.npz")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6


def test_smoothing_takes_no_longer_for_poses_that_lie_closer() -> None:
    """Twice the poses in the same time: twice the work, not four times."""

    def seen_around(n: int) -> int:
        smoother, most = Smoother(), 0
        for i in range(n):
            pose = Pose(i / n, np.ones((33, 2)), np.ones(33), np.ones((33, 3)))
            smoother._clean.rows.append(Repaired(pose))
        for _, around in smoother._clean.complete(np.inf):
            most = max(most, len(around))
        return most

    assert seen_around(4000) <= 125
    assert seen_around(60) == 60  # at a camera's rate nothing is left out


# -- --out -------------------------------------------------------------------------------------

OWN_FILES = ("thesis.txt", ".budget.xlsx.part", ".a.json.part", "reps.csv", "a.json", ".git/config")


@pytest.mark.parametrize("name", OWN_FILES)
def test_a_folder_of_somebody_else_is_not_taken_for_results(tmp_path: Path, name: str) -> None:
    film([stand(1), squat(100), stand(0.8)]).save(tmp_path / "b.npz")
    mine = tmp_path / "mine" / name
    mine.parent.mkdir(parents=True)
    mine.write_text(THESIS)
    done = run("score", tmp_path / "b.npz", "--out", tmp_path / "mine")
    assert done.exit_code == 1
    assert "not empty" in done.stderr
    assert [p for p in (tmp_path / "mine").rglob("*") if p.is_file()] == [mine]
    assert run("score", tmp_path / "b.npz", "--out", tmp_path / "mine", "--force").exit_code == 0
    if name not in ("reps.csv",):  # --force writes its tables
        assert mine.read_text() == THESIS


def test_leftovers_are_known_by_name(received: Path) -> None:
    ours = [".a.json.0123456789abcdef.part", ".reps.csv.0123456789abcdef.part"]
    others = [".budget.xlsx.part", ".b.json.0123456789abcdef.part", ".a.json.1234.part", "a.part"]
    for name in (*ours, *others):
        (received / name).write_text(THESIS)
    run("rescore", received)
    assert [name for name in (*ours, *others) if (received / name).exists()] == others


@pytest.mark.parametrize("out", ["/proc", "/proc/x", "/dev/null", "/dev/null/x", "a.npz", "/"])
def test_an_odd_out_is_one_line(tmp_path: Path, out: str) -> None:
    film([stand(1), squat(100), stand(0.8)]).save(tmp_path / "a.npz")
    place = tmp_path / out if out == "a.npz" else out
    done = run("score", tmp_path / "a.npz", "--out", place)
    assert done.exit_code in (1, 2)
    assert "Error" in done.stderr


def test_the_reader_itself(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(bytes(100))
    with pytest.raises(OSError, match="larger"):
        read_file(tmp_path / "big", 99)
    assert len(read_file(tmp_path / "big", 100)) == 100
    assert shown({"a\x00": ["\u2066x", 1, None, "süß 深蹲"]}) == {
        "a\\x00": ["\\x2066x", 1, None, "süß 深蹲"]
    }
    for text in ("NaN", "-Infinity", "1e400", "[" * 40 + "]" * 40, str(10**400)):
        with pytest.raises(ValueError):
            parse_json(text)
