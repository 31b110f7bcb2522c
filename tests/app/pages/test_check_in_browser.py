"""The Check page as a person sees it: short before anything is opened, on a desk and on a phone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from app_server import Server
from app_visit import Visit
from stickfigure import film, squat, stand

DESK = {"viewport": {"width": 1280, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "has_touch": True,
    "reduced_motion": "reduce",
}  # fmt: skip
HEIGHT = "document.querySelector('.stMainBlockContainer').getBoundingClientRect().height"


@pytest.fixture(scope="module")
def twenty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty squats from the front, the left knee inside in three of them."""
    story = [stand(1.2)]
    for i in range(20):
        story += [squat(left_pct=32 if i in (4, 11, 19) else 0), stand(0.8)]
    path = tmp_path_factory.mktemp("sets") / "twenty.npz"
    film(story).save(path)
    return path


@pytest.mark.parametrize(("how", "most_px"), [(DESK, 2000), (PHONE, 2600)], ids=["desk", "phone"])
def test_twenty_repetitions_are_read_in_one_glance(
    app_server: Server, chromium: Any, twenty: Path, how: dict[str, Any], most_px: int
) -> None:
    with Visit(chromium, app_server.url, **how) as visit:
        visit.upload(twenty)
        visit.result()
        page = visit.page
        assert "Knees moving inwards in 3 of 20 squats" in page.inner_text(".fc-head")
        pills = page.locator(".fcp-pills button")
        assert pills.count() == 20
        said = [pill.get_attribute("aria-label") for pill in pills.all()]
        assert said[4] == "Repetition 5: knees moving inwards."
        assert said[5] == "Repetition 6: fine."
        assert min(pill.bounding_box()["height"] for pill in pills.all()) >= 44

        # The decisive moment is there before anybody does anything, close to hips and feet.
        visit.wait_for("document.querySelector('.fcp-head').innerText.includes('Rep ')")
        assert page.evaluate(HEIGHT) <= most_px
        assert page.evaluate("document.documentElement.scrollWidth") <= how["viewport"]["width"]

        pills.nth(11).click()
        page.wait_for_selector(".fc-onerep h3:has-text('Repetition 12 of 20')")
        visit.wait_for("document.querySelector('.fcp-head').innerText.includes('Rep 12')")
        # Keys do the same, frame by frame and by number.
        page.keyboard.press("5")
        page.wait_for_selector(".fc-onerep h3:has-text('Repetition 5 of 20')")
        at_s = page.locator(".fcp-at").evaluate("at => +at.value")
        page.keyboard.press(".")
        visit.wait_for(f"document.querySelector('.fcp-at').value > {at_s}")
        gauge = page.locator(".fc-gauge").first.get_attribute("aria-label")
        assert gauge.startswith("Left knee about 3")
        assert "% inside the foot line. Fine below about 12 %." in gauge
        levels = page.eval_on_selector_all("h1, h2, h3", "all => all.map(h => +h.tagName[1])")
        assert levels[0] == 1
        assert all(b - a <= 1 for a, b in pairwise(levels))
        assert visit.errors == []
        assert visit.foreign() == []


def test_the_first_page_moves_only_for_who_wants_it_and_a_sample_runs_on_a_tap(
    app_server: Server, chromium: Any
) -> None:
    with Visit(chromium, app_server.url, **PHONE) as calm:
        calm.page.wait_for_selector(".fc-samples button")
        assert calm.video("paused")
        assert calm.page.evaluate("document.documentElement.scrollWidth") <= 390
    with Visit(chromium, app_server.url, **DESK) as visit:
        page = visit.page
        visit.wait_for("document.querySelector('.fc-example video')?.currentTime > 0.2")
        page.get_by_role("button", name="Pause the example").click()
        visit.wait_for("document.querySelector('.fc-example video').paused")
        assert page.title() == "Check a video · formcheck"
        drop = page.locator(".st-key-upload section").bounding_box()
        assert drop["y"] + drop["height"] < 900
        assert "NPZ" not in page.inner_text(".stMainBlockContainer")
        assert page.inner_text(".fc-samples").split("\n") == [
            "Knees cave in", "Knees far forward", "Clean set",
        ]  # fmt: skip
        visit.wait_for(
            "[...document.querySelectorAll('.fc-samples img')].every(i => i.naturalWidth)"
        )
        page.click(".fc-samples button")
        page.wait_for_selector(".st-key-cancel button, .st-key-again button").click()
        page.wait_for_selector(".st-key-upload, .st-key-let-go", state="attached")
        assert visit.errors == []
        assert visit.foreign() == []
