"""The manifest of a results folder: what it lists can be trusted, whoever wrote the line."""

import json
from dataclasses import replace

import pytest

from formcheck.batch.manifest import MANIFEST_NAME, Record, load, write

CLIP = Record("squat", "in/squat.mp4", "a" * 64, "k", "scored", files={".json": 3})
LINE = {"v": 1, "name": "n", "label": "l", "sha256": "s", "key": "k", "status": "scored"}


def test_what_is_written_is_read_and_the_last_line_of_a_name_counts(tmp_path):
    odd = Record("odd", "odd.mp4", "b" * 64, "k", "failed", subject="folder \udcff")
    first = Record("squat", "in/squat.mp4", "c" * 64, "k", "failed", outputs=("video",))
    write(tmp_path, [first, odd, CLIP])
    assert load(tmp_path) == [replace(odd, subject="folder \\udcff"), CLIP]


@pytest.mark.parametrize(
    "line",
    [
        "", "3", "[]", "null", "{", "[" * 100_000, json.dumps(LINE)[:-9],
        *(
            json.dumps(LINE | change)
            for change in (
                {"v": 2}, {"name": "../n"}, {"name": ".."}, {"name": ""}, {"name": 3},
                {"files": {".json": "3"}}, {"files": [1]}, {"outputs": None}, {"outputs": "video"},
                {"label": None}, {"status": float("nan")},
            )
        ),
        json.dumps(LINE)[:-1] + ', "files": {".json": ' + "9" * 5000 + "}}",
    ],
)  # fmt: skip
def test_a_line_that_is_not_ours_is_skipped(tmp_path, line):
    write(tmp_path, [CLIP])
    with (tmp_path / MANIFEST_NAME).open("a") as file:
        file.write(f"{line}\n{json.dumps(LINE | {'of a later release': 1})}\n")
    assert [record.name for record in load(tmp_path)] == ["squat", "n"]
