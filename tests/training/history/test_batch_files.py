"""A results folder, and two views of one set, as sessions."""

from __future__ import annotations

import pytest
from health_cases import TODAY, clip, finding, rep

from formcheck.report.rows import CLIP_COLUMNS, REP_COLUMNS, clip_row, rep_rows, to_csv
from formcheck.training.history import (
    HistoryError,
    SessionSource,
    session_from_views,
    sessions_from_files,
)


def front(n_reps=3, **more):
    found = [finding("knee_valgus", "fault"), finding("forward_knee_travel", "not_assessable")]
    return clip([rep(5.0 * k, findings=found) for k in range(n_reps)], sha256="f" * 64, **more)


def side(n_reps=2):
    found = [finding("knee_valgus", "not_assessable"), finding("forward_knee_travel", "ok")]
    reps = [rep(5.0 * k, findings=found) for k in range(n_reps)]
    for one in reps:
        one["depth"]["knee_flexion_deg"] = 108.0
    return clip(reps, sha256="5" * 64)


def as_json(result):
    return result.to_json()


def tables(result):
    reps = [row | {"result": "a.json"} for row in rep_rows(result)]
    return [
        ("out/reps.csv", to_csv((*REP_COLUMNS, "result"), reps)),
        ("out/clips.csv", to_csv(CLIP_COLUMNS, [clip_row(result, "a.json", "scored")])),
    ]


def test_each_fault_comes_from_the_view_that_judged_it():
    one = session_from_views([front(), side()], TODAY, n_reps=3, weight_kg=20.0)
    tallies = {t.fault: t for t in one.faults}
    assert (tallies["knee_valgus"].n_fault, tallies["knee_valgus"].n_judged) == (3, 3)
    assert (tallies["forward_knee_travel"].n_ok, tallies["forward_knee_travel"].n_judged) == (2, 2)
    assert one.n_reps == 3
    assert one.sets[0].weight_kg == 20.0
    assert one.knee_flexion_deg == 108.0
    assert one.file == "clip.mp4 + clip.mp4"
    # The first clip names the set, with or without a second one.
    assert one.clip_key == session_from_views([front()], TODAY).clip_key
    assert session_from_views([side(), front()], TODAY).n_reps == 3


def test_a_set_needs_a_result():
    with pytest.raises(HistoryError, match="at least one clip"):
        session_from_views([], TODAY)


def test_results_are_taken_before_tables_and_other_files_are_named():
    found = sessions_from_files(
        [("out/a.json", as_json(front())), ("out/x.json", b"{}"), *tables(side())], TODAY
    )
    assert [s.n_reps for s in found.sessions] == [3]
    assert found.notes == ("x.json: not the result of a clip, left out.",)


def test_tables_with_the_clips_hash_are_the_same_entry_as_the_result():
    (from_result,) = sessions_from_files([("a.json", as_json(front()))], TODAY).sessions
    (from_tables,) = sessions_from_files(tables(front()), TODAY).sessions
    assert from_tables.clip_key == from_result.clip_key is not None
    for name in ("sets", "faults", "eccentric_s", "hip_drop_ratio", "file", "source"):
        assert getattr(from_tables, name) == getattr(from_result, name), name


def sets(*rows):
    return ("out/sets.csv", to_csv(("front_result", "side_result"), list(rows)))


PAIR = {"front_result": "a.json", "side_result": "b.json"}


def test_front_and_side_of_one_set_are_one_session():
    files = [("out/b.json", as_json(side())), ("out/a.json", as_json(front()))]
    (one,) = sessions_from_files([*files, sets(PAIR, PAIR)], TODAY).sessions
    assert {t.fault: t.n_judged for t in one.faults} == {
        "knee_valgus": 3, "forward_knee_travel": 2,
    }  # fmt: skip
    assert one.n_reps == 3
    assert one.source is SessionSource.BATCH
    assert len(sessions_from_files(files, TODAY).sessions) == 2


def test_a_pair_without_its_other_half_or_with_two_of_a_name_stays_apart():
    other = {"front_result": "a.json", "side_result": "missing.json"}
    a, b = ("out/a.json", as_json(front())), ("out/b.json", as_json(side()))
    again = ("older/a.json", as_json(front()))
    assert len(sessions_from_files([a, b, sets(other)], TODAY).sessions) == 2
    assert len(sessions_from_files([a, b, again, sets(PAIR)], TODAY).sessions) == 3


def test_pairs_hold_for_tables_as_well():
    both = [("a", front()), ("b", side())]
    rows = [row | {"result": f"{n}.json"} for n, result in both for row in rep_rows(result)]
    files = [("reps.csv", to_csv((*REP_COLUMNS, "result"), rows)), sets(PAIR)]
    (one,) = sessions_from_files(files, TODAY).sessions
    assert one.n_reps == 3


def test_a_table_alone_is_known_again():
    alone = tables(front())[:1]
    (one,), (two,) = (sessions_from_files(alone, TODAY).sessions for _ in range(2))
    assert one.clip_key == two.clip_key is not None


def test_clips_without_squats_are_left_out():
    found = sessions_from_files(
        [("a.json", as_json(front())), ("b.json", as_json(clip([])))], TODAY
    )
    assert len(found.sessions) == 1
    assert found.notes == ("1 clip shows no squat, left out.",)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "No result of a clip"),
        ([("out/notes.txt", b"hello")], "No result of a clip"),
        ([("out/a.json", b"{")], "out/a.json: is not JSON"),
        ([("out/a.json", b'{"schema_version": 9, "reps": []}')], "out/a.json: .* newer"),
        (
            [("out/a.json", b'{"schema_version": 1, "reps": [{}]}')],
            "out/a.json: .*missing required",
        ),
        ([("out/reps.csv", b"a,b\n1,2\n")], "out/reps.csv: has no column 'file'"),
        ([("out/reps.csv", b"\xff\xfe")], "out/reps.csv: is not a table"),
    ],
)
def test_bad_folders_are_refused_by_name(files, said):
    with pytest.raises(HistoryError, match=said):
        sessions_from_files(files, TODAY)


def test_a_damaged_row_is_named_by_its_line():
    (name, data), _ = tables(front())
    lines = data.decode().splitlines()
    lines[1] = lines[1].replace(",2.5,", ",fast,", 1)
    with pytest.raises(HistoryError, match="line 2"):
        sessions_from_files([(name, "\n".join(lines).encode())], TODAY)
