"""JSON and CSV: the promised shape, no NaN, no formulas, the same bytes every time."""

import csv
import io
import json

import jsonschema
import numpy as np
import pytest
from stickfigure import (
    Body,
    Camera,
    Sampling,
    changed,
    film,
    hinge,
    jump,
    pick_up,
    squat,
    stand,
    turn,
)

from formcheck.pose.track import Pose
from formcheck.report.record import (
    CLIP_COLUMNS,
    REP_COLUMNS,
    clip_row,
    failed_row,
    rep_rows,
    schema,
    to_csv,
    to_dict,
    to_json,
)
from formcheck.squat.analysis import analyze
from formcheck.squat.faults import FAULTS
from formcheck.squat.settings import DEFAULT_SETTINGS

SOURCE = {
    "file": "clip.mov", "sha256": "ab" * 32, "width_px": 1080, "height_px": 1920,
    "duration_s": 8.4, "n_frames": 252,
}  # fmt: skip
VERSIONS = {"formcheck": "0.1.0", "mediapipe": "0.10.31", "model_sha256": "cd" * 32}


def without_world():
    track = film([stand(1), squat(), stand(1)])
    return changed(track, world_m=np.full_like(track.world_m, np.nan))


STORIES = {
    "front": lambda: film([stand(1), squat(), stand(0.6), squat(left_pct=28), stand(0.8)]),
    "side": lambda: film([stand(1), squat(past_toe_m=0.14, heel_rise_m=0.08), stand(0.8)],
                         camera=Camera(yaw_deg=90)),
    "oblique": lambda: film([stand(1), squat(), stand(0.8)], camera=Camera(yaw_deg=50)),
    "rear": lambda: film([stand(1), squat(), stand(0.8)], camera=Camera(yaw_deg=180)),
    "turning": lambda: film([stand(1), squat(), stand(0.6), turn(90), stand(1), squat(), stand(1)]),
    "no view": without_world,
    "nothing": lambda: film([stand(2)]),
    "other moves": lambda: film([stand(1), hinge(), stand(1), jump(), stand(1), pick_up(),
                                 stand(1)]),
    "cut off": lambda: film([squat(), stand(0.6), squat()], sampling=Sampling(30, 1.3, end_s=4.0)),
    "noisy": lambda: film([stand(1), squat(72), stand(1)], Body(stance_m=0.5), None,
                          Sampling(20, 0.01, 0.1, 0.0, 0.02)),
    "nobody": lambda: [Pose.absent(i / 30) for i in range(30)],
    "empty": lambda: [],
}  # fmt: skip


@pytest.fixture(scope="module")
def results():
    return {
        name: to_dict(analyze(make()), SOURCE, VERSIONS, notes=["said of the file"])
        for name, make in STORIES.items()
    }


@pytest.mark.parametrize("name", STORIES)
def test_every_story_fits_the_schema_and_holds_no_nan(results, name):
    result = results[name]
    text = to_json(result).decode()
    for bad in ("NaN", "Infinity"):
        assert bad not in text
    back = json.loads(text)
    jsonschema.Draft202012Validator(schema()).validate(back)
    assert back == json.loads(json.dumps(result))


def test_the_schema_itself_is_sound():
    jsonschema.Draft202012Validator.check_schema(schema())
    assert schema()["properties"]["schema_version"]["const"] == 1


def test_names_are_those_that_were_promised(results):
    result = results["front"]
    assert result["schema_version"] == 1
    assert {"source", "versions", "reps", "discarded", "notes", "summary"} <= set(result)
    rep = result["reps"][1]
    assert {
        "number", "start_s", "bottom_s", "end_s", "view", "yaw_deg", "depth", "tempo", "findings",
    } <= set(rep)  # fmt: skip
    assert set(rep["depth"]) == {"knee_flexion_deg", "hip_drop_ratio", "category"}
    assert set(rep["tempo"]) == {"eccentric_s", "pause_s", "concentric_s"}
    finding = rep["findings"][0]
    assert {
        "fault", "verdict", "severity", "side", "value", "unit", "threshold", "uncertainty",
        "confidence", "time_s", "reason", "left_pct_shank", "right_pct_shank",
    } <= set(finding)  # fmt: skip
    assert set(result["discarded"][0] if result["discarded"] else {}) <= {
        "start_s", "end_s", "reason",
    }  # fmt: skip


