"""What a page finds poses with: only these files, as they are known, to browsers let in."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from live_server import listening

from formcheck.app.live import pose_files
from formcheck.app.live.pose_files import LIBRARY, MODEL, PATH, SHA256, WORKER, why_not
from formcheck.app.visit.identity import cookie_name, new_id
from formcheck.pose.models import MODEL_SHA256


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with listening() as port:
        yield port


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A library whose files are as they should be."""
    known = {name: b"the bytes of " + name.encode() for name in SHA256}
    for name, data in known.items():
        (tmp_path / name).write_bytes(data)
        monkeypatch.setitem(SHA256, name, hashlib.sha256(data).hexdigest())
    monkeypatch.setattr(pose_files, "LIBRARY", tmp_path)
    return tmp_path


def get(port: int, name: str, browser: str | None = None, **headers: str) -> Any:
    """Ask for a file; the answer, whatever it is."""
    cookie = {} if browser is None else {"Cookie": f"{cookie_name()}={browser}"}
    address = f"http://127.0.0.1:{port}{PATH}/{name}"
    try:
        return urllib.request.urlopen(
            urllib.request.Request(address, headers={**cookie, **headers}), timeout=60
        )
    except urllib.error.HTTPError as error:
        return error


def policy(headers: Mapping[str, str]) -> dict[str, str]:
    parts = headers["content-security-policy"].split("; ")
    return {name: value for name, _, value in (part.partition(" ") for part in parts)}


def test_each_file_has_its_type_and_a_policy_that_lets_nothing_else_in(
    port: int, library: Path
) -> None:
    assert why_not() == ""
    mine = new_id()
    for name, kind in (
        ("vision_bundle.mjs", "text/javascript"),
        ("vision_wasm_internal.js", "text/javascript"),
        ("vision_wasm_internal.wasm", "application/wasm"),
        (WORKER, "text/javascript"),
        (MODEL, "application/octet-stream"),
    ):
        answer = get(port, name, mine)
        assert answer.status == 200
        assert answer.headers["content-type"].partition(";")[0] == kind
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert policy(answer.headers) == {
            "default-src": "'none'",
            "script-src": "'self' 'wasm-unsafe-eval'",
            "connect-src": "'self'",
        }
        again = get(port, name, mine, **{"If-None-Match": answer.headers["etag"]})
        assert (again.status, again.read()) == (304, b"")
        if name == MODEL:
            assert hashlib.sha256(answer.read()).hexdigest() == MODEL_SHA256


@pytest.mark.parametrize("name", ["README.md", "LICENSE", "live.js", "..%2fsets.py", "x", "%00"])
def test_no_other_file_is_served(port: int, library: Path, name: str) -> None:
    assert get(port, name, new_id()).status == 404


def test_a_browser_that_was_not_let_in_gets_none(port: int, library: Path) -> None:
    assert get(port, "vision_bundle.mjs").status == 403


@pytest.mark.parametrize("how", ["altered", "missing"])
def test_a_library_that_is_not_the_known_one_is_not_served_and_it_is_said(
    port: int, library: Path, how: str
) -> None:
    path = library / "vision_wasm_internal.wasm"
    path.unlink() if how == "missing" else path.write_bytes(b"others' bytes")
    assert "tools/fetch_tasks_vision.py" in why_not()
    assert get(port, path.name, new_id()).status == 404


def test_a_checkout_says_how_to_get_the_library(root: Path) -> None:
    assert (root / "tools" / "fetch_tasks_vision.py").is_file()
    assert (LIBRARY / "LICENSE").read_bytes() == (root / "LICENSE").read_bytes()
