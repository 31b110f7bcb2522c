"""Names that try to be HTML, formulas or terminal codes do nothing in what formcheck writes."""

from __future__ import annotations

import csv
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from stickfigure import Camera, film, squat, stand, track_meta

from formcheck.cli.main import main

HTML_NAME = "<img src=x onerror=alert(1)>\"'&amp;<script>"
FORMULA = "=cmd|'!A1"
CODES = "\x1b[31mred\x07\nline"
_VOID = {"meta", "img", "br", "hr", "link", "input", "base", "area", "col", "embed", "source"}


class Page(HTMLParser):
    """Elements with their attributes, and the text outside of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self._inside):
            self.text += data


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of clips whose names, subjects and stored sources are all attacks."""
    folder = tmp_path_factory.mktemp("named")
    clips = folder / "clips"
    for i, name in enumerate((HTML_NAME, FORMULA, CODES)):
        meta = track_meta(100, Camera(), 4.0)
        meta["source"] |= {"sha256": str(i) * 64, "file": f"{name}.mp4"}
        meta["notes"] = [f"note {name}"]
        track = film([stand(1), squat(106, left_pct=30), stand(0.8)], meta=meta)
        place = clips / name
        place.mkdir(parents=True)
        track.save(place / f"{name}.npz")
        (place / f"bad {name}.mp4").write_bytes(b"no video")
    done = CliRunner().invoke(main, ["score", str(clips), "--out", str(folder / "out")])
    assert done.exit_code == 1  # three of the clips are none
    assert "Traceback" not in done.output
    assert "\x1b[31m" not in done.output
    return folder / "out"


def test_names_are_text_in_the_page(out: Path) -> None:
    page = Page((out / "index.html").read_text("utf-8"))
    assert HTML_NAME in page.text
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"iframe", "object", "embed", "form", "base", "link"}
    assert sum(tag == "script" for tag, _ in page.elements) == 2  # the data and our own
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        for name in ("src", "href"):
            value = attributes.get(name) or "./"
            assert value.startswith(("./", "data:image/jpeg;base64,")), value


def test_the_page_carries_a_strict_policy(out: Path) -> None:
    page = Page((out / "index.html").read_text("utf-8"))
    (policy,) = [
        a["content"] or ""
        for tag, a in page.elements
        if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy
    first = [tag for tag, _ in page.elements][:4]
    assert "script" not in first, "the policy comes too late for a script before it"


def test_names_are_no_formulas_in_the_tables(out: Path) -> None:
    for name in ("reps.csv", "clips.csv"):
        with (out / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows
        for row in rows:
            for column, cell in row.items():
                is_number = cell.lstrip("-").replace(".", "").isdigit()
                assert is_number or cell[:1] not in tuple("=+-@\t\r"), (column, cell)


def test_names_lead_to_files_in_the_folder_only(out: Path) -> None:
    for path in out.rglob("*"):
        assert path.resolve().is_relative_to(out.resolve())
        assert path.name.isprintable(), repr(path.name)
    results = [json.loads(p.read_text("utf-8")) for p in out.glob("*.json")]
    assert len(results) == 3
    assert {r["source"]["file"] for r in results} >= {f"{HTML_NAME}.mp4", f"{FORMULA}.mp4"}
