"""Starting the app: flags, config file, certificates."""

from __future__ import annotations

import ast
import os
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from click.testing import CliRunner

from formcheck.app.visit.entry import ENTRY
from formcheck.app.visit.origins import HOST_NAMES
from formcheck.app.visit.spaces import SPACES
from formcheck.cli import app as command


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What would have been started."""
    seen: dict[str, Any] = {}

    def serve(flags: dict[str, str], hosts: list[str]) -> None:
        seen.update(flags=flags, hosts=hosts, lan=os.environ.get("FORMCHECK_LAN"))

    monkeypatch.setattr(command, "_serve", serve)
    monkeypatch.setattr(ENTRY, "is_open", False)
    monkeypatch.setattr(ENTRY, "is_shared", False)
    monkeypatch.setattr(ENTRY, "announce", None)
    # Set before the command sets it, so that it is put back as it was.
    monkeypatch.setenv("FORMCHECK_LAN", "0")
    monkeypatch.setattr(SPACES, "limits", SPACES.limits)
    yield seen
    HOST_NAMES.tell((), ())


@pytest.fixture
def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def test_it_listens_on_loopback_and_tells_nobody(served: dict[str, Any], free_port: str) -> None:
    done = CliRunner().invoke(command.app_command, ["--port", free_port, "--no-browser"])
    assert done.exit_code == 0, done.output
    flags = served["flags"]
    assert flags["server.address"] == "127.0.0.1"
    assert flags["browser.gatherUsageStats"] == "false"
    assert flags["server.enableXsrfProtection"] == "true"
    assert flags["server.headless"] == "true"
    assert flags["client.showErrorDetails"] == "none"
    assert served["hosts"] == ["localhost", "127.0.0.1", "::1"]
    assert served["lan"] is None


def test_the_browser_is_led_to_the_link_by_a_file_of_our_own(
    served: dict[str, Any], free_port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a browser is started with, everybody on the computer can see."""
    opened: list[Path] = []

    def look(address: str, port: int) -> None:
        path = Path(url2pathname(urlsplit(address).path))
        assert path.parent.stat().st_mode & 0o077 == 0
        assert re.search(rf"url=http://127.0.0.1:{free_port}/enter/[\w-]{{43}}", path.read_text())
        opened.append(path)

    monkeypatch.setattr(command, "_open_browser", look)
    monkeypatch.setattr(command.threading, "Thread", _AtOnce)
    done = CliRunner().invoke(command.app_command, ["--port", free_port])
    assert done.exit_code == 0, done.output
    assert f"open http://127.0.0.1:{free_port}/enter/" in done.stderr
    (path,) = opened
    assert not path.exists()


def test_without_a_token_the_address_itself_is_told(served: dict[str, Any], free_port: str) -> None:
    arguments = ["--port", free_port, "--no-browser", "--no-token"]
    done = CliRunner().invoke(command.app_command, arguments)
    assert f"open http://127.0.0.1:{free_port} " in done.stderr
    assert "enter" not in done.stderr


class _AtOnce:
    """A thread that has run when it is started."""

    def __init__(self, target: Any, args: Any, daemon: bool) -> None:
        self._work = lambda: target(*args)

    def start(self) -> None:
        self._work()


def test_no_config_file_of_a_start_folder_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from streamlit import config

    from formcheck.app.streamlit_internals import ignore_config_files

    monkeypatch.setattr(config, "get_config_files", config.get_config_files)
    monkeypatch.chdir(tmp_path)
    assert any(str(tmp_path) in path for path in config.get_config_files("config.toml"))
    ignore_config_files()
    assert config.get_config_files("config.toml") == []
    assert config.get_config_files("secrets.toml") == []


def test_every_flag_is_one_streamlit_knows() -> None:
    from streamlit import config

    names = {*command.SETTINGS, "server.port", "server.headless", "logger.hideWelcomeMessage"}
    assert names <= set(config.get_config_options())


def test_the_config_file_says_the_same(root: Path) -> None:
    table = tomllib.loads((root / ".streamlit" / "config.toml").read_text("utf-8"))

    def flat(part: dict[str, Any], lead: str = "") -> dict[str, str]:
        out: dict[str, str] = {}
        for key, value in part.items():
            if isinstance(value, dict):
                out |= flat(value, f"{lead}{key}.")
            else:
                out[lead + key] = str(value).lower() if isinstance(value, bool) else str(value)
        return out

    said = flat(table)
    assert said.pop("server.allowedHosts") == str(list(command.LOOPBACK))
    assert said == command.SETTINGS


