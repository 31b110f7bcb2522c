"""Page logic, without a browser: each page script on its own."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from app_pages import answer_all, browser_of, everything, page_test, upload, words
from stickfigure import film, squat, stand
from waiting import wait_until

from formcheck.app.jobs.limits import SHARED
from formcheck.app.pages import settings as settings_page
from formcheck.app.parts.templates import filled
from formcheck.app.visit.shots import Shot
from formcheck.app.visit.spaces import SPACES
from formcheck.knowledge import load_knowledge
from formcheck.pose.track import PoseTrack
from formcheck.squat.faults import FAULTS
from formcheck.squat.settings import DEFAULT_SETTINGS


@pytest.mark.parametrize("name", ["check", "live", "health", "history", "about"])
def test_every_page_opens(page: Any, name: str) -> None:
    test = page(name)
    assert not test.exception
    assert test.title[0].value


def test_a_track_becomes_a_result_and_settings_judge_it_anew(
    page: Any, track_files: tuple[Path, Path]
) -> None:
    test = upload(page("check"), track_files[0])
    assert not test.exception
    text = words(test)
    assert "Knees moving inwards in 1 of 2 squats" in text
    assert "Try this next" in text
    assert "Repetition 1 was your best" in text
    assert "Not judged:</b> knees travelling far past the toes" in text
    assert "Drawn from the poses alone" in text
    assert "annotated.mp4" not in text  # the browser draws; a video is made for who wants one
    assert "no picture<" not in text
    assert not [t for t in test.toggle if "Blur" in t.label]

    limit = settings_page.default_of("valgus.fault_leg_pct")
    (box,) = [n for n in test.number_input if "valgus, one knee: fault from" in n.label]
    assert box.value == limit
    box.set_value(60.0).run()
    both = [n for n in test.number_input if "mean of both: fault from" in n.label]
    both[0].set_value(60.0).run()
    assert "2 squats, nothing sure to fix" in words(test)

    # Another page of this browser, or a reload, judges by the same limits.
    again = page_test("check")
    again.session_state["browser-id"] = browser_of(test)
    assert "2 squats, nothing sure to fix" in words(again.run())

    test.button(key="settings-reset").click().run()
    assert "Knees moving inwards in 1 of 2 squats" in words(test)

    test.button(key="make-video-1").click().run()
    (clip,) = SPACES.get(browser_of(test)).check
    wait_until(lambda: clip.videos[clip.first].state.is_over, "the video")
    assert "annotated.mp4" in words(test.run())

    # It is in no history: the page asks before it goes.
    test.button(key="again").click().run()
    assert SPACES.get(browser_of(test)).check
    test.button(key="stay").click().run()
    assert "let-go" not in [button.key for button in test.button]
    test.button(key="again").click().run()
    test.button(key="let-go").click().run()
    assert test.file_uploader(key="upload")


def test_who_of_several_was_judged_is_said(
    page: Any, track_files: tuple[Path, Path], tmp_path: Path
) -> None:
    track = PoseTrack.load(track_files[0])
    people = [
        {"box": [0.0, 0.0, 100.0, 300.0], "is_followed": False},
        {"box": [200.0, 0.0, 300.0, 300.0], "is_followed": True},
    ]
    replace(track, meta={**track.meta, "people": people}).save(tmp_path / "two.npz")
    test = upload(page("check"), tmp_path / "two.npz")
    assert "2 people, or images of them" in words(test)
    assert "Number 2 from the left was judged" in words(test)
    assert not [b for b in test.button if (b.key or "").startswith("judge-")]  # no video to look at


def test_another_of_several_is_judged_in_place_of_the_clip(
    page: Any, track_files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The poses stay those of a track; what is asked of the worker is what counts."""
    track = PoseTrack.load(track_files[0])
    people = [{"box": [b, 0.0, b + 90.0, 300.0], "is_followed": b < 100} for b in (0.0, 200.0)]
    replace(track, meta={**track.meta, "people": people}).save(tmp_path / "two.npz")
    test = upload(page("check"), tmp_path / "two.npz")
    (clip,) = SPACES.get(browser_of(test)).check
    monkeypatch.setattr(type(clip), "is_poses_alone", False)
    monkeypatch.setattr(Shot, "source_address", lambda self, space: "/nowhere.mp4")
    test.run().button(key="judge-0-2").click().run()
    (other,) = SPACES.get(browser_of(test)).check
    assert other is not clip
    assert (other.name, other.person, other.job.request.person) == ("two.npz", "2", "2")
    assert not clip.folder.exists()


