"""Export and import: nothing lost, every faulty line named, nothing taken by halves."""

import csv
import io
import json
from datetime import date, timedelta

import pytest
from health_cases import TODAY, full
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from formcheck.training.history import (
    CSV_COLUMNS,
    FaultTally,
    HistoryError,
    ImportFailedError,
    MemoryHistory,
    Session,
    SessionSource,
    SetGroup,
    export_csv,
    export_json,
    format_sets,
    import_csv,
    import_json,
    parse_sets,
)
from formcheck.training.history.exchange import FORMAT_VERSION

SIX_WEEKS = b"""date,exercise,sets,minutes,effort,pain_during,pain_next_morning,note
2026-10-12,Back squat,3x10x60; 1x5x80,50,6,0,0,first
2026-10-14,Back squat,3x10x60,45,6,1,,
2026-10-19,Bodyweight squat,4x12x0,20,4,,,
2026-10-21,Leg press,,40,7.5,2,3,machine was taken
"""


def errors_of(data):
    with pytest.raises(ImportFailedError) as caught:
        import_csv(data, TODAY)
    return {error.line: error.text for error in caught.value.errors}


def test_a_training_log_is_read():
    sessions = import_csv(SIX_WEEKS, TODAY)
    first, *_, last = sessions
    assert first == Session(
        uid=first.uid,
        day=date(2026, 10, 12),
        source=SessionSource.MANUAL,
        exercise="Back squat",
        sets=(
            SetGroup(n_sets=3, n_reps=10, weight_kg=60.0),
            SetGroup(n_sets=1, n_reps=5, weight_kg=80.0),
        ),
        minutes=50.0,
        effort=6.0,
        pain_during=0.0,
        pain_next_morning=0.0,
        note="first",
    )
    assert sessions[1].pain_next_morning is None
    assert sessions[2].sets[0].weight_kg == 0.0
    assert last.sets == ()
    assert last.effort == 7.5


def test_reading_a_file_twice_stores_it_once():
    history = MemoryHistory()
    assert history.add_all(import_csv(SIX_WEEKS, TODAY)) == 4
    assert history.add_all(import_csv(SIX_WEEKS, TODAY)) == 0
    line = b"2026-10-26,Back squat,3x10x60,50,6,0,0,\n"
    assert history.add_all(import_csv(SIX_WEEKS + line + line, TODAY)) == 2, (
        "two equal sets of work"
    )


def test_pain_right_after_is_read_and_a_table_without_it_keeps_its_uids():
    with_it = SIX_WEEKS.replace(b"pain_during,", b"pain_during,pain_after,").splitlines()
    told, open_ = (
        b"2026-10-12,Back squat,3x10x60; 1x5x80,50,6,0,%s,0,first" % p for p in (b"4", b"")
    )
    (after,) = import_csv(b"\n".join([with_it[0], told]), TODAY)
    (empty,) = import_csv(b"\n".join([with_it[0], open_]), TODAY)
    first = import_csv(SIX_WEEKS, TODAY)[0]
    assert (after.pain_after, empty.pain_after) == (4.0, None)
    assert empty == first
    assert first.uid == "3e95961809585167891f545c53db2f02"
    assert after.uid != first.uid


def test_spreadsheets_of_other_countries_are_read():
    text = "\ufeffDate;Sets;Minutes;Body weight kg\r\n2026-10-12;3x10x62,5 + 1x5x80;45,5;81\r\n"
    (session,) = import_csv(text.encode(), TODAY)
    assert session.sets[0].weight_kg == 62.5
    assert session.sets[1].n_reps == 5
    assert (session.minutes, session.body_weight_kg) == (45.5, 81.0)


def test_every_faulty_line_is_named():
    data = b"""date,sets,minutes,effort,pain_during
2026-10-12,3x10x60,50,6,0
12/10/2026,3x10x60,50,6,0
2026-10-13,three tens,50,6,0

2026-10-14,3x10x60,fifty,11,0
2026-11-23,3x10x60,50,6,0
2026-10-15,3x10x60,50,10.5,0
2026-10-16,3x10x60,50,6,0,what is this
,3x10x60,50,6,0
2026-10-17,3x0x60,nan,6,0
"""
    errors = errors_of(data)
    assert set(errors) == {3, 4, 6, 7, 8, 9, 10, 11}
    assert "could be two days" in errors[3]
    assert "sets x reps x kg" in errors[4]
    assert "not a number" in errors[6]
    assert "future" in errors[7]
    assert "from 0 to 10" in errors[8]
    assert "6 cells" in errors[9]
    assert "date" in errors[10]
    assert "number of reps" in errors[11]


