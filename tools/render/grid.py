"""The accuracy grid: expand the committed design into clips and render a portion of them."""

from __future__ import annotations

import itertools
import json
import time
import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from .clip import render_clip
from .dealing import Cell, Dealer, views
from .spec import ClipSpec, Squat, Stand
from .squatting import duration_s

DESIGN = Path(__file__).parents[2] / "benchmarks" / "grid.toml"
PARTS = ("tuning", "held_out")


def load_design(path: Path = DESIGN) -> dict[str, Any]:
    """Read the design file."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def cells(design: dict[str, Any], view: str) -> list[Cell]:
    """All combinations of one view.

    ``amounts_pct`` is a list that goes with every way, or names the ways with a list for each.
    """
    table = design[view]
    ways = table["amounts_pct"]
    if not isinstance(ways, dict):
        pairs = list(itertools.product(ways, table["sides" if view == "front" else "heels"]))
    else:
        pairs = [(amount, how) for how, amounts in ways.items() for amount in amounts]
    return [
        Cell(view, float(amount), how, float(yaw))
        for yaw in table["yaw_deg"]
        for amount, how in pairs
    ]


def expand(design: dict[str, Any], parts: tuple[str, ...] = PARTS) -> dict[str, list[ClipSpec]]:
    """All clips of the design by part, in an order that keeps the cells balanced."""
    result = {}
    for part in parts:
        number = PARTS.index(part)
        rng = np.random.default_rng([int(design["seed"]), number])
        rounds = max(design[view]["reps_per_cell"][part] for view in views(design))
        groups: list[list[Cell]] = []
        for turn in range(rounds):
            fresh = []
            for view in views(design):
                if turn >= design[view]["reps_per_cell"][part]:
                    continue
                for yaw in design[view]["yaw_deg"]:
                    mine = [cell for cell in cells(design, view) if cell.yaw_deg == yaw]
                    mine = [mine[i] for i in rng.permutation(len(mine))]
                    size = int(design["reps_per_clip"])
                    fresh += [mine[i : i + size] for i in range(0, len(mine), size)]
            groups += [fresh[i] for i in rng.permutation(len(fresh))]
        dealer = Dealer(design, part, rng)
        result[part] = [dealer.clip(index, group) for index, group in enumerate(groups)]
    return result


def frame_count(spec: ClipSpec) -> int:
    """Frames of a clip without building its motion."""
    seconds = sum(
        act.seconds if isinstance(act, Stand) else duration_s(act)
        for act in spec.acts
        if isinstance(act, Stand | Squat)
    )
    return round(seconds * spec.fps)


def order(clips: dict[str, list[ClipSpec]]) -> list[tuple[str, ClipSpec]]:
    """Interleave the parts so that both grow together."""
    tagged = [
        ((index + 0.5) / len(specs), part, spec)
        for part, specs in clips.items()
        for index, spec in enumerate(specs)
    ]
    return [(part, spec) for _, part, spec in sorted(tagged, key=lambda item: item[0])]


def is_complete(spec: ClipSpec, folder: Path) -> bool:
    """Whether the clip has been rendered from exactly this spec."""
    truth = folder / f"{spec.name}.truth.json"
    if not truth.exists() or not (folder / f"{spec.name}.mp4").exists():
        return False
    return bool(
        json.loads(truth.read_text(encoding="utf-8"))["spec"]
        == json.loads(json.dumps(spec.to_dict()))
    )


def render_grid(
    out: Path,
    portion: int,
    portions: int,
    design_path: Path = DESIGN,
    parts: tuple[str, ...] = PARTS,
) -> None:
    """Render one portion of the grid into ``out/PART``, skipping finished clips."""
    todo = order(expand(load_design(design_path), parts))[portion - 1 :: portions]
    todo = [(part, spec) for part, spec in todo if not is_complete(spec, out / part)]
    left = sum(frame_count(spec) for _, spec in todo)
    print(f"portion {portion}/{portions}: {len(todo)} clips, {left} frames to do", flush=True)
    for part, spec in todo:
        start = time.perf_counter()
        render_clip(spec, out / part)
        frames = frame_count(spec)
        left -= frames
        seconds = time.perf_counter() - start
        print(
            f"{spec.name}: {frames} frames, {seconds / frames:.3f} s/frame, {left} frames left",
            flush=True,
        )
