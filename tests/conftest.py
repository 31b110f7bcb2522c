"""Shared by all tests: a judge for stick-figure stories and the settings of hypothesis."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from stickfigure import Segment, film

from formcheck.clip import check_clip, sha256_of
from formcheck.files import write_atomic
from formcheck.pose.estimator import verify_model
from formcheck.pose.track import PoseTrack
from formcheck.squat.analysis import Analysis, analyze
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings

pytest_plugins = ["app_fixtures", "batch_fixtures", "live_fixtures"]

# Compiled code is kept, whatever the environment says: the tests start two hundred processes, and
# without it each of them compiles the package anew before it does anything.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The same examples on every machine and every run; no clock in a test's outcome.
settings.register_profile(
    "formcheck",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=40,
    phases=[Phase.explicit, Phase.generate],  # shrinking a failure would take minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("formcheck")


def pytest_xdist_auto_num_workers() -> int:
    """Twice the cores, six at most or one a core: half of the tests wait for something."""
    cores = os.cpu_count() or 1
    return max(cores, min(2 * cores, 6))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that run the model come first: of several processes none waits for a long one."""
    long = {item.path for item in items if item.get_closest_marker("model")}
    items.sort(key=lambda item: item.path not in long)


Judge = Callable[..., Analysis]


@pytest.fixture(scope="session")
def judge() -> Judge:
    """``judge(story, camera=..., ...)``: film a story, analyse it."""

    def run(
        story: Sequence[Segment] | PoseTrack, chosen: Settings = DEFAULT_SETTINGS, /, **how: Any
    ) -> Analysis:
        track = story if isinstance(story, PoseTrack) else film(story, **how)
        return analyze(track, chosen)

    return run


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def tracked(request: pytest.FixtureRequest, root: Path) -> Callable[[Path], PoseTrack]:
    """``tracked(clip)``: its track by the real model.

    Kept in pytest's cache for as long as the clip, the model and the code that makes tracks
    stay the same.
    """
    code = hashlib.sha256(verify_model()[1].encode())
    for module in sorted((root / "formcheck").rglob("*.py")):
        code.update(module.read_bytes())

    def run(clip: Path) -> PoseTrack:
        folder = request.config.cache.mkdir("formcheck_tracks")
        kept = folder / f"{sha256_of(clip)[:24]}-{code.hexdigest()[:12]}.npz"
        if not kept.is_file():
            write_atomic(kept, check_clip(clip).track.to_bytes())
        return PoseTrack.load(kept)

    return run


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-made certificate for this machine and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
         "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key
