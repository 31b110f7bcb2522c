"""What to score: files, folders, patterns, list files and remote addresses.

Everything a user may name becomes a flat list of :class:`Source` in a fixed order: as given,
folders and patterns sorted.
"""

import glob
import hashlib
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from formcheck.batch.source import Source, fsspec_module, is_address, reason_of, shown_address
from formcheck.errors import InputError, SettingsError
from formcheck.files import TRACK_SUFFIX, Suffix, printable
from formcheck.report.tables_in import path_of, text_of
from formcheck.strict import read_file
from formcheck.video.kinds import VIDEO_SUFFIXES

MAX_NAMED, MAX_KINDS_NAMED = 3, 6
"""So many of the files, and of the kinds, that a search passed over are named."""
STANDARD_INPUT = "-"
"""The list that is not a file."""
_VERSION_KEYS = frozenset(
    ("etag", "mtime", "last_modified", "lastmodified", "modified", "updated", "created",
     "version_id", "md5hash")
)  # fmt: skip


class Found(list[Source]):
    """Clips in a fixed order, and beside them the files that a search passed over."""

    def __init__(self, sources: Iterable[Source] = ()) -> None:
        super().__init__(sources)
        self.passed_over: list[str] = []

    def notes(self) -> list[str]:
        """What was passed over, counted and named."""
        out = []
        shown = [path for path in self.passed_over if not _is_hidden(path)]
        if shown:
            kinds = Counter(os.path.splitext(path)[1].lower() or "without a kind" for path in shown)
            first = [f"{n} {kind}" for kind, n in kinds.most_common(MAX_KINDS_NAMED)]
            others = sum(n for _, n in kinds.most_common()[MAX_KINDS_NAMED:])
            counts = ", ".join([*first, *([f"{others} of other kinds"] if others else [])])
            out.append(
                f"Passed over, as their names are not those of videos: {counts} "
                f"({_named(shown)}). Name a file itself to have it read."
            )
        if hidden := [path for path in self.passed_over if _is_hidden(path)]:
            out.append(f"Hidden, and so not looked at: {_named(hidden)}.")
        return out


def _named(paths: list[str]) -> str:
    names = ", ".join(printable(os.path.basename(path)) for path in paths[:MAX_NAMED])
    return names + (f" and {len(paths) - MAX_NAMED} more" if len(paths) > MAX_NAMED else "")


def _is_hidden(path: str) -> bool:
    return os.path.basename(path).startswith(".")


def expand(
    inputs: Iterable[str], *, lists: Iterable[str] = (), exclude: Path | None = None
) -> Found:
    """Return the clips named by ``inputs``, in a fixed order.

    Inputs are files, folders (searched below), patterns with ``*`` and addresses; ``lists`` are
    text files with one input a line, ``-`` is standard input: blank lines and lines that start with
    ``#`` are skipped, relative paths are relative to the list.  The folder ``exclude``, where the
    results go, is never searched.

    Raises InputError if a list cannot be read, SettingsError if an address is given and fsspec is
    not installed.
    """
    named = [*inputs, *(line for path in lists for line in _read_list(Path(path)))]
    out = Found()
    seen: set[str] = set()
    hidden = None if exclude is None else os.path.abspath(exclude)
    for text in named:
        is_search, found = _expand_one(text, hidden, out.passed_over)
        for source in found:
            # What a folder or pattern finds again is the same clip; a file named twice is meant.
            if is_search and source.location in seen and not source.problem:
                continue
            seen.add(source.location)
            out.append(source)
    return out


def _read_list(path: Path) -> list[str]:
    try:
        data = sys.stdin.buffer.read() if str(path) == STANDARD_INPUT else read_file(path)
        text = text_of(data)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a text"
        raise InputError(f"{path}: the list cannot be read ({reason}). Check the path.") from None
    lines = (path_of(line) for line in text.splitlines())
    return [
        line if is_address(line) else str(path.parent / line)
        for line in lines
        if line and not line.startswith("#")
    ]


def _expand_one(text: str, hidden: str | None, others: list[str]) -> tuple[bool, list[Source]]:
    if is_address(text):
        local = _local_path(text)
        return _remote(text, others) if local is None else _expand_one(local, hidden, others)
    if os.path.isdir(text):
        found = [_local(os.path.join(text, p), p) for p in _walk(text, hidden, others)]
        return True, found or [_nothing(text, "holds no video or track. Check the folder.")]
    if not os.path.lexists(text) and glob.has_magic(text):
        found = []
        for hit in sorted(glob.glob(text, recursive=True)):
            if os.path.isdir(hit):
                base = os.path.basename(hit.rstrip(os.sep))
                below = _walk(hit, hidden, others)
                found += [_local(os.path.join(hit, p), f"{base}/{p}") for p in below]
            elif _is_clip(hit) and not _is_inside(hit, hidden):
                found.append(_local(hit, os.path.basename(hit)))
            elif not _is_inside(hit, hidden) and not _is_ours(hit):
                others.append(hit)
        return True, found or [_nothing(text, "matches no video or track. Check the pattern.")]
    return False, [_local(text, os.path.basename(text))]