def test_both_sides_of_the_limits_of_a_line():
    good = b"date,minutes,effort,pain_during\n2026-11-22,1440,10,0\n1950-01-01,0,0,10\n"
    assert len(import_csv(good, TODAY)) == 2
    for line in (b"2026-11-22,1441,10,0", b"2026-11-22,1,10.1,0", b"2026-11-22,1,1,-0.1"):
        assert 2 in errors_of(b"date,minutes,effort,pain_during\n" + line + b"\n")
    assert 2 in errors_of(b"date\n1949-12-31\n")


def test_a_wrong_first_line_is_named():
    assert "no column 'date'" in errors_of(b"sets,minutes\n3x10x60,50\n")[1]
    assert "unknown column 'mintues'" in errors_of(b"date,mintues\n2026-10-12,50\n")[1]
    assert "twice" in errors_of(b"date,date\n2026-10-12,2026-10-12\n")[1]
    assert "empty" in errors_of(b"\n\n")[1]


def test_what_is_not_text_or_not_csv_is_named():
    assert "UTF-8" in errors_of(b"date,note\n2026-10-12,ok\n2026-10-13,\x81\xfe\n")[1]
    assert 2 in errors_of(b'date,note\n2026-10-12,"never closed\n')
    assert errors_of(b"date,note\n2026-10-12,a\0b\n")
    with pytest.raises(HistoryError, match="larger than"):
        import_csv(b"x" * 20_000_001, TODAY)


def test_a_message_stays_readable_with_many_errors():
    with pytest.raises(ImportFailedError) as caught:
        import_csv(b"date\n" + b"x\n" * 500, TODAY)
    assert len(caught.value.errors) == 500
    assert str(caught.value).startswith("Nothing was imported.\nline 2: ")
    assert str(caught.value).endswith("and 492 more")


CELL = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["2026-10-12", "3x10x60", "50", "1e999", "nan", "-1", "٣x٣", "", '"', "=1+1"]
)


@given(st.binary(max_size=200))
@example(b"date\n2026-10-12\n")
@example(b"date\r\n2026-10-12\r\n\x00")
def test_any_bytes_are_read_or_refused(data):
    try:
        sessions = import_csv(data, TODAY)
    except HistoryError:
        return
    assert all(isinstance(session, Session) for session in sessions)


@given(
    st.lists(st.sampled_from(CSV_COLUMNS), min_size=1, unique=True),
    st.lists(st.lists(CELL, max_size=10), max_size=6),
)
def test_any_table_is_read_or_its_lines_named(header, rows):
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    try:
        sessions = import_csv(text.getvalue().encode(), TODAY)
    except ImportFailedError as error:
        failed = error
    else:
        failed = None
    if failed is not None:
        n_lines = text.getvalue().count("\n")
        assert failed.errors
        assert all(1 <= one.line <= n_lines + 20 and one.text for one in failed.errors)
        assert "Nothing was imported" in str(failed)
        return
    assert len(sessions) == sum(any(cell.strip() for cell in row) for row in rows)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=30)
NUMBERS = st.none() | st.floats(0, 10).map(lambda x: round(x, 2))
SETS = st.lists(
    st.builds(
        SetGroup,
        n_sets=st.integers(1, 9),
        n_reps=st.integers(1, 50),
        weight_kg=st.none() | st.integers(0, 800).map(lambda x: x / 4),
    ),
    max_size=4,
).map(tuple)
TALLIES = st.lists(
    st.builds(
        FaultTally,
        fault=st.sampled_from(["knee_valgus", "forward_knee_travel"]),
        n_fault=st.integers(0, 9),
        n_borderline=st.integers(0, 9),
        n_ok=st.integers(0, 9),
        n_not_assessable=st.integers(0, 9),
        unit=st.just("pct_shank"),
        value=st.none() | st.floats(-50, 50),
        uncertainty=st.none() | st.floats(0, 50),
    ),
    max_size=2,
    unique_by=lambda tally: tally.fault,
).map(tuple)
SESSIONS = st.builds(
    Session,
    day=st.integers(0, 9999).map(lambda n: TODAY - timedelta(days=n)),
    source=st.sampled_from(SessionSource),
    exercise=WORDS.map(lambda text: f"x{text}"),
    sets=SETS,
    minutes=NUMBERS,
    effort=NUMBERS,
    pain_during=NUMBERS,
    pain_after=NUMBERS,
    pain_next_morning=NUMBERS,
    knee_to_wall_left_cm=NUMBERS,
    knee_to_wall_right_cm=NUMBERS,
    knee_flexion_deg=NUMBERS,
    faults=TALLIES,
    file=st.none() | WORDS,
    clip_key=st.none() | st.just("k"),
    note=WORDS,
)


@given(st.lists(SESSIONS, max_size=4))
def test_a_json_export_loses_nothing(sessions):
    assert import_json(export_json(sessions)) == tuple(sessions)


