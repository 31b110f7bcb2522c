"""The tables and figures of the docs are those of the code."""

import re
import tomllib
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

from formcheck.app.jobs.limits import LIMITS
from formcheck.app.visit.spaces import KEEP_S
from formcheck.knowledge import load_knowledge
from formcheck.squat.settings import DEFAULT_SETTINGS
from formcheck.video import reading as video
from tools import docs_tables

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
ARCHITECTURE = (DOCS / "architecture.md").read_text("utf-8")
METHODS = (DOCS / "methods.md").read_text("utf-8")
DRAWING = re.search(r"```\n(.*?)```", ARCHITECTURE, re.DOTALL)[1]
GRID = tomllib.loads((ROOT / "benchmarks" / "grid.toml").read_text("utf-8"))["clips"]
VALGUS, TRAVEL = DEFAULT_SETTINGS.section("valgus"), DEFAULT_SETTINGS.section("travel")


def words(page: str) -> str:
    """The text of a page without emphasis and line ends."""
    return " ".join((ROOT / page).read_text("utf-8").replace("**", "").split())


def test_the_generated_tables_are_up_to_date():
    stale = [path.name for path, _ in docs_tables.stale_pages(DOCS)]
    assert not stale, f"{stale}: run python tools/docs_tables.py"


def test_an_altered_default_is_noticed():
    row = next(line for line in METHODS.splitlines() if "`valgus.fault_leg_pct` |" in line)
    altered = METHODS.replace(row, row.replace(f"| {VALGUS.fault_leg_pct:g} |", "| 99 |"))
    assert altered != METHODS
    assert docs_tables.filled("methods.md", altered) == docs_tables.filled("methods.md", METHODS)


def test_a_page_without_markers_is_an_error():
    with pytest.raises(ValueError, match="settings"):
        docs_tables.filled("methods.md", "no markers here")


def test_every_setting_has_a_meaning_and_a_known_name_in_sources():
    rows = [line for line in docs_tables.settings_table() if line.startswith("| `")]
    names = {re.match(r"\| `([^`]+)`", row)[1] for row in rows}
    assert set(docs_tables.SOURCES) <= names
    for row in rows:
        meaning = row.split(" | ")[2]
        assert len(meaning) > 10, f"{row}: say in the code what it means"


def test_names_of_settings_in_the_text_exist():
    known = {
        f"{s.name}.{f.name}"
        for s in fields(DEFAULT_SETTINGS)
        for f in fields(getattr(DEFAULT_SETTINGS, s.name))
    }
    sections = "|".join(s.name for s in fields(DEFAULT_SETTINGS))
    for page in [*DOCS.glob("*.md"), ROOT / "README.md"]:
        if page.name == "extending.md":  # names a setting that it adds
            continue
        text = page.read_text("utf-8")
        for name in re.findall(rf"`((?:{sections})\.[a-z_]+)`|--set (\S+?)=", text):
            asked = name[0] or name[1]
            is_file = asked.endswith((".py", ".csv"))
            assert asked in known or is_file or asked == "NAME", f"{page.name}: {asked}"


def test_names_of_constants_in_the_text_exist():
    named = set(re.findall(r"`([A-Z][A-Z_]+[A-Z])`", METHODS)) - {"KTA", "KPT", "CAVE", "FPPA"}
    have = {
        name
        for module in docs_tables.WITH_CONSTANTS
        for name in vars(import_module(f"formcheck.{module}"))
    }
    assert named
    assert named <= have


# -- architecture -------------------------------------------------------------


def test_the_layers_of_the_page_are_those_of_the_import_contract():
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    wanted = [
        {part.removeprefix("formcheck.") for part in layer.split(" | ")}
        for layer in contract["contracts"][0]["layers"]
    ]
    rows = re.findall(r"^\| (\d+) \| `([\w.]+)` \|", ARCHITECTURE, re.MULTILINE)
    found = {}
    for number, name in rows:
        found.setdefault(int(number), set()).add(name)
    assert [found[n] for n in sorted(found, reverse=True)] == wanted