def _local_path(address: str) -> str | None:
    parts = urlsplit(address)
    return unquote(parts.path) if parts.scheme.lower() in ("file", "local") else None


def _local(path: str, below: str) -> Source:
    size, problem = None, ""
    try:
        size = os.stat(path).st_size
    except FileNotFoundError as error:  # nobody needs to be started to find that out
        problem = f"{error.strerror}. Check the path."
    except (OSError, ValueError):
        pass
    return Source(
        label=printable(path),
        location=os.path.abspath(path) if "\0" not in path else path,
        name=os.path.basename(path.rstrip(os.sep)) or path,
        below=below.replace(os.sep, "/"),
        size_bytes=size,
        problem=problem,
    )


def _nothing(text: str, problem: str) -> Source:
    name = os.path.basename(text.rstrip("/" + os.sep)) or text
    return Source(printable(text), text, printable(name), "", problem=problem)


def _is_inside(path: str, folder: str | None) -> bool:
    return folder is not None and Path(os.path.abspath(path)).is_relative_to(folder)


def _is_clip(name: str) -> bool:
    """Whether a search takes this file: a video or track, not one we drew ourselves."""
    is_kind = os.path.splitext(name.lower())[1] in VIDEO_SUFFIXES | {TRACK_SUFFIX}
    return is_kind and not _is_hidden(name) and not _is_ours(name)


def _is_ours(name: str) -> bool:
    """Whether nobody misses this file: a hidden one, unless a video, or one that we drew."""
    base = os.path.basename(name)
    is_film = os.path.splitext(base.lower())[1] in VIDEO_SUFFIXES
    return (_is_hidden(base) and not is_film) or base.lower().endswith(Suffix.VIDEO)


def _walk(folder: str, hidden: str | None, others: list[str]) -> list[str]:
    """Paths of the clips below a folder, relative to it, sorted; other files go to ``others``."""
    found: list[str] = []
    for here, folders, files in os.walk(folder):
        if hidden is not None:
            folders[:] = [f for f in folders if os.path.abspath(os.path.join(here, f)) != hidden]
        clips = [f for f in files if _is_clip(f)]
        if os.path.abspath(here) != hidden:
            more = [f for f in sorted(files) if not _is_clip(f) and not _is_ours(f)]
            more += sorted(filter(_is_hidden, folders))
            others += [os.path.join(here, f) for f in more]
        folders[:] = [f for f in folders if not _is_hidden(f)]
        found += [
            os.path.relpath(os.path.join(here, f), folder) for f in _without_own_tracks(clips)
        ]
    return sorted(found, key=lambda p: p.split(os.sep))


def _without_own_tracks(names: list[str]) -> list[str]:
    """Leave out tracks that lie beside the video they were made from."""
    videos = {os.path.splitext(n)[0] for n in names if not n.lower().endswith(TRACK_SUFFIX)}
    own = {f"{video}{Suffix.TRACK}" for video in videos}
    return [name for name in names if name not in own]


def _remote(address: str, others: list[str]) -> tuple[bool, list[Source]]:
    fsspec = fsspec_module()
    shown = shown_address(address)
    try:
        fs, path = fsspec.core.url_to_fs(address)
        if "?" not in address and glob.has_magic(path):
            found = [p for p in sorted(fs.glob(path)) if _is_clip(_base(p))]
            base = path[: re.search(r"[*?\[]", path).start()].rpartition("/")[0]  # type: ignore[union-attr]
        elif _base(path) and _is_clip(_base(path)):
            return False, [_remote_file(fs, path, address, shown, _base(path))]
        elif fs.isdir(path):
            below = sorted(fs.find(path))
            found = [p for p in below if _is_clip(_base(p))]
            others += [p for p in below if not _is_clip(_base(p)) and not _is_ours(_base(p))]
            base = path
        else:
            return False, [_remote_file(fs, path, address, shown, _base(path) or "clip")]
    except ImportError as error:
        raise SettingsError(f"{shown}: needs another package ({error}).") from None
    except Exception as error:
        problem = f"cannot be read ({reason_of(error)}). Check the address."
        return False, [_nothing(shown, problem)]
    out = []
    for path in found:
        full = path if is_address(path) else fs.unstrip_protocol(path)
        below = path.removeprefix(base).lstrip("/")
        out.append(_remote_file(fs, path, full, shown_address(full), below))
    return True, out or [_nothing(shown, "holds no video or track. Check the address.")]


def _remote_file(fs: Any, path: str, address: str, shown: str, below: str) -> Source:
    try:
        info = {str(k): v for k, v in fs.info(path).items()}
    except Exception:  # said when it is fetched
        info = {}
    size = info.get("size")
    known = sorted((k, str(v)) for k, v in info.items() if k.lower() in _VERSION_KEYS and v)
    version = ""
    if known and isinstance(size, int):
        version = hashlib.sha256(repr((size, known)).encode()).hexdigest()[:16]
    name = unquote(_base(urlsplit(address).path)) or "clip"
    return Source(shown, address, name, below, size if isinstance(size, int) else None, version)


def _base(path: str) -> str:
    return PurePosixPath(path).name
