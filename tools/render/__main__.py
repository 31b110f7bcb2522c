"""Command line: ``python -m tools.render clip|samples|grid|still|check``."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _spec(name: str) -> object:
    """A clip spec from a sample's name, a grid clip's name or a JSON file."""
    from .grid import expand, load_design
    from .samples import SAMPLES
    from .spec import ClipSpec

    if name.endswith(".json"):
        text = Path(name).read_text(encoding="utf-8")
        return ClipSpec.from_json(text)
    if name in SAMPLES:
        return SAMPLES[name]
    for specs in expand(load_design()).values():
        for spec in specs:
            if spec.name == name:
                return spec
    raise SystemExit(f"no clip named {name}; samples: {', '.join(SAMPLES)}")


def _clip(args: argparse.Namespace) -> None:
    from .clip import render_clip

    print(render_clip(_spec(args.name), args.out, args.fine))  # type: ignore[arg-type]


def _samples(args: argparse.Namespace) -> None:
    from .samples import render_samples

    render_samples(args.out, args.names, args.truth_only)


def _grid(args: argparse.Namespace) -> None:
    from .grid import DESIGN, PARTS, expand, frame_count, load_design, order, render_grid

    parts = PARTS if args.part is None else (args.part,)
    if args.list:
        for part, spec in order(expand(load_design(args.design or DESIGN), parts)):
            print(part, spec.name, spec.person, frame_count(spec))
        return
    portion, portions = (int(number) for number in args.portion.split("/"))
    render_grid(args.out, portion, portions, args.design or DESIGN, parts)


def _still(args: argparse.Namespace) -> None:
    from .clip import draw_frames, stage
    from .imaging import write_picture

    staged = stage(_spec(args.name))  # type: ignore[arg-type]
    frames = [min(round(t * staged.spec.fps), len(staged.motion.times_s) - 1) for t in args.at]
    args.out.mkdir(parents=True, exist_ok=True)
    for frame, picture in zip(frames, draw_frames(staged, frames, args.fine), strict=True):
        path = args.out / f"{staged.spec.name}_{frame:04d}.png"
        write_picture(path, picture)
        print(path)


def _check(args: argparse.Namespace) -> None:
    from .check import report

    raise SystemExit(report(args.paths))


def main() -> None:
    """Parse the command line and run a sub-command."""
    for name in ("LP_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    parser = argparse.ArgumentParser(prog="python -m tools.render", description=__doc__)
    commands = parser.add_subparsers(required=True)
    clip = commands.add_parser("clip", help="render one clip")
    clip.add_argument("name", help="sample name, grid clip name or SPEC.json")
    clip.add_argument("--out", type=Path, required=True)
    clip.add_argument("--fine", action="store_true", help="finer shadows")
    clip.set_defaults(run=_clip)
    samples = commands.add_parser("samples", help="render the sample clips and contact sheet")
    samples.add_argument("names", nargs="*", help="only these")
    samples.add_argument("--out", type=Path, default=ROOT / "sample_videos")
    samples.add_argument("--truth-only", action="store_true", help="write only the truth files")
    samples.set_defaults(run=_samples)
    grid = commands.add_parser("grid", help="render a portion of the accuracy grid")
    grid.add_argument("--portion", default="1/1", metavar="K/N")
    grid.add_argument("--out", type=Path, default=Path("grid"))
    grid.add_argument("--design", type=Path, help="design file (default benchmarks/grid.toml)")
    grid.add_argument("--part", choices=("tuning", "held_out"), help="only this part")
    grid.add_argument("--list", action="store_true", help="list the clips and stop")
    grid.set_defaults(run=_grid)
    still = commands.add_parser("still", help="write single frames as PNG")
    still.add_argument("name", help="sample name, grid clip name or SPEC.json")
    still.add_argument("--at", type=float, nargs="+", default=[0.0], help="times [s]")
    still.add_argument("--out", type=Path, required=True)
    still.add_argument("--fine", action="store_true", help="finer shadows")
    still.set_defaults(run=_still)
    check = commands.add_parser("check", help="check truth files of rendered clips")
    check.add_argument("paths", type=Path, nargs="+", help="truth files or folders of them")
    check.set_defaults(run=_check)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
