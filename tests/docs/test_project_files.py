"""What stands beside the code (metadata, Makefile, workflows) says the same as the code."""

import re
import tomllib

import pytest

from formcheck import __version__

WORKFLOW = ".github/workflows/check.yml"


@pytest.fixture(scope="module")
def pyproject(root):
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))


def test_the_version_is_said_once(root, pyproject):
    assert pyproject["project"]["dynamic"] == ["version"]
    assert "version" not in pyproject["project"]
    source = root / pyproject["tool"]["hatch"]["version"]["path"]
    assert f'__version__ = "{__version__}"\n' in source.read_text("utf-8")
    assert re.search(
        rf"^## {re.escape(__version__)} ", (root / "CHANGELOG.md").read_text("utf-8"), re.M
    )


def test_type_information_is_promised_and_there(root, pyproject):
    assert "Typing :: Typed" in pyproject["project"]["classifiers"]
    assert (root / "formcheck" / "py.typed").exists()


def test_the_workflow_runs_every_python_and_system_that_is_promised(root, pyproject):
    classifiers = pyproject["project"]["classifiers"]
    pythons = [c.split()[-1] for c in classifiers if re.fullmatch(r".*Python :: 3\.\d+", c)]
    workflow = (root / WORKFLOW).read_text("utf-8")
    assert re.findall(r'"(3\.\d+)"', re.search(r"python: (\[.*\])", workflow)[1]) == pythons
    assert pyproject["project"]["requires-python"] == f">={pythons[0]}"
    systems = {"ubuntu": "Linux", "windows": "Windows", "macos": "MacOS"}
    for system in re.search(r"system: \[(.*)\]", workflow)[1].split(", "):
        assert any(c.startswith("Operating") and c.endswith(systems[system]) for c in classifiers)


def test_the_workflow_and_make_run_the_tests_as_the_readme_does(root):
    readme = (root / "README.md").read_text("utf-8")
    command = re.search(r"<!-- test-command -->\n```\n(.*?)```", readme, re.DOTALL)[1]
    runs = re.findall(r"-m pytest[^&\n]*", command)
    assert len(runs) == 2
    for name in ("Makefile", WORKFLOW):
        text = (root / name).read_text("utf-8")
        for run in runs:
            assert run.strip() in text, f"{name}: {run}"


def test_what_contributing_asks_make_for_can_be_made(root):
    makefile = (root / "Makefile").read_text("utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())
    assert set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE)) == phony
    pages = [root / "CONTRIBUTING.md", root / ".github/pull_request_template.md", root / WORKFLOW]
    asked = {
        t
        for page in pages
        for t in re.findall(r"\bmake ([a-z]+)\b(?= +#|`| BIN)", page.read_text("utf-8"))
    }
    assert asked == phony - {"help"}
