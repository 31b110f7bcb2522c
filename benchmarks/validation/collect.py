"""Build the committed grid data from rendered clips."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.validation.clips import Clip, extract, read_truth, with_truth
from benchmarks.validation.judge import judge_clip
from benchmarks.validation.packing import pack, repacked
from formcheck.pose.track import PoseTrack

PARTS = ("tuning", "held_out")
ROOT = Path(__file__).parents[2]
DESIGN = ROOT / "benchmarks" / "grid.toml"
GRID = ROOT / "benchmarks" / "grid"


def planned_reps(part: str, design_path: Path = DESIGN) -> int:
    """How many repetitions of a part the design asks for."""
    design = tomllib.loads(design_path.read_text(encoding="utf-8"))
    total = 0
    for view, ways in (("front", "sides"), ("side", "heels")):
        table = design[view]
        cells = len(table["amounts_pct"]) * len(table[ways]) * len(table["yaw_deg"])
        total += cells * table["reps_per_cell"][part]
    return total


def rendered_clips(
    folder: Path,
    part: str,
    tracks: Path | None = None,
    model: Path | None = None,
    *,
    only_extracted: bool = False,
) -> Iterator[Clip]:
    """Finished clips of one part, in order of their names.

    Args:
        folder: Holds ``PART/NAME.mp4``, ``NAME.truth.json`` and ``NAME.truth.npz``.
        tracks: Holds or gets ``PART/NAME.npz``; the pose model runs only for tracks that are not
            there.
        model: Another pose model.
        only_extracted: Leave out clips whose track is not in ``tracks`` yet.
    """
    for path in sorted((folder / part).glob("*.truth.json")):
        name = path.name.removesuffix(".truth.json")
        stored = None if tracks is None else tracks / part / f"{name}.npz"
        if stored is not None and stored.exists():
            track = PoseTrack.load(stored)
        elif only_extracted:
            continue
        else:
            track = extract(path.with_name(f"{name}.mp4"), model)
            if stored is not None:
                stored.parent.mkdir(parents=True, exist_ok=True)
                track.save(stored)
        document, joints, measures = read_truth(path)
        yield with_truth(part, document, joints, measures, track)


def collect(
    folder: Path,
    out: Path = GRID,
    tracks: Path | None = None,
    model: Path | None = None,
    *,
    only_extracted: bool = False,
) -> None:
    """Write ``out/tuning.npz`` and ``out/held_out.npz``; say what is missing or changed."""
    out.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        clips = list(rendered_clips(folder, part, tracks, model, only_extracted=only_extracted))
        if not clips:
            print(f"{part}: no finished clips in {folder}")
            continue
        notes = {
            "n_reps_planned": planned_reps(part),
            "n_reps": sum(len(clip.document["reps"]) for clip in clips),
            "versions": _versions(clips, model),
            "n_verdicts_changed_by_packing": sum(changed_by_packing(clip) for clip in clips),
        }
        data = pack(clips, notes)
        path = out / f"{part}.npz"
        path.write_bytes(data)
        frames = sum(len(clip.track) for clip in clips)
        print(
            f"{part}: {len(clips)} clips, {frames} frames, {notes['n_reps']} of "
            f"{notes['n_reps_planned']} repetitions, {len(data) / 1e6:.2f} MB; verdicts changed by "
            f"packing: {notes['n_verdicts_changed_by_packing']}"
        )


def changed_by_packing(clip: Clip) -> int:
    """How many verdicts or sides differ between the full track and the packed one."""
    names = ("is_found", "valgus_verdict", "valgus_side", "travel_verdict", "travel_side")
    full, small = judge_clip(clip)[1], judge_clip(repacked(clip))[1]
    return sum(
        any(a.get(name) != b.get(name) for name in names) for a, b in zip(full, small, strict=True)
    )


def _versions(clips: list[Clip], model: Path | None) -> dict[str, Any]:
    """Software and model of the tracks, by their own record or else as installed now."""
    found = [dict(clip.track.meta.get("versions", {})) for clip in clips]
    if any(item != found[0] for item in found):
        print("warning: the tracks were made with different versions")
    if found[0]:
        return found[0]
    from formcheck.pose.estimator import mediapipe_version, verify_model

    return {"mediapipe": mediapipe_version(), "model_sha256": verify_model(model)[1]}
