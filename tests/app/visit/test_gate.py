"""With a warning sign of the first three tiers no page shows training advice of any kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from answer_sets import SETS, answers_of_set
from app_pages import PAGES, answer, answer_all, browser_of, everything, open_as, person_of, upload
from health_cases import FLAGS
from streamlit.testing.v1 import AppTest

from formcheck.app.visit.person import Person
from formcheck.knowledge import Tier, load_knowledge
from formcheck.knowledge.reassurance import NOTHING_TO_GO_BY
from formcheck.knowledge.vocabulary import AdviceKind
from formcheck.training.history import Session, open_history, parse_sets
from formcheck.training.plan import make_training_plan

KB = load_knowledge()
TODAY = date.today()


def advice() -> Iterator[tuple[str, str]]:
    """Every text of the knowledge base that tells how to train, by its id."""
    for cue in KB.cues:
        yield cue.id, cue.text
        yield cue.id, cue.spoken
    for exercise in KB.exercises:
        yield exercise.id, exercise.text
        yield exercise.id, exercise.dose.text
        for step in exercise.how_to:
            yield exercise.id, step
    for step in KB.warm_up.steps:
        yield step.id, step.text
    for item in KB.self_care:
        if not item.stays_with_time_based:
            yield item.id, item.text
    for cause in KB.root_causes:
        for line in cause.what_helps:
            yield line.id, line.text
    for condition in KB.conditions:
        for line in condition.what_helps:
            yield line.id, line.text
    for ladder in KB.ladders:
        for step in ladder.steps:
            yield step.id, step.text
    for machine in KB.machines:
        for line in machine.advice:
            yield line.id, line.text
    yield "return_load_ratio", KB.default("return_load_ratio").text


@pytest.fixture(autouse=True)
def _history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six weeks with a jump and a sorer knee: everything the plan would speak about."""
    monkeypatch.setenv("FORMCHECK_DATA_DIR", str(tmp_path / "data"))
    open_history().add_all(
        Session(
            day=TODAY - timedelta(days=7 * k + d), exercise="back squat",
            sets=parse_sets("5x10x90" if k == 0 else "5x10x60"), minutes=50, effort=6,
            pain_during=6 if k == 0 else 0, pain_next_morning=4 if k == 0 else 0,
        )
        for k in range(6)
        for d in (5, 3, 1)
    )  # fmt: skip


def assert_no_advice(shown: str, where: str) -> None:
    for id_, text in advice():
        assert text not in shown, f"{where}: {id_}"
    assert "fc-plan" not in shown, where
    assert "Try this next" not in shown, where
    assert "sets seen" not in shown, where


def test_without_a_flag_the_same_pages_do_show_advice(
    page: Any, track_files: tuple[Path, Path]
) -> None:
    check = answer_all(upload(page("check"), track_files[0]))
    texts = {name: everything(open_as(browser_of(check), name)) for name in ("history", "health")}
    shown = everything(check) + texts["history"] + texts["health"]
    assert "Try this next" in shown
    assert "fc-plan" in everything(check)
    assert "fc-plan" in texts["history"]
    assert "0/4 sets seen" in texts["health"]
    # The list of texts above means something: nearly all of them are on show.
    told = [text in shown for _, text in advice()]
    assert sum(told) > 0.7 * len(told)  # the ladders wait for a professional


@pytest.mark.parametrize("sign", ["breathlessness", "muscle_breakdown", "gives_way"])
def test_no_page_shows_advice_beside_a_sign(
    page: Any, track_files: tuple[Path, Path], sign: str
) -> None:
    """One sign of each tier, answered on the page; then every page of this browser."""
    said = {
        "breathlessness": {"has_breathlessness": True},
        "muscle_breakdown": {"has_dark_urine": True},
        "gives_way": {"has_giving_way": True},
    }[sign]
    guide = answer(page("health"), **said)
    assert not guide.exception
    tier = FLAGS[sign].tier
    shown = everything(guide)
    assert KB.tier_text(tier).headline in shown
    assert_no_advice(shown, "guide")
    browser = browser_of(guide)
    check = upload(open_as(browser, "check"), track_files[0])
    for name in PAGES:
        test: AppTest = check if name == "check" else open_as(browser, name)
        assert not test.exception
        assert_no_advice(everything(test), name)
    withheld = KB.note("general.withheld").text
    assert withheld in everything(check)
    assert withheld in everything(open_as(browser, "history"))
    if sign == "muscle_breakdown":
        for item in KB.self_care:
            if item.kind in (AdviceKind.ICE, AdviceKind.ANTI_INFLAMMATORY):
                assert item.text not in shown

    # The numbers of the load stay; what to do about them does not.
    history = everything(open_as(browser, "history"))
    assert KB.load.wording.text in history
    assert "a change of +50 %" in history


@pytest.mark.parametrize("one", [s for s in SETS if not s["shows"]], ids=lambda s: s["about"])
def test_every_closed_set_of_answers_shuts_the_gate(one: dict[str, Any]) -> None:
    """What all pages ask, and the plan."""
    me = Person()
    me.tell("any", answers_of_set(one))
    assert me.is_advice_held
    assert make_training_plan(me.known(TODAY)).is_withheld


def test_pain_that_was_told_shuts_the_gate_until_the_guide_is_answered(
    page: Any, track_files: tuple[Path, Path]
) -> None:
    check = upload(page("check"), track_files[0])
    browser = browser_of(check)
    for name in PAGES:
        shown = everything(check if name == "check" else open_as(browser, name))
        assert_no_advice(shown, name)
    held = KB.note("general.withheld_open").text
    assert held in everything(check)
    assert "6 of 10 points during training" in everything(open_as(browser, "history"))
    answer_all(open_as(browser, "health"))
    assert "fc-plan" in everything(open_as(browser, "history"))


def test_who_told_of_no_pain_keeps_the_cue_about_movement(
    page: Any, track_files: tuple[Path, Path]
) -> None:
    open_history().delete_all()
    check = upload(page("check"), track_files[0])
    shown = everything(check)
    assert "Try this next:" in shown
    assert KB.note("general.movement_only").text in shown
    assert "fc-plan" in shown
    # Nothing of medicine or ice, which wait for the guide.
    health = everything(open_as(browser_of(check), "health"))
    for item in KB.self_care:
        if item.kind in (AdviceKind.ICE, AdviceKind.ANTI_INFLAMMATORY):
            assert item.text not in health


def test_a_mention_takes_nothing_away(page: Any) -> None:
    test = answer_all(page("health"), clicking="painless")
    assert person_of(test).guide is not None
    assert person_of(test).guide.tier is Tier.MENTION
    assert not person_of(test).is_advice_held
    assert "fc-plan" in everything(open_as(browser_of(test), "history"))
    assert "0/4 sets seen" in everything(test)


def test_the_answers_of_one_browser_hold_for_that_browser_only(page: Any) -> None:
    open_history().delete_all()
    one = answer(page("health"), has_dark_urine=True)
    assert person_of(one).is_advice_held
    other = page("history")
    assert not person_of(other).is_advice_held
    assert NOTHING_TO_GO_BY in everything(other)
    one = one.button(key="guide-clear").click().run()
    assert person_of(one).is_advice_held, "to start again does not say that it is gone"
    assert not person_of(answer_all(one)).is_advice_held
