"""What the pages on privacy, security and licences promise is what the code does."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest

from formcheck.cli.app import SETTINGS


def page(root: Path, name: str) -> str:
    return (root / "docs" / f"{name}.md").read_text("utf-8")


def dependencies(root: Path) -> dict[str, str]:
    """Names of the required packages with what is asked of their versions."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    found = [re.match(r"([A-Za-z0-9-]+)(.*)", text) for text in project["dependencies"]]
    return {m[1]: m[2] for m in found if m is not None}


def test_every_required_package_has_its_licence(root: Path) -> None:
    text = page(root, "licences")
    for name in dependencies(root):
        assert re.search(rf"^\| {re.escape(name)} \| [\d.]+ \| \S", text, re.MULTILINE), name


def test_what_the_required_packages_bring_along_is_listed(root: Path) -> None:
    """For the versions the page speaks of: another release may need something else."""
    text = page(root, "licences")
    n_checked = 0
    for name in dependencies(root):
        listed = re.search(rf"^\| {re.escape(name)} \| ([\d.]+) \|", text, re.MULTILINE)
        if listed is None or importlib.metadata.version(name) != listed[1]:
            continue
        for need in importlib.metadata.requires(name) or []:
            brought = re.match(r"[A-Za-z0-9._-]+", need)
            if ";" not in need and brought is not None:
                n_checked += 1
                assert re.sub(r"[-_.]+", "-", brought[0]).lower() in text.lower(), (name, need)
    if not n_checked:
        pytest.skip("other releases of all required packages are installed")


def test_the_gpl_codecs_are_named(root: Path) -> None:
    for text in (page(root, "licences"), (root / "README.md").read_text("utf-8")):
        assert {"libx264", "libx265", "GPL"} <= set(re.findall(r"\w+", text))


def test_the_pin_of_mediapipe_is_the_one_explained(root: Path) -> None:
    wanted = dependencies(root)["mediapipe"]
    assert f"mediapipe{wanted}" in page(root, "privacy")
    assert importlib.metadata.version("mediapipe").startswith("0.10.31")


def test_nothing_is_counted_by_the_pages_own_library() -> None:
    assert SETTINGS["browser.gatherUsageStats"] == "false"
    assert SETTINGS["server.showEmailPrompt"] == "false"
    assert SETTINGS["server.address"] == "127.0.0.1"


@pytest.mark.parametrize("name", ["privacy", "security"])
def test_the_checks_that_are_named_exist(root: Path, name: str) -> None:
    named = re.findall(r"`((?:tests|benchmarks)/[\w/.]*)`", page(root, name))
    assert len(named) > 1
    for path in named:
        assert (root / path).exists(), path


def test_the_citation_tells_the_version(root: Path) -> None:
    from formcheck import __version__

    text = (root / "CITATION.cff").read_text("utf-8")
    assert f"version: {__version__}\n" in text
    assert "license: Apache-2.0" in text