def test_a_long_recording_shows_one_set_at_a_time(page: Any, tmp_path: Path) -> None:
    film([stand(1.2), squat(), stand(25.0), squat(left_pct=22), stand(1.0), squat()]).save(
        tmp_path / "hour.npz"
    )
    test = upload(page("check"), tmp_path / "hour.npz")
    assert not test.exception
    (sets,) = [box for box in test.selectbox if box.label == "Set"]
    assert [option.partition(":")[0] for option in sets.options] == [
        "Set 1 of 2 at 0",
        "Set 2 of 2 at 0",
    ]
    assert "2 repetitions, after 0:2" in sets.options[1]
    assert "2 sets: 1 at 0:0" in words(test)

    def shown() -> list[str]:
        return re.findall(r"<b>Rep (\d+)</b>", words(test))

    assert shown() == ["2", "3"]  # the set of the repetition to look at first
    assert 'aria-label="Repetition 2"' in everything(test).replace("\\", "")
    sets.set_value(0).run()
    assert shown() == ["1"]
    assert 'aria-label="Repetition 1"' in everything(test).replace("\\", "")


def test_poses_of_more_than_a_clip_may_last_give_a_result_without_a_video(
    page: Any, track_files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SPACES, "limits", SHARED)
    track = PoseTrack.load(track_files[0])
    later = PoseTrack(
        track.times_s + 200.0, track.points_px, track.visibility, track.world_m,
        track.width_px, track.height_px, track.meta,
    )  # fmt: skip
    later.save(tmp_path / "long.npz")
    test = upload(page("check"), tmp_path / "long.npz")
    assert not test.exception
    assert any("too many to be drawn" in i.value for i in test.info)
    text = words(test)
    assert "Knees moving inwards in 1 of 2 squats" in text
    assert "annotated.mp4" not in text
    # Other limits judge them anew; nothing tries to draw them.
    (box,) = [n for n in test.number_input if "valgus, one knee: fault from" in n.label]
    test = box.set_value(60.0).run()
    assert any("too many to be drawn" in i.value for i in test.info)
    (clip,) = SPACES.get(str(test.session_state["browser-id"])).check
    assert len(clip.jobs) == 1


def test_a_bad_track_is_refused_and_the_page_lives(page: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.npz"
    bad.write_bytes(b"PK not a track")
    test = upload(page("check"), bad)
    assert "bad.npz" in test.error[0].value
    assert "formcheck-app" not in test.error[0].value
    assert test.file_uploader(key="upload")


def test_the_guide_finds_a_pattern(page: Any) -> None:
    test = answer_all(
        page("health"), locations=["below_kneecap"], characters=["sharp"],
        provocations=["heavy_lowering"],
    )  # fmt: skip
    assert not test.exception
    pattern = next(p for p in load_knowledge().patterns if "tend" in p.condition)
    assert pattern.name in everything(test)


def test_a_gated_exercise_needs_a_knee_that_does_not_hurt(page: Any) -> None:
    gated = [e for e in load_knowledge().exercises if e.gate.needs_no_knee_pain]
    assert gated
    test = page("health")
    assert all(e.text not in words(test) for e in gated)
    test.radio(key="pain-now").set_value("no").run()
    test.checkbox(key="warmed-up").check().run()
    assert all(e.text in words(test) for e in gated)
    test.radio(key="pain-now").set_value("yes").run()
    assert all(e.text not in words(test) for e in gated)


def test_every_statement_about_faults_and_conditions_is_shown(page: Any) -> None:
    import html

    knowledge = load_knowledge()
    shown = html.unescape(words(page("health")))
    for fault in knowledge.faults:
        for risk in fault.risks:
            assert risk.text in shown
            assert all(c.text in shown for c in risk.counter_evidence)
    for condition in knowledge.conditions:
        assert all(s.text in shown for s in (*condition.about, *condition.see_professional))
    assert all(reference.title in shown for reference in knowledge.references)


def test_presets_scale_the_defaults() -> None:
    for name, value in settings_page.preset("strict").items():
        assert value < settings_page.default_of(name)
        assert settings_page.preset("relaxed")[name] > settings_page.default_of(name)
    strict = DEFAULT_SETTINGS.with_values(settings_page.preset("strict"))
    assert set(strict.changed()) == set(settings_page.preset("strict"))


def test_why_a_fault_matters_is_said_in_about_150_words_with_a_doubt() -> None:
    for fault in FAULTS:
        html = filled("why.html", entry=load_knowledge().fault(fault.name))
        said = re.sub("<[^>]+>", " ", html)
        assert 80 < len(said.split()) <= 150
        assert "But:" in said
        assert "When to stop:" in said
