"""The list of attacks: the same for the same number and seed, on every machine."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.attack.disguises import CANARY, CANARY_SIZE, disguises, odd_names, special_files
from benchmarks.attack.mutations import MUTATIONS, Mutation
from benchmarks.attack.seeds import HEAVY, Seed, seed_bytes, usable

_PLAIN = Seed("plain", "mp4", "mpeg4")


@dataclass(frozen=True)
class Case:
    """One attack.  ``expect`` is ``readable``, ``refused`` or ``either``."""

    number: int
    group: str
    name: str
    make: Callable[[Path], Path]
    expect: str = "either"


def plant(folder: Path, seeds: Path) -> None:
    """Put the canary, a clip that no other file may lead to, beside an attack."""
    canary = Seed("canary", "mp4", "mpeg4", size=CANARY_SIZE)
    (folder / CANARY).write_bytes(seed_bytes(canary, seeds))


def fixed_cases(seeds: Path, port: int) -> Iterator[tuple[str, str, Callable[[Path], Path], str]]:
    """Sound clips of every kind, disguises, special files and odd names."""
    for seed in usable():
        expect = "readable" if seed.is_readable else "refused"
        yield "sound clips", seed.name, _damaged(seed, seeds, None, 0), expect
    plain = seed_bytes(_PLAIN, seeds)
    groups = {
        "disguises": disguises(plain, port),
        "special files": special_files(),
        "odd names": odd_names(plain),
    }
    for group, tricks in groups.items():
        for trick in tricks:
            yield group, trick.name, trick.make, trick.expect


def all_cases(n: int, seed: int, seeds: Path, port: int) -> Iterator[Case]:
    """The fixed cases, then damaged clips up to ``n``.

    Every pair of clip and mutation comes once before any comes twice.
    """
    number = 0
    for group, name, make, expect in fixed_cases(seeds, port):
        if number == n:
            return
        yield Case(number, group, name, make, expect)
        number += 1
    kinds = [s for s in usable() if s.name not in HEAVY]
    pairs = [(s, m) for s in kinds for m in MUTATIONS]
    order = random.Random(seed)
    while number < n:
        order.shuffle(pairs)
        for clip, mutation in pairs[: n - number]:
            words = mutation.__name__.replace("_", " ")
            make = _damaged(clip, seeds, mutation, seed * 1_000_003 + number)
            yield Case(number, words, clip.name, make)
            number += 1


def _damaged(
    clip: Seed, seeds: Path, mutation: Mutation | None, seed: int
) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        data = seed_bytes(clip, seeds)
        if mutation is not None:
            data = mutation(data, random.Random(seed))
        path = folder / f"clip.{clip.suffix}"
        path.write_bytes(data)
        return path

    return make
