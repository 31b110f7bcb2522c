"""The example of docs/api.md, run as it stands; the command and Python agree on options."""

import dataclasses
import re
import shutil
from pathlib import Path

import pytest

import formcheck
from formcheck.batch.options import BatchChoices, BatchOptions
from formcheck.cli.score import score_command
from formcheck.squat.settings import DEFAULT_SETTINGS


@pytest.mark.model
def test_the_example_runs(root, short_clip, tmp_path, monkeypatch, capsys):
    words = (root / "docs" / "api.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", words, re.DOTALL)
    for name in ("anna_front.mov", "clips/ben.mp4", "more/cleo.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(short_clip, tmp_path / name)
    (tmp_path / "more" / "broken.mp4").write_bytes(b"no video")
    monkeypatch.chdir(tmp_path)
    found = {}
    exec(compile(code, "docs/api.md", "exec"), found)
    said = capsys.readouterr().out
    assert re.search(r"1 front fault \d+\.\d ± \d+\.\d", said)
    assert "broken.mp4" in said
    assert re.search(r"^\S* ?1$", said, re.MULTILINE)  # whose clip, and one repetition
    assert found["clip"].result.summary.n_reps == 1
    assert (tmp_path / "anna_front.track.npz").is_file()
    assert (tmp_path / "strict" / "index.html").is_file()


def test_command_and_python_take_the_options_of_one_place():
    """What a batch may be asked for has one name in all of them."""
    options = {f.name for f in dataclasses.fields(BatchOptions)} - {"out", "settings"}
    command = {p.name for p in score_command.params} - {
        "clips",
        "lists",
        "out",
        "settings",
        "progress",
    }
    assert set(BatchChoices.__annotations__) == options == command
    said = formcheck.score_many.__doc__
    assert all(f"``{name}``" in said for name in options)


def test_choices_become_options_and_none_is_the_default(tmp_path):
    given = BatchOptions.of(tmp_path, DEFAULT_SETTINGS, pairs="p.csv", video=False, jobs=None,
                            stall_limit_s=None)  # fmt: skip
    assert given == BatchOptions(out=tmp_path, pairs=Path("p.csv"), video=False)
    with pytest.raises(TypeError, match="vdeo"):
        BatchOptions.of(tmp_path, DEFAULT_SETTINGS, vdeo=False)
