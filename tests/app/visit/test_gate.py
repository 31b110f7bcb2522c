"""With a warning sign of the first three tiers no page shows training advice of any kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from app_pages import PAGES, answer, browser_of, everything, open_as, person_of, upload
from health_cases import FLAGS
from streamlit.testing.v1 import AppTest

from formcheck.knowledge import GuideResult, Tier, load_knowledge, parse_answers, run_guide
from formcheck.knowledge.vocabulary import AdviceKind
from formcheck.training.history import Session, open_history, parse_sets
from formcheck.training.plan import make_training_plan

KB = load_knowledge()
TODAY = date.today()
# One set of answers for every blocking flag; a test checks that none is missing.
SIGNS: dict[str, dict[str, object]] = {
    "chest_pain": {"has_chest_pain": True},
    "calf_with_breathlessness": {"has_breathlessness": True, "has_calf_swelling": True},
    "breathlessness": {"has_breathlessness": True},
    "muscle_breakdown": {"has_dark_urine": True},
    "one_sided_calf": {"has_calf_pain": True},
    "hot_joint_with_fever": {"has_fever": True, "has_warmth": True},
    "pop_or_snap": {"has_pop": True},
    "cannot_straighten": {"can_straighten": False},
    "cannot_lift_straight_leg": {"can_lift_straight_leg": False},
    "deformity": {"has_deformity": True},
    "severe_swelling": {"swelling": "severe"},
    "painful_locked_knee": {"locking": "stuck_painful"},
    "after_injury": {"is_after_injury": True, "age_years": 60},
    "numbness": {"has_numbness": True},
    "cannot_bear_weight": {"can_bear_weight": False},
    "gives_way": {"has_giving_way": True},
    "joint_swelling": {"swelling": "some"},
    "joint_redness": {"has_redness": True},
    "joint_warmth": {"has_warmth": True},
    "sharp_pain_lasting": {"characters": ["sharp"], "since_onset_h": 50},
    "sharp_pain_light_activity": {"characters": ["sharp"], "is_worse_with_light_activity": True},
    "fever": {"has_fever": True, "has_warmth": False},
    "locking": {"locking": "at_times"},
    "night_or_rest_pain": {"has_night_pain": True},
    "under_18": {"age_years": 17},
    "painful_clicking": {"clicking": "painful"},
    "soreness_lasting": {"characters": ["deep_ache"], "since_training_h": 80, "trend": "same"},
}


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
        if item.kind.is_training_advice:
            yield item.id, item.text
    for cause in KB.root_causes:
        for line in cause.what_helps:
            yield line.id, line.text
    for condition in KB.conditions:
        for line in condition.what_helps:
            yield line.id, line.text
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


def raised(id_: str) -> GuideResult:
    return run_guide(parse_answers(SIGNS[id_]))


def test_every_blocking_flag_has_its_answers() -> None:
    blocking = {flag.id for flag in KB.red_flags if flag.tier.is_blocking}
    assert blocking - set(SIGNS) == set(), "add answers that raise it"
    for id_ in SIGNS:
        assert id_ in [v.flag.id for v in raised(id_).red_flags]


def assert_no_advice(shown: str, where: str) -> None:
    for id_, text in advice():
        assert text not in shown, f"{where}: {id_}"
    assert "fc-plan" not in shown, where
    assert "Fix first" not in shown, where
    assert "sets seen" not in shown, where


def test_without_a_flag_the_same_pages_do_show_advice(
    page: Any, track_files: tuple[Path, Path]
) -> None:
    check = upload(page("check"), track_files[0])
    texts = {name: everything(open_as(browser_of(check), name)) for name in ("history", "health")}
    shown = everything(check) + texts["history"] + texts["health"]
    assert "Fix first" in shown
    assert "fc-plan" in everything(check)
    assert "fc-plan" in texts["history"]
    assert "0/4 sets seen" in texts["health"]
    # The list of texts above means something: nearly all of them are on show.
    told = [text in shown for _, text in advice()]
    assert sum(told) > 0.8 * len(told)


@pytest.mark.parametrize("sign", ["breathlessness", "muscle_breakdown", "gives_way"])
def test_no_page_shows_advice_beside_a_sign(
    page: Any, track_files: tuple[Path, Path], sign: str
) -> None:
    """One sign of each tier, answered on the page; then every page of this browser."""
    said = {
        "breathlessness": {"has_breathlessness": "yes"},
        "muscle_breakdown": {"has_dark_urine": "yes"},
        "gives_way": {"has_giving_way": "yes"},
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


def test_every_single_sign_shuts_the_gate(page: Any) -> None:
    """Each flag by itself: what all pages ask, and the plan."""
    test = page("history")
    person = person_of(test)
    assert "fc-plan" in everything(test)
    assert not person.is_advice_held
    for sign in SIGNS:
        person.guide = raised(sign)
        assert person.is_advice_held, sign
        assert make_training_plan(raised(sign)).is_withheld, sign
    shown = everything(test.run())
    assert_no_advice(shown, "history")
    assert KB.note("general.withheld").text in shown


def test_a_mention_takes_nothing_away(page: Any) -> None:
    test = answer(page("health"), clicking="painless")
    assert person_of(test).guide is not None
    assert person_of(test).guide.tier is Tier.MENTION
    assert not person_of(test).is_advice_held
    assert "fc-plan" in everything(open_as(browser_of(test), "history"))
    assert "0/4 sets seen" in everything(test)


def test_the_answers_of_one_browser_hold_for_that_browser_only(page: Any) -> None:
    one = answer(page("health"), has_dark_urine="yes")
    assert person_of(one).is_advice_held
    other = page("history")
    assert not person_of(other).is_advice_held
    assert "fc-plan" in everything(other)
    one.button(key="guide-clear").click().run()
    assert not person_of(one).is_advice_held
