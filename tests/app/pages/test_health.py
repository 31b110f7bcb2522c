"""The knee health page: the worked examples, the warm-up, and every article's statement."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from app_pages import answer, browser_of, everything, open_as, person_of, upload, words
from article_rows import ROWS
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


# -- the worked examples of the symptom guide, as a person answers them ---------------

TENDON = {
    "locations": ["below_kneecap"], "characters": ["sharp"], "provocations": ["heavy_lowering"],
    "since_onset_h": 24.0,
}  # fmt: skip
SORE_THIGH = {
    "locations": ["front_thigh"], "characters": ["deep_ache"], "since_training_h": 40.0,
    "easings": ["gentle_movement"],
}  # fmt: skip
KNEECAP = {
    "locations": ["around_kneecap"], "characters": ["dull_ache"],
    "provocations": ["stairs", "long_sitting"],
}  # fmt: skip
EXAMPLES = [
    ("sharp below the kneecap, 24 h", TENDON, "patellar_tendon_like", None),
    ("the same at 50 h", TENDON | {"since_onset_h": 50.0}, None, "sharp_pain_lasting"),
    ("dull round the kneecap", KNEECAP, "kneecap_pain_like", None),
    ("thigh ache, 40 h, eases moving", SORE_THIGH, "muscle_soreness_like", None),
    ("thigh ache, 80 h, the same", SORE_THIGH | {"since_training_h": 80.0, "trend": "same"}, None,
     "soreness_lasting"),
    ("soreness and a swollen joint", SORE_THIGH | {"swelling": "some"}, None, "joint_swelling"),
    ("clicking without pain", {"clicking": "painless"}, None, "painless_clicking"),
]  # fmt: skip


def test_every_worked_example_comes_out_as_written(page: Any) -> None:
    test = page("health")
    for name, said, pattern, flag in EXAMPLES:
        test = answer(test, **said)
        assert not test.exception, name
        shown = words(test)
        result = person_of(test).guide
        assert result is not None
        flags = [v.flag.id for v in result.red_flags]
        assert flags == ([flag] if flag else []), name
        if flag:
            tier = FLAGS[flag].tier
            assert f"⚠ {KB.tier_text(tier).headline}" in shown, name
            assert result.red_flags[0].reason in shown, name
            assert result.is_exercise_advice_allowed == (tier is Tier.MENTION)
        if pattern:
            found = next(p for p in KB.patterns if p.id == pattern)
            assert f"**{found.name}**: {found.resembles.text}" in shown, name
            assert "For: " in shown
            assert KB.note("general.no_flag").text in shown, name
            for fault in found.faults:
                assert f"**Look at in your own squat:** {KB.fault(fault).name}" in shown
        else:
            assert not any(f"**{p.name}**" in shown for p in KB.patterns), name
        test = test.button(key="guide-clear").click().run()
        assert person_of(test).guide is None


# -- every statement of the articles is somewhere in the app ------------------------


def test_every_article_statement_is_reachable_in_the_app(page: Any) -> None:
    health = page("health")
    health.radio(key="pain-now").set_value(False).run()
    health.checkbox(key="warmed-up").check().run()
    shown = [everything(health)]
    # What the guide says only to those it fits.
    hurts = answer(page("health"), characters=["sharp"], locations=["below_kneecap"])
    shown.append(everything(hurts))
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
