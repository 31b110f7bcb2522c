"""JSON and CSV: the promised shape, no NaN, no formulas, the same bytes every time."""

import json
from dataclasses import asdict, replace

import jsonschema
import numpy as np
import pytest
from results import result
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

from formcheck.errors import InputError
from formcheck.pose.track import Pose
from formcheck.report.result import parse_result, schema
from formcheck.squat.analysis import analyze
from formcheck.squat.faults import FAULTS
from formcheck.squat.settings import DEFAULT_SETTINGS


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
        name: result(analyze(make()), notes=("said of the file",)) for name, make in STORIES.items()
    }


@pytest.mark.parametrize("name", STORIES)
def test_every_story_fits_the_schema_and_holds_no_nan(results, name):
    text = results[name].to_json().decode()
    for bad in ("NaN", "Infinity"):
        assert bad not in text
    back = json.loads(text)
    jsonschema.Draft202012Validator(schema()).validate(back)
    assert parse_result(text, name) == results[name]


@pytest.mark.parametrize(
    "wrong", [{"uncertainty": -1.0}, {"value": 1e200}, {"uncertainty": 1e200}, {"left_deg": -1e200}]
)
def test_a_number_that_no_finding_can_have_is_refused(results, wrong):
    stored = results["front"].to_builtins()
    stored["reps"][0]["findings"][0] |= wrong
    with pytest.raises(InputError, match=r"no finding.*reps\[0\]\.findings\[0\]"):
        parse_result(json.dumps(stored), "bad.json")


def test_the_schema_itself_is_sound():
    jsonschema.Draft202012Validator.check_schema(schema())
    assert schema()["properties"]["schema_version"]["enum"] == [1]


def test_names_are_those_that_were_promised(results):
    result = results["front"].to_builtins()
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
    result = results["front"].to_builtins()
    assert result["summary"]["n_reps"] == 2
    assert result["summary"]["knee_valgus"] == {
        "fault": 1, "borderline": 0, "ok": 1, "not_assessable": 0,
    }  # fmt: skip
    assert result["summary"]["forward_knee_travel"]["not_assessable"] == 2
    for r in results.values():
        for fault in FAULTS:
            assert sum(asdict(r.summary.faults[fault.name]).values()) == r.summary.n_reps


def test_the_notes_of_the_file_come_first(results):
    assert results["nobody"].notes[0] == "said of the file"
    assert len(results["nobody"].notes) > 1


def test_an_unknown_view_is_null_and_named(results):
    rep = results["no view"].reps[0]
    assert rep.view == "unknown"
    assert rep.yaw_deg is None
    assert not any(f.is_judged for f in rep.findings)


def test_the_same_clip_gives_the_same_bytes():
    track = STORIES["front"]()
    texts = {result(analyze(track)).to_json() for _ in range(2)}
    assert len(texts) == 1


def test_nan_is_refused_rather_than_written():
    with pytest.raises(ValueError):
        replace(result(analyze([])), settings={"valgus.fault_leg_pct": float("nan")}).to_json()


def test_changed_settings_are_in_the_record():
    chosen = DEFAULT_SETTINGS.with_values({"valgus.fault_leg_pct": 13})
    analysis = analyze(STORIES["front"](), chosen)
    stored = result(analysis, chosen).to_builtins()
    assert stored["settings"] == {"valgus.fault_leg_pct": 13.0}
    jsonschema.Draft202012Validator(schema()).validate(stored)
