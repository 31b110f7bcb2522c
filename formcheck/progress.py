"""What a terminal shows: progress while scoring, a table at the end."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import IO, Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from formcheck.faults import FAULTS
from formcheck.score import ClipOutcome

MARKS = {"ok": "✓", "borderline": "!", "fault": "✗", "not_assessable": "–"}
STYLES = {"ok": "green", "borderline": "yellow", "fault": "red", "not_assessable": "dim"}
STAGES = {"pose": "finding the pose", "video": "drawing the video"}


class ScoreDisplay:
    """A progress bar on a terminal; silent in a pipe, but for failures."""

    def __init__(self, n_clips: int, stream: IO[str]) -> None:
        self._console = Console(file=stream)
        self._n_clips = n_clips
        self._bar: Progress | None = None
        self._clips = self._clip = TaskID(0)

    def __enter__(self) -> ScoreDisplay:
        if self._console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=self._console,
                transient=True,
            )
            self._clips = self._bar.add_task("clips", total=self._n_clips)
            self._clip = self._bar.add_task("", total=None)
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def update(self, stage: str, done_s: float, total_s: float | None) -> None:
        """Show how far the clip under way is."""
        if self._bar is not None:
            self._bar.update(
                self._clip,
                description=STAGES.get(stage, stage),
                completed=int(done_s),
                total=None if total_s is None else max(1, int(total_s)),
            )

    def finished(self, outcome: ClipOutcome) -> None:
        """Count a clip; say at once why one failed."""
        if outcome.error is not None:
            self._console.print(Text(f"failed: {outcome.error}", "red"), soft_wrap=True)
        if self._bar is not None:
            self._bar.advance(self._clips)


def result_table(results: Sequence[Mapping[str, Any]]) -> str:
    """Return a readable table, a line per repetition; colours only on a terminal."""
    if not results:
        return ""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("clip", "rep", "at", "view", "depth"):
        table.add_column(name)
    for fault in FAULTS:
        table.add_column(fault.name.replace("_", " "))
    for result in results:
        file = Text(result["source"]["file"])
        if not result["reps"]:
            table.add_row(file, "none", "", "", "", Text(" ".join(result["notes"]), "dim"))
        for rep in result["reps"]:
            table.add_row(
                file,
                str(rep["number"]),
                f"{rep['bottom_s']:.1f} s",
                rep["view"].replace("_", " "),
                rep["depth"]["category"],
                *(_cell(finding) for finding in rep["findings"]),
            )
    sink = io.StringIO()
    probe = Console()
    console = Console(
        file=sink,
        width=max(100, probe.width),
        force_terminal=probe.is_terminal,
        no_color=not probe.is_terminal,
    )
    console.print(table)
    return sink.getvalue().rstrip("\n")


def _cell(finding: Mapping[str, Any]) -> Text:
    verdict = finding["verdict"]
    words = f"{MARKS[verdict]} {verdict.replace('_', ' ')}"
    if verdict in ("fault", "borderline"):
        if finding["severity"] not in ("none", "note"):
            words += f" {finding['severity']}"
        if finding["side"]:
            words += f" {finding['side']}"
    if finding["value"] is not None:
        unit = finding["unit"].replace("pct_", "% of ")
        words += f" {finding['value']:.0f} ± {finding['uncertainty']:.0f} {unit}"
    return Text(words, STYLES[verdict])
