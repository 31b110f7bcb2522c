"""The knee health page: the worked examples, the warm-up, and every article's statement."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from app_pages import answer, answer_all, browser_of, everything, open_as, person_of, upload, words
from article_rows import ROWS
from guide_people import PEOPLE
from health_cases import FLAGS
from stickfigure import Sampling, changed, film, squat, stand
from streamlit.testing.v1 import AppTest
from waiting import wait_until

from formcheck.app.visit.spaces import SPACES
from formcheck.knowledge import Tier, load_knowledge
from formcheck.training.history import Session, open_history, parse_sets
from formcheck.training.warm_up import StepState

KB = load_knowledge()


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORMCHECK_DATA_DIR", str(tmp_path / "data"))


def labels(test: AppTest) -> list[str]:
    return [b.label for b in test.button]


def press(test: AppTest, label: str) -> AppTest:
    return next(b for b in test.button if b.label == label).click().run()


def heading(test: AppTest) -> str:
    """What stands in focus: the question, or the result."""
    texts = [str(e.proto) for e in test.get("bidi_component")]
    return next(t for t in texts if "is_first" in t)


# -- the wizard ------------------------------------------------------------------------


def test_the_guide_starts_with_emergency_signs_and_one_tap_ends_it(page: Any) -> None:
    test = page("health")
    first = KB.screens[0]
    assert first.title in heading(test)
    assert set(labels(test)) >= {card.label for card in first.cards} | {first.none}
    for card in first.cards:
        test = press(page("health"), card.label)
        assert not test.exception
        assert KB.tier_text(Tier.EMERGENCY).headline in heading(test)
        shown = everything(test)
        for action in KB.tier_text(Tier.EMERGENCY).actions:
            assert action in shown
        # What to do, and nothing below it.
        assert [tab.label for tab in test.tabs] == []
        assert [e.label for e in test.expander] == []
        assert labels(test) == ["Start again"]


def test_the_guide_goes_on_back_and_skips(page: Any) -> None:
    test = press(page("health"), "None of these")
    assert "How did it begin?" in heading(test)
    test = press(test, "Back")
    assert KB.screens[0].title in heading(test)
    assert person_of(test).guide is None
    test = press(test, "Skip")
    assert person_of(test).guide is not None
    assert person_of(test).is_advice_held
    test = press(test, "Slowly, over days or weeks")
    test = press(test, "Red")
    assert "✓ Red" in labels(test)
    assert "None of these" not in labels(test), "a ticked card and none cannot both hold"
    test = press(press(test, "✓ Red"), "None of these")
    assert person_of(test).guide.answers.has_redness is False


def test_a_hot_knee_ends_the_questions_at_its_screen(page: Any) -> None:
    test = press(page("health"), "None of these")
    test = press(test, "During or after training, without a fall, blow or twist")
    test = press(press(test, "Hot to the touch"), "Continue")
    assert KB.tier_text(Tier.TODAY).headline in heading(test)
    shown = everything(test)
    assert "no ice" in shown
    for item in KB.self_care:
        assert item.text not in shown
    assert "of 41 warning signs answered." in shown


def test_what_was_skipped_can_be_answered_later(page: Any) -> None:
    test = answer(page("health"), has_chest_pain=False)
    assert KB.note("general.unsettled").text in heading(test)
    test = press(test, "Answer what I skipped")
    assert "How did it begin?" in heading(test)


def test_more_is_asked_for_better_advice_once_the_result_is_there(page: Any) -> None:
    taps, headline = PEOPLE["plain soreness"]
    test = page("health")
    for label in [*taps[:-3], "Around the kneecap", "A dull ache", "1 to 2 days"]:
        test = press(test, label)
    assert headline in heading(test)
    test = press(test, "A few more questions, for better advice")
    assert "What brings it on?" in heading(test)
    test = press(press(press(test, "Stairs"), "Continue"), "None of these")
    assert headline in heading(test)
    assert "Anti-inflammatory gel" in everything(test)
    assert "A few more questions, for better advice" not in labels(test)


# -- the worked examples of the symptom guide, as a person answers them ---------------

TENDON = {
    "locations": ["below_kneecap"], "characters": ["sharp"], "provocations": ["heavy_lowering"],
}  # fmt: skip
SORE_THIGH = {
    "locations": ["front_thigh"], "characters": ["deep_ache"], "easings": ["gentle_movement"],
}  # fmt: skip
KNEECAP = {"provocations": ["stairs", "long_sitting"]}
LATER = {"onset": "days_3_7"}
EXAMPLES = [
    ("sharp below the kneecap, 2 days", TENDON, "patellar_tendon_like", None),
    ("the same for days", TENDON | LATER | {"trend": "easing"}, None, "sharp_pain_lasting"),
    ("dull round the kneecap", KNEECAP, "kneecap_pain_like", None),
    ("thigh ache, 2 days, eases moving", SORE_THIGH, "muscle_soreness_like", None),
    ("thigh ache, for days, the same", SORE_THIGH | LATER | {"trend": "same"}, None,
     "soreness_lasting"),
    ("soreness and a swollen joint", SORE_THIGH | {"swelling": "some"}, None, "joint_swelling"),
]  # fmt: skip


def test_every_worked_example_comes_out_as_written(page: Any) -> None:
    test = page("health")
    for name, said, pattern, flag in EXAMPLES:
        test = answer_all(test, **said)
        assert not test.exception, name
        shown = everything(test)
        result = person_of(test).guide
        assert result is not None
        assert result.headline in heading(test)
        assert [v.flag.id for v in result.red_flags] == ([flag] if flag else []), name
        if flag:
            assert result.headline == KB.tier_text(FLAGS[flag].tier).headline
            assert result.red_flags[0].reason in shown, name
        if pattern:
            found = next(p for p in KB.patterns if p.id == pattern)
            assert found.resembles.text in shown, name
            for fault in found.faults:
                assert f"**Worth a look in your own squat:** {KB.fault(fault).name}" in shown
        names = {p.name for p in KB.patterns} & {e.label for e in test.expander}
        assert len(names) == bool(pattern), name
        test = test.button(key="guide-clear").click().run()
        assert person_of(test).guide.n_answered == 0
        assert person_of(test).is_advice_held, "an open question is not a no"


def test_a_checked_knee_sees_what_helps_and_a_day_is_asked_for(page: Any) -> None:
    """Kneecap pain for three months, checked by a doctor: its first-line treatment is shown."""
    lasting = {"onset": "longer", "trend": "same"} | KNEECAP
    helps = KB.statement("patellofemoral_pain_syndrome.best_practice").text
    test = answer_all(page("health"), **lasting)
    guide = person_of(test).guide
    assert guide is not None
    assert guide.patterns == ()
    me = person_of(test)
    me.told.pop("checked_on")
    me.tell("checked", {"is_checked": True})
    test = test.run()
    assert "When was that, roughly?" in heading(test)
    test.date_input(key="guide-date").set_value(date.today()).run()
    test = press(test, "Continue")
    assert me.guide is not None
    assert me.guide.tier is None
    assert me.guide.patterns[0].what_helps
    assert helps in everything(test)


def test_the_page_for_a_professional_can_be_taken_along(page: Any) -> None:
    test = answer_all(page("health"))
    assert not test.exception
    kinds = [str(e.proto) for e in test.get("download_button")]
    assert any("One page for a doctor" in kind for kind in kinds)


def test_the_way_back_is_for_a_knee_that_was_checked(page: Any) -> None:
    step = KB.ladders[0].steps[0].text
    assert step not in everything(page("health"))
    assert step not in everything(answer_all(page("health")))
    checked = {"is_checked": True, "checked_on": date.today().isoformat()}
    assert step in everything(answer_all(page("health"), **checked))


# -- every statement of the articles is somewhere in the app ------------------------


def test_every_article_statement_is_reachable_in_the_app(page: Any) -> None:
    none = {"locations": ["none"], "characters": ["none"], "onset": None}
    health = answer_all(page("health"), **none, medicine_cautions=["none"])
    health.checkbox(key="warmed-up").check().run()
    shown = [everything(health)]
    # What the guide says only to those it fits.
    shown.append(everything(answer_all(page("health"), **TENDON)))
    open_history().add(Session(day=date.today(), sets=parse_sets("3x10x60"), minutes=30, effort=5))
    shown.append(everything(page("history")))
    text = "\n".join(shown)
    missing = [(says, id_) for _, says, id_ in ROWS if KB.statement(id_).text not in text]
    assert missing == []
    # With its source beside it, and its doubts.
    for _, _, id_ in ROWS:
        statement = KB.statement(id_)
        assert all(c.text in text for c in statement.counter_evidence), id_
    # How the two gated exercises and the theater sign are told, not only that they are.
    for exercise in KB.exercises:
        assert all(step in text for step in exercise.how_to), exercise.id


def test_every_warning_sign_is_listed_by_its_tier(page: Any) -> None:
    shown = everything(page("health"))
    for tier in Tier:
        assert KB.tier_text(tier).headline in shown
    for flag in KB.red_flags:
        assert flag.label in shown
        assert flag.text in shown


# -- the warm-up ------------------------------------------------------------------


@pytest.fixture(scope="module")
def warm_up_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Poses of four sets of five slow squats with 21 s between them, which are not filmed."""
    one = film([stand(1.2), *[squat(eccentric_s=2.4), stand(0.8)] * 5], sampling=Sampling(12))
    every_s = float(one.times_s[-1]) + 21
    track = changed(
        one,
        times_s=np.concatenate([one.times_s + k * every_s for k in range(4)]),
        points_px=np.tile(one.points_px, (4, 1, 1)),
        visibility=np.tile(one.visibility, (4, 1)),
        world_m=np.tile(one.world_m, (4, 1, 1)),
    )
    path = tmp_path_factory.mktemp("warm-up") / "four sets.npz"
    track.save(path)
    return path


