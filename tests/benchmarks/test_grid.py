"""Packing, judging and describing a tiny grid of filmed stick figures."""

import re

import numpy as np
import pytest
from filmed_clips import filmed_clip

from benchmarks import validate
from benchmarks.validation import results
from benchmarks.validation.clips import SIDES, with_truth
from benchmarks.validation.collect import GRID, changed_by_packing, planned_reps
from benchmarks.validation.evidence import VARIANTS, gather, resampled_track
from benchmarks.validation.judge import judge_clip, matched
from benchmarks.validation.packing import KEPT, PX, load_part, pack, packed_notes, repacked
from benchmarks.validation.rerender import differences
from formcheck.errors import InputError

TRACK_ARRAYS = ("times_s", "points_px", "visibility", "world_m")
NOTES = {"n_reps_planned": 4, "n_verdicts_changed_by_packing": 0, "versions": {"mediapipe": "x"}}


@pytest.fixture(scope="module")
def clips():
    return [
        filmed_clip(number=0, person="p01"),
        filmed_clip(number=1, person="p02", yaw_deg=-10.0, how="left", fps=24.0),
        filmed_clip(number=2, person="p03", view="side", yaw_deg=90.0, amounts=(0.0, 55.0)),
    ]


@pytest.fixture(scope="module")
def grid(clips, tmp_path_factory):
    folder = tmp_path_factory.mktemp("grid")
    for part in ("tuning", "held_out"):
        (folder / f"{part}.npz").write_bytes(pack(clips, NOTES))
    return folder


def test_packing_is_exact_to_its_step_and_repeatable(clips, grid):
    again = load_part(grid / "held_out.npz")
    assert pack(clips, NOTES) == (grid / "held_out.npz").read_bytes()
    assert packed_notes(grid / "held_out.npz") == NOTES
    for old, new in zip(clips, again, strict=True):
        assert new.name == old.name
        assert new.track.times_s == pytest.approx(old.track.times_s, abs=1e-9)
        gap = new.track.points_px[:, KEPT] - old.track.points_px[:, KEPT]
        assert np.nanmax(np.abs(gap)) <= PX / 2 + 1e-3
        assert np.nanmax(np.abs(new.joints_px - old.joints_px)) <= PX / 2 + 1e-9
        assert np.isnan(new.track.points_px[:, 1]).all()
        assert new.measures["left_inside"] == pytest.approx(old.measures["left_inside"], abs=0.006)


def test_missing_landmarks_stay_missing(clips):
    clip = clips[0]
    points = clip.track.points_px.copy()
    points[5:9] = np.nan
    track = type(clip.track)(
        clip.track.times_s,
        points,
        clip.track.visibility,
        clip.track.world_m,
        clip.track.width_px,
        clip.track.height_px,
    )
    again = repacked(type(clip)(clip.part, clip.document, clip.joints_px, clip.measures, track))
    assert (np.isnan(again.track.points_px[:, KEPT, 0]).all(1).nonzero()[0] == range(5, 9)).all()


def test_product_gives_the_same_verdicts_on_packed_tracks(clips):
    for clip in clips:
        assert changed_by_packing(clip) == 0
        full, small = judge_clip(clip)[1], judge_clip(repacked(clip))[1]
        for a, b in zip(full, small, strict=True):
            for name in ("valgus_value", "travel_value", "flexion"):
                if a[name] is None:
                    assert b[name] is None
                else:
                    assert b[name] == pytest.approx(a[name], abs=0.25)


def test_truth_is_taken_at_the_frames_the_product_read(clips):
    clip = clips[0]
    track = resampled_track(clip.track, VARIANTS[0])
    thin = with_truth("tuning", clip.document, clip.joints_px, clip.measures, track)
    assert len(thin.joints_px) == len(track)
    assert thin.joint("left_hip")[3] == pytest.approx(track.points_px[3, 23], abs=1e-3)
    short = type(track)(*(getattr(track, name)[:-20] for name in TRACK_ARRAYS), 360, 640)
    with pytest.raises(ValueError, match="not of the"):
        with_truth("tuning", clip.document, clip.joints_px, clip.measures, short)


def test_only_named_clips_are_loaded(grid):
    assert [c.name for c in load_part(grid / "tuning.npz", {"held_out_front_001"})] == [
        "held_out_front_001"
    ]


@pytest.mark.parametrize("content", [None, b"", b"no archive", b"PK\x05\x06" + bytes(18)])
def test_bad_grid_data_is_named(tmp_path, content):
    path = tmp_path / "tuning.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"tuning\.npz"):
        load_part(path)


def test_rows_hold_truth_beside_verdicts(clips):
    rows = judge_clip(clips[1])[1]
    assert [r["how"] for r in rows] == ["both", "left"]  # 0 % on both sides has no side
    assert all(r["is_found"] for r in rows)
    assert rows[1]["left_inside_true"] == 20.0
    assert rows[1]["mean_inside_true"] == pytest.approx(10.0)
    assert abs(rows[1]["bottom_error_s"]) < 0.25


def test_repetitions_not_found_are_missed_not_forgotten(clips):
    analysis, rows = judge_clip(clips[0])
    none = matched(type(analysis)((), (), ()), clips[0].document["reps"])
    assert none == [None, None]
    lost = [row | {"is_found": False} for row in rows]
    assert results.flagged(lost, "valgus").hits == 0
    assert results.shares(lost, "valgus")["missed"] == len(rows)


