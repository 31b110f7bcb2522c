"""The tables and figures of the docs are those of the code."""

import pkgutil
import re
import tomllib
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

from formcheck.app.jobs.limits import LIMITS, SHARED
from formcheck.app.visit.spaces import KEEP_S
from formcheck.knowledge import load_knowledge
from formcheck.squat.settings import DEFAULT_SETTINGS
from formcheck.video import reading as video
from formcheck.video.kinds import KINDS_IN_WORDS
from formcheck.video.opening import MAX_SOURCE_SIDE_PX
from tools import docs_tables, layer_drawing

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
ARCHITECTURE = (DOCS / "architecture.md").read_text("utf-8")
METHODS = (DOCS / "methods.md").read_text("utf-8")
APPENDIX = (DOCS / "appendix" / "modules.md").read_text("utf-8")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
]
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
    sections = "|".join(section for section, _ in DEFAULT_SETTINGS.sections)
    known = {
        f"{section}.{field.name}"
        for section, part in DEFAULT_SETTINGS.sections
        for field in fields(part)
    }
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


def boxes(drawing: str) -> list[list[str]]:
    """The names in a drawing of layers, top first: the word each box begins with."""
    layers, is_new = [], False
    for line in drawing.splitlines():
        if line.startswith("│") and is_new:
            layers.append([cell.split()[0] for cell in line.strip("│").split("│")])
        is_new = not line.startswith("│")
    return layers


def test_the_drawn_layers_are_those_of_the_import_contract():
    contract = [
        [part.removeprefix("formcheck.") for part in layer.split(" | ")]
        for layer in CONTRACTS[0]["layers"]
    ]
    assert boxes(ARCHITECTURE) == contract
    assert len(contract) <= 12


def test_a_moved_layer_is_noticed(monkeypatch):
    moved = list(docs_tables.layers())
    moved.insert(2, moved.pop(5))
    monkeypatch.setattr(docs_tables, "layers", lambda: moved)
    assert docs_tables.filled("architecture.md", ARCHITECTURE) != ARCHITECTURE


def test_every_box_fits_on_the_screen_and_has_a_paragraph():
    drawing = docs_tables.layers_drawing()
    assert len(drawing) <= 40
    assert {len(line) for line in drawing[1:-1]} == {layer_drawing.WIDTH}
    told = re.findall(
        r"^(\*\*`.*?)\n\n", ARCHITECTURE.partition("## The packages")[2], re.DOTALL | re.MULTILINE
    )
    named = [name for text in told for name in re.findall(r"\*\*`(\w+)`\*\*", text)]
    assert sorted(named) == sorted(name for layer in docs_tables.layers() for name in layer)
    for text in told:
        assert "Start with [" in " ".join(text.split()), f"{text[:20]}: where to start reading?"


def test_the_way_of_a_clip_climbs_the_layers():
    """The first drawing names packages in the order of the contract, and steps that exist."""
    way = re.search(r"clip\.mp4(.*)", ARCHITECTURE)[1].replace("-->", " ").split()[:4]
    height = {n: i for i, layer in enumerate(reversed(docs_tables.layers())) for n in layer}
    assert [height[name] for name in way] == sorted({height[name] for name in way})
    assert max(height[name] for name in way) < height["clip"]


def test_every_name_in_code_on_the_page_exists():
    packages = "|".join(name for layer in docs_tables.layers() for name in layer)
    named = set(re.findall(rf"`((?:{packages})(?:\.\w+)+)`", ARCHITECTURE))
    named = {name for name in named if not name.endswith(".py")}
    assert len(named) > 15
    for name in named:
        assert pkgutil.resolve_name(f"formcheck.{name}"), name


def test_every_module_is_in_the_appendix():
    named = set(re.findall(r"^\| `([\w.]+)` \|", APPENDIX, re.MULTILINE))
    for file in (ROOT / "formcheck").rglob("*.py"):
        if not file.stem.startswith("__"):
            name = ".".join(file.relative_to(ROOT / "formcheck").with_suffix("").parts)
            assert name in named, f"{name} is not in docs/appendix/modules.md"


def test_judging_may_import_no_dependency_but_numpy():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    imported = {"opencv-python-headless": "cv2"}
    needs = {re.match(r"[\w-]+", text)[0] for text in project["dependencies"]} - {"numpy"}
    (judging,) = (c for c in CONTRACTS if c["name"].startswith("Judging imports numpy"))
    assert {imported.get(name, name) for name in needs} <= set(judging["forbidden_modules"])


def test_every_file_of_the_drawing_of_the_frames_exists():
    names = set(re.findall(r"\b(?:\w+/)*\w+\.py|\b\w+/", METHODS.partition("## Frames")[0]))
    names -= {"formcheck/", "docs/"}
    assert len(names) >= 3
    for name in names:
        assert (ROOT / "formcheck" / name).exists(), name


# -- figures in the text ------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "row"),
    [
        (r"in (\d+ of \d+) of the clips", r"\| all \| {} \|"),
        (r"AUC of ([\d.]+ \([\d.]+ to [\d.]+\))", r"caving .*holds: {}"),
        (
            r"off by ([\d.]+) % of shank length \(SD\)",
            r"\| mean of both .* \| 0–20 \| \S+ \| {} \|",
        ),
        (r"each knee by ([\d.]+) %", r"\| each knee .* \| 0–20 \| \S+ \| {} \|"),
    ],
)
def test_how_good_it_is_agrees_with_the_validation_page(said, row):
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    figure = re.search(said, readme)
    assert figure is not None
    assert re.search(row.format(re.escape(figure[1])), (DOCS / "validation.md").read_text("utf-8"))


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
        ("docs/limits.md", "{:.0f} minutes", (SHARED.max_length_s or 0) / 60),
        ("docs/faq.md", "{}.", KINDS_IN_WORDS),
        ("docs/faq.md", "{:d} MB", LIMITS.max_upload_mb),
        ("docs/faq.md", "{:d} pixels on the longer side", LIMITS.max_side_px),
        ("docs/app.md", "{:d} MB", LIMITS.max_upload_mb),
        ("docs/limits.md", "up to {:d} pixels a side", MAX_SOURCE_SIDE_PX),
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
