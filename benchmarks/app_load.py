"""Many people at one app on this machine: nobody loses a result, nobody waits for the page.

    python -m benchmarks.app_load [--users 20] [--live 4] [--minutes 0] [--clip CLIP]
    python -m benchmarks.app_load --mode clip60     # analysis time over formcheck score
    python -m benchmarks.app_load --mode memory     # after each of ten uploads
    python -m benchmarks.app_load --mode three      # three at once all finish
    python -m benchmarks.app_load --mode knocks     # pages of elsewhere alone, for half a minute
    python -m benchmarks.app_load --mode poses --live 20    # live, poses found in the browsers

Users speak the page's own protocol on loopback; no browser takes part of the
processors.  With --minutes they come back until the time is over (a soak).
Exits with 1 if something did not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from benchmarks.app_client import Answer, LiveOutcome, Person
from benchmarks.app_links import announced
from benchmarks.clips import make_clip
from formcheck.app.door import HEALTH
from formcheck.clip import check_clip
from formcheck.pose.track import Inference

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "sample_videos" / "front_valgus_both.mp4"
MAX_ANSWER_S = 2.0
MAX_HEALTH_S = 1.0
"""While pages of elsewhere knock; more only while this script itself is late."""
MAX_SHOWN = 12
KNOCKS_S = 30.0
MAX_SERVER_MB = 1500.0
"""Server and its analyses together; an analysis takes about 450 MB, a live set 150."""


@dataclass
class Tally:
    """What was seen of the whole load."""

    n_results: int = 0
    n_live_sets: int = 0
    n_live_refused: int = 0
    answers: list[Answer] = field(default_factory=list)
    own_delays: list[Answer] = field(default_factory=list)
    """When this script itself, not the page, was late, and by how much."""
    live_waits_s: list[float] = field(default_factory=list)
    health: list[Answer] = field(default_factory=list)
    n_knocks: int = 0
    queued_s: float = 0.0
    """How long the server waited for a processor: the machine's lateness, not its own."""
    peak_mb: float = 0.0
    places: list[tuple[float, int, float]] = field(default_factory=list)
    """When, how many were said to be before, and when the own analysis was over."""
    ends_s: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def false_places(self) -> list[str]:
        """Places in the line that cannot have been true.

        Of the analyses said to be before ours, all must have ended between the saying and our
        own end: one may be away by having been cancelled, none in a load without cancelling.
        """
        found = []
        for when_s, n_before, end_s in self.places:
            n_ended = sum(when_s - MAX_ANSWER_S <= other < end_s for other in self.ends_s)
            if n_ended < n_before:
                found.append(f"said {n_before} before, {n_ended} ended before ours")
        return found

    def slow(self) -> list[str]:
        """The page's late answers, with what this script was late itself meanwhile."""
        first_s = min((a.began_s for a in self.answers), default=0.0)
        found = []
        late_ones = [a for a in self.answers if a.took_s > MAX_ANSWER_S]
        for late in [*late_ones, *(a for a in self.health if a.took_s > MAX_HEALTH_S)]:
            own_s = sum(
                own.took_s
                for own in self.own_delays
                if own.began_s < late.end_s and late.began_s < own.end_s
            )
            found.append(
                f"{late.what} took {late.took_s:.1f} s, {late.began_s - first_s:.0f} s after the "
                f"start (this script itself was late by {own_s:.1f} s then)"
            )
        return found


