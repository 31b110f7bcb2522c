"""Scored again from the stored track where that gives the bytes of the video."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from batch_helpers import contents

from formcheck.batch.inputs import expand
from formcheck.batch.options import BatchOptions
from formcheck.batch.run import BatchReport, run_batch
from formcheck.pose.models import UNTOUCHED_SHA256
from formcheck.pose.track import PoseTrack
from formcheck.squat.settings import DEFAULT_SETTINGS

STRICT = {"valgus.fault_leg_pct": 2.0, "valgus.fault_both_pct": 2.0}
pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def clip(short_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(short_clip, tmp_path_factory.mktemp("clip") / "one squat.mp4"))


def run(
    clip: Path, out: Path, settings: dict[str, float] | None = None, **more: Any
) -> BatchReport:
    options = BatchOptions(
        out=out, settings=DEFAULT_SETTINGS.with_values(settings or {}), jobs=1, **more
    )
    return run_batch(expand([str(clip)]), options)


@pytest.fixture(scope="module")
def scored(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("scored") / "out"
    report = run(clip, out)
    assert [c.is_from_track for c in report.clips] == [False]
    return out


def test_other_limits_are_judged_from_the_track_with_the_bytes_of_a_fresh_run(
    clip, scored, tmp_path
):
    out, fresh = tmp_path / "out", tmp_path / "fresh"
    shutil.copytree(scored, out)
    (again,) = run(clip, out, STRICT).clips
    assert (again.is_new, again.is_from_track) == (True, True)
    (anew,) = run(clip, fresh, STRICT).clips
    assert not anew.is_from_track
    assert contents(out) == contents(fresh)
    assert contents(out)["one squat.json"] != contents(scored)["one squat.json"]
    # And nothing is left to do.
    assert not run(clip, out, STRICT).clips[0].is_new


def test_a_track_of_the_model_with_its_segmentation_head_speaks_for_the_video(
    clip, scored, tmp_path
):
    out = tmp_path / "out"
    shutil.copytree(scored, out)
    path, manifest = out / "one squat.track.npz", out / "manifest.jsonl"
    track = PoseTrack.load(path)
    track.meta["versions"]["model_sha256"] = UNTOUCHED_SHA256
    track.save(path)
    record = json.loads(manifest.read_text())
    record["files"][".track.npz"] = path.stat().st_size
    manifest.write_text(json.dumps(record) + "\n")
    (again,) = run(clip, out, STRICT, video=False).clips
    assert (again.status, again.is_from_track) == ("scored", True)


@pytest.mark.parametrize(
    "why", ["force", "other squats", "every frame", "damaged track", "other content"]
)
def test_the_video_is_read_where_the_track_may_not_speak_for_it(
    clip, scored, tmp_path, monkeypatch, why
):
    out, mine = tmp_path / "out", tmp_path / clip.name
    shutil.copytree(scored, out)
    shutil.copy(clip, mine)
    manifest = out / "manifest.jsonl"
    record = json.loads(manifest.read_text())
    record["label"] = str(mine)
    settings = dict(STRICT)
    if why == "other squats":  # who squats decides whom the tracker follows
        settings["reps.min_drop_ratio"] = 0.2
    elif why == "damaged track":
        track = out / "one squat.track.npz"
        track.write_bytes(bytes(np.roll(np.frombuffer(track.read_bytes(), np.uint8), 9)))
    elif why == "other content":
        mine.write_bytes(clip.read_bytes() + b"\0" * 8)
    manifest.write_text(json.dumps(record) + "\n")
    how = {"force": why == "force", "every_frame": why == "every frame", "video": False}
    (again,) = run(mine, out, settings, **how).clips
    assert again.status == "scored"
    assert (again.is_new, again.is_from_track) == (True, False)
    inference = "every_frame" if why == "every frame" else "adaptive"
    assert again.result is not None
    assert again.result.versions.inference == inference


def test_a_video_is_added_or_blurred_without_the_model(clip, scored, tmp_path):
    out = tmp_path / "out"
    run(clip, out, video=False)
    (again,) = run(clip, out).clips
    assert (again.is_new, again.is_from_track) == (True, True)
    assert contents(out) == contents(scored)
    (blurred,) = run(clip, out, blur_face=True).clips
    assert (blurred.is_new, blurred.is_from_track) == (True, True)
    name = "one squat.annotated.mp4"
    assert contents(out)[name] != contents(scored)[name]
    assert contents(out)["one squat.json"] == contents(scored)["one squat.json"]


def test_a_video_that_shows_earlier_verdicts_does_not_stay(clip, scored, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(scored, out)
    run(clip, out, STRICT, video=False)
    assert not (out / "one squat.annotated.mp4").exists()
    assert (out / "one squat.json").exists()