def add_warm_up(test: AppTest, path: Path) -> AppTest:
    box = test.file_uploader(key="warm-up-upload")
    test = box.set_value([(path.name, path.read_bytes(), "application/octet-stream")]).run()
    clips = SPACES.get(browser_of(test)).warm_up
    wait_until(lambda: all(c.job.state.is_over for c in clips), "the warm-up clips")
    return test.run()


def test_four_slow_sets_are_seen_and_the_clip_is_gone(page: Any, warm_up_file: Path) -> None:
    test = add_warm_up(page("health"), warm_up_file)
    assert not test.exception
    shown = words(test)
    assert "4/4 sets seen" in shown
    assert "Set 4: 5 reps, 2." in shown
    assert "cannot see a weight" in shown
    assert SPACES.get(browser_of(test)).warm_up == []
    assert list(SPACES._workspace.root.glob("clip-*/four*")) == []  # type: ignore[union-attr]

    report = person_of(test).warm_up()
    assert report is not None
    states = {step.step.id: step.state for step in report.steps}
    assert states["bodyweight_squats"] is StepState.SEEN
    assert states["light_leg_extensions"] is StepState.NOT_NEEDED
    assert states["ramp_up"] is StepState.OPEN
    assert "The warm-up is done." not in shown
    for step in ("general_movement", "ramp_up"):
        test.checkbox(key=f"tick-{step}").check().run()
    assert "The warm-up is done." in words(test)
    # It is there on a new page of this browser, and nowhere else.
    assert "The warm-up is done." in words(open_as(browser_of(test), "health"))
    assert "0/4 sets seen" in words(page("health"))


def test_a_checked_set_is_counted_as_warm_up_when_the_person_says_so(
    page: Any, track_files: tuple[Path, Path]
) -> None:
    check = upload(page("check"), track_files[0])
    health = open_as(browser_of(check), "health")
    assert "0/4 sets seen" in words(health)
    assert "Set 1" not in words(health)
    box = next(b for b in check.checkbox if "part of my warm-up" in b.label)
    box.check().run()
    health = words(open_as(browser_of(check), "health"))
    assert "Set 1 does not count yet: 2 full reps, a set counts from 5" in health


def test_leg_extensions_are_the_other_way(page: Any) -> None:
    test = page("health")
    test.number_input(key="warm-up-extensions").set_value(3).run()
    shown = words(test)
    assert "3 sets ticked." in shown
    assert "Not needed: the other one is done." in shown


def test_a_warm_up_clip_that_cannot_be_read_is_named(page: Any, tmp_path: Path) -> None:
    bad = tmp_path / "broken.npz"
    bad.write_bytes(b"PK nothing")
    test = add_warm_up(page("health"), bad)
    assert not test.exception
    assert "broken.npz" in test.error[0].value
    assert "0/4 sets seen" in words(test)