def queued_s(pid: int) -> float:
    """How long the server's main thread, its event loop, has waited for a processor so far."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    return 0.0


def memory_mb(pid: int) -> float:
    """Resident memory of a process and its children."""
    total_kb = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError, KeyError, ValueError, IndexError):
            values = dict(
                line.split(":", 1) for line in status.read_text().splitlines() if ":" in line
            )
            if pid in (int(values["Pid"]), int(values["PPid"])):
                total_kb += int(values["VmRSS"].split()[0])
    return total_kb / 1024


@contextlib.contextmanager
def server(tmp: Path) -> Iterator[tuple[str, int]]:
    """The app on a free port; yields its address and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "TMPDIR": str(tmp), "HOME": str(tmp), "PYTHONPATH": str(ROOT)}
    with (tmp / "app.log").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "formcheck", "app", "--no-browser", "--port", str(port)],
            cwd=tmp, env=environment, stdout=subprocess.DEVNULL, stderr=errors,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):  # until it answers: its start is no part of what is measured
            with contextlib.suppress(OSError), urllib.request.urlopen(url + HEALTH, timeout=60):
                break
            time.sleep(0.1)
        with announced(url, tmp / "app.log"):
            yield url, process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def one_upload(url: str, clip: Path, name: str, limit_s: float, tally: Tally) -> float:
    """A new browser uploads a clip and waits; return how long it took."""
    async with Person(url) as person:
        await person.open()
        person.forget()
        began = time.monotonic()
        await person.upload(clip, name)
        outcome = await person.wait_for_result(limit_s)
        end_s = time.monotonic()
        tally.answers += person.answers
        if outcome == "result" and name in person.text:
            tally.n_results += 1
            tally.ends_s.append(end_s)
            tally.places += [(when_s, n, end_s) for when_s, n in person.places]
        else:
            tally.wrong.append(f"{name}: {outcome}")
        return end_s - began


async def one_live(url: str, frames: list[bytes], length_s: float, tally: Tally) -> LiveOutcome:
    """A new browser does a live set."""
    async with Person(url) as person:
        out = await person.live_set(frames, length_s)
    tally.answers += person.answers
    tally.live_waits_s += out.waits_s
    if out.why:
        tally.n_live_refused += 1
    elif out.is_finished and out.n_answers and out.n_frames_kept:
        tally.n_live_sets += 1
    else:
        tally.wrong.append(f"a live set was lost: {out.n_answers} answers, {out.n_bad} bad")
    return out


async def visitor(url: str, tally: Tally) -> None:
    """Opens the page again and again and notes how long it takes."""
    while True:
        async with Person(url) as person:
            await person.open()
        tally.answers += person.answers
        await asyncio.sleep(1.0)


async def knock(url: str, tally: Tally) -> None:
    """Ask as pages of other origins do, with the cookie of nobody; each must be refused."""
    origins = ("http://localhost:3000", "http://127.0.0.1:9999", "https://example.org", "null")
    async with aiohttp.ClientSession() as client:
        for origin in itertools.cycle(origins):
            headers = {"Origin": origin}
            async with client.get(f"{url}/history", headers=headers) as answer:
                if answer.status != 403:
                    tally.wrong.append(f"a page from {origin} was answered {answer.status}")
            try:
                async with client.ws_connect(f"{url}/_stcore/stream", headers=headers):
                    tally.wrong.append(f"a socket from {origin} was opened")
            except aiohttp.WSServerHandshakeError:
                pass
            tally.n_knocks += 2
            await asyncio.sleep(0.05)


async def watch_health(url: str, tally: Tally) -> None:
    """Ask four times a second whether the server runs."""
    async with aiohttp.ClientSession() as client:
        while True:
            began = time.monotonic()
            async with client.get(f"{url}{HEALTH}") as answer:
                await answer.read()
            tally.health.append(Answer(began, time.monotonic() - began, "health"))
            await asyncio.sleep(0.25)


async def watch_delays(tally: Tally) -> None:
    """Note when this script's own turn comes late: its users share one process."""
    while True:
        began = time.monotonic()
        await asyncio.sleep(0.1)
        late_s = time.monotonic() - began - 0.1
        if late_s > 0.1:
            tally.own_delays.append(Answer(began, late_s, "own"))


async def watch_memory(pid: int, tally: Tally) -> None:
    while True:
        tally.peak_mb = max(tally.peak_mb, await asyncio.to_thread(memory_mb, pid))
        await asyncio.sleep(1.0)


@contextlib.asynccontextmanager
async def beside(*works: object) -> AsyncIterator[None]:
    """Run coroutines beside the block; a failure of one is told at the end."""
    tasks = [asyncio.ensure_future(work) for work in works]  # type: ignore[arg-type]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


