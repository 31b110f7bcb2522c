"""Sessions, clip results and rules with known numbers, for the tests about health."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from formcheck.knowledge import load_knowledge
from formcheck.knowledge.rules import AnswerTest, Group, Rule
from formcheck.report.result import ClipResult, result_from
from formcheck.training.history import FaultTally, Session, SetGroup

TODAY = date(2026, 11, 22)
FLAGS = {flag.id: flag for flag in load_knowledge().red_flags}


def leaves_of(rule: Rule) -> list[AnswerTest]:
    """Every single test inside a rule."""
    if isinstance(rule, Group):
        return [test for part in rule.rules for test in leaves_of(part)]
    assert isinstance(rule, AnswerTest)
    return [rule]


def ago(n_days: int) -> date:
    return TODAY - timedelta(days=n_days)


def typed(n_days_ago: int, kg: float | None = 60.0, *, n_sets: int = 5, **more: Any) -> Session:
    """Five sets of ten: 3,000 kg at 60 kg, 50 minutes at effort 6."""
    more = {"exercise": "leg press", "minutes": 50.0, "effort": 6.0} | more
    sets = (SetGroup(n_sets=n_sets, n_reps=10, weight_kg=kg),)
    return Session(day=ago(n_days_ago), sets=more.pop("sets", sets), **more)


def week(n_back: int, kg: float | None = 60.0, **more: Any) -> list[Session]:
    """Three sessions in the rolling week that ends 7 x n_back days ago: 9,000 kg at 60 kg."""
    return [typed(7 * n_back + k, kg, **more) for k in (5, 3, 1)]


def weeks(*kilograms: float | None, **more: Any) -> list[Session]:
    """Rolling weeks, the newest first, each with its weight."""
    return [one for k, kg in enumerate(kilograms) for one in week(k, kg, **more)]


def full(i: int = 0, **more: Any) -> Session:
    """A session with every field filled."""
    values: dict[str, Any] = {
        "day": ago(i % 300),
        "exercise": "back squat",
        "sets": tuple(SetGroup(n_sets=k, n_reps=5, weight_kg=50.0 + k) for k in (1, 2, 3)),
        "minutes": 45.0,
        "effort": 7.5,
        "pain_during": 2.0,
        "pain_after": 1.5,
        "pain_next_morning": 1.0,
        "body_weight_kg": 80.0,
        "knee_to_wall_left_cm": 9.5,
        "knee_to_wall_right_cm": 11.0,
        "knee_flexion_deg": 112.5,
        "hip_drop_ratio": 0.51,
        "eccentric_s": 1.4,
        "faults": (
            FaultTally(
                fault="knee_valgus", n_fault=2, n_borderline=1, n_ok=4, n_not_assessable=1,
                unit="pct_shank", value=8.0, uncertainty=4.0,
            ),
        ),
        "file": f"clip {i} – größe.mp4",
        "note": "felt \"fine\", =1+1; 'ok'",
    }  # fmt: skip
    return Session(**(values | more))


def finding(fault: str, verdict: str, severity: str = "none", value: float = 3.0) -> dict[str, Any]:
    unit = "pct_shank" if fault == "knee_valgus" else "pct_foot"
    blind = verdict == "not_assessable"
    return {
        "fault": fault,
        "verdict": verdict,
        "severity": severity,
        "side": None,
        "value": None if blind else value,
        "unit": unit,
        "threshold": None if blind else 9.0,
        "uncertainty": None if blind else 4.0,
        "confidence": "medium",
        "time_s": None if blind else 1.0,
        "reason": "as the test says",
    }


def rep(
    start_s: float,
    eccentric_s: float = 2.5,
    findings: list[dict[str, Any]] | None = None,
    cue: dict[str, Any] | None = None,
    duration_s: float = 4.0,
) -> dict[str, Any]:
    found = findings or [
        finding("knee_valgus", "ok"),
        finding("forward_knee_travel", "not_assessable"),
    ]
    return {
        "number": 1,
        "start_s": start_s,
        "bottom_s": start_s + eccentric_s,
        "end_s": start_s + duration_s,
        "view": "front",
        "yaw_deg": 2.0,
        "yaw_sd_deg": 2.0,
        "depth": {"knee_flexion_deg": None, "hip_drop_ratio": 0.5, "category": "parallel"},
        "tempo": {"eccentric_s": eccentric_s, "pause_s": 0.1, "concentric_s": 1.0},
        "cue": cue,
        "findings": found,
    }


def clip(
    reps: list[dict[str, Any]],
    sha256: str | None = None,
    repeated: tuple[str, ...] = (),
    discarded: tuple[str, ...] = (),
    file: str = "clip.mp4",
    **more: Any,
) -> ClipResult:
    for i, one in enumerate(reps, start=1):
        one["number"] = i
    names = ("knee_valgus", "forward_knee_travel")
    verdicts = [(f["fault"], f["verdict"]) for r in reps for f in r["findings"]]
    stored = {
        "schema_version": 1,
        "source": {
            "file": file, "sha256": sha256 or "0" * 64, "width_px": 720, "height_px": 1280,
            "duration_s": 90.0, "n_frames": 2700,
        },
        "versions": {"formcheck": "0.1.0", "mediapipe": "0", "model_sha256": "0" * 64},
        "settings": {},
        "reps": reps,
        "discarded": [{"start_s": 0.0, "end_s": 1.0, "reason": reason} for reason in discarded],
        "notes": [],
        "summary": {
            "n_reps": len(reps),
            **{
                name: {
                    v: verdicts.count((name, v))
                    for v in ("fault", "borderline", "ok", "not_assessable")
                }
                for name in names
            },
            "repeated": [
                {"fault": f, "side": None, "n_reps": 2, "n_judged": 4} for f in repeated
            ],
        },
    }  # fmt: skip
    return result_from(stored | more)


def a_set(start_s: float, n_reps: int = 6, eccentric_s: float = 2.5, pause_s: float = 1.0) -> list:
    """Repetitions of 4 s with a pause between them."""
    return [rep(start_s + k * (4.0 + pause_s), eccentric_s) for k in range(n_reps)]
