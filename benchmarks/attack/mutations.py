"""Ways to damage a clip: cut, flip, lie in the headers, put other things inside."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator

Mutation = Callable[[bytes, random.Random], bytes]

_CONTAINER_BOXES = {
    b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta", b"moof", b"traf", b"mvex",
}  # fmt: skip
_WILD = (0, 1, 2, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1_000_000_000)
# Big-endian 32-bit fields by box: offsets from the end of the four letters of its name.
_MP4_FIELDS = {
    b"mvhd": (12, 16, 20), b"mdhd": (12, 16), b"tkhd": (12, 20, 76, 80), b"stts": (4, 8, 12),
    b"stsz": (4, 8, 12, 16), b"stsc": (4, 8, 12), b"stco": (4, 8), b"ctts": (4, 8, 12),
    b"elst": (4, 8, 12, 16), b"stss": (4, 8), b"pasp": (0, 4), b"stsd": (4, 8),
}  # fmt: skip
_MKV_FIELDS = (
    b"\xb0", b"\xba", b"\x54\xb0", b"\x54\xba", b"\x44\x89", b"\x2a\xd7\xb1", b"\x23\xe3\x83",
    b"\xe7", b"\xd7", b"\x53\xab", b"\x83", b"\x1f\x43\xb6\x75", b"\x15\x49\xa9\x66",
)  # fmt: skip
_AVI_FIELDS = {
    b"avih": (8, 12, 20, 24, 28, 36, 40, 44), b"strh": (12, 24, 28, 32, 36, 40, 44, 48),
    b"strf": (4, 8, 12, 16, 18, 24), b"idx1": (4, 8, 12), b"movi": (4, 8),
}  # fmt: skip


def boundaries(data: bytes) -> list[int]:
    """Offsets at which a structure of the file begins: boxes, elements, chunks, packets."""
    if data[4:8] in (b"ftyp", b"wide", b"mdat", b"moov"):
        found = sorted(set(_boxes(data, 0, len(data))))
    elif data[:4] == b"RIFF":
        tags = (b"LIST", b"hdrl", b"avih", b"strl", b"strh", b"strf", b"movi", b"00dc", b"idx1")
        found = _places(data, tags)
    elif data[:1] == b"\x47":
        found = list(range(0, len(data), 188))
    else:
        tags = (b"\x16\x54\xae\x6b", b"\x1f\x43\xb6\x75", b"\x18\x53\x80\x67", b"\xae", b"\xa3",
                b"\x1c\x53\xbb\x6b", b"\x63\xa2")  # fmt: skip
        found = _places(data, tags)
    return [at for at in found if 0 < at < len(data)] or [len(data) // 2]


def _boxes(data: bytes, start: int, stop: int) -> Iterator[int]:
    at = start
    while at + 8 <= stop:
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        yield at
        yield at + 8
        if name in _CONTAINER_BOXES:
            yield from _boxes(data, at + 8, min(stop, at + size))
        if size < 8:
            return
        at += size
    yield at


def _places(data: bytes, tags: tuple[bytes, ...]) -> list[int]:
    found = set()
    for tag in tags:
        at = data.find(tag)
        while at >= 0 and len(found) < 4000:
            found.add(at)
            at = data.find(tag, at + 1)
    return sorted(found)


def cut_at_a_boundary(data: bytes, rng: random.Random) -> bytes:
    return data[: max(1, rng.choice(boundaries(data)) + rng.choice((-1, 0, 0, 1, 4)))]


def cut_anywhere(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(1, len(data))]


def lose_the_beginning(data: bytes, rng: random.Random) -> bytes:
    return data[rng.choice(boundaries(data)) :]


def flip_bits(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 4, 32, 256))):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def flip_bits_in_a_header(data: bytes, rng: random.Random) -> bytes:
    out, places = bytearray(data), boundaries(data)
    for _ in range(rng.choice((1, 2, 8))):
        at = min(len(out) - 1, rng.choice(places) + rng.randrange(24))
        out[at] ^= 1 << rng.randrange(8)
    return bytes(out)


def overwrite(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    at, n = rng.randrange(len(out)), rng.choice((4, 64, 1024))
    fill = rng.choice((b"\0" * n, b"\xff" * n, rng.randbytes(n)))
    out[at : at + n] = fill[: len(out) - at]
    return bytes(out)


def move_a_piece(data: bytes, rng: random.Random) -> bytes:
    places = [0, *boundaries(data), len(data)]
    a, b, c = sorted(rng.choice(places) for _ in range(3))
    return rng.choice(
        (data[:a] + data[b:c] + data[a:b] + data[c:], data[:b] + data[a:b] * 3 + data[b:])
    )


def lose_a_piece(data: bytes, rng: random.Random) -> bytes:
    a, b = sorted(rng.choice([0, *boundaries(data), len(data)]) for _ in range(2))
    return data[:a] + data[b:] or data[:1]


def append(data: bytes, rng: random.Random) -> bytes:
    return data + rng.choice((rng.randbytes(5000), data, b"\0" * 70_000, b"PK\x03\x04" + data))


def prepend(data: bytes, rng: random.Random) -> bytes:
    return rng.choice((rng.randbytes(16), b"\xef\xbb\xbf", b"\0" * 600, b"#!/bin/sh\n")) + data


def lie_in_a_header(data: bytes, rng: random.Random) -> bytes:
    """Write wild numbers where sizes, lengths, counts, rates and offsets are told."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        if data[:4] == b"RIFF":
            _lie(out, rng, _AVI_FIELDS, "<I")
        elif data[:4] == b"\x1a\x45\xdf\xa3":
            _lie_in_an_element(out, rng)
        elif data[:1] == b"\x47":
            out[rng.choice(boundaries(data)) + rng.randrange(16)] = rng.randrange(256)
        else:
            _lie(out, rng, _MP4_FIELDS, ">I")
    return bytes(out)


