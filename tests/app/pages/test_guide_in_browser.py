"""The symptom guide on a phone: every way ends at a headline in view and in focus."""

from __future__ import annotations

from typing import Any

import pytest
from app_server import Server
from app_visit import Visit
from guide_people import PEOPLE

pytestmark = pytest.mark.model
PHONE = {"width": 390, "height": 844}


def heading(visit: Visit) -> dict[str, Any]:
    """The heading: its text, whether it is whole in view and whether it has the focus."""
    found: dict[str, Any] = visit.page.evaluate(
        """() => {
          const box = document.querySelector('.fc-headline');
          const at = box.getBoundingClientRect();
          return {text: box.textContent, seen: at.top >= 0 && at.bottom <= innerHeight,
                  focused: document.activeElement === box,
                  wide: document.documentElement.scrollWidth};
        }"""
    )
    return found


def tap(visit: Visit, label: str) -> None:
    """Tap a card or button, and wait for the next screen or for its tick."""
    before = heading(visit)["text"]
    visit.page.get_by_role("button", name=label, exact=True).first.click()
    visit.page.wait_for_function(
        """([before, ticked]) => {
          const labels = [...document.querySelectorAll('button')].map((b) => b.textContent);
          const box = document.querySelector('.fc-headline');
          return box && (box.textContent !== before || labels.includes(ticked));
        }""",
        arg=[before, f"✓ {label}"],
    )


def test_on_a_phone_the_headline_is_in_view_and_in_focus(app_server: Server, chromium: Any) -> None:
    """Three people with one phone, each in a browser of their own as far as the app can tell."""
    with Visit(chromium, app_server.url, "health", viewport=PHONE) as visit:
        for i, name in enumerate(("chest pain", "hot knee, no fever", "plain soreness")):
            taps, headline = PEOPLE[name]
            if i:
                visit.enter(app_server.url, "health")
            visit.page.wait_for_selector(".fc-headline")
            for label in taps:
                tap(visit, label)
            visit.wait_for(
                "document.activeElement?.classList.contains('fc-headline')"
                f" && document.activeElement.textContent === {headline!r}"
            )
            end = heading(visit)
            assert end["seen"], name
            assert end["focused"], name
            assert end["wide"] <= PHONE["width"], name
            if name == "chest pain":  # after one tap: what to do, and nothing else
                assert visit.page.get_by_role("tab").count() == 0
        assert visit.errors == []
