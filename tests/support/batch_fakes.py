"""Judges that stand in for the real one in worker processes: quick, slow, deadly.

What a clip's file says is what happens: ``ok``, ``ok SECONDS``, ``bad``, ``bug``,
``steady SECONDS`` (reports all the time), ``die`` (always), ``die once`` (leaves a
mark beside itself), ``hang`` and ``hang once`` likewise, ``full``.  Stored tracks go to
the real judge.

``python -m batch_fakes`` is a worker with this judge: the product's own in all but that.
Tests put it into ``local.CHILD``; a Dask worker takes it with ``--preload batch_fakes``.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from formcheck.batch.job import Job, Outcome, Report
from formcheck.batch.score_clip import score_clip
from formcheck.batch.workers import local
from formcheck.batch.workers.protocol import serve
from formcheck.errors import InputError, OutputError
from formcheck.files import write_atomic

WORKER = "batch_fakes"


def finding(fault: str, value: float | None, verdict: str = "ok", **more: Any) -> dict[str, Any]:
    """A finding with everything a result needs."""
    known = value is not None
    return {
        "fault": fault,
        "verdict": verdict if known else "not_assessable",
        "severity": "mild" if verdict == "fault" else "none",
        "side": "left" if verdict == "fault" else None,
        "value": value,
        "unit": "pct_shank" if fault == "knee_valgus" else "pct_foot",
        "threshold": 10.0 if known else None,
        "uncertainty": 4.0 if known else None,
        "confidence": "high" if known else "low",
        "time_s": 1.0 if known else None,
        "reason": "said by a fake",
        **more,
    }


def rep(number: int, valgus: float | None, travel: float | None, **more: Any) -> dict[str, Any]:
    """A repetition of 2 s."""
    start = 3.0 * number
    limit = 10.0
    return {
        "number": number,
        "start_s": start,
        "bottom_s": start + 1.0,
        "end_s": start + 2.0,
        "view": "front" if valgus is not None else "side",
        "yaw_deg": 0.0,
        "yaw_sd_deg": 6.0,
        "depth": {"knee_flexion_deg": None, "hip_drop_ratio": 0.5, "category": "parallel"},
        "tempo": {"eccentric_s": 1.0, "pause_s": 0.0, "concentric_s": 1.0},
        "cue": None,
        "findings": [
            finding(
                "knee_valgus", valgus, "fault" if (valgus or 0) > limit else "ok",
                left_pct_shank=valgus, right_pct_shank=None if valgus is None else valgus - 9,
            ),
            finding("forward_knee_travel", travel, "fault" if (travel or 0) > limit else "ok"),
        ],
        **more,
    }  # fmt: skip


def result(file: str, sha256: str, reps: list[dict[str, Any]]) -> dict[str, Any]:
    """A result in schema_version 1."""
    summary: dict[str, Any] = {"n_reps": len(reps), "repeated": []}
    for i, fault in enumerate(("knee_valgus", "forward_knee_travel")):
        verdicts = [r["findings"][i]["verdict"] for r in reps]
        summary[fault] = {
            v: verdicts.count(v) for v in ("fault", "borderline", "ok", "not_assessable")
        }
    return {
        "schema_version": 1,
        "source": {
            "file": file, "sha256": sha256, "width_px": 540, "height_px": 960,
            "duration_s": 6.0, "n_frames": 180,
        },
        "versions": {"formcheck": "0.1.0", "mediapipe": "0.10.31", "model_sha256": "0" * 64},
        "settings": {},
        "reps": reps,
        "discarded": [],
        "notes": [],
        "summary": summary,
    }  # fmt: skip


def judge(job: Job, report: Report) -> Outcome:
    """Do what the clip says."""
    path = Path(job.source.location)
    if job.source.is_track:
        return score_clip(job, report)
    data = path.read_bytes()
    words = data.decode().split()
    sha256 = hashlib.sha256(data).hexdigest()
    # The mark is there before anything is said: a test may end this process when it hears of it.
    mark, is_once = path.with_suffix(".tried"), "once" in words
    was_tried = is_once and mark.exists()
    if is_once:
        mark.touch()
    report("pose", 0.5, 1.0)
    match words[0], words[1:]:
        case "die", _ if not was_tried:
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang", _ if not was_tried:
            time.sleep(600)
        case "steady", [seconds]:
            end_s = time.monotonic() + float(seconds)
            while time.monotonic() < end_s:
                time.sleep(0.05)
                report("pose", 0.5, 1.0)
        case "bad", _:
            error = InputError(f"{job.source.label}: is bad.")
            return Outcome("failed", str(error), "content", sha256)
        case "bug", _:
            raise ZeroDivisionError("a bug")
        case "full", _:
            raise OutputError(f"{job.out}: cannot be written (No space left on device).")
        case "ok", [seconds, *_] if seconds.replace(".", "").isdigit():
            time.sleep(float(seconds))
    files = {}
    made = result(job.source.name, sha256, [rep(1, float(len(data) % 17), None)])
    for suffix, content in {".track.npz": data, ".json": json.dumps(made).encode()}.items():
        write_atomic(Path(job.out) / f"{job.name}{suffix}", content)
        files[suffix] = len(content)
    return Outcome("scored", sha256=sha256, files=files, n_frames=180)


def dask_setup(_: object) -> None:
    """What Dask calls in a worker that preloads this module."""
    local.CHILD = WORKER


if __name__ == "__main__":
    from formcheck.batch.workers import child

    child.score_clip = judge
    serve(Job, child.run_guarded)