def test_evidence_bounds_and_variants(clips):
    evidence = gather(clips)
    assert len(evidence.rows) == len(evidence.open_rows) == 6
    assert set(evidence.variants) == set(VARIANTS)
    assert len(resampled_track(clips[0].track, VARIANTS[0])) == pytest.approx(
        len(clips[0].track) / 2, abs=2
    )
    assert len(resampled_track(clips[0].track, VARIANTS[1])) == round(0.9 * len(clips[0].track))
    # The landmarks are the truth here, so nothing is off.
    assert max(abs(row["up_px"]) for row in evidence.landmarks) < 1e-6
    found = {bound.name: bound for bound in results.bounds(evidence)}
    assert found["repetitions counted exactly, share of clips"].holds
    assert "(n = 2)" in found["knee flexion from the side: mean absolute error"].found


def test_the_stated_value_is_compared_with_what_it_states():
    row = {
        "grid": "front", "is_found": True, "person": "p", "valgus_value": 9.0,
        "valgus_uncertainty": 4.0, "valgus_left_pct_shank": 1.0, "valgus_right_pct_shank": 9.0,
        "valgus_mean_pct_shank": 5.0, "left_inside_true": 0.0, "right_inside_true": 12.0,
        "mean_inside_true": 6.0,
    }  # fmt: skip
    assert results.stated_valgus_errors([row])[0]["error"] == -3.0
    assert [r["error"] for r in results.valgus_errors([row], SIDES)] == [1.0, -3.0]


def test_yaw_errors_wrap_and_point_to_the_side():
    row = {"is_found": True, "yaw_deg": -70.0, "yaw_true_deg": -90.0, "yaw_sd_deg": 6.0}
    assert results.yaw_errors([row])[0]["error"] == -20.0
    wrapped = {"is_found": True, "yaw_deg": -178.0, "yaw_true_deg": 178.0, "yaw_sd_deg": 6.0}
    assert results.yaw_errors([wrapped])[0]["error"] == pytest.approx(4.0)


def test_quick_writes_the_same_document_twice(grid, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    from benchmarks.validation.document import write_document
    from benchmarks.validation.figures import FIGURES, draw_all

    assert validate.main(["--quick", "--data", str(grid), "--docs", str(tmp_path)]) == 0
    assert "held_out: 6 repetitions of 3 people" in capsys.readouterr().out
    page, images = tmp_path / "validation.md", tmp_path / "img"
    pictures = [images / f"validation-{name}.svg" for name in FIGURES]
    assert sorted(images.iterdir()) == sorted(pictures)
    assert max(path.stat().st_size for path in pictures) < 150_000
    assert "## Real clips" in page.read_text(encoding="utf-8")
    appendix = tmp_path / "appendix" / page.name
    text = appendix.read_text(encoding="utf-8")
    assert all(f"(../img/{path.name})" in text for path in pictures)
    assert "## Trials" in text
    assert "{" not in text.split("## Results")[1].split("## Limits")[0]
    assert not re.search(r"\bnan\b", text.split("## Methods")[1])

    clips = load_part(grid / "held_out.npz")
    held_out, tuning = gather(clips), gather(clips, with_variants=False)
    again = tmp_path / "again" / page.name
    again.parent.mkdir()
    write_document(held_out, tuning, {"held_out": NOTES, "tuning": NOTES}, again)
    assert again.read_bytes() == page.read_bytes()
    assert (again.parent / "appendix" / page.name).read_bytes() == appendix.read_bytes()
    for path in draw_all(held_out, tmp_path / "again", ("verdicts", "agreement")):
        assert path.read_bytes() == (images / path.name).read_bytes(), path.name


def test_check_fails_when_a_bound_is_broken(grid, tmp_path):
    table = tmp_path / "rows.csv"
    arguments = ["--part", "tuning", "--data", str(grid), "--table", str(table)]
    assert validate.main(arguments) == 0
    assert validate.main([*arguments, "--check"]) == 1  # no ascent repetitions: nothing is shown
    assert table.read_text(encoding="utf-8").count("\n") == 7
    assert validate.main(["--data", str(tmp_path), "--part", "tuning"]) == 2


def test_rendering_again_is_compared(clips):
    same = differences(clips[0], repacked(clips[0]))
    assert same["truth_px"] == pytest.approx(0.0, abs=1e-9)
    assert same["median_px"] < PX
    assert (same["n_changed"], same["n_reps"]) == (0, 2)


def test_design_asks_for_enough_people_and_repetitions():
    assert planned_reps("held_out") >= 400
    assert planned_reps("tuning") > 100


@pytest.mark.parametrize("part", ["tuning", "held_out"])
def test_committed_data_are_whole(part):
    path = GRID / f"{part}.npz"
    if not path.exists():
        pytest.skip("the grid data are not built")
    assert path.stat().st_size < 10_000_000
    notes = packed_notes(path)
    assert notes["n_reps"] == notes["n_reps_planned"]
    assert notes["n_verdicts_changed_by_packing"] == 0
    clips = load_part(path)
    people = {clip.person for clip in clips}
    assert len(people) >= (12 if part == "held_out" else 8)
