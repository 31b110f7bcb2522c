"""The one-page report: self-contained, safe, complete."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from results import result

from formcheck.knowledge import load_knowledge
from formcheck.pose.track import PoseTrack
from formcheck.report.html import ReportClip, html_report
from formcheck.report.plots import clip_plots, svg
from formcheck.squat.analysis import analyze
from formcheck.squat.settings import DEFAULT_SETTINGS

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>.mp4"


class Reader(HTMLParser):
    """Collects elements, attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def clips(front_track: PoseTrack, side_track: PoseTrack) -> list[ReportClip]:
    picture = b"\xff\xd8 not really a picture"
    front, side = analyze(front_track), analyze(side_track)
    return [
        ReportClip("front.mp4", result(front), front.reps, {1: picture, 2: picture}),
        ReportClip(EVIL, result(side, notes=("a <b>note</b>",)), side.reps),
    ]


def test_it_fetches_nothing_and_runs_nothing(clips: list[ReportClip]) -> None:
    document = html_report(clips)
    read = Reader(document)
    tags = {tag for tag, _ in read.elements}
    assert not tags & {"script", "link", "iframe", "object", "form", "base", "video"}
    assert not re.search(r"https?://|url\(|@import|javascript:", document)
    policy = next(a for t, a in read.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in (policy["content"] or "")
    for tag, attributes in read.elements:
        assert not [name for name in attributes if name.startswith("on")], tag
        if tag == "img":
            assert (attributes["src"] or "").startswith("data:image/jpeg;base64,")
            assert attributes["alt"]


def test_every_name_is_escaped(clips: list[ReportClip]) -> None:
    read = Reader(html_report(clips, settings={"valgus.cave_pct": 9.0}, made_on="<i>"))
    assert EVIL in read.text
    assert "a <b>note</b>" in read.text
    assert "valgus.cave_pct = 9" in read.text


def test_it_says_what_the_page_says(clips: list[ReportClip]) -> None:
    text = Reader(html_report(clips)).text
    for wanted in (
        "1 of 2 squats", "First:", "How sure:", "Rep 1", "Rep 2", "Knee valgus: fault",
        "coaching limits",
        "Why it matters", "Exercises:", load_knowledge().note("general.header").text,
    ):  # fmt: skip
        assert wanted in text, wanted


def test_behind_a_warning_sign_it_coaches_nobody(clips: list[ReportClip]) -> None:
    knowledge = load_knowledge()
    text = Reader(html_report(clips, is_advice_allowed=False)).text
    assert knowledge.note("general.withheld").text in text
    for fault in knowledge.faults:
        for entry in (*knowledge.cues_for(fault.id), *knowledge.exercises_for(fault.id)):
            assert entry.text not in text
    assert "Exercises:" not in text


def test_plots_show_limits_bands_and_words(front_track: PoseTrack) -> None:
    analysis = analyze(front_track, DEFAULT_SETTINGS)
    plots = clip_plots(analysis.reps)
    assert [p.title for p in plots] == ["Hip height", "Knee inside the foot line"]
    picture = svg(plots[1], mark_s=2.0, selected=2)
    for wanted in ("fc-limit", "fc-band", "fc-mark", "fc-repsel", 'role="img"', "2 ✗", "1 ✓"):
        assert wanted in picture
    assert "nan" not in picture
    assert clip_plots([]) == []


@pytest.mark.parametrize(("n_clips", "times"), [(1, 1), (1, 4), (2, 1)])
def test_it_prints_to_two_pages_at_most(
    clips: list[ReportClip], chromium: Any, n_clips: int, times: int
) -> None:
    """Also a long set: the repetitions given four times over."""
    many = [_again(clip, times) for clip in clips[:n_clips]]
    page = chromium.new_page()
    try:
        page.set_content(html_report(many))
        pages = re.findall(rb"/Type\s*/Page[^s]", page.pdf(format="A4", print_background=True))
    finally:
        page.close()
    assert 1 <= len(pages) <= 2


def _again(clip: ReportClip, times: int) -> ReportClip:
    stored = [replace(rep, number=i) for i, rep in enumerate(clip.result.reps * times, start=1)]
    judged = [replace(rep, number=i) for i, rep in enumerate(clip.reps * times, start=1)]
    return replace(clip, result=replace(clip.result, reps=tuple(stored)), reps=tuple(judged))