async def load(url: str, pid: int, options: argparse.Namespace, clip: Path) -> Tally:
    """Users and live sets at once, once or until the time is over."""
    tally = Tally()
    frames = camera_frames(options.clip)
    until_s = time.monotonic() + 60 * options.minutes

    async def user(number: int) -> None:
        for round_ in range(10**6):
            await one_upload(url, clip, f"user{number}-{round_}.mp4", options.limit_s, tally)
            if time.monotonic() >= until_s:
                return

    async def liver() -> None:
        while True:
            out = await one_live(url, frames, options.live_s, tally)
            await asyncio.sleep(5.0 if out.why else 0.0)
            if time.monotonic() >= until_s:
                return

    others = knock(url, tally), watch_health(url, tally), watch_memory(pid, tally)
    async with beside(visitor(url, tally), watch_delays(tally), *others):
        waited_s = queued_s(pid)
        people = [user(i) for i in range(options.users)] + [liver() for _ in range(options.live)]
        people += [] if people else [asyncio.sleep(KNOCKS_S)]
        for outcome in await asyncio.gather(*people, return_exceptions=True):
            if isinstance(outcome, Exception):
                tally.wrong.append(f"{type(outcome).__name__}: {outcome}")
        tally.queued_s = queued_s(pid) - waited_s
    return tally


def camera_frames(clip: Path, n_frames: int = 300) -> list[bytes]:
    """Pictures of a clip as a live page would send them."""
    import cv2

    from formcheck.video.reading import FrameReader

    out = []
    for frame in FrameReader(clip, rate_hz=15, max_side_px=640):
        ok, data = cv2.imencode(".jpg", cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR))
        out += [data.tobytes()] * bool(ok)
        if len(out) == n_frames:
            break
    return out


async def found_in_browsers(url: str, pid: int, options: argparse.Namespace) -> bool:
    """Many live sets whose pages find the poses themselves: answers, and what they cost here.

    The poses are those of a sample clip, found before and shown over and over.
    """
    poses = list(check_clip(options.clip, inference=Inference.EVERY_FRAME).track)
    outs = [LiveOutcome() for _ in range(options.live)]

    def seen() -> tuple[float, int]:
        return processor_s(pid), sum(out.n_answers for out in outs)

    async def one(out: LiveOutcome) -> None:
        async with Person(url) as person:
            await person.live_set(poses, options.live_s, options.rate_hz, out)

    people = asyncio.gather(*map(one, outs), return_exceptions=True)
    while not all(out.n_answers or out.why for out in outs) and not people.done():
        await asyncio.sleep(0.1)
    before, began_s = seen(), time.monotonic()
    await asyncio.sleep(0.8 * options.live_s)
    after, took_s = seen(), time.monotonic() - began_s
    for error in filter(None, await people):
        print(f"  WRONG: {type(error).__name__}: {error}")
    waits_ms = sorted(1000 * wait for out in outs for wait in out.waits_s)
    n_lost = sum(not out.is_finished or bool(out.n_bad) for out in outs)
    spent_s, n_frames = after[0] - before[0], after[1] - before[1]
    print(f"{options.live} sets of poses, {options.rate_hz:g} wanted a second each: "
          f"{n_frames / took_s / options.live:.1f} answered, {n_lost} sets not as they should be\n"
          f"  answer: median {statistics.median(waits_ms):.1f} ms, "
          f"95 % {waits_ms[int(0.95 * (len(waits_ms) - 1))]:.1f} ms\n"
          f"  {1000 * spent_s / n_frames:.2f} processor ms a frame, {spent_s / took_s:.2f} "
          f"processors busy with the server; load average {os.getloadavg()[0]:.1f} "
          f"on {os.cpu_count()} processors; {memory_mb(pid):.0f} MB")  # fmt: skip
    return not n_lost