def test_every_module_is_named():
    named = set(re.findall(r"`([\w.]+)` \|", ARCHITECTURE))
    for file in (ROOT / "formcheck").rglob("*.py"):
        name = ".".join(file.relative_to(ROOT / "formcheck").with_suffix("").parts)
        name = name.removesuffix(".__init__")
        if name not in ("__init__", "__main__"):
            assert name in named, f"{name} is not in docs/architecture.md"


def test_every_file_of_the_drawings_exists():
    for text in (DRAWING, METHODS.partition("## Frames")[0]):
        names = set(re.findall(r"\b(?:\w+/)*\w+\.py|\b\w+/", text)) - {"formcheck/", "docs/"}
        assert len(names) > 3
        for name in names:
            assert (ROOT / "formcheck" / name).exists(), name


# -- figures in the text ------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "phrase", "value"),
    [
        ("README.md", "from {:g} % for both knees", VALGUS.fault_both_pct),
        ("README.md", "both knees, {:g} % for one", VALGUS.fault_leg_pct),
        ("README.md", "front, up to {:g}° off", VALGUS.max_yaw_deg),
        ("README.md", "from {:g} %, or", TRAVEL.fault_pct),
        ("README.md", "or {:g} % with", TRAVEL.fault_pct - TRAVEL.step_pct),
        ("docs/filming.md", "within {:g}° of straight; beyond", VALGUS.max_yaw_deg),
        ("docs/filming.md", "beyond {:g}° valgus is not judged", VALGUS.max_oblique_yaw_deg),
        ("docs/filming.md", "within {:g}° of straight; beyond", 90 - TRAVEL.good_yaw_deg),
        ("docs/filming.md", "beyond {:g}° travel is not judged", 90 - TRAVEL.min_yaw_deg),
        ("docs/limits.md", "{:d} MB", LIMITS.max_upload_mb),
        ("docs/limits.md", "{:.0f} minutes", LIMITS.max_length_s / 60),
        ("docs/faq.md", "{:d} MB", LIMITS.max_upload_mb),
        ("docs/faq.md", "{:d} pixels on the longer side", LIMITS.max_side_px),
        ("docs/app.md", "{:d} MB", LIMITS.max_upload_mb),
        ("docs/limits.md", "up to {:d} pixels a side", video._MAX_SOURCE_SIDE_PX),
        ("docs/limits.md", "beyond {:d} it is scaled down", video.MAX_SIDE_PX),
        ("docs/limits.md", "about {:.0f} a second are analysed", video.ANALYSIS_RATE_HZ),
        ("docs/limits.md", "the validation uses {:d} to", min(GRID["fps"])),
        ("docs/limits.md", "to {:d} |", max(GRID["fps"])),
        ("docs/limits.md", "{0[0]} x {0[1]} is the smallest", min(GRID["size_px"])),
        ("docs/filming.md", "{0[0]} x {0[1]} pixels are the least", min(GRID["size_px"])),
        ("docs/filming.md", "{:d} frames a second and", min(GRID["fps"])),
    ],
)
def test_figures_in_the_text_are_the_defaults(page, phrase, value):
    assert phrase.format(value) in words(page)


def test_figures_written_as_words():
    assert len(list((ROOT / "sample_videos").glob("*.mp4"))) == 12
    assert "twelve [sample clips]" in words("docs/quick-start.md")
    assert KEEP_S == 600
    assert "for ten minutes" in words("docs/faq.md")
    assert "ten minutes after" in words("docs/app.md")


def test_the_knowledge_entry_of_the_example_cites_what_exists():
    text = (DOCS / "extending.md").read_text("utf-8")
    known = {cue.id for cue in load_knowledge().cues}
    (cues,) = re.findall(r"^cues = \[(.*)\]$", text, re.MULTILINE)
    assert set(re.findall(r'"(\w+)"', cues)) <= known
