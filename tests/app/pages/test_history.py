"""The history page: what comes in, what it says, what goes out."""

from __future__ import annotations

import stat
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from app_pages import answer_all, browser_of, everything, open_as, upload, words
from results import result
from streamlit.testing.v1 import AppTest

from formcheck.knowledge import load_knowledge
from formcheck.pose.track import PoseTrack
from formcheck.report.result import ClipResult
from formcheck.report.rows import REP_COLUMNS, rep_rows, to_csv
from formcheck.squat.analysis import analyze
from formcheck.training.history import (
    FaultTally,
    Session,
    SessionSource,
    SetGroup,
    export_json,
    open_history,
)

KB = load_knowledge()
TODAY = date.today()


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own."""
    monkeypatch.setenv("FORMCHECK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("FORMCHECK_LAN", raising=False)
    return tmp_path / "data"


def table(*lines: str) -> bytes:
    return "\n".join(["date,exercise,sets,minutes,effort,pain_next_morning", *lines]).encode()


def six_weeks(jump_kg: float = 60) -> bytes:
    """Three sessions a week; in the last 7 days with another weight."""
    days = [TODAY - timedelta(days=7 * k + d) for k in range(6) for d in (5, 3, 1)]
    return table(
        *(
            f"{d},leg press,5x10x{jump_kg if d > TODAY - timedelta(days=7) else 60},50,6,0"
            for d in sorted(days)
        )
    )


def load(test: AppTest, name: str, content: bytes) -> AppTest:
    test.file_uploader(key="history-import").set_value((name, content, "text/plain"))
    return test.run()


def test_an_empty_history_says_where_it_is_and_makes_no_file(page: Any, data: Path) -> None:
    shown = everything(page("history"))
    assert str(data / "history.sqlite3") in shown
    assert "not encrypted" in shown
    assert "0600" in shown
    assert "No video is kept" in shown
    assert "Nothing is kept yet" in shown
    assert not data.exists()


def test_a_session_is_typed_in_changed_and_deleted(page: Any, data: Path) -> None:
    test = page("history")
    test.text_input(key="add-exercise").set_value("back squat")
    test.text_input(key="add-sets").set_value("3x10x60; 1x5x80")
    test.number_input(key="add-minutes").set_value(45.0)
    test.number_input(key="add-effort").set_value(7.0)
    test.number_input(key="add-pain_during").set_value(2.0)
    test.number_input(key="add-pain_after").set_value(3.0)
    test.number_input(key="add-knee_to_wall_left_cm").set_value(8.5)
    add = next(b for b in test.button if b.label == "Add this session")
    test = add.click().run()
    assert not test.exception
    assert "1 session added." in test.success[0].value
    assert "3 × 10 × 60; 1 × 5 × 80 · 45 min · effort 7 of 10 · knee pain 2 of 10" in words(test)
    assert "right after 3 of 10" in words(test)
    assert "knee to wall, left, 8.5 cm" in words(test)
    file = data / "history.sqlite3"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    (one,) = open_history().sessions()
    test.number_input(key=f"change-{one.uid}-pain_next_morning").set_value(4.0)
    test = next(b for b in test.button if b.label == "Save changes").click().run()
    (changed,) = open_history().sessions()
    assert (changed.uid, changed.pain_next_morning, changed.sets) == (one.uid, 4.0, one.sets)

    assert test.button(key="history-delete").disabled
    test.checkbox(key=f"history-sure-{one.uid}").check().run()
    test.button(key="history-delete").click().run()
    assert open_history().sessions() == ()
    assert "No sessions yet." in words(test)


@pytest.mark.parametrize(
    ("sets", "said"),
    [("three by ten", "write it like 3x10x60"), ("3x10x9999", "must lie from 0 to 1000")],
)
def test_what_cannot_be_read_is_named_and_nothing_is_kept(page: Any, sets: str, said: str) -> None:
    test = page("history")
    test.text_input(key="add-sets").set_value(sets)
    test = next(b for b in test.button if b.label == "Add this session").click().run()
    assert not test.exception
    assert said in test.error[0].value
    assert open_history().sessions() == ()


def test_six_weeks_with_a_jump(page: Any) -> None:
    test = load(page("history"), "log.csv", six_weeks(jump_kg=90))
    assert "18 sessions added." in test.success[0].value
    shown = everything(test)
    assert KB.load.wording.text in shown
    assert "Volume (sets x reps x kg): high" in shown
    assert "a change of +50 %" in shown
    for doubt in KB.load.disputed:
        assert doubt.text in shown
    for limit in KB.load.defaults:
        assert limit.text in shown
    assert KB.statement("rapid_load_increase.help").text in shown
    # No chance of injury anywhere.
    assert "injury risk" not in shown.lower()
    # The plan says it too, with why and source.
    plan = next(e.proto.body for e in test.get("html") if "fc-plan" in e.proto.body)
    assert "Smaller steps" in plan
    assert "Why:" in plan
    assert "Source:" in plan
    assert plan.count("<li>") <= 3


def test_six_even_weeks_have_no_jump(page: Any) -> None:
    shown = everything(load(page("history"), "log.csv", six_weeks()))
    assert "No jump in sessions, top weight, effort x minutes, minutes and volume." in shown
    assert KB.load.wording.text not in words(page("history")).split("fc-plan")[0]
    assert "Volume (sets x reps x kg), kg, per week." in shown


def test_an_import_names_every_wrong_line_and_takes_nothing(page: Any) -> None:
    bad = table(f"{TODAY},squat,3x10,10,11,0", "yesterday,squat,3x10,10,5,0")
    test = load(page("history"), "log.csv", bad)
    assert "line 2" in test.error[0].value
    assert "line 3" in test.error[0].value
    assert open_history().sessions() == ()


def test_an_export_is_loaded_again_once(page: Any) -> None:
    load(page("history"), "log.csv", six_weeks())
    kept = open_history().sessions()
    export = export_json(kept)
    test = page("history")
    test.checkbox(key="history-delete-all-sure").check().run()
    test.button(key="history-delete-all").click().run()
    assert "Everything is deleted." in test.success[0].value
    assert open_history().sessions() == ()
    load(test, "export.json", export)
    assert open_history().sessions() == kept
    again = load(page("history"), "export.json", export)
    assert "18 already there" in again.success[0].value


def test_deleting_everything_leaves_no_file(page: Any, data: Path) -> None:
    load(page("history"), "log.csv", six_weeks())
    (data / "history.damaged-2026-01-01-000000-0.sqlite3").write_bytes(b"old")
    test = page("history")
    assert test.button(key="history-delete-all").disabled
    test.checkbox(key="history-delete-all-sure").check().run()
    test.button(key="history-delete-all").click().run()
    assert [p for p in data.iterdir() if p.is_file()] == []


def test_a_damaged_file_is_set_aside_and_the_page_says_so(page: Any, data: Path) -> None:
    load(page("history"), "log.csv", six_weeks())
    file = data / "history.sqlite3"
    file.write_bytes(b"SQLite format 3\0" + b"\xff" * 4000)
    test = page("history")
    assert not test.exception
    assert "was damaged, so it was set aside" in test.warning[0].value
    assert len(list(data.glob("history.damaged-*.sqlite3"))) == 1
    # Writing goes on.
    assert "18 sessions added." in load(test, "log.csv", six_weeks()).success[0].value


def test_a_file_that_cannot_be_opened_is_named(page: Any, data: Path) -> None:
    data.mkdir()
    (data / "history.sqlite3").mkdir()
    test = page("history")
    assert not test.exception
    assert "history.sqlite3" in test.error[0].value


# -- from a checked video ------------------------------------------------------


def keep(test: AppTest) -> AppTest:
    button = next(b for b in test.button if "in my history" in b.label)
    return button.click().run()


def test_a_checked_set_is_kept_once_and_updated(
    page: Any, track_files: tuple[Path, Path], front_track: PoseTrack
) -> None:
    test = upload(page("check"), track_files[0])
    test.number_input(key="keep-weight").set_value(40.0)
    test.number_input(key="keep-pain").set_value(3.0)
    test.number_input(key="keep-pain_after").set_value(4.0)
    test = keep(test)
    assert not test.exception
    assert "Kept in your history." in test.success[0].value
    (one,) = open_history().sessions()
    assert (one.source, one.day, one.pains) == (SessionSource.CLIP, TODAY, (3.0, 4.0))
    assert one.sets == (SetGroup(n_sets=1, n_reps=2, weight_kg=40.0),)
    n_faulty = sum(
        f.verdict == "fault"
        for rep in analyze(front_track).reps
        for f in [rep.finding("knee_valgus")]
    )
    tally = next(t for t in one.faults if t.fault == "knee_valgus")
    assert (tally.n_fault, tally.n_judged) == (n_faulty, 2)

    # Told again with another weight: the same entry.
    assert any(b.label == "Update it in my history" for b in test.button)
    test.number_input(key="keep-weight").set_value(50.0)
    keep(test)
    (changed,) = open_history().sessions()
    assert (changed.uid, changed.sets[0].weight_kg) == (one.uid, 50.0)

    # The same clip in another session of another browser.
    other = upload(page("check"), track_files[0])
    assert any(b.label == "Update it in my history" for b in other.button)
    shown = words(open_as(browser_of(other), "history"))
    assert "checked video" in shown
    assert "knee valgus 1 of 2" in shown


def test_two_views_of_a_set_are_one_entry(page: Any, track_files: tuple[Path, Path]) -> None:
    test = keep(upload(page("check"), track_files[0]))
    path = track_files[1]
    test.file_uploader(key="upload-2").set_value((path.name, path.read_bytes(), "x/y"))
    from app_pages import wait_over

    test = keep(wait_over(test.run()))
    assert not test.exception
    (one,) = open_history().sessions()
    assert one.n_reps == 2
    tallies = {t.fault: t for t in one.faults}
    assert tallies["knee_valgus"].n_judged == 2
    assert tallies["forward_knee_travel"].n_judged == 2
    assert one.knee_flexion_deg is not None
    assert one.file == "set front.npz + set side.npz" or " + " in (one.file or "")


def test_a_result_that_has_a_broken_history_beside_it_is_still_shown(
    page: Any, track_files: tuple[Path, Path], data: Path
) -> None:
    data.mkdir()
    (data / "history.sqlite3").mkdir()
    test = upload(page("check"), track_files[0])
    assert not test.exception
    assert "Knees moving inwards in 1 of 2 squats" in words(test)
    assert any("history.sqlite3" in e.value for e in test.error)


# -- from a batch run ------------------------------------------------------------


@pytest.fixture
def results(front_track: PoseTrack, side_track: PoseTrack) -> list[ClipResult]:
    tracks = (front_track, side_track)
    return [
        result(analyze(track), file=f"clip {i}.mp4", sha256=f"{i}" * 64)
        for i, track in enumerate(tracks)
    ]


def load_batch(test: AppTest, files: list[tuple[str, bytes]]) -> AppTest:
    box = test.file_uploader(key="history-batch")
    test = box.set_value([(name, content, "text/plain") for name, content in files]).run()
    return test.button(key="history-batch-load").click().run()


def test_a_results_folder_becomes_sessions(page: Any, results: list[ClipResult]) -> None:
    files = [(f"{i}.json", r.to_json()) for i, r in enumerate(results)]
    rows = [row for r in results for row in rep_rows(r)]
    files.append(("reps.csv", to_csv(REP_COLUMNS, rows)))
    test = load_batch(page("history"), files)
    assert not test.exception
    assert "2 sessions added." in test.success[0].value
    kept = open_history().sessions()
    assert {s.source for s in kept} == {SessionSource.BATCH}
    assert [s.n_reps for s in kept] == [2, 2]

    # The table alone tells the same verdicts and is known again; of values, the decisive one.
    open_history().delete_all()
    table_only = [("reps.csv", to_csv(REP_COLUMNS, rows))]
    load_batch(page("history"), table_only)
    again = load_batch(page("history"), table_only)
    assert "2 already there" in again.success[0].value
    plain = {"value": None, "uncertainty": None, "measure": ""}

    def told(session: Any) -> str:
        faults = [msgspec.structs.replace(fault, **plain) for fault in session.faults]
        return str((faults, session.sets, session.eccentric_s))

    assert sorted(map(told, kept)) == sorted(map(told, open_history().sessions()))


def test_a_folder_without_results_is_refused(page: Any) -> None:
    test = load_batch(page("history"), [("notes.json", b'{"a": 1}')])
    assert "No result of a clip was found" in test.error[0].value


def test_a_mean_of_28_days_waits_for_28_days(page: Any) -> None:
    for n_days, is_shown in ((26, False), (27, True)):
        history = open_history()
        history.delete_all()
        days = (TODAY - timedelta(days=k) for k in range(0, n_days + 1))
        history.add_all(Session(day=day, minutes=30.0) for day in days)
        shown = everything(page("history"))
        assert "last 7 days" in shown
        assert ("over 28 days" in shown) is is_shown, n_days


# -- trends ----------------------------------------------------------------------


def judged(n_days_ago: int, value: float, pain: float) -> Session:
    tally = FaultTally(
        fault="knee_valgus", n_fault=0, n_borderline=0, n_ok=6, n_not_assessable=0,
        unit="pct_shank", value=value, uncertainty=4.0,
    )  # fmt: skip
    day = TODAY - timedelta(days=n_days_ago)
    return Session(day=day, faults=(tally,), pain_during=pain)


def test_trends_are_coloured_only_beyond_the_error(page: Any) -> None:
    history = open_history()
    # The value falls by 1 % (error 4), pain by 4 points.
    history.add_all(judged(3 * i, 7.0 + (i > 2), 2.0 if i < 3 else 6.0) for i in range(9))
    shown = everything(page("history"))
    assert "Within the error of your own baseline" in shown
    pain = shown.split("Knee pain during training", 1)[1]
    assert "fc-dot fc-ok" in pain
    assert "Down by 4 points" in pain
    valgus = shown.split("Knees moving inwards (knee valgus): size", 1)[1].split("<figure", 1)[0]
    assert "fc-dot fc-" not in valgus


def test_trends_open_with_what_the_plan_says_first(page: Any) -> None:
    history = open_history()
    history.add_all(
        Session(day=TODAY - timedelta(days=n), minutes=30.0, pain_next_morning=pain)
        for n, pain in ((1, 3.0), (10, 1.0), (12, 1.0), (14, 1.0))
    )
    test = page("history")
    week, trends, *_ = test.tabs
    for tab in (week, trends):
        assert "The next morning is up by 2 points" in tab.warning[0].value
    assert week.warning[0].value == trends.warning[0].value
    assert "Up by 2 points" in everything(test)
    assert "Level" not in everything(test)
    kinds = [str(one.proto) for one in week.get("download_button")]
    assert any("One page for a doctor" in kind for kind in kinds)
    # With every sign answered the plan opens, pain first, and Trends says so too.
    week, trends, *_ = answer_all(test).tabs
    first = next(m.value for m in trends.markdown)
    assert first.startswith("**" + KB.self_care_item("hold_the_load").name)
    assert "The next morning is up by 2 points" in first


# -- several people ----------------------------------------------------------------


def test_with_lan_nothing_is_written_and_nobody_sees_another_history(
    page: Any, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_history().add(Session(day=TODAY, note="the owner's own file"))
    monkeypatch.setenv("FORMCHECK_LAN", "1")
    before = (data / "history.sqlite3").read_bytes()
    one, two = page("history"), page("history")
    one = load(one, "log.csv", six_weeks(jump_kg=90))
    assert "18 sessions added." in one.success[0].value
    assert KB.load.wording.text in words(one)
    for shown in (everything(two.run()), everything(page("history"))):
        assert "leg press" not in shown
        assert "owner" not in shown
        assert "nothing is kept on its computer" in shown
    # Another page of the same browser does see it.
    assert "leg press" in everything(open_as(browser_of(one), "history"))
    assert (data / "history.sqlite3").read_bytes() == before
    assert [p.name for p in data.iterdir()] == ["history.sqlite3"]
