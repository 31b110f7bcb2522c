"""Mutation check of the fault rules: whether the tests notice when a rule is wrong.

    python -m benchmarks.mutate [--module knee_valgus] [--every 1] [--doc docs/mutation.md]

Each small wrong version of ``formcheck/squat/faults/*.py`` is put into a fork of a process
that has everything loaded, and the tests of the rules run on it until one fails.
Filmed stick figures and the repetitions found in them are kept between the runs: the
rules cannot change them.  Exits with 1 below 90 % killed.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import importlib
import os
import pickle
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import is_dataclass
from datetime import date
from functools import wraps
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest

from benchmarks.mutants import Mutant, mutants

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "formcheck" / "squat" / "faults"
TESTS = ROOT / "tests" / "squat" / "faults"
MODULES = tuple(sorted(path.stem for path in RULES.glob("*.py") if path.stem != "__init__"))
LIMIT_S = 120
"""Processor time of the tests on one mutant."""
WANTED_SHARE = 0.9


def remember_figures() -> None:
    """Film each story and find its repetitions once for all mutants."""
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    import stickfigure

    from formcheck.pose.track import PoseTrack
    from formcheck.squat import analysis

    films: dict[bytes, Any] = {}
    found: dict[bytes, Any] = {}
    film, analyze = stickfigure.film, analysis.analyze

    @wraps(film)
    def filmed(*args: Any, **how: Any) -> Any:
        try:
            key = pickle.dumps((args, sorted(how.items())))
        except (pickle.PicklingError, AttributeError, TypeError):
            return film(*args, **how)
        if key not in films:
            films[key] = film(*args, **how)
        return films[key]

    class Finder(analysis.Analyzer):
        """Keeps what was found and judges nothing."""

        def _keep(self, items: Any) -> Any:
            self.items.extend(items)
            return []

    @wraps(analyze)
    def analyzed(poses: Any, settings: Any = analysis.DEFAULT_SETTINGS) -> Any:
        if not isinstance(poses, PoseTrack):
            return analyze(poses, settings)
        digest = hashlib.blake2b(repr(settings.reps).encode())
        for array in (poses.times_s, poses.points_px, poses.visibility, poses.world_m):
            digest.update(array.tobytes())
        key = digest.digest()
        if key not in found:
            finder = Finder(settings)
            finder.items = []
            for pose in poses:
                finder.update(pose)
            finder.finish()
            found[key] = finder.items, finder.counts
        items, counts = found[key]
        judge = analysis.Analyzer(settings, keeps_points=False)
        judge.counts = counts
        judge._keep(items)
        return judge.finish()

    stickfigure.film, analysis.analyze = filmed, analyzed  # type: ignore[assignment]


def _codes(namespace: Iterable[tuple[str, Any]], module: str) -> dict[str, FunctionType]:
    """The functions and methods a module defines, by their qualified names."""
    found: dict[str, FunctionType] = {}
    for _, value in namespace:
        if isinstance(value, FunctionType) and value.__module__ == module:
            found[value.__qualname__] = value
        elif isinstance(value, type) and value.__module__ == module:
            for member in vars(value).values():
                function = getattr(member, "__func__", getattr(member, "fget", member))
                if isinstance(function, FunctionType) and function.__module__ == module:
                    found[function.__qualname__] = function
    return found


def put_in(module: ModuleType, mutant: Mutant) -> None:
    """Give the functions of a loaded module the code of its mutant, wherever they are known."""
    code: CodeType = compile(mutant.tree, str(module.__file__), "exec")
    fresh = {k: vars(module)[k] for k in ("__name__", "__file__", "__package__", "__builtins__")}
    exec(code, fresh)
    old, new = (_codes(n.items(), module.__name__) for n in (vars(module), fresh))
    for name, function in new.items():
        if name in old:
            old[name].__code__ = function.__code__
    for name, value in fresh.items():
        is_record = is_dataclass(value) and not isinstance(value, type)
        is_data = is_record or isinstance(value, int | float | tuple | dict | np.ndarray)
        if is_data and not name.startswith("__"):
            vars(module)[name] = value


def forget_results() -> None:
    """Empty the caches of the tests, which hold verdicts of the rules as they should be."""
    for name, module in list(sys.modules.items()):
        if name.startswith("test_"):
            for value in vars(module).values():
                if callable(getattr(value, "cache_clear", None)):
                    value.cache_clear()


class Hunt:
    """A pytest plugin: runs the tests once as they are, then on every mutant in a fork.

    The tests that killed most mutants so far come first, then the quickest.
    """

    def __init__(self, chosen: dict[str, list[Mutant]]) -> None:
        self.chosen = chosen
        self.alive: dict[str, list[Mutant]] = {name: [] for name in chosen}
        self.is_sound = False
        self._cost_s: list[float] = []
        self._n_kills: Counter[int] = Counter()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of pytest's own loop."""
        for i in range(len(session.items)):
            began = time.process_time()
            self._run(session, i)
            self._cost_s.append(time.process_time() - began)
        self.is_sound = not session.testsfailed
        if not self.is_sound:
            return True
        gc.freeze()
        print(f"\n{len(session.items)} tests pass in {sum(self._cost_s):.0f} s", flush=True)
        for name, some in self.chosen.items():
            module = importlib.import_module(f"formcheck.squat.faults.{name}")
            for mutant in some:
                if not self._is_killed(session, module, mutant):
                    self.alive[name].append(mutant)
                    print(f"{name}.py:{mutant.line}: {mutant.change}", flush=True)
            n, k = len(some), len(some) - len(self.alive[name])
            print(f"{name}: {k} of {n} killed ({100 * k / max(1, n):.0f} %)", flush=True)
        return True

    def _run(self, session: pytest.Session, i: int) -> None:
        item: Any = session.items[i]
        item._initrequest()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)

    def _is_killed(self, session: pytest.Session, module: ModuleType, mutant: Mutant) -> bool:
        """Whether a test fails on a mutant; one that never ends has failed."""
        order = sorted(
            range(len(session.items)), key=lambda i: (-self._n_kills[i], self._cost_s[i])
        )
        sys.stdout.flush()
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            _silence()
            resource.setrlimit(resource.RLIMIT_CPU, (LIMIT_S, LIMIT_S))
            try:
                put_in(module, mutant)
                forget_results()
                for i in order:
                    self._run(session, i)
                    if session.testsfailed:
                        os.write(writing, str(i).encode())
                        os._exit(1)
                os._exit(0)
            except BaseException:
                os._exit(1)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            killer = pipe.read()
        _, status = os.waitpid(pid, 0)
        if killer:
            self._n_kills[int(killer)] += 1
        return status != 0


