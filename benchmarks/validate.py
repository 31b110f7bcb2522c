"""Accuracy of formcheck on the rendered grid: ``python benchmarks/validate.py --help``.

By default the committed data are judged with the product, a summary is printed and
docs/validation.md is written again with its figures, the same bytes on every run.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != ROOT / "benchmarks"]

from benchmarks.validation.bounds import bounds_of  # noqa: E402
from benchmarks.validation.collect import GRID, PARTS, collect  # noqa: E402
from benchmarks.validation.evidence import Evidence, gather  # noqa: E402
from benchmarks.validation.packing import load_part, packed_notes  # noqa: E402
from formcheck.errors import FormcheckError  # noqa: E402


def parser() -> argparse.ArgumentParser:
    """The command line."""
    out = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    out.add_argument("--quick", action="store_true", help="judge the committed data (the default)")
    out.add_argument("--part", choices=PARTS, help="print this part only and write nothing")
    out.add_argument("--check", action="store_true", help="exit with 1 when a bound is broken")
    out.add_argument("--data", type=Path, default=GRID, help="folder of the packed parts")
    out.add_argument("--docs", type=Path, default=ROOT / "docs", help="where the document goes")
    out.add_argument("--limit", type=int, help="only the first clips of each part")
    out.add_argument("--table", type=Path, metavar="CSV", help="also write a row a repetition")
    out.add_argument("--collect", type=Path, metavar="DIR", help="pack rendered clips into --data")
    out.add_argument("--tracks", type=Path, help="with --collect or --real: where tracks are")
    out.add_argument("--model", type=Path, help="with --collect: another pose model")
    out.add_argument("--finished", action="store_true", help="with --collect: stored tracks only")
    out.add_argument("--render", type=int, metavar="N", help="render N clips again and compare")
    out.add_argument("--real", type=Path, nargs="+", metavar="DIR", help="judge labelled clips")
    out.add_argument("--squat7", type=Path, metavar="FILE", help="rank the 3D recordings")
    return out


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code."""
    asked = parser().parse_args(arguments)
    try:
        return _run(asked)
    except FormcheckError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2


def _run(asked: argparse.Namespace) -> int:
    if asked.collect is not None:
        collect(asked.collect, asked.data, asked.tracks, asked.model, only_extracted=asked.finished)
        return 0
    if asked.render is not None:
        from benchmarks.validation.rerender import compare_rendered

        return 0 if compare_rendered(asked.data, asked.render) else 1
    if asked.real is not None:
        from benchmarks.validation import real_clips

        real_clips.save(real_clips.judge_folders(asked.real, asked.tracks))
        print(real_clips.section())
        return 0
    if asked.squat7 is not None:
        from benchmarks.validation import squat7

        scores = squat7.rank(asked.squat7)
        squat7.save(scores)
        for name in squat7.CASES:
            print(name, scores[name])
        return 0
    return _judge(asked)


def _judge(asked: argparse.Namespace) -> int:
    wanted = PARTS if asked.part is None else (asked.part,)
    found: dict[str, Evidence] = {}
    for part in wanted:
        clips = load_part(asked.data / f"{part}.npz")[: asked.limit]
        is_described = asked.part is None and part == "held_out"
        found[part] = gather(clips, with_variants=is_described)
        _print_summary(found[part])
    if asked.table is not None:
        from benchmarks.validation.table import write_table

        write_table([row for part in wanted for row in found[part].rows], asked.table)
    if asked.part is None:
        _write(asked, found)
    # Limits are set on the tuning part; what must hold is asked of the other one.
    judged = found["held_out" if asked.part is None else asked.part]
    is_broken = not all(bound.holds for bound in bounds_of(judged))
    return 1 if asked.check and is_broken else 0


def _print_summary(evidence: Evidence) -> None:
    people = len({row["person"] for row in evidence.rows})
    print(f"{evidence.part}: {len(evidence.rows)} repetitions of {people} people")
    for bound in bounds_of(evidence):
        mark = "holds " if bound.holds else "BROKEN"
        print(f"  {mark} {bound.name}: {bound.found}, wanted {bound.wanted}")


def _write(asked: argparse.Namespace, found: dict[str, Evidence]) -> None:
    from benchmarks.validation.document import write_document
    from benchmarks.validation.figures import draw_all

    asked.docs.mkdir(parents=True, exist_ok=True)
    draw_all(found["held_out"], asked.docs / "img")
    notes = {part: packed_notes(asked.data / f"{part}.npz") for part in PARTS}
    write_document(found["held_out"], found["tuning"], notes, asked.docs / "validation.md")
    print(f"written: {asked.docs / 'validation.md'}")


if __name__ == "__main__":
    sys.exit(main())
