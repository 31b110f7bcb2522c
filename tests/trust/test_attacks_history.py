"""A history or export of somebody else: it does nothing, holds nobody up, and is text."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from health_cases import TODAY, full, typed

from formcheck.app.parts.history_plots import trend_svg
from formcheck.training.hand_over import hand_over_page
from formcheck.training.history import History, HistoryError, export_json, import_csv, import_json
from formcheck.training.history.exchange import MAX_IMPORT_ENTRIES
from formcheck.training.history.trends import trend_lines
from formcheck.training.known import Known
from formcheck.training.load import assess_load
from formcheck.training.plan import make_training_plan

ALIVE = {
    "a trigger that empties it": (
        "CREATE TRIGGER t AFTER INSERT ON session BEGIN DELETE FROM session; END"
    ),
    "a view of rows without end": (
        "CREATE VIEW more AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT i FROM n"
    ),
    "a view in the place of the sessions": "ALTER TABLE session RENAME TO kept; "
    "CREATE VIEW session AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT kept.* FROM kept, n",
}


@pytest.mark.parametrize("name", ALIVE)
def test_a_file_that_acts_by_itself_is_not_opened(tmp_path: Path, name: str) -> None:
    path = tmp_path / "history.sqlite3"
    History(path).add(full())
    with sqlite3.connect(path) as connection:
        connection.executescript(ALIVE[name])
    connection.close()
    before = path.read_bytes()
    for work in (lambda h: h.sessions(), lambda h: h.add(full(1)), lambda h: h.delete_all()):
        with pytest.raises(HistoryError, match="is not a formcheck history"):
            work(History(path))
    assert path.read_bytes() == before


def test_more_entries_than_a_life_of_training_are_refused() -> None:
    entries = [{"day": "2020-01-01"}] * (MAX_IMPORT_ENTRIES + 1)
    export = {"format": "formcheck-history", "version": 1, "sessions": entries}
    with pytest.raises(HistoryError, match="50,001 entries"):
        import_json(json.dumps(export).encode())
    table = b"date\n" + b"2020-01-01\n" * (MAX_IMPORT_ENTRIES + 1)
    with pytest.raises(HistoryError, match="50,001 entries"):
        import_csv(table, TODAY)


@pytest.mark.parametrize("day", [date.max, date(1950, 1, 1)])
def test_days_at_the_ends_of_time_hold_nothing_up(day: date) -> None:
    sessions = (typed(40), *(typed(n) for n in range(1, 30, 3)), full(day=day))
    known = Known(today=TODAY, sessions=sessions)
    assert assess_load(sessions, TODAY).weeks
    assert all(trend_svg(line) for line in trend_lines(sessions, as_of=TODAY))
    assert make_training_plan(known).text
    assert hand_over_page(known)


def test_pain_of_a_day_to_come_opens_and_closes_nothing() -> None:
    """Only pain of the last days counts; what lies ahead cannot hide it either."""
    sore, ahead = typed(1, pain_during=4.0), full(day=date.max, pain_during=0.0, pain_after=0.0)
    assert make_training_plan(Known(today=TODAY, sessions=(sore, ahead))).is_withheld


def test_no_word_of_an_entry_becomes_part_of_the_page_for_a_professional() -> None:
    evil = "<img src=x onerror=alert(1)>"
    (tally,) = full().faults
    entry = json.loads(export_json([full(day=TODAY)]))["sessions"][0]
    entry["faults"][0] |= {"fault": evil, "unit": "<b>"}
    entry |= {"exercise": evil, "note": evil, "file": evil}
    export = {"format": "formcheck-history", "version": 1, "sessions": [entry]}
    page = hand_over_page(Known(today=TODAY, sessions=import_json(json.dumps(export).encode())))
    assert tally.fault not in page
    assert "&lt;img src=x" in page
    assert "<img" not in page
    assert "<b>" not in page.replace("<b>Not", "")
