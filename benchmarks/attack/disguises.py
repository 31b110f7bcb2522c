"""Files that are no clips at all, and clips under names and links that might do harm."""

from __future__ import annotations

import io
import os
import socket
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

CANARY = "secret.mp4"
"""A sound clip beside the attacks that no other file may make formcheck open."""
CANARY_SIZE = (112, 48)
_SUFFIXES = ("mp4", "mov", "m4v", "webm", "avi", "mkv", "ts")


@dataclass(frozen=True)
class Trick:
    """A path to hand to formcheck; ``make`` puts the file there."""

    name: str
    make: Callable[[Path], Path]
    expect: str
    """``refused`` or ``readable``."""


def _playlists(port: int) -> dict[str, str]:
    there = f"http://127.0.0.1:{port}/clip.mp4"
    m3u8 = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\n{}\n#EXT-X-ENDLIST\n"
    mpd = (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="video/mp4">'
        '<Representation id="1" bandwidth="1"><BaseURL>{}</BaseURL></Representation>'
        "</AdaptationSet></Period></MPD>"
    )
    return {
        "m3u8 of a file": m3u8.format(CANARY),
        "m3u8 of an address": m3u8.format(there),
        "m3u8 of /etc/passwd": m3u8.format("file:///etc/passwd"),
        "m3u8 with a key": m3u8.format(CANARY).replace(
            "#EXTINF", f'#EXT-X-KEY:METHOD=AES-128,URI="{there}"\n#EXTINF'
        ),
        "ffconcat": f"ffconcat version 1.0\nfile '{CANARY}'\n",
        "ffconcat of an address": f"ffconcat version 1.0\nfile '{there}'\n",
        "concat": f"file {CANARY}\n",
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        f"m=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n",
        "dash": mpd.format(CANARY),
        "dash of an address": mpd.format(there),
        "redirect": f"[Reference]\nRef1={there}\n",
        "asx": f'<asx version="3.0"><entry><ref href="{there}"/></entry></asx>',
        "smil": f'<smil><body><video src="{there}"/></body></smil>',
        "html": f'<html><video src="{there}"></video></html>',
        "svg": f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{there}"/></svg>',
        "shell script": "#!/bin/sh\ntouch /tmp/formcheck-was-here\n",
        "pickle": "cos\nsystem\n(S'touch formcheck-was-here'\ntR.",
        "text": "hello, this is not a video\n" * 50,
    }


def _zip(inside: bytes, is_bomb: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../clip.mp4", inside)
        if is_bomb:
            archive.writestr("bomb", b"\0" * 50_000_000)
    return out.getvalue()


def _file(suffix: str, data: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / f"disguise.{suffix}"
        path.write_bytes(data)
        return path

    return make


def disguises(clip: bytes, port: int) -> Iterator[Trick]:
    """Playlists, archives and other files under a clip's name: all to be refused.

    Args:
        clip: A sound mp4 to wrap.
        port: Of a listener on loopback that counts who calls.
    """
    contents = {name: text.encode() for name, text in _playlists(port).items()}
    contents |= {
        "zip": _zip(clip), "zip bomb": _zip(clip, is_bomb=True), "png": b"\x89PNG\r\n\x1a\n" * 9,
        "elf": b"\x7fELF" + bytes(5000), "zeros": bytes(70_000), "empty": b"", "one byte": b"\0",
    }  # fmt: skip
    for i, (name, data) in enumerate(contents.items()):
        suffixes = {_SUFFIXES[i % len(_SUFFIXES)], "m3u8" if "m3u8" in name else "mp4"}
        for suffix in sorted(suffixes):
            yield Trick(f"{name} as .{suffix}", _file(suffix, data), "refused")


def special_files() -> Iterator[Trick]:
    """Pipes, devices, folders, sockets, links: refused at once, nothing waits for them."""

    def at(name: str, do: Callable[[Path], object]) -> Callable[[Path], Path]:
        def make(folder: Path) -> Path:
            path = folder / name
            do(path)
            return path

        return make

    def listen(path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as unix:
            # A socket's path is short: bind from its own folder.
            before = Path.cwd()
            os.chdir(path.parent)
            try:
                unix.bind(path.name)
            finally:
                os.chdir(before)

    yield Trick("a pipe", at("pipe.mp4", os.mkfifo), "refused")
    yield Trick("a folder", at("folder.mp4", Path.mkdir), "refused")
    yield Trick("a socket", at("socket.mp4", listen), "refused")
    for name, target in {
        "link to nowhere": "gone.mp4", "link to itself": "link.mp4", "link to /dev/zero":
        "/dev/zero", "link to /dev/null": "/dev/null", "link to /etc/passwd": "/etc/passwd",
        "link to a folder": "/tmp",
    }.items():  # fmt: skip
        yield Trick(name, at("link.mp4", lambda path, t=target: path.symlink_to(t)), "refused")
    for device in ("/dev/zero", "/dev/null", "/dev/stdin", "/proc/self/mem", "/proc/kmsg"):
        if os.path.exists(device):
            yield Trick(device, lambda _, d=device: Path(d), "refused")
    for text in ("nothing.mp4", "a\0b.mp4", "x" * 5000 + ".mp4"):
        yield Trick(f"no file {text[:12]!r}", lambda folder, t=text: folder / t, "refused")


ODD_NAMES = (
    "new\nline.mp4", "tab\tand\rreturn.mp4", "\x1b[2J\x1b[31mred.mp4", "bell\x07.mp4",
    "-leading.mp4", "--out.mp4", "concat:a|b.mp4", "pipe:0.mp4", "http:x.mp4", "file:x.mp4",
    "%d%s%n.mp4", "*?[a].mp4", "quote'\"`$(id).mp4", "<script>alert(1)</script>.mp4".replace(
    "/", "\u2215"), "..mp4", ". .mp4", " space .mp4", "\u202egnp.mp4", "e\u0301\u00e9.mp4",
    "\U0001f3cb.mp4", "CON.mp4", "n" * 240 + ".mp4", "\udcff\udcfe.mp4", "=cmd|'!A1.mp4",
    ",;\x7f.mp4",
)  # fmt: skip


def odd_names(clip: bytes) -> Iterator[Trick]:
    """A sound clip under names that mean something to shells, terminals, libav or HTML."""

    def named(name: str) -> Callable[[Path], Path]:
        def make(folder: Path) -> Path:
            path = folder / name
            path.write_bytes(clip)
            return path

        return make

    for name in ODD_NAMES:
        yield Trick(f"name {ascii(name)[1:-1][:24]}", named(name), "readable")

    def linked(folder: Path) -> Path:
        target, path = folder / "target.bin", folder / "link.mp4"
        target.write_bytes(clip)
        path.symlink_to(target.name)
        return path

    yield Trick("link to a clip", linked, "readable")
