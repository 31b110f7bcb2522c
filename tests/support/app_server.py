"""Starts the app for browser tests, and makes the files they upload."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from waiting import PATIENCE_S, wait_until

from benchmarks.app_links import announced, link_to

_TRUSTING = ssl.create_default_context()
_TRUSTING.check_hostname, _TRUSTING.verify_mode = False, ssl.CERT_NONE
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Server:
    """A running app: its address, its process and its folder for temporary files."""

    url: str
    process: subprocess.Popen[bytes]
    tmp: Path

    def let_in(self) -> str:
        """Use a link as a browser would; the ``Cookie`` header of the new browser."""
        wanted = urllib.request.Request(link_to(self.url), headers={"Accept": "text/html"})
        with urllib.request.urlopen(wanted, context=_TRUSTING, timeout=PATIENCE_S) as answer:
            return str(answer.headers["set-cookie"]).partition(";")[0]

    def stop(self, how: signal.Signals) -> int:
        """Send a signal and wait for the end."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE_S)

    def leftovers(self) -> list[Path]:
        """Files of the app in its folder for temporary files."""
        return sorted(self.tmp.glob("formcheck-app-*"))

    def workers(self) -> list[int]:
        """Process ids of the analyses this server is running."""
        found = []
        for status in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError, ValueError, IndexError):
                if int(status.read_text().rsplit(")", 1)[1].split()[1]) == self.process.pid:
                    found.append(int(status.parent.name))
        return found


@contextlib.contextmanager
def serving(
    tmp: Path,
    samples: Path | None,
    *arguments: str,
    command: str = "app",
    prefix: Sequence[str] = (),
) -> Iterator[Server]:
    """Run ``formcheck app`` on a free port until the block ends; ``prefix`` goes before it."""
    tmp.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp), "HOME": str(tmp),
        "FORMCHECK_DATA_DIR": str(tmp / "data"),
        **({"FORMCHECK_SAMPLES": str(samples)} if samples else {}),
    }  # fmt: skip
    log = tmp / "server.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [*prefix, sys.executable, "-c", "from formcheck.cli.main import main; main()",
             command, "--no-browser", "--port", str(port), *arguments],
            cwd=tmp, env=environment, stdout=subprocess.DEVNULL, stderr=errors,
        )  # fmt: skip
    scheme = "https" if "--lan" in arguments else "http"
    server = Server(f"{scheme}://127.0.0.1:{port}", process, tmp)
    try:
        _wait(server)
        with announced(server.url, log):
            yield server
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(server: Server) -> None:
    def is_up() -> bool:
        if server.process.poll() is not None:
            raise RuntimeError(f"the app ended with {server.process.returncode}")
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{server.url}/formcheck/health", context=_TRUSTING, timeout=30),
        ):
            return True
        return False

    wait_until(is_up, "the start of the app")
