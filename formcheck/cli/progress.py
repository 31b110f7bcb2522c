"""How a run is told while it goes: a live display, JSON lines, or nothing."""

import json
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, Self

from formcheck.batch.job import Job, Task
from formcheck.batch.options import ClipOutcome, Silent
from formcheck.files import printable
from formcheck.report.result import RepResult

STAGES = {"fetch": "fetching", "pose": "pose", "video": "video"}
RATE_WINDOW_S = 10.0


class Quiet(Silent):
    """Says only, on ``stream``, which clips failed: for pipes.  Use as a context manager."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        pass

    def finished(self, outcome: ClipOutcome) -> None:
        """Say why a clip failed."""
        if outcome.error is not None:
            print(f"failed: {printable(outcome.error)}", file=self._stream, flush=True)


@dataclass(slots=True)
class _Running:
    stage: str = ""
    done_s: float = 0.0
    total_s: float | None = None
    n_frames: int = 0


class Tally(Quiet):
    """Counts a run: clips done, running, failed; frames per second; time left."""

    def __init__(self, stream: IO[str]) -> None:
        super().__init__(stream)
        self.n_total = self.n_done = self.n_failed = self.n_skipped = 0
        self.running: dict[str, _Running] = {}
        self._sizes: dict[str, int] = {}
        self._bytes_done = self._n_frames = 0
        self._begun_s = time.monotonic()
        self._samples: deque[tuple[float, int]] = deque()

    def planned(self, tasks: Sequence[Task]) -> None:
        """Take the plan."""
        self.n_total = len(tasks)
        self._sizes = {t.source.label: t.source.size_bytes or 1 for t in tasks if not t.is_done}
        self._begun_s = time.monotonic()

    def progress(
        self, job: Job, stage: str, done_s: float, total_s: float | None, n_frames: int
    ) -> None:
        """Take the progress of one clip."""
        state = self.running.setdefault(job.source.label, _Running())
        self._n_frames += max(0, n_frames - state.n_frames)
        state.stage, state.done_s, state.total_s = stage, done_s, total_s
        state.n_frames = max(n_frames, state.n_frames)
        now_s = time.monotonic()
        self._samples.append((now_s, self._n_frames))
        while self._samples[0][0] < now_s - RATE_WINDOW_S:
            self._samples.popleft()

    def finished(self, outcome: ClipOutcome) -> None:
        """Count a clip."""
        self.n_done += 1
        self.n_failed += outcome.error is not None
        self.n_skipped += not outcome.is_new
        self.running.pop(outcome.entry.label, None)
        self._bytes_done += self._sizes.get(outcome.entry.label, 0)

    @property
    def frames_per_s(self) -> float | None:
        """Frames analysed per second over the last moments; None before the first."""
        if len(self._samples) < 2:
            return None
        (t0, n0), (t1, n1) = self._samples[0], self._samples[-1]
        return (n1 - n0) / (t1 - t0) if t1 > t0 else None

    @property
    def left_s(self) -> float | None:
        """Seconds left, from the bytes done so far; None before the first clip."""
        if not self._bytes_done:
            return None
        elapsed_s = time.monotonic() - self._begun_s
        return elapsed_s * (sum(self._sizes.values()) / self._bytes_done - 1)


class Display(Tally):
    """A live display on a terminal."""

    def __init__(self, stream: IO[str]) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        super().__init__(stream)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total} {task.fields[words]}", markup=False),
            console=Console(file=stream),
            transient=True,
        )
        self._task = self._bar.add_task("clips", total=None, words="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._bar.stop()

    def planned(self, tasks: Sequence[Task]) -> None:
        """Show the plan."""
        super().planned(tasks)
        self._show()

    def progress(
        self, job: Job, stage: str, done_s: float, total_s: float | None, n_frames: int
    ) -> None:
        """Show how far a clip is."""
        super().progress(job, stage, done_s, total_s, n_frames)
        self._show()

    def finished(self, outcome: ClipOutcome) -> None:
        """Count a clip; say at once why one failed."""
        super().finished(outcome)
        if outcome.error is not None and outcome.is_new:
            self._bar.console.print(
                f"failed: {printable(outcome.error)}", style="red", soft_wrap=True,
                markup=False, highlight=False,
            )  # fmt: skip
        self._show()

    def _show(self) -> None:
        words = [f"{len(self.running)} running"]
        if self.n_failed:
            words.append(f"{self.n_failed} failed")
        if self.frames_per_s is not None:
            words.append(f"{self.frames_per_s:.0f} frames/s")
        if self.left_s is not None:
            words.append(f"{_duration(self.left_s)} left")
        if len(self.running) == 1:
            (state,) = self.running.values()
            if state.total_s:
                share = min(100.0, 100 * state.done_s / state.total_s)
                words.append(f"{STAGES.get(state.stage, state.stage)} {share:.0f} %")
        self._bar.update(
            self._task, completed=self.n_done, total=self.n_total or None, words=" · ".join(words)
        )


class JsonLines(Tally):
    """A JSON object a line: ``start``, ``progress`` (once a second), ``rep``, ``clip``, ``end``."""

    EVERY_S = 1.0
    _last_s = 0.0

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._say(
            "end",
            complete=kind is None,
            n_clips=self.n_total,
            n_done=self.n_done,
            n_failed=self.n_failed,
            n_skipped=self.n_skipped,
        )

    def planned(self, tasks: Sequence[Task]) -> None:
        """Say how much there is to do."""
        super().planned(tasks)
        self._say("start", n_clips=len(tasks), n_skipped=sum(t.is_done for t in tasks))

    def progress(
        self, job: Job, stage: str, done_s: float, total_s: float | None, n_frames: int
    ) -> None:
        """Say where the run is, once a second."""
        super().progress(job, stage, done_s, total_s, n_frames)
        now_s = time.monotonic()
        if now_s - self._last_s < self.EVERY_S:
            return
        self._last_s = now_s
        rate, left_s = self.frames_per_s, self.left_s
        self._say(
            "progress",
            n_clips=self.n_total,
            n_done=self.n_done,
            n_failed=self.n_failed,
            frames_per_s=None if rate is None else round(rate, 1),
            left_s=None if left_s is None else round(left_s, 1),
            running=[
                {"input": label, "stage": s.stage, "done_s": round(s.done_s, 2),
                 "total_s": s.total_s, "n_frames": s.n_frames}
                for label, s in self.running.items()
            ],
        )  # fmt: skip

    def judged(self, job: Job, rep: RepResult) -> None:
        """Say what a repetition was judged to be, as it will stand in the result."""
        super().judged(job, rep)
        self._say("rep", input=job.source.label, rep=rep.to_builtins())

    def finished(self, outcome: ClipOutcome) -> None:
        """Say what became of a clip."""
        super().finished(outcome)
        entry = outcome.entry
        self._say(
            "clip",
            input=entry.label,
            status=entry.status,
            result=entry.result_name if entry.name else None,
            message=entry.message,
            is_new=outcome.is_new,
            is_from_track=outcome.is_from_track,
            n_done=self.n_done,
        )

    def _say(self, event: str, **values: Any) -> None:
        print(json.dumps({"event": event, **values}), file=self._stream, flush=True)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