def processor_s(pid: int) -> float:
    """Processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def say(tally: Tally, options: argparse.Namespace) -> bool:
    """Print what was seen; return whether all held."""
    wrong = [*tally.wrong, *tally.false_places(), *tally.slow()]
    slowest = max((answer.took_s for answer in tally.answers), default=0.0)
    if tally.peak_mb > MAX_SERVER_MB:
        wrong.append(f"server and analyses took {tally.peak_mb:.0f} MB")
    print(f"{options.users} users, {options.live} live, {options.minutes:g} minutes:")
    print(f"  {tally.n_results} results, {tally.n_live_sets} live sets, "
          f"{tally.n_live_refused} live sets asked to wait")  # fmt: skip
    print(f"  {len(tally.places)} places in the line told, {len(tally.false_places())} false")
    if tally.live_waits_s:
        ordered = sorted(tally.live_waits_s)
        print(f"  live answer: median {1000 * statistics.median(ordered):.0f} ms, "
              f"95 % {1000 * ordered[int(0.95 * len(ordered))]:.0f} ms")  # fmt: skip
    print(f"  {len(tally.answers)} answers of the page, the slowest {slowest:.2f} s")
    waits_s = sorted(answer.took_s for answer in tally.health) or [0.0]
    print(f"  {tally.n_knocks} knocks from elsewhere; health: {len(waits_s)} answers, "
          f"median {1000 * statistics.median(waits_s):.0f} ms, slowest {waits_s[-1]:.2f} s, "
          f"{sum(s > MAX_HEALTH_S for s in waits_s)} over {MAX_HEALTH_S:g} s")  # fmt: skip
    print(f"  this script itself was late by up to "
          f"{max((own.took_s for own in tally.own_delays), default=0.0):.2f} s; "
          f"the server waited {tally.queued_s:.0f} s for a processor; "
          f"load of the machine {os.getloadavg()[1]:.1f}")  # fmt: skip
    print(f"  peak memory {tally.peak_mb:.0f} MB")
    print("\n".join(f"  WRONG: {text}" for text in wrong[:MAX_SHOWN]) or "  all held")
    if len(wrong) > MAX_SHOWN:
        print(f"  and {len(wrong) - MAX_SHOWN} more")
    return not wrong


async def memory_after_uploads(url: str, pid: int, clip: Path, limit_s: float) -> bool:
    """Ten uploads, one after the other: what the server itself keeps."""
    tally, kept = Tally(), []
    for number in range(10):
        await one_upload(url, clip, f"clip{number}.mp4", limit_s, tally)
        kept.append(memory_mb(pid))
        print(f"after upload {number + 1}: {kept[-1]:.0f} MB", flush=True)
    growth = kept[-1] - kept[2]
    print(f"from the third to the tenth: {growth:+.0f} MB; {tally.wrong or 'none lost'}")
    return not tally.wrong and growth < 60


async def clip60(url: str, clip: Path, out: Path, limit_s: float) -> bool:
    """One long clip in the app and on the command line."""
    tally = Tally()
    app_s = await one_upload(url, clip, "sixty.mp4", limit_s, tally)
    began = time.monotonic()
    command = [sys.executable, "-m", "formcheck", "score", str(clip), "--out", str(out)]
    await asyncio.to_thread(
        subprocess.run, command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    score_s = time.monotonic() - began
    print(f"app {app_s:.1f} s, formcheck score {score_s:.1f} s: {app_s / score_s:.2f}x")
    return not tally.wrong


async def run(options: argparse.Namespace, tmp: Path, url: str, pid: int) -> bool:
    """Do what the mode says."""
    if options.mode == "memory":
        return await memory_after_uploads(url, pid, options.clip, options.limit_s)
    if options.mode == "clip60":
        clip = make_clip(options.clip, 1080, 60 * options.scale, tmp / "sixty.mp4")
        return await clip60(url, clip, tmp / "score", options.limit_s)
    if options.mode == "poses":
        return await found_in_browsers(url, pid, options)
    if options.mode == "three":
        options.users, options.live, options.minutes = 3, 0, 0
    if options.mode == "knocks":
        options.users = options.live = 0
    return say(await load(url, pid, options, options.clip), options)


def main() -> None:
    """Start the app, load it, tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--mode", choices=("load", "clip60", "memory", "poses", "three", "knocks"), default="load"
    )
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--live", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=0.0, help="come back until then")
    parser.add_argument("--live-s", type=float, default=60.0, help="length of a live set")
    parser.add_argument("--rate-hz", type=float, default=30.0, help="poses a second of a set")
    parser.add_argument("--limit-s", type=float, default=3600.0, help="to wait for one result")
    parser.add_argument("--scale", type=float, default=1.0, help="of the 60 s, to try it out")
    parser.add_argument("--clip", type=Path, default=SAMPLE)
    options = parser.parse_args()
    options.clip = options.clip.resolve()
    with tempfile.TemporaryDirectory(prefix="app-load-") as folder, contextlib.ExitStack() as stack:
        tmp = Path(folder)
        url, pid = stack.enter_context(server(tmp))
        held = asyncio.run(run(options, tmp, url, pid))
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