def test_the_summary_counts_what_is_there(results):
    result = results["front"]
    assert result["summary"]["n_reps"] == 2
    assert result["summary"]["knee_valgus"] == {
        "fault": 1, "borderline": 0, "ok": 1, "not_assessable": 0,
    }  # fmt: skip
    assert result["summary"]["forward_knee_travel"]["not_assessable"] == 2
    for r in results.values():
        for fault in FAULTS:
            assert sum(r["summary"][fault.name].values()) == r["summary"]["n_reps"]


def test_the_notes_of_the_file_come_first(results):
    assert results["nobody"]["notes"][0] == "said of the file"
    assert len(results["nobody"]["notes"]) > 1


def test_an_unknown_view_is_null_and_named(results):
    rep = results["no view"]["reps"][0]
    assert rep["view"] == "unknown"
    assert rep["yaw_deg"] is None
    assert all(f["verdict"] == "not_assessable" for f in rep["findings"])


def test_the_same_clip_gives_the_same_bytes():
    track = STORIES["front"]()
    texts = {to_json(to_dict(analyze(track), SOURCE, VERSIONS)) for _ in range(2)}
    assert len(texts) == 1


def test_nan_is_refused_rather_than_written():
    with pytest.raises(ValueError):
        to_json({"value": float("nan")})


def test_changed_settings_are_in_the_record():
    chosen = DEFAULT_SETTINGS.with_values({"valgus.fault_leg_pct": 13})
    analysis = analyze(STORIES["front"](), chosen)
    result = to_dict(analysis, SOURCE, VERSIONS, chosen.changed())
    assert result["settings"] == {"valgus.fault_leg_pct": 13.0}
    jsonschema.Draft202012Validator(schema()).validate(result)


# -- CSV ------------------------------------------------------------------------------


def read(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"))))


def test_one_row_per_repetition_and_fault(results):
    rows = read(to_csv(REP_COLUMNS, rep_rows(results["front"])))
    assert [(r["rep"], r["fault"]) for r in rows] == [
        ("1", "knee_valgus"), ("1", "forward_knee_travel"),
        ("2", "knee_valgus"), ("2", "forward_knee_travel"),
    ]  # fmt: skip
    assert set(rows[0]) == set(REP_COLUMNS)
    assert rows[2]["verdict"] == "fault"
    assert rows[2]["side"] == "left"
    assert float(rows[2]["value"]) > float(rows[2]["threshold"])
    assert rows[1]["value"] == ""
    assert rows[0]["file"] == "clip.mov"


def test_one_row_per_clip(results):
    row = clip_row(results["front"], "clip.json", "scored")
    (back,) = read(to_csv(CLIP_COLUMNS, [row]))
    assert back["status"] == "scored"
    assert back["n_reps"] == "2"
    assert back["knee_valgus_fault"] == "1"
    assert back["result"] == "clip.json"
    assert set(row) == set(CLIP_COLUMNS)


def test_a_failure_is_a_row_too():
    (back,) = read(to_csv(CLIP_COLUMNS, [failed_row("bad.mp4", "bad.mp4: the file is empty.")]))
    assert back["status"] == "failed"
    assert "empty" in back["message"]


@pytest.mark.parametrize("evil", ["=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_is_never_a_formula(evil):
    (row,) = read(to_csv(["file"], [{"file": evil}]))
    assert row["file"][0] == "'"


def test_numbers_stay_numbers():
    (row,) = read(to_csv(["value"], [{"value": -3.5}]))
    assert row["value"] == "-3.5"


@pytest.mark.parametrize("name", ['a,b".mp4', "two\nlines.mp4", "深蹲.mov", "a\udce9.mp4"])
def test_odd_names_stay_in_one_cell(name):
    data = to_csv(["file", "rep"], [{"file": name, "rep": 1}])
    (row,) = read(data)
    assert row["rep"] == "1"
    assert "mp4" in row["file"] or "mov" in row["file"]


def test_a_missing_value_is_an_empty_cell():
    (row,) = read(to_csv(["a", "b"], [{"a": None}]))
    assert row == {"a": "", "b": ""}
