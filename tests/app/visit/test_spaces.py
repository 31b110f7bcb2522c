"""Whose files are whose, and that they go."""

from __future__ import annotations

import io
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from app_fakes import WORKER

from formcheck.app.jobs import queue
from formcheck.app.jobs.limits import LIMITS, SHARED, Limits, check_length, words
from formcheck.app.visit import spaces as space_module
from formcheck.app.visit import workspace
from formcheck.app.visit.clips import Clip, Look
from formcheck.app.visit.identity import is_id, new_id
from formcheck.app.visit.spaces import Space, Spaces
from formcheck.errors import InputError


@pytest.fixture
def tmp_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def spaces(tmp_root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spaces]:
    monkeypatch.setattr(queue, "ANALYSE", WORKER)
    made = Spaces()
    made.limits, made.queue.n_workers = Limits(max_waiting=2), 1
    yield made
    made.close()
    assert not list(tmp_root.glob(f"{workspace.PREFIX}*"))


def add(spaces: Spaces, space: Space, name: str = "my squat.MP4") -> Clip:
    clip = spaces.add_clip(space, name, io.BytesIO(b"x" * 3_000_000), Look())
    space.check.append(clip)
    return clip


def test_an_upload_lies_in_a_private_folder_under_its_own_name(spaces: Spaces) -> None:
    clip = add(spaces, spaces.get(new_id()))
    assert clip.source.name == "my squat.mp4"
    assert clip.source.stat().st_size == 3_000_000
    for folder in (clip.folder, clip.folder.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b.mp4", "x\x00.mp4", ".mp4", "☃" * 300])
def test_a_hostile_name_stays_in_the_folder(spaces: Spaces, name: str) -> None:
    clip = add(spaces, spaces.get(new_id()), name)
    assert clip.source.resolve().parent == clip.folder.resolve()


def test_only_the_owner_resolves_an_address(spaces: Spaces) -> None:
    mine, other = spaces.get(new_id()), spaces.get(new_id())
    clip = add(spaces, mine)
    path = clip.folder / "annotated.mp4"
    path.write_bytes(b"video")
    _, _, _, token, name = spaces.address(mine, path).split("/")
    assert spaces.address(mine, path) == spaces.address(mine, path)
    assert spaces.resolve(mine.id, token, name) == path
    assert spaces.resolve(other.id, token, name) is None
    for trick in ("../x", "..", ".request", "nothing.mp4"):
        assert spaces.resolve(mine.id, token, trick) is None
    spaces.drop_clip(mine, clip)
    assert spaces.resolve(mine.id, token, name) is None
    assert not clip.folder.exists()
    assert mine.check == []


def test_one_browser_cannot_fill_the_line(spaces: Spaces) -> None:
    mine = spaces.get(new_id())
    add(spaces, mine)
    add(spaces, mine)
    with pytest.raises(InputError, match="still being worked on"):
        add(spaces, mine)
    add(spaces, spaces.get(new_id()))


def test_a_look_is_drawn_once(spaces: Spaces) -> None:
    clip = add(spaces, spaces.get(new_id()))
    blurred = Look(blur=True)
    assert spaces.draw(clip, blurred) is spaces.draw(clip, blurred)
    assert spaces.draw(clip, Look()) is clip.job


def test_a_space_goes_some_time_after_the_last_page_closed(
    spaces: Spaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sweep_later() -> int:
        with monkeypatch.context() as patch:
            patch.setattr(space_module, "KEEP_S", -1.0)  # as if the time were over
            return spaces.sweep()

    mine = spaces.get(new_id())
    clip = add(spaces, mine)
    with spaces.connected(mine.id):
        with spaces.connected(mine.id):
            assert sweep_later() == 0
        assert sweep_later() == 0
    assert spaces.sweep() == 0  # a reload must find it again
    assert clip.folder.exists()
    assert sweep_later() == 1
    assert not clip.folder.exists()
    assert spaces.get(mine.id) is not mine


def test_identifiers_cannot_be_guessed_or_forged() -> None:
    assert len({new_id() for _ in range(100)}) == 100
    assert is_id(new_id())
    assert not any(
        is_id(text) for text in ("", "a", "../" * 15, new_id() + "x", new_id()[:-1] + "/")
    )


def test_purge_takes_abandoned_folders_and_leaves_the_rest(tmp_root: Path) -> None:
    alive = workspace.Workspace()
    abandoned = tmp_root / f"{workspace.PREFIX}dead"
    (abandoned / "clip").mkdir(parents=True)
    (abandoned / "lock").touch()
    stranger = tmp_root / "formcheck-other"
    stranger.mkdir()
    target = tmp_root / "precious"
    target.mkdir()
    os.symlink(target, tmp_root / f"{workspace.PREFIX}trap")
    assert workspace.purge() == 1
    assert alive.root.exists()
    assert stranger.exists()
    assert target.exists()
    assert not abandoned.exists()
    alive.close()
    assert not alive.root.exists()


def test_length_is_refused_in_words() -> None:
    check_length(None, "a.mp4", Limits(max_length_s=10))
    check_length(10.0, "a.mp4", Limits(max_length_s=10))
    with pytest.raises(InputError, match=r"a\.mp4: longer than the 10 s"):
        check_length(10.1, "a.mp4", Limits(max_length_s=10))
    check_length(7200.0, "an hour or two.mp4", LIMITS)
    with pytest.raises(InputError, match="180 s"):
        check_length(7200.0, "an hour or two.mp4", SHARED)
    assert "minutes" not in words(LIMITS)
    assert "3 minutes" in words(SHARED)
