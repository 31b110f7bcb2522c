"""The page over all clips, pairs of cameras, comparisons, the table on the terminal."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from batch_fakes import rep, result
from fake_camera import jpeg

from formcheck.batch.compare import StoredClip, changes
from formcheck.batch.index.page import write_index
from formcheck.batch.index.sections import left_right
from formcheck.batch.manifest import Record
from formcheck.batch.sets import find_sets, merge, write_sets
from formcheck.batch.tables import ClipEntry, ListedClip, write_csv, write_parquet
from formcheck.cli.table import laid_out, result_table
from formcheck.report.result import ClipResult, result_from


def typed(name: str, sha256: str, reps: list[dict[str, Any]]) -> ClipResult:
    return result_from(result(name, sha256, reps))


EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'&.mp4"


def index_clip(
    out: Path, name: str, n_reps: int = 2, subject: str = "", valgus: float = 12.0
) -> ListedClip:
    entry = ClipEntry(f"r{name}", name, f"in/{name}", "scored", subject)
    made = typed(name, "a" * 64, [rep(i + 1, valgus, None) for i in range(n_reps)])
    picture = jpeg(np.full((8, 8, 3), 90, np.uint8))
    (out / f"{entry.name[:40]}.worst.jpg").write_bytes(picture)
    record = Record(entry.name[:40], entry.label, "a" * 64, "k", "scored",
                    files={".json": 1, ".worst.jpg": len(picture)})  # fmt: skip
    return ListedClip(entry, made, record)


def test_the_page_is_inert_and_self_contained(tmp_path):
    failed = ClipEntry("", EVIL, EVIL, "failed", EVIL, f"{EVIL}: bad")
    clips = [index_clip(tmp_path, "a.mp4", subject=EVIL), ListedClip(failed, None)]
    write_index(tmp_path, clips)
    page = (tmp_path / "index.html").read_text("utf-8")
    assert "alert(1)</script>" not in page
    assert "<img src" not in page
    assert " style=" not in page
    assert " on" not in "".join(re.findall(r"<[a-z][^>]*>", page)).replace(" one", "")
    assert not re.findall(r"(?:src|href)=\"(?!\./)", page)
    policy = re.search(r'Security-Policy" content="([^"]+)"', page).group(1)
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        text = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.S).group(1)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_the_page_groups_people_and_tells_sides_apart_only_beyond_the_error(tmp_path):
    clips = [index_clip(tmp_path, f"{i}.mp4", subject="anna") for i in range(3)]
    write_index(tmp_path, clips)
    page = (tmp_path / "index.html").read_text("utf-8")
    assert "By person" in page
    assert "left more" in page  # 9 % apart, the error is 5.7 %
    assert "Histogram of knee valgus" in page
    assert page.count("data-thumb=") == 3
    assert 'src="data:' not in page  # drawn when they come near


def test_the_page_stays_small_at_1000_clips(tmp_path):
    clips = [index_clip(tmp_path, f"{i}.mp4", subject=f"p{i % 40}") for i in range(1000)]
    write_index(tmp_path, clips)
    assert (tmp_path / "index.html").stat().st_size < 2_000_000


def listed(*labels: str) -> list[ListedClip]:
    empty = typed("x", "a" * 64, [])
    return [ListedClip(ClipEntry(Path(p).stem, Path(p).name, p, "scored"), empty) for p in labels]


def seen_from_two_sides(*labels: str, n_reps: int = 2) -> list[ListedClip]:
    """Clips of so many repetitions, seen from where their names say."""
    return [
        replace(clip, result=typed("x", "a" * 64, [
            rep(i + 1, None, 5.0) if "side" in clip.entry.label else rep(i + 1, 5.0, None)
            for i in range(n_reps)
        ]))
        for clip in listed(*labels)
    ]  # fmt: skip


def test_pairs_are_found_by_name_and_told():
    found, notes = find_sets(
        seen_from_two_sides(
            "x/squat_front.mp4", "x/squat_side.mov", "x/Day 2 FRONT.mp4", "x/day 2 side.mp4",
            "y/squat_front.mp4", "x/sidestep_frontal.mp4",
        )
    )  # fmt: skip
    assert [(s.name, s.front.entry.file, s.side.entry.file) for s in found] == [
        ("squat", "squat_front.mp4", "squat_side.mov"),
        ("day 2", "Day 2 FRONT.mp4", "day 2 side.mp4"),
    ]
    assert notes[0].startswith("squat_front.mp4 and squat_side.mov are taken for one set")
    twice, notes = find_sets(listed("a_front.mp4", "a-front.mp4", "a_front.mov", "a_side.mp4"))
    assert twice == []
    assert "more than one pair" in notes[0]


def test_a_name_alone_makes_no_pair():
    front, side = seen_from_two_sides("a_front.mp4", "a_side.mp4")
    slow = typed("x", "a" * 64, [
        rep(i + 1, None, 5.0, start_s=9.0 * i, bottom_s=9.0 * i + 2, end_s=9.0 * i + 4,
            tempo={"eccentric_s": 2.0, "pause_s": 0.0, "concentric_s": 2.0})
        for i in range(2)
    ])  # fmt: skip
    other = replace(side, entry=replace(side.entry, subject="ben"))
    more = seen_from_two_sides("a_side.mp4", n_reps=3)[0]
    for second, why in (
        (other, "two people"), (more, "2 and 3 repetitions"), (replace(side, result=slow), "tempo"),
        (replace(side, result=front.result), "not seen from"),
        (replace(side, result=typed("x", "a" * 64, [])), "2 and 0"),
    ):  # fmt: skip
        found, (note,) = find_sets([front, second])
        assert found == []
        assert why in note
        assert "--pairs" in note


def test_pairs_are_found_in_a_csv(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("front,side,set\nx/1.mp4,2.mp4,Monday\n1.mp4,nothing.mp4,\n")
    found, notes = find_sets(listed("in/x/1.mp4", "in/x/2.mp4"), path)
    (pair,) = found
    assert (pair.name, pair.front.entry.file, pair.side.entry.file) == ("Monday", "1.mp4", "2.mp4")
    assert "line 3: the side clip" in notes[0]


def test_a_merged_card_takes_each_fault_from_the_camera_that_sees_it(tmp_path):
    front = typed("f", "a" * 64, [rep(1, 12.0, None), rep(2, 3.0, None)])
    side = typed("s", "b" * 64, [rep(1, None, 20.0), rep(2, None, 1.0)])
    card = merge(front, side)
    assert [[(part.clip, part.finding.verdict) for part in r.parts] for r in card.reps] == [
        [(0, "fault"), (1, "fault")],
        [(0, "ok"), (1, "ok")],
    ]
    assert card.notes == ()
    clips = zip(listed("a_front.mp4", "a_side.mp4"), (front, side), strict=True)
    sets, _ = find_sets([replace(clip, result=made) for clip, made in clips])
    write_sets(tmp_path, sets)
    assert len(sets) == 1
    assert (tmp_path / "sets.csv").read_text("utf-8").count("\n") == 5


def test_a_mismatch_of_repetitions_is_matched_by_rhythm_and_explained():
    bottoms = (5.0, 9.0, 15.0)
    front = typed("f", "a" * 64, [
        rep(i + 1, 5.0, None, bottom_s=b) for i, b in enumerate(bottoms)
    ])  # fmt: skip
    side = typed(
        "s", "b" * 64, [rep(1, None, 5.0, bottom_s=20.0), rep(2, None, 5.0, bottom_s=26.0)]
    )
    card = merge(front, side)
    assert [tuple(seen and seen.number for seen in r.reps) for r in card.reps] == [
        (1, None), (2, 1), (3, 2),
    ]  # fmt: skip
    assert card.notes == (
        "The front clip shows 3 repetitions, the side clip 2. "
        "2 were matched by order and tempo; the rest stand alone.",
    )
    swapped = merge(side, front)
    assert "The clip called front is seen from: side." in swapped.notes


def stored(name: str, sha: str, values: list[float], subject: str = "") -> StoredClip:
    reps = [rep(i + 1, v, None) for i, v in enumerate(values)]
    return StoredClip(name, subject, typed(name, sha * 64, reps))


def test_only_differences_beyond_the_measurement_error_count():
    found = changes([stored("a", "a", [7.0, 7.0])], [stored("a", "a", [10.0, 11.0])])
    valgus = [c for c in found if c.fault == "knee_valgus" and c.side == "left"]
    assert [c.difference for c in valgus] == [3.0, 4.0]
    # Of one video only the repetition's own part of +-4 counts: sqrt(0.3 (4^2 + 4^2)).
    assert valgus[0].measurement_error == 3.1
    assert [c.is_beyond_error for c in valgus] == [False, True]
    assert [c.after_verdict for c in valgus] == ["ok", "fault"]


def test_two_dates_are_compared_person_by_person():
    before = [stored("1", "a", [20.0, 21.0], "anna"), stored("2", "b", [3.0], "ben")]
    after = [stored("3", "c", [5.0, 6.0, 7.0], "anna")]
    change, other = changes(before, after)
    assert (change.side, other.side) == ("left", "right")
    assert (change.kind, change.what, change.rep) == ("person", "anna", "2 / 3")
    assert change.difference == -14.5
    assert change.is_beyond_error
    # One clip each, two and three repetitions that scatter by less than their own error.
    assert change.before_uncertainty == round(4 * sqrt(0.7 + 0.3 / 2), 1)
    assert change.after_uncertainty == round(4 * sqrt(0.7 + 0.3 / 3), 1)


def test_more_clips_of_a_person_are_more_certain_than_more_repetitions():
    def error(*clips):
        made = [stored(f"{i}", "ab"[i], values, "anna") for i, values in enumerate(clips)]
        return changes(made, [stored("c", "c", [5.0], "anna")])[0].before_uncertainty

    assert error([5.0]) == 4.0
    assert error([5.0] * 2) == round(4 * sqrt(0.3 + 0.4 + 0.3 / 2), 1)
    assert error([5.0], [5.0]) == round(4 * sqrt(0.3 + 0.7 / 2), 1)
    assert error([-5.0, -5.0], [15.0, 15.0]) > 100  # two clips that disagree tell nothing


def legs(name: str, *sides: tuple[float | None, float | None]) -> ListedClip:
    """A clip of one repetition for each pair of left and right knee, uncertain by 4."""
    reps = []
    for i, (left, right) in enumerate(sides):
        one = rep(i + 1, 10.0, None)
        one["findings"][0] |= {"left_pct_shank": left, "right_pct_shank": right}
        reps.append(one)
    return ListedClip(ClipEntry(name, name, name, "scored", "anna"), typed(name, "a" * 64, reps))


def test_legs_seen_together_are_compared_within_each_repetition():
    # The squats differ by 16 %, the legs always by 2.
    (found,) = left_right([legs("a", (4.0, 2.0), (20.0, 18.0))])
    assert (found.left, found.right, found.difference) == (12.0, 10.0, 2.0)
    assert found.error == pytest.approx(4 * sqrt(2) * sqrt(0.7 + 0.3 / 2))
    assert not found.is_beyond_error
    # Differences that scatter are less certain.
    (restless,) = left_right([legs("a", (4.0, 2.0), (20.0, 8.0), (9.0, 19.0))])
    assert restless.error > 2 * found.error


def test_legs_seen_in_different_clips_are_compared_as_means():
    (found,) = left_right([legs("a", (12.0, None)), legs("b", (None, 2.0), (None, 2.0))])
    assert found.difference == 10.0
    assert found.error == pytest.approx(4 * sqrt(1 + 0.7 + 0.3 / 2))
    assert left_right([legs("a", (12.0, None))]) == []


def test_a_repetition_lost_or_won_is_told():
    found = changes([stored("a", "a", [5.0, 5.0])], [stored("a", "a", [5.0])])
    assert [c.after_verdict for c in found if c.side == "left"] == ["ok", "no repetition"]


def test_like_is_compared_with_like():
    """Another limit makes the mean of both knees decide instead of the left one: nothing moved."""
    legs = {"left_pct_shank": 21.0, "right_pct_shank": 3.0, "mean_pct_shank": 9.0}
    runs = []
    for value, side in ((21.0, "left"), (9.0, "both")):
        one = rep(1, value, None)
        one["findings"][0] |= legs | {"side": side}
        runs.append([StoredClip("a", "", typed("a", "a" * 64, [one]))])
    found = [c for c in changes(*runs) if c.fault == "knee_valgus"]
    assert [(c.side, c.difference) for c in found] == [("mean", 0), ("left", 0), ("right", 0)]
    assert not any(c.is_beyond_error for c in found)
    turned = rep(1, None, 20.0), rep(1, None, 50.0)
    for one, near in zip(turned, ("left", "right"), strict=True):
        one["findings"][1] |= {f"{near}_pct_foot": one["findings"][1]["value"]}
    sides = changes(
        *([StoredClip("a", "", typed("a", "a" * 64, [one]))] for one in turned)
    )  # the other leg
    assert all(c.difference is None for c in sides)


def test_the_table_is_as_wide_as_its_content():
    text = result_table([typed("视频.mp4", "a" * 64, [rep(1, 12.0, None)]),
                         typed("n" * 90 + ".mp4", "a" * 64, [])])  # fmt: skip
    head, first, second = text.splitlines()
    assert head.index("knee valgus") == first.index("✗") + 2  # two wide characters
    assert "…" in second
    assert second.endswith("no squat found")
    assert laid_out([[("a", "red"), ("b", "")]], colour=True).startswith("\x1b[31ma")


def test_parquet_holds_the_rows_of_the_csv(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    entry = ClipEntry("a", "a.mp4", "in/a.mp4", "scored", "anna")
    clips = [ListedClip(entry, typed("a.mp4", "a" * 64, [rep(1, 12.0, None)]))]
    write_csv(tmp_path, clips)
    write_parquet(tmp_path, clips)
    table = parquet.read_table(tmp_path / "results.parquet")
    assert table.num_rows == 2
    assert table.column("value").to_pylist() == [12.0, None]
    assert (
        ",".join(table.column_names)
        == (tmp_path / "reps.csv").read_text("utf-8-sig").splitlines()[0]
    )
