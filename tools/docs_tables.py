"""Write the tables and the drawing of the docs that repeat what the code says.

Each stands between two markers in its page.  Run it after a setting, a constant
or a module changed; a test fails until it was::

    python tools/docs_tables.py            # writes
    python tools/docs_tables.py --check    # only says what is out of date
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields
from importlib import import_module
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from formcheck.squat.settings import DEFAULT_SETTINGS  # noqa: E402
from tools.layer_drawing import drawn  # noqa: E402

PACKAGE = ROOT / "formcheck"
RENDERED, OWN = "rendered people", "own choice"
SOURCES = {
    "valgus.fault_both_pct": RENDERED,
    "valgus.fault_leg_pct": RENDERED,
    "valgus.moved_both_pct": f"{RENDERED}, tried on real clips",
    "valgus.moved_leg_pct": f"{RENDERED}, tried on real clips",
    "valgus.shank_to_foot_gain": RENDERED,
    "valgus.max_yaw_deg": RENDERED,
    "valgus.max_oblique_yaw_deg": RENDERED,
    "travel.fault_pct": RENDERED,
    "travel.heel_rise_pct": RENDERED,
    "travel.min_yaw_deg": RENDERED,
    "travel.good_yaw_deg": RENDERED,
    "travel.foot_share": RENDERED,
    "travel.tip_share": RENDERED,
    "travel.quad_dominant_deg": "Barrack and others 2021",
}
"""Where a default comes from, if it is more than our own choice."""
WITH_CONSTANTS = (
    "video.reading",
    "pose.pacing",
    "pose.smoothing",
    "pose.kinematics",
    "squat.view",
    "squat.segmenter",
    "squat.rep",
    "squat.rules",
    "squat.depth",
    "squat.analysis",
    *sorted(f"squat.faults.{f.stem}" for f in (PACKAGE / "squat" / "faults").glob("[a-z]*.py")),
    "squat.uncertainty",
    "squat.set_verdict",
)


def settings_table() -> list[str]:
    """A row per setting that ``--set`` takes: name, default, meaning, source."""
    rows = ["| setting | default | meaning | source |", "|---|---|---|---|"]
    for section, part in DEFAULT_SETTINGS.sections:
        meaning = _attribute_docs(_class_body(type(part)))
        for field in fields(part):
            name = f"{section}.{field.name}"
            value = getattr(part, field.name)
            shown = str(value).lower() if isinstance(value, bool) else f"{value:g}"
            rows.append(
                f"| `{name}` | {shown} | {meaning.get(field.name, '')} | {SOURCES.get(name, OWN)} |"
            )
    return rows


def constants_table() -> list[str]:
    """A row per number that is fixed in the code: where, value, meaning."""
    rows = ["| constant | value | meaning |", "|---|---|---|"]
    for module in WITH_CONSTANTS:
        code = import_module(f"formcheck.{module}")
        body = ast.parse(Path(str(code.__file__)).read_text("utf-8")).body
        meaning = _attribute_docs(body)
        for name in _names(body):
            value = getattr(code, name)
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if name.isupper() and not name.startswith("_") and is_number:
                rows.append(f"| `{module}.{name}` | {value:.4g} | {meaning.get(name, '')} |")
    return rows


def layers() -> list[list[str]]:
    """The layers of the import contract, top first, each with its packages side by side."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found = project["tool"]["importlinter"]["contracts"][0]["layers"]
    return [[full.removeprefix("formcheck.") for full in row.split(" | ")] for row in found]


def layers_drawing() -> list[str]:
    """The packages as boxes, one on top of the other as the import contract has them."""
    boxes = [[(name, _first_line(_file_of(name)).replace("`", "")) for name in r] for r in layers()]
    return ["```text", *drawn(boxes), "```"]


def modules_tables() -> list[str]:
    """A heading and a table per package: every module, and what it is."""
    out = []
    for package in [PACKAGE, *sorted(p.parent for p in PACKAGE.glob("*/**/__init__.py"))]:
        files = [f for f in sorted(package.glob("*.py")) if not f.stem.startswith("__")]
        name = ".".join(package.relative_to(PACKAGE.parent).parts)
        out += ["", f"## {name}", "", _first_line(package / "__init__.py"), ""]
        out += ["| module | what it is |", "|---|---|"] if files else []
        for file in files:
            inside = ".".join(file.relative_to(PACKAGE).with_suffix("").parts)
            out.append(f"| `{inside}` | {_first_line(file)} |")
    return out[1:]


TABLES: dict[tuple[str, str], Callable[[], list[str]]] = {
    ("methods.md", "settings"): settings_table,
    ("methods.md", "constants"): constants_table,
    ("architecture.md", "layers"): layers_drawing,
    ("appendix/modules.md", "modules"): modules_tables,
}
"""Page and marker to what stands there."""


def filled(page: str, text: str) -> str:
    """The text of a page with its tables as the code has them now.

    Raises:
        ValueError: If a marker is missing.
    """
    for (name, marker), table in TABLES.items():
        if name == page:
            begin, end = f"<!-- {marker} -->", f"<!-- /{marker} -->"
            before, found, rest = text.partition(begin)
            _, closed, after = rest.partition(end)
            if not found or not closed:
                raise ValueError(f"{page}: the markers {begin} and {end} are missing")
            text = "\n".join([before + begin, "", *table(), "", end + after])
    return text


def stale_pages(docs: Path) -> Iterator[tuple[Path, str]]:
    """Yield each page whose tables are out of date, with its new text."""
    for page in dict.fromkeys(name for name, _ in TABLES):
        path = docs / page
        text = path.read_text("utf-8")
        new = filled(page, text)
        if new != text:
            yield path, new


def _class_body(cls: type) -> list[ast.stmt]:
    tree = ast.parse(Path(str(sys.modules[cls.__module__].__file__)).read_text("utf-8"))
    return next(
        node.body
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == cls.__name__
    )


def _names(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            parts = target.elts if isinstance(target, ast.Tuple) else [target]
            yield from (part.id for part in parts if isinstance(part, ast.Name))


def _attribute_docs(body: list[ast.stmt]) -> dict[str, str]:
    """Names to the string that stands under their assignment, in one line."""
    out = {}
    for node, below in pairwise(body):
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            for name in _names([node]):
                out[name] = " ".join(str(below.value.value).replace("``", "`").split()).replace(
                    "|", "\\|"
                )
    return out


def _file_of(module: str) -> Path:
    path = PACKAGE / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _first_line(file: Path) -> str:
    text = ast.get_docstring(ast.parse(file.read_text("utf-8"))) if file.exists() else None
    return _cell((text or "").partition("\n\n")[0])


def _cell(text: str) -> str:
    return " ".join(text.replace("``", "`").replace("|", "\\|").split())


def main() -> int:
    """Write the pages, or with ``--check`` name those out of date; 1 if there are any."""
    is_check = "--check" in sys.argv
    stale = list(stale_pages(ROOT / "docs"))
    for path, text in stale:
        name = path.relative_to(ROOT).as_posix()
        print(f"{name}: {'out of date' if is_check else 'written'}")
        if not is_check:
            path.write_text(text, "utf-8")
    return int(bool(stale) and is_check)


if __name__ == "__main__":
    sys.exit(main())