def _lie(
    out: bytearray, rng: random.Random, fields: dict[bytes, tuple[int, ...]], kind: str
) -> None:
    present = [name for name in fields if name in out]
    if not present:
        return
    name = rng.choice(present)
    at = rng.choice(_places(bytes(out), (name,))) + 4 + rng.choice(fields[name])
    if at + 4 <= len(out):
        struct.pack_into(kind, out, at, rng.choice((*_WILD, rng.getrandbits(32))))


def _lie_in_an_element(out: bytearray, rng: random.Random) -> None:
    places = _places(bytes(out[:4096]), (rng.choice(_MKV_FIELDS),))
    if not places:
        return
    at = rng.choice(places)
    for i in range(at + 1, min(len(out), at + 1 + rng.choice((2, 5, 9)))):
        out[i] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))


def claim_10e9_frames(data: bytes, rng: random.Random) -> bytes:
    """Every count and length in an mp4 says a thousand million; in an AVI as well."""
    out = bytearray(data)
    tables = {b"stsz": (4, 8), b"stts": (8, 12), b"mdhd": (16,), b"mvhd": (16,), b"stsc": (12,)}
    for name, offsets in tables.items():
        for at in _places(data, (name,)):
            for offset in rng.sample(offsets, rng.randrange(1, len(offsets) + 1)):
                if at + 8 + offset <= len(out):
                    value = 1_000_000_000 if offset != 4 else rng.choice((0, 1))
                    struct.pack_into(">I", out, at + 4 + offset, value)
    for at in _places(data, (b"avih",)):
        struct.pack_into("<I", out, at + 8 + 16, 1_000_000_000)
    for at in _places(data, (b"strh",)):
        struct.pack_into("<I", out, at + 8 + 32, 1_000_000_000)
    return bytes(out)


MUTATIONS: tuple[Mutation, ...] = (
    cut_at_a_boundary, cut_anywhere, lose_the_beginning, flip_bits, flip_bits_in_a_header,
    overwrite, move_a_piece, lose_a_piece, append, prepend, lie_in_a_header, lie_in_a_header,
    claim_10e9_frames,
)  # fmt: skip
