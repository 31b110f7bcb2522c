"""Damaged label files, lists, histories, settings and tracks: read or refused in words."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.attack.mutations import append, cut_anywhere, flip_bits, overwrite, prepend
from formcheck.batch.inputs import expand
from formcheck.batch.validation import read_labels
from formcheck.errors import FormcheckError
from formcheck.pose.track import PoseTrack
from formcheck.squat.analysis import analyze
from formcheck.squat.settings import DEFAULT_SETTINGS
from formcheck.training.history import exchange

_DAMAGE = (flip_bits, overwrite, cut_anywhere, append, prepend)
_LABELS = (
    b"file,rep,n_reps,valgus,forward,view\nanna.mp4,,5,no,unknown,front\n"
    b"ben.mp4,1,3,yes,,front\nben.mp4,2,3,no,,front\n"
)
_LIST = b"# clips\nanna.mp4\nfolder/ben.mov\n*.mkv\n\n../up.mp4\n"
_LOG = (
    b"date,exercise,sets,minutes,effort,pain_during,note\n"
    b"2025-12-01,squat,3x10x60; 1x5x80,25,7,0,fine\n2025-12-03,squat,,,6,2,\n"
)
_SETTINGS = b"valgus.fault_leg_pct=12\ntravel.comfort_mode=true\nreps.min_drop_ratio=0.2\n"


def _labels(path: Path) -> None:
    read_labels(path)


def _list(path: Path) -> None:
    # Lines of the list are looked up, never fetched: addresses need the extra and are left out.
    text = path.read_bytes()
    path.write_bytes(text.replace(b":", b"_"))
    expand([], lists=[str(path)])


def _log(path: Path) -> None:
    exchange.import_csv(path.read_bytes(), date(2026, 1, 1))


def _export(path: Path) -> None:
    exchange.import_json(path.read_bytes())


def _track(path: Path) -> None:
    analyze(PoseTrack.load(path))


def _settings(path: Path) -> None:
    for line in path.read_bytes().decode("utf-8", "replace").splitlines():
        name, _, text = line.partition("=")
        value: float | bool
        try:
            value = text == "true" if text in ("true", "false") else float(text)
        except ValueError:
            continue
        DEFAULT_SETTINGS.with_values({name: value})


def _kinds() -> dict[str, tuple[str, bytes, Callable[[Path], None]]]:
    n = 40
    points = np.random.default_rng(1).normal(300, 60, (n, 33, 2)).astype(np.float32)
    track = PoseTrack(
        np.arange(n) / 30, points, np.ones((n, 33), np.float32),
        np.zeros((n, 33, 3), np.float32), 480, 854,
    )  # fmt: skip
    sessions = exchange.import_csv(_LOG, date(2026, 1, 1))
    return {
        "label files": ("labels.csv", _LABELS, _labels),
        "list files": ("list.txt", _LIST, _list),
        "training logs": ("log.csv", _LOG, _log),
        "history exports": ("history.json", exchange.export_json(sessions), _export),
        "settings": ("settings.txt", _SETTINGS, _settings),
        "tracks": ("track.npz", track.to_bytes(), _track),
    }


def fuzz_texts(n: int, seed: int, work: Path) -> Iterator[tuple[str, tuple[int, int, list[str]]]]:
    """Damage each kind of file; yield how many were read, refused, and what was wrong.

    Args:
        n: Files of all kinds together.
    """
    kinds = _kinds()
    for kind, (name, sound, read) in kinds.items():
        n_read, n_refused, wrong = 0, 0, []
        for i in range(n // len(kinds)):
            rng = random.Random(f"{seed} {kind} {i}")
            data = rng.choice(_DAMAGE)(sound, rng) if i else sound
            path = work / name
            path.write_bytes(data)
            try:
                read(path)
                n_read += 1
            except FormcheckError as error:
                n_refused += 1
                if not str(error).strip():
                    wrong.append(f"{kind} {i}: refused without a word")
            except Exception as error:
                wrong.append(f"{kind} {i}: {type(error).__name__}: {error}")
        yield kind, (n_read, n_refused, wrong)
