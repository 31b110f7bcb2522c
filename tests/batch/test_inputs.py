"""What a folder, a list or standard input names, and what a search passes over."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import pytest

from formcheck.batch.inputs import expand
from formcheck.batch.manifest import Record
from formcheck.batch.options import BatchOptions
from formcheck.batch.tasks import make_plan
from formcheck.files import Suffix
from formcheck.video.kinds import VIDEO_KINDS

VERSIONS = {"formcheck": "1", "mediapipe": "1", "model_sha256": "0" * 64}


@pytest.fixture
def phones(tmp_path: Path) -> Path:
    """A folder as it comes from phones, a camera and a messenger."""
    for name in (
        "IMG_1.MOV", "IMG_1.AAE", "DCIM/MVI_2.MP4", "DCIM/MVI_2.THM", "DCIM/._MVI_2.MP4",
        "VID-20261122-WA0001.3gp", "AVCHD/00001.MTS", "AVCHD/00001.CPI", "old.wmv", "notes",
        ".thumbnails/1.jpg", "thumbs/a.jpg", "thumbs/b.jpg", "IMG_1.annotated.mp4",
    ):  # fmt: skip
        path = tmp_path / "clips" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path / "clips"


def test_what_a_folder_search_passes_over_is_counted_and_named(phones: Path) -> None:
    found = expand([str(phones)], exclude=phones.parent / "out")
    assert [one.name for one in found] == [
        "00001.MTS", "MVI_2.MP4", "IMG_1.MOV", "VID-20261122-WA0001.3gp", "old.wmv",
    ]  # fmt: skip
    note, hidden = found.notes()
    assert hidden == "Hidden, and so not looked at: .thumbnails, ._MVI_2.MP4."
    for words in ("2 .jpg", "1 .aae", "1 .thm", "1 .cpi", "1 without a kind", "and 3 more"):
        assert words in note
    assert "Name a file itself" in note
    assert expand([str(phones / "old.wmv")]).notes() == []
    (nothing,) = expand([str(phones / "thumbs")])
    assert "holds no video" in nothing.problem


@pytest.mark.parametrize("kind", VIDEO_KINDS)
def test_every_kind_is_found_by_a_search(tmp_path: Path, kind: str) -> None:
    (tmp_path / f"a.{kind.upper()}").touch()
    assert [one.problem for one in expand([str(tmp_path)])] == [""]


def test_a_list_may_come_from_standard_input_with_quotes(
    phones: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = f'# from a phone\r\n"{phones / "old.wmv"}"\r\n\r\n{phones / "IMG_1.MOV"}\r\n'
    for coding in ("utf-8-sig", "utf-16"):
        fake = SimpleNamespace(buffer=io.BytesIO(lines.encode(coding)))
        monkeypatch.setattr("sys.stdin", fake)
        assert [one.name for one in expand([], lists=["-"])] == ["old.wmv", "IMG_1.MOV"]


def test_the_track_that_a_clip_left_in_its_own_folder_is_no_second_clip(tmp_path: Path) -> None:
    for name in ("a.npz", f"a{Suffix.TRACK}", f"b{Suffix.TRACK}"):
        (tmp_path / name).write_bytes(b"x")
    options = BatchOptions(out=tmp_path)
    sources = expand([str(tmp_path)], exclude=tmp_path)
    label = next(one.label for one in sources if one.name == "a.npz")
    known = Record("a", label, "0" * 64, "k", "scored")
    tasks, _ = make_plan(sources, [known], options, VERSIONS, lambda source: "")
    assert sorted(task.source.name for task in tasks) == ["a.npz", f"b{Suffix.TRACK}"]
    # A bare track that was scored in place is the clip itself.
    own = Record("b", next(s.label for s in sources if s.name.startswith("b")), "0" * 64, "k", "x")
    tasks, _ = make_plan(sources, [known, own], options, VERSIONS, lambda source: "")
    assert len(tasks) == 2