def _silence() -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)


def hunt(chosen: dict[str, list[Mutant]]) -> Hunt:
    """Run the tests of the rules on every mutant."""
    plugin = Hunt(chosen)
    quiet = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--no-header", "--tb=short", "-s"]
    pytest.main([*quiet, "-m", "not model", "--rootdir", str(ROOT), str(TESTS)], [plugin])
    return plugin


def document(counts: dict[str, tuple[int, int]], left: list[str], sample: str) -> str:
    """The dated result."""
    rows = [f"| `{name}` | {n} | {k} | {100 * k / n:.0f} |" for name, (n, k) in counts.items() if n]
    n, k = (sum(c[i] for c in counts.values()) for i in (0, 1))
    head = [
        "# Mutation check of the fault rules", "",
        "<!-- written by `python -m benchmarks.mutate` -->", "",
        f"{date.today().isoformat()}, `{sample}`: {k} of {n} mutants killed "
        f"({100 * k / n:.1f} %). A mutant is "
        "a module with one comparison, constant, sign, operator, extreme or branch changed; "
        "defaults of settings, which are calibration, and guards below 1e-5 are left alone.", "",
        "| module | mutants | killed | % |", "|---|---|---|---|", *rows, "",
        "Left alive:", "", *(f"- `{text}`" for text in left),
    ]  # fmt: skip
    return "\n".join(head) + "\n"


def main() -> None:
    """Count the mutants the tests kill."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", choices=MODULES, action="append", help="only this module")
    parser.add_argument("--every", type=int, default=1, help="only every n-th mutant ...")
    parser.add_argument("--first", type=int, default=0, help="... from this one on")
    parser.add_argument("--lines", help="only mutants of these lines, as 10-40")
    parser.add_argument("--doc", type=Path, help="write the result here")
    options = parser.parse_args()
    low, high = (int(x) for x in (options.lines or "0-100000").split("-"))
    remember_figures()
    began = time.monotonic()
    chosen = {}
    for name in options.module or MODULES:
        source = (RULES / f"{name}.py").read_text("utf-8")
        some = [m for m in mutants(source) if low <= m.line <= high]
        chosen[name] = some[options.first :: options.every]
    plugin = hunt(chosen)
    if not plugin.is_sound:
        sys.exit("the tests fail on the rules as they are")
    left = [f"{n}.py:{m.line}: {m.change}" for n, some in plugin.alive.items() for m in some]
    n = sum(len(some) for some in chosen.values())
    k = n - len(left)
    print(
        f"all: {k} of {n} killed ({100 * k / max(1, n):.1f} %) in {time.monotonic() - began:.0f} s"
    )
    if options.doc:
        counts = {m: (len(some), len(some) - len(plugin.alive[m])) for m, some in chosen.items()}
        sample = f"--every {options.every} --first {options.first}"
        options.doc.write_text(document(counts, left, sample), "utf-8")
    sys.exit(0 if k >= WANTED_SHARE * n else 1)


if __name__ == "__main__":
    main()
