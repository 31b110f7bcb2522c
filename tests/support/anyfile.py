"""One sample clip in every kind of file that people have, made with the encoders of PyAV."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from formcheck.video.filmed import Filmed
from formcheck.video.reading import FrameReader, ImageArray

SAMPLE = Path(__file__).resolve().parents[2] / "sample_videos" / "front_valgus_left.mp4"
MARK_RGB = (230, 20, 20)
UPRIGHT = (1, 0, 0, 1)
MATRICES = {
    "as stored": UPRIGHT,
    "turned 90": (0, 1, -1, 0),
    "turned 180": (-1, 0, 0, -1),
    "turned 270": (0, -1, 1, 0),
    "mirrored": (-1, 0, 0, 1),
    "upside down in a mirror": (1, 0, 0, -1),
    "front camera": (0, 1, 1, 0),
    "front camera, other way": (0, -1, -1, 0),
}
"""a, b, c, d of the display matrix: a stored (x, y) is shown at (a x + c y, b x + d y)."""


@dataclass(frozen=True)
class Film:
    """Pictures and when they were taken, in seconds of life."""

    times_s: tuple[float, ...]
    images: tuple[ImageArray, ...] = field(repr=False)

    def at(self, times_s: Sequence[float]) -> Film:
        """The film as a camera would have taken it at other times."""
        known = np.array(self.times_s)
        nearest = (int(np.argmin(np.abs(known - t))) for t in times_s)
        return Film(tuple(times_s), tuple(self.images[i] for i in nearest))

    def each(self, change: Callable[[ImageArray], ImageArray]) -> Film:
        """Every picture changed."""
        return replace(self, images=tuple(change(image) for image in self.images))


@cache
def sample_film(height_px: int, until_s: float = 99.0, mark: bool = True) -> Film:
    """The sample clip at a height, a red mark in its top left corner."""
    times, images = [], []
    for frame in FrameReader(SAMPLE):
        if frame.time_s > until_s:
            break
        height, width = frame.image.shape[:2]
        size = round(width * height_px / height / 8) * 8, height_px
        image = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
        if mark:
            image[: height_px // 6, : size[0] // 4] = MARK_RGB
        times.append(frame.time_s)
        images.append(np.asarray(image, np.uint8))
    return Film(tuple(times), tuple(images))


def stored_as(image: ImageArray, matrix: tuple[int, int, int, int]) -> ImageArray:
    """The picture whose shown form, by this matrix, is ``image``: pixel by pixel."""
    a, b, c, d = matrix
    height, width = image.shape[:2]
    size = (width, height) if a or d else (height, width)
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    shown_x, shown_y = a * x + c * y, b * x + d * y
    return image[shown_y - shown_y.min(), shown_x - shown_x.min()]


@dataclass(frozen=True, kw_only=True)
class How:
    """How a film is written."""

    suffix: str = ".mp4"
    codec: str = "libx264"
    pix_fmt: str = "yuv420p"
    options: dict[str, str] = field(default_factory=dict)
    rate: Fraction = Fraction(30)
    matrix: tuple[int, int, int, int] = UPRIGHT
    aspect: Fraction = Fraction(1)
    """Width of a pixel over its height."""
    slower: float = 1.0
    """How many times slower than life it plays."""
    tags: dict[str, str] = field(default_factory=dict)
    format: str | None = None
    trc: int | None = None
    """Transfer curve, by its number."""
    interlaced: str = ""
    last_s: float | None = None
    """How long the last picture lasts."""


def write(path: Path, film: Film, how: How) -> Path:
    """Write a film as told; the pictures are those that must be seen in the end."""
    stretch = float(how.aspect)

    def stored(image: ImageArray) -> ImageArray:
        image = stored_as(image, how.matrix)
        width = max(2, round(image.shape[1] / stretch / 2) * 2)
        return image if stretch == 1 else cv2.resize(image, (width, image.shape[0]))

    images = [stored(image) for image in film.images]
    if how.interlaced:
        images = list(_interlaced(images, first=0 if how.interlaced == "tff" else 1))
    is_even = path.suffix in (".avi", ".mpg", ".vob") or how.codec == "mpeg4"
    base = 1 / how.rate if is_even else Fraction(1, 90_000)
    options = {"movflags": "+faststart+use_metadata_tags"} if path.suffix in _MOVS else {}
    with av.open(str(path), "w", format=how.format, options=options) as container:
        container.metadata.update(how.tags)
        stream: Any = container.add_stream(how.codec, rate=how.rate, options={**how.options})
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = how.pix_fmt
        stream.time_base = stream.codec_context.time_base = base
        if how.matrix != UPRIGHT:
            stream.set_display_matrix(_nine(how.matrix))
        if stretch != 1:
            stream.codec_context.sample_aspect_ratio = how.aspect
        if how.trc is not None:
            stream.codec_context.color_trc = how.trc
        _mux(container, stream, film.times_s, images, how, base)
    return path


_MOVS = (".mp4", ".mov", ".m4v", ".3gp", ".3g2")


def _mux(
    container: Any, stream: Any, times_s: Sequence[float], images: Sequence[ImageArray],
    how: How, base: Fraction,
) -> None:  # fmt: skip
    for i, (time_s, image) in enumerate(zip(times_s, images, strict=True)):
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), "rgb24")
        if how.trc is not None:
            frame = frame.reformat(format=how.pix_fmt)
            frame.color_trc = how.trc
        frame.pts, frame.time_base = round(Fraction(time_s * how.slower) / base), base
        if how.last_s is not None and i == len(images) - 1:
            frame.duration = round(how.last_s / base)
        container.mux(stream.encode(frame))
    for packet in stream.encode(None):
        if how.last_s is not None:
            packet.duration = round(how.last_s / base)
        container.mux(packet)


def _nine(matrix: tuple[int, int, int, int]) -> tuple[int, ...]:
    a, b, c, d = (one * 0x10000 for one in matrix)
    return a, b, 0, c, d, 0, 0, 0, 0x40000000


def _interlaced(images: Sequence[ImageArray], first: int) -> Iterator[ImageArray]:
    """Every second row from the picture half a moment later, as old cameras film."""
    for now, then in zip(images, [*images[1:], images[-1]], strict=True):
        image = now.copy()
        image[1 - first :: 2] = then[1 - first :: 2]
        yield image


def joined(path: Path, film: Film, how: How, n_parts: int = 2) -> Path:
    """A film in parts, each with a clock of its own, put into one file byte after byte."""
    parts = []
    for k in range(n_parts):
        first, last = (len(film.images) * i // n_parts for i in (k, k + 1))
        start_s = film.times_s[first]
        part = Film(tuple(t - start_s for t in film.times_s[first:last]), film.images[first:last])
        parts.append(write(path.with_stem(f"{path.stem}-{k}"), part, how).read_bytes())
    path.write_bytes(b"".join(parts))
    return path


def with_others(
    path: Path, film: Film, others: Sequence[tuple[str, Any]], *, lead: bool = True
) -> Path:
    """A film with other streams in its file, in front of it or behind.

    Others are ``still`` (one picture), ``small`` (another film in small, blue) and ``sound``.
    """
    with av.open(str(path), "w") as container:
        height, width = film.images[0].shape[:2]
        streams: list[tuple[Any, str]] = []
        kinds = [kind for kind, _ in others]
        for kind in [*kinds, "film"] if lead else ["film", *kinds]:
            coding = {"still": "mjpeg", "sound": "aac"}.get(kind, "libx264")
            stream: Any = container.add_stream(coding, rate=44_100 if kind == "sound" else 30)
            if kind != "sound":
                half = 1 if kind == "film" else 2
                stream.width, stream.height = width // half // 2 * 2, height // half // 2 * 2
                stream.pix_fmt = "yuvj420p" if kind == "still" else "yuv420p"
                stream.time_base = stream.codec_context.time_base = Fraction(1, 90_000)
            flags = dict(others).get(kind)
            if flags is not None:
                stream.disposition = flags
            streams.append((stream, kind))
        for i, (time_s, image) in enumerate(zip(film.times_s, film.images, strict=True)):
            for stream, kind in streams:
                if kind == "sound" or (kind == "still" and i):
                    continue
                shown = image if kind == "film" else np.full_like(image, (0, 0, 200))
                shown = cv2.resize(shown, (stream.width, stream.height))
                frame = av.VideoFrame.from_ndarray(np.asarray(shown, np.uint8), "rgb24")
                frame.pts, frame.time_base = round(time_s * 90_000), Fraction(1, 90_000)
                container.mux(stream.encode(frame))
        for stream, kind in streams:
            if kind != "sound":
                container.mux(stream.encode(None))
    return path


def changing_size(path: Path, film: Film) -> Path:
    """A stream whose pictures become smaller half-way: two of them joined."""
    half = len(film.images) // 2
    how = How(suffix=".ts", options={"bf": "0"})
    first = write(path.with_stem("first"), Film(film.times_s[:half], film.images[:half]), how)
    small = Film(film.times_s[half:], film.images[half:]).each(
        lambda image: np.asarray(
            cv2.resize(image, (image.shape[1] // 4 * 2, image.shape[0] // 4 * 2)), np.uint8
        )
    )
    second = write(path.with_stem("second"), small, how)
    path.write_bytes(first.read_bytes() + second.read_bytes())
    return path


def _to_signal(curve: int, image: ImageArray) -> ImageArray:
    """A plain picture as a camera of high dynamic range would store it."""
    light = (image / 255.0) ** 2.2 * 203
    if curve == 16:
        y = (light / 10_000) ** 0.1593017578125
        signal = ((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375
    else:
        scene = (light / 1000) ** (1 / 1.2)
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        signal = np.where(
            scene <= 1 / 12, np.sqrt(3 * scene), a * np.log(np.maximum(12 * scene - b, 1e-9)) + c
        )
    return np.round(255 * signal).astype(np.uint8)


@dataclass(frozen=True)
class Case:
    """A kind of file: how it is made of a film, and what must be seen and said of it."""

    name: str
    make: Callable[[Path, Film], Path]
    suffix: str = ".mp4"
    filmed: Filmed = field(default_factory=Filmed)
    says: str = ""
    """What a note must say."""


def case(name: str, how: How, film: Callable[[Film], Film] | None = None, **more: Any) -> Case:
    """A case that only needs to be written in some way."""

    def make(path: Path, whole: Film) -> Path:
        return write(path, whole if film is None else film(whole), how)

    return Case(name, make, how.suffix, **more)


def at_rate(rate_hz: float) -> Callable[[Film], Film]:
    """The film at another rate."""

    def change(film: Film) -> Film:
        n = int(film.times_s[-1] * rate_hz)
        return film.at([i / rate_hz for i in range(n + 1)])

    return change


def _jittered(film: Film) -> Film:
    steps = np.tile([0.02, 0.05, 0.033, 0.045, 0.03], len(film.images) // 5)
    times = np.cumsum(steps)
    return film.at([float(t) for t in times[times < film.times_s[-1]]])


def _dropped(film: Film) -> Film:
    kept = [i for i in range(len(film.images)) if i % 7 not in (2, 3)]
    return Film(tuple(film.times_s[i] for i in kept), tuple(film.images[i] for i in kept))


def _late(film: Film) -> Film:
    return replace(film, times_s=tuple(t + 5.0 for t in film.times_s))


def _mirror(image: ImageArray) -> ImageArray:
    return image[:, ::-1]


_B = {"bf": "3", "preset": "veryfast"}
_HEVC = {"x265-params": "log-level=none", "preset": "ultrafast"}
_VPX = {"cpu-used": "8", "deadline": "realtime", "b": "2M"}
_AV1 = {"preset": "12", "svtav1-params": "lp=1"}
_MUCH = {"b": "4M"}
_CAPTURED = "com.android.capture.fps"


def _mpeg(suffix: str, codec: str = "mpeg4", **more: str) -> How:
    return How(suffix=suffix, codec=codec, options=_MUCH | more)


def _ts(suffix: str) -> How:
    return How(suffix=suffix, format="mpegts", options=_B)


def _hdr(curve: int) -> tuple[How, Callable[[Film], Film]]:
    how = How(codec="libx265", pix_fmt="yuv420p10le", options=_HEVC, trc=curve)
    return how, lambda film: film.each(partial(_to_signal, curve))


def _slow(slower: float, suffix: str = ".mp4", **tags: str) -> tuple[How, Callable[[Film], Film]]:
    return How(suffix=suffix, slower=slower, tags=tags), at_rate(30 * slower)


def _beside(name: str, kind: str, suffix: str = ".mp4", flags: Any = None, says: str = "") -> Case:
    return Case(name, lambda p, film: with_others(p, film, [(kind, flags)]), suffix, says=says)


def _joined(name: str, how: How) -> Case:
    return Case(name, lambda p, film: joined(p, film, how), how.suffix, says="joined parts")


def orientations() -> Iterator[Case]:
    """Turned, mirrored, and with pixels that are not square."""
    for name, matrix in MATRICES.items():
        yield case(f"matrix: {name}", How(matrix=matrix))
    plain, aspects = "as stored", ("4/3", "16/15", "8/9", "1/2", "3/2")
    turned = (("4/3", "turned 90"), ("4/3", "front camera"), ("1/2", "mirrored"))
    for aspect, name in (*((aspect, plain) for aspect in aspects), *turned):
        how = How(matrix=MATRICES[name], aspect=Fraction(aspect))
        yield case(f"pixels {aspect}, {name}", how)
    said = Filmed(is_mirrored=True)
    yield case("mirrored, said", How(), lambda f: f.each(_mirror), filmed=said, says="mirror")


def containers() -> Iterator[Case]:
    """Kinds of file and of coding."""
    ten_bits = {"pix_fmt": "yuv420p10le", "options": _HEVC}
    for name, how in {
        "avi": _mpeg(".avi"),
        "avi, B pictures": How(suffix=".avi", options=_B),
        "avi, mpeg4 B pictures": _mpeg(".avi", bf="2"),
        "mov": How(suffix=".mov"),
        "m4v": _mpeg(".m4v"),
        "3gp": _mpeg(".3gp"),
        "3g2": _mpeg(".3g2"),
        "mkv": How(suffix=".mkv", options=_B),
        "webm": How(suffix=".webm", codec="libvpx-vp9", options=_VPX),
        "ts": _ts(".ts"),
        "mts": _ts(".mts"),
        "m2ts": _ts(".m2ts"),
        "mpg": _mpeg(".mpg", "mpeg2video"),
        "mpg, mpeg1": _mpeg(".mpg", "mpeg1video"),
        "vob": _mpeg(".vob", "mpeg2video", bf="2"),
        "wmv": _mpeg(".wmv", "wmv2"),
        "flv": _mpeg(".flv", "flv"),
        "hevc": How(codec="libx265", options=_HEVC),
        "hevc, ten bits": How(suffix=".mov", codec="libx265", **ten_bits),
        "av1": How(codec="libsvtav1", options=_AV1),
        "motion jpeg": How(suffix=".mov", codec="mjpeg", pix_fmt="yuvj420p"),
        "prores": How(suffix=".mov", codec="prores_ks", pix_fmt="yuv422p10le"),
        "4:4:4": How(pix_fmt="yuv444p"),
        "interlaced, top first": How(interlaced="tff"),
        "interlaced, bottom first": How(interlaced="bff"),
    }.items():
        yield case(name, how)
    gif = How(suffix=".gif", codec="gif", pix_fmt="rgb8", rate=Fraction(10))
    yield case("gif", gif, at_rate(10))
    yield case("HDR, PQ", *_hdr(16))
    yield case("HDR, HLG", *_hdr(18))


def clocks() -> Iterator[Case]:
    """Times that are not even, start anew, or are not those of life."""
    yield case("uneven times", How(), _jittered)
    yield case("dropped pictures", How(), _dropped)
    yield case("a long last picture", How(last_s=4.0))
    yield case("starts at five seconds", How(suffix=".mkv"), _late)
    yield _joined("joined ts", _ts(".ts"))
    yield _joined("joined mts", _ts(".mts"))
    yield _joined("joined mpg", _mpeg(".mpg", "mpeg2video"))
    for name, made in {
        "slow motion, 120": _slow(4, **{_CAPTURED: "120.000000"}),
        "slow motion, 240": _slow(8, ".mov", **{_CAPTURED: "240"}),
        "slow motion, another tag": _slow(4, ".mkv", HIGH_FRAME_RATE="120"),
    }.items():
        yield case(name, *made, says="declares")
    yield case("slow motion, said", *_slow(4), filmed=Filmed(speed=4.0), says="as was said")
    yield case("time lapse, said", How(slower=0.5), filmed=Filmed(speed=0.5), says="as was said")
    yield case("filmed at its rate", How(tags={_CAPTURED: "30.0"}))
    fast = How(tags={_CAPTURED: "120"}, rate=Fraction(120))
    yield case("fast and played so", fast, at_rate(120))
    for rate in (5, 8, 10, 12, 15, 24, 25, 50, 60, 120, 240):
        yield case(f"{rate} pictures a second", How(rate=Fraction(rate)), at_rate(rate))


def streams() -> Iterator[Case]:
    """More than one stream, and one that changes."""
    yield _beside("a still in front", "still", says="2 videos")
    yield _beside("a still in front, mkv", "still", ".mkv", says="2 videos")
    yield _beside("a cover in front", "still", flags=av.stream.Disposition.attached_pic)
    yield _beside("a small film in front", "small", says="2 videos")
    yield _beside("a small film in front, ts", "small", ".ts", says="2 videos")
    yield Case("the size changes", changing_size, ".ts", says="changes its size")


def cases() -> list[Case]:
    """Every kind of file."""
    return [*orientations(), *containers(), *clocks(), *streams()]