@given(st.lists(SESSIONS, max_size=4))
def test_a_csv_export_keeps_what_can_be_typed(sessions):
    again = import_csv(export_csv(sessions), TODAY) if sessions else ()
    for before, after in zip(sessions, again, strict=True):
        kept = (
            "day",
            "sets",
            "minutes",
            "effort",
            "pain_during",
            "pain_after",
            "pain_next_morning",
            "knee_to_wall_left_cm",
            "knee_to_wall_right_cm",
        )
        assert [getattr(before, n) for n in kept] == [getattr(after, n) for n in kept]
        assert before.exercise.strip() == after.exercise


def test_a_spreadsheet_is_not_handed_a_formula():
    table = export_csv([full(note='=HYPERLINK("x")')]).decode()
    (row,) = csv.DictReader(io.StringIO(table))
    assert row["note"].startswith("'=")
    assert row["faults"] == "knee_valgus 2 of 7"
    (session,) = import_csv(export_csv([full(note='=HYPERLINK("x")')]), TODAY)
    assert session.note == '=HYPERLINK("x")'


def test_an_export_is_loaded_once():
    history = MemoryHistory()
    data = export_json([full(i, clip_key=f"k{i}") for i in range(5)])
    assert history.add_all(import_json(data)) == 5
    assert history.add_all(import_json(data)) == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.update(format="x"), "not a formcheck export"),
        (lambda t: t.update(version=99), "newer formcheck"),
        (lambda t: t.update(version=FORMAT_VERSION + 1, sessions=[{"new": 1}]), "newer formcheck"),
        (lambda t: t.update(sessions={}), "sessions"),
        (lambda t: t["sessions"].append("x"), "entry 2"),
        (lambda t: t["sessions"][0].update(day="today"), "entry 1"),
        (lambda t: t["sessions"][0].update(effort=11), "from 0 to 10"),
        (lambda t: t["sessions"][0].update(effort="six"), r"entry 1\.effort: Expected `float"),
        (lambda t: t["sessions"][0].update(video="x"), "unknown field `video`"),
        (lambda t: t["sessions"][0].update(sets=[{"n_sets": 1}]), "n_reps"),
        (lambda t: t["sessions"][0].update(sets=5), r"entry 1\.sets"),
        (lambda t: t["sessions"][0]["sets"][0].update(n_reps=10**400), "from 1 to 1000"),
        (lambda t: t["sessions"][0].update(effort=10**4000), "out of range"),
        (lambda t: t["sessions"][0].update(note="\ud800"), "malformed"),
        (lambda t: t["sessions"][0].update(source="mars"), "known: clip, live, batch, manual"),
        (lambda t: t["sessions"][0].update(faults=t["sessions"][0]["faults"] * 2), "once"),
    ],
)
def test_a_changed_export_is_refused_with_the_entry(change, words):
    table = json.loads(export_json([full()]))
    change(table)
    with pytest.raises(HistoryError, match=words):
        import_json(json.dumps(table).encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"\xff", b"{", b"[" * 100_000])
def test_what_is_not_an_export_is_refused(data):
    with pytest.raises(HistoryError, match="export"):
        import_json(data)


@given(st.binary(max_size=100))
def test_any_bytes_are_an_export_or_refused(data):
    with pytest.raises(HistoryError):
        import_json(data)


# -- single values -------------------------------------------------------------------


def test_sets_are_typed_the_way_people_write_them():
    for text in ("3x10x60", " 3 X 10 X 60 kg ", "3×10@60", "3*10*60,0"):
        assert parse_sets(text) == (SetGroup(n_sets=3, n_reps=10, weight_kg=60.0),)
    assert parse_sets("3x10")[0].weight_kg is None, "a weight that is not told is not zero"
    assert parse_sets("") == ()
    for text in ("3", "3x", "x10", "3x10x", "3x10x-5", "3x10x60x2", "3,10,60", "3x10 60"):
        with pytest.raises(HistoryError, match="sets x reps x kg"):
            parse_sets(text)
    assert parse_sets(format_sets(full().sets)) == full().sets


@pytest.mark.parametrize(
    "wrong",
    [
        {"effort": 10.5}, {"effort": -0.1}, {"pain_during": float("nan")}, {"minutes": 1441.0},
        {"pain_next_morning": float("inf")}, {"body_weight_kg": 5.0}, {"exercise": " "},
        {"exercise": "x" * 61}, {"note": "a\nb"}, {"note": "x" * 501}, {"day": date(1949, 1, 1)},
        {"note": "\ud800"}, {"uid": ""}, {"faults": full().faults * 2}, {"sets": full().sets * 40},
    ],
)  # fmt: skip
def test_impossible_values_are_refused(wrong):
    with pytest.raises(HistoryError):
        replace(full(), **wrong)
