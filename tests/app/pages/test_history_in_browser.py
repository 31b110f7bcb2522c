"""Keeping, seeing and deleting a history in a real browser, alone and with others."""

from __future__ import annotations

import signal
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from app_server import serving
from app_visit import Visit

from formcheck.training.history import import_json

pytestmark = pytest.mark.model
TODAY = date.today()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Six weeks of training with a jump in the last one."""
    days = [TODAY - timedelta(days=7 * k + d) for k in range(6) for d in (5, 3, 1)]
    lines = [f"{d},leg press,5x10x{90 if d > TODAY - timedelta(days=7) else 60},50,6" for d in days]
    path = tmp_path / "log.csv"
    path.write_text("\n".join(["date,exercise,sets,minutes,effort", *lines]))
    return path


def tab(visit: Visit, name: str) -> None:
    visit.page.get_by_role("tab", name=name, exact=True).click()


def history(visit: Visit, url: str) -> str:
    visit.page.goto(f"{url}/history")
    visit.page.wait_for_selector(".st-key-plan", state="attached")
    visit.wait_for("!document.querySelector('[data-testid=stSkeleton]')")
    return str(visit.page.inner_text("[data-testid=stMain]"))


def load(visit: Visit, log: Path) -> None:
    tab(visit, "Add or import")
    visit.upload(log, "history-import")
    visit.page.get_by_text("18 sessions added.").wait_for()


def test_a_set_is_kept_seen_exported_and_deleted(
    chromium: Any, track_files: tuple[Path, Path], log: Path, tmp_path: Path
) -> None:
    with serving(tmp_path / "own", None) as server, Visit(chromium, server.url) as visit:
        data = server.tmp / "data"
        visit.upload(track_files[0])
        visit.result()
        visit.open("Keep this set")
        visit.page.click(".st-key-keep-set button")
        visit.page.get_by_text("Kept in your history.").wait_for()
        assert (data / "history.sqlite3").stat().st_mode & 0o777 == 0o600

        history(visit, server.url)
        load(visit, log)
        tab(visit, "This week")
        visit.page.get_by_text("This is a bigger jump than your recent weeks.").first.wait_for()
        assert visit.page.locator(".st-key-load").is_visible()
        bars = visit.page.locator("svg[role=img][aria-label*='per week']")
        bars.first.wait_for()
        assert "week of" in str(bars.first.get_attribute("aria-label"))
        tab(visit, "Your data")
        with visit.page.expect_download() as download:
            visit.page.click(".st-key-history-export button")
        assert len(import_json(Path(download.value.path()).read_bytes())) == 19

        visit.page.click(".st-key-history-delete-all-sure label")
        visit.wait_for("!document.querySelector('.st-key-history-delete-all button').disabled")
        visit.page.click(".st-key-history-delete-all button")
        visit.page.get_by_text("Everything is deleted.").wait_for()
        assert list(data.iterdir()) == []
        assert visit.foreign() == []
        assert visit.errors == []


def _shows_nothing_of(mine: Visit, other: Visit, name: str) -> None:
    """Another browser, and the same addresses in it, show nothing of a clip."""
    other.page.reload()
    other.page.wait_for_selector(".st-key-upload input[type=file]", state="attached")
    assert other.page.locator(".st-key-result").count() == 0
    assert name not in other.page.inner_text("body")
    media = [url for url in mine.requests if "/formcheck/media/" in url]
    assert media
    for url in media:
        assert other.context.request.get(url).status == 404
    assert mine.foreign() == []
    assert other.foreign() == []


def test_two_browsers_on_a_shared_server_see_only_their_own_and_sigint_leaves_nothing(
    chromium: Any,
    track_files: tuple[Path, Path],
    log: Path,
    certificate: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    cert, key = certificate
    options = ("--lan", "--cert", str(cert), "--key", str(key))
    with serving(tmp_path / "lan", None, *options) as server:
        with (
            Visit(chromium, server.url, ignore_https_errors=True) as one,
            Visit(chromium, server.url, ignore_https_errors=True) as two,
        ):
            one.upload(track_files[0])
            assert track_files[0].stem in one.result()
            _shows_nothing_of(one, two, track_files[0].stem)
            assert "nothing is kept on its computer" in history(one, server.url)
            load(one, log)
            assert "bigger jump" in history(one, server.url)
            shown = history(two, server.url)
            assert "Nothing is kept yet" in shown
            assert "leg press" not in shown
            assert not (server.tmp / "data").exists()
            assert list(server.tmp.rglob("*.sqlite3*")) == []
            assert one.foreign() + two.foreign() == []
        assert server.leftovers()
        server.stop(signal.SIGINT)
        assert server.leftovers() == []