@pytest.mark.parametrize(
    "arguments",
    [["--lan"], ["--lan", "--cert", "c.pem"], ["--lan", "--key", "k.pem"], ["--cert", "c.pem"]],
)
def test_lan_and_certificates_go_together(served: dict[str, Any], arguments: list[str]) -> None:
    done = CliRunner().invoke(command.app_command, arguments)
    assert done.exit_code == 2
    assert not served


def test_lan_with_something_else_for_a_certificate(served: dict[str, Any], tmp_path: Path) -> None:
    junk = tmp_path / "junk.pem"
    junk.write_text("junk")
    done = CliRunner().invoke(
        command.app_command, ["--lan", "--cert", str(junk), "--key", str(junk)]
    )
    assert done.exit_code == 1
    assert "not a certificate" in done.output
    assert not served


def test_lan_names_its_hosts(
    served: dict[str, Any], certificate: tuple[Path, Path], free_port: str
) -> None:
    cert, key = (str(path) for path in certificate)
    arguments = ["--lan", "--cert", cert, "--key", key, "--port", free_port]
    done = CliRunner().invoke(command.app_command, arguments)
    assert done.exit_code == 0, done.output
    assert served["flags"]["server.address"] == "0.0.0.0"
    assert served["flags"]["server.sslCertFile"] == cert
    assert socket.gethostname().lower() in served["hosts"]
    assert "*" not in served["hosts"]
    assert served["lan"] == "1"


def test_further_names_are_told_and_handed_on(
    served: dict[str, Any], certificate: tuple[Path, Path], free_port: str
) -> None:
    cert, key = (str(path) for path in certificate)
    names = ["--host-name", "https://Gym.local:8501", "--host-name", "https://[fd00::1]"]
    lan = ["--lan", "--cert", cert, "--key", key]
    for arguments in (["--no-browser"], lan):
        done = CliRunner().invoke(command.app_command, ["--port", free_port, *arguments, *names])
        assert done.exit_code == 0, done.output
        assert "https://gym.local:8501/enter/" in done.stderr
        assert "https://[fd00::1]/enter/" in done.stderr
        assert "Warning" not in done.stderr
        assert served["hosts"][-2:] == ["gym.local", "fd00::1"]
        assert served["hosts"][:3] == list(command.LOOPBACK)
        assert HOST_NAMES.find("gym.local:8501")


def test_only_a_server_for_many_limits_the_length_unless_told(
    served: dict[str, Any], certificate: tuple[Path, Path], free_port: str
) -> None:
    cert, key = (str(path) for path in certificate)
    lan = ["--lan", "--cert", cert, "--key", key]
    found = []
    for arguments in ([], lan, ["--max-minutes", "10"], [*lan, "--max-minutes", "0.5"]):
        given = ["--port", free_port, "--no-browser", *arguments]
        assert CliRunner().invoke(command.app_command, given).exit_code == 0
        found.append((SPACES.limits.max_length_s, SPACES.limits.max_job_s))
    assert found == [(None, None), (180.0, 3600.0), (600.0, None), (30.0, 3600.0)]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--host-name", "gym.local"], "begin with https"),
        (["--host-name", "https://a.b", "--host-name", "http://a.b"], "look alike"),
        (["--lan", "--host-name", "http://gym.local"], "with --lan browsers see https"),
    ],
)
def test_names_that_cannot_be_are_wrong_use(
    served: dict[str, Any], free_port: str, arguments: list[str], why: str
) -> None:
    command_line = ["--port", free_port, "--no-browser", *arguments]
    done = CliRunner().invoke(command.app_command, command_line)
    assert done.exit_code == 2
    assert why in " ".join(done.output.split())
    assert not served


def test_a_name_without_https_is_warned_of(served: dict[str, Any], free_port: str) -> None:
    given = ["--port", free_port, "--no-browser", "--host-name", "http://gym.local"]
    done = CliRunner().invoke(command.app_command, given)
    assert done.exit_code == 0
    assert "others can read along" in done.stderr


def test_a_taken_port_is_said_so(served: dict[str, Any]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = CliRunner().invoke(command.app_command, ["--port", str(taken.getsockname()[1])])
    assert done.exit_code == 1
    assert "in use" in done.output
    assert not served


def test_app_py_is_what_the_command_serves(root: Path) -> None:
    def code(path: Path) -> str:
        tree = ast.parse(path.read_text("utf-8"))
        tree.body = tree.body[1:]  # without the docstring
        return ast.dump(tree)

    assert code(root / "app.py") == code(root / "formcheck" / "app" / "serve.py")


def test_the_server_does_not_load_the_model(root: Path) -> None:
    """Pages and server leave decoding and the model to the workers: memory stays small."""
    code = (
        "import sys, formcheck.app.server, formcheck.app.pages.check, formcheck.app.pages.health;"
        "print([m for m in ('mediapipe', 'cv2', 'av') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=root, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
