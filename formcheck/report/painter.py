"""Drawing on pictures: what a lifter understands at a glance.

Draws only what it is handed.  Words go into strips above and below the picture, so nothing ever
hides the person; colour never speaks alone.
"""

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.pose.track import FloatArray
from formcheck.report import drawing
from formcheck.report.drawing import FAINT, INK, PAPER, PLAIN, Colour, Snapshot
from formcheck.report.words import COLOURS, shown
from formcheck.squat.faults.finding import Verdict
from formcheck.video.reading import ImageArray

LEGS_RATIO = 0.8
"""Width over height of a picture of hips and feet."""
PLAIN_SIDE_PX = 540
"""Longer side of a picture that holds nothing but the drawing."""
_PLAIN_LEAST_PX = 64
_STROKES = {
    Verdict.OK: [[(-4, 0), (-1, 3), (4, -3)]],
    Verdict.BORDERLINE: [[(0, -4), (0, 1)]],
    Verdict.FAULT: [[(-4, -4), (4, 4)], [(-4, 4), (4, -4)]],
    Verdict.NOT_ASSESSABLE: [[(-4, 0), (4, 0)]],
}
"""The icons: a tick, an exclamation mark without its dot, a cross, a dash; radius 8."""


@lru_cache(maxsize=1)
def _font() -> Any:
    return cv2.FontFace("sans")


def _text(
    image: ImageArray, text: str, at: tuple[int, int], colour: Colour, size: int, weight: int = 500
) -> None:
    cv2.putText(image, text, at, colour, _font(), size, weight=weight)


@lru_cache(maxsize=512)
def _text_width(text: str, size: int, weight: int = 500) -> int:
    box = cv2.getTextSize((4096, 4096), text, (0, 0), _font(), size, weight=weight)
    return int(box[2])


def _fitting(text: str, size: int, width: int, weight: int = 500) -> int:
    """The largest size up to ``size`` at which ``text`` fits ``width``."""
    needed = _text_width(text, size, weight)
    return size if needed <= width else max(8, int(size * width / needed))


def canvas_size(width_px: int, height_px: int) -> tuple[int, int, int, int]:
    """Return canvas width, height, and the heights of the strips above and below."""
    unit = max(12, round(min(width_px, height_px) / 18))
    top, bottom = round(1.9 * unit), round(4.6 * unit)
    return width_px // 2 * 2, (height_px + top + bottom) // 2 * 2, top, bottom


def plain_picture(width_px: int, height_px: int) -> ImageArray:
    """Return what poses are drawn on where there is no camera picture, in its proportions."""
    scale = min(1.0, PLAIN_SIDE_PX / max(width_px, height_px))
    width, height = (max(_PLAIN_LEAST_PX, round(side * scale)) for side in (width_px, height_px))
    return np.full((height, width, 3), PLAIN, np.uint8)


def with_head(image: ImageArray, points_px: FloatArray) -> ImageArray:
    """Return a copy with a circle for the head: poses drawn alone look lost without one."""
    out = image.copy()
    found = drawing.head(points_px)
    centre = None if found is None else _pixel(found.centre)
    if found is not None and centre is not None and found.radius < max(image.shape):
        thin = drawing.thin_px(image.shape[1], image.shape[0])
        cv2.circle(out, centre, round(found.radius), INK, thin, cv2.LINE_AA)
        _line(out, found.shoulders, found.chin, INK, thin)
    return out


class Painter:
    """Draws on the pictures of one clip, all of one size.

    Args:
        width_px, height_px: Of the pictures; the canvas is larger (:func:`canvas_size`).
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        canvas_w, canvas_h, top, _ = canvas_size(width_px, height_px)
        self._canvas = np.full((canvas_h, canvas_w, 3), PAPER, np.uint8)
        self._header = self._canvas[:top]
        self._footer = self._canvas[top + height_px :]
        self._snapshot: Snapshot | None = None
        self._body: tuple[list[drawing.Stroke], list[drawing.Dot]] = [], []
        self.picture: ImageArray = self._canvas[top : top + height_px]
        """The part of the canvas between the strips, as drawn last."""
        self.size = canvas_w, canvas_h

    def draw(
        self, image: ImageArray, points_px: FloatArray | None, snapshot: Snapshot
    ) -> ImageArray:
        """Return the picture with skeleton and reference lines, a strip of words above and below.

        The next call draws on the same canvas: copy what is to be kept.

        Args:
            image (array, shape (height, width, 3), uint8): RGB; not changed.
            points_px (array, shape (33, 2), or None): Landmarks in the pixels of ``image``; NaN
                ones are left out.
        """
        self.picture[:] = image[:, : self._canvas.shape[1]]
        is_new = snapshot != self._snapshot
        if is_new:
            self._snapshot, self._body = snapshot, drawing.skeleton(snapshot)
        if points_px is not None:
            self._draw_body(points_px, snapshot)
        if is_new:
            # Words cost more than all the rest and stay the same for many frames.
            self._header[:] = self._footer[:] = PAPER
            _header(self._header, snapshot)
            _footer(self._footer, snapshot)
        return self._canvas

    def _draw_body(self, points: FloatArray, snapshot: Snapshot) -> None:
        picture = self.picture
        thin = drawing.thin_px(picture.shape[1], picture.shape[0])
        points = np.where(np.isfinite(points), points, np.nan)
        gaps = drawing.gaps(points, snapshot)
        for gap in gaps:
            _fill(picture, gap)
        strokes, dots = self._body
        for stroke in strokes:
            width = stroke.width * thin
            _line(picture, points[stroke.start], points[stroke.end], stroke.colour, width)
        for dot in dots:
            centre = _pixel(points[dot.landmark])
            if centre is not None:
                cv2.circle(picture, centre, dot.radius * thin, dot.colour, -1, cv2.LINE_AA)
        for line in drawing.guides(points, snapshot):
            _dashes(picture, *line, thin)
        for gap in gaps:
            if gap.words:
                _label(picture, gap)


def _fill(picture: ImageArray, gap: drawing.Filled) -> None:
    """Fill a triangle so that what is under it stays visible."""
    corners = gap.corners.astype(np.int32)
    (x0, y0), (x1, y1) = corners.min(0).clip(0), corners.max(0) + 1
    part = picture[y0:y1, x0:x1]
    if part.size:
        full = part.copy()
        cv2.fillConvexPoly(full, corners - (x0, y0), gap.colour, cv2.LINE_AA)
        share = drawing.GAP_OPACITY
        part[:] = cv2.addWeighted(full, share, part, 1 - share, 0)


def _label(picture: ImageArray, gap: drawing.Filled) -> None:
    """Words on a dark ground, beside what is filled and inside the picture."""
    height, width = picture.shape[:2]
    size = max(9, round(min(width, height) * drawing.WORDS_SHARE))
    wide, pad = _text_width(gap.words, size, 600), size // 2
    xs = gap.corners[1:, 0]
    beside = xs.max() + 2 * pad if xs.mean() > width / 2 else xs.min() - wide - 2 * pad
    x = float(np.clip(beside, pad, max(pad, width - wide - pad)))
    y = float(np.clip(gap.corners[1:, 1].min() - 1.2 * size, 1.5 * size, height - size))
    box = (round(x) - pad, round(y - 1.1 * size)), (round(x) + wide + pad, round(y + 0.45 * size))
    cv2.rectangle(picture, *box, PAPER, -1)
    _text(picture, gap.words, (round(x), round(y)), gap.colour, size, 600)


def _line(picture: ImageArray, a: FloatArray, b: FloatArray, colour: Colour, thick: int) -> None:
    p, q = _pixel(a), _pixel(b)
    if p is not None and q is not None:
        cv2.line(picture, p, q, colour, thick, cv2.LINE_AA)


def _pixel(point: FloatArray) -> tuple[int, int] | None:
    x, y = float(point[0]), float(point[1])
    # NaN fails the comparison too.
    return (int(x), int(y)) if abs(x) < 9999 and abs(y) < 9999 else None


def _dashes(picture: ImageArray, a: FloatArray, b: FloatArray, thick: int) -> None:
    length = float(np.hypot(*(b - a)))
    if not length < drawing.FAR * max(picture.shape[:2]):  # far outside, or NaN: nothing to see
        return
    n = max(1, round(length / (drawing.DASH * thick)))
    for i in range(0, n, 2):
        _line(picture, a + (b - a) * i / n, a + (b - a) * min(i + 1, n) / n, INK, thick)


def _header(strip: NDArray[np.uint8], snapshot: Snapshot) -> None:
    height, width = strip.shape[:2]
    size, base = round(0.52 * height), round(0.7 * height)
    pad = round(0.3 * height)
    _text(strip, snapshot.title, (pad, base), INK, size, 700)
    if snapshot.phase:
        right = width - pad - _text_width(snapshot.phase, size)
        _text(strip, snapshot.phase, (right, base), FAINT, size)


def _footer(strip: NDArray[np.uint8], snapshot: Snapshot) -> None:
    height, width = strip.shape[:2]
    pad, row = round(0.09 * height), round(0.27 * height)
    size = round(0.19 * height)
    y = pad + row // 2
    for finding in snapshot.findings:
        _icon(strip, (pad + row // 2, y), round(0.34 * row), shown(finding))
        text = drawing.finding_line(finding)
        left = pad + row + pad // 2
        fit = _fitting(text, size, width - left - pad, 600)
        _text(strip, text, (left, y + round(0.36 * fit)), INK, fit, 600)
        y += row
    if snapshot.cue:
        fit = _fitting(snapshot.cue, round(1.15 * size), width - 2 * pad, 700)
        at = (pad, height - pad - round(0.1 * row))
        _text(strip, snapshot.cue, at, COLOURS[Verdict.BORDERLINE], fit, 700)


def _icon(strip: NDArray[np.uint8], centre: tuple[int, int], radius: int, verdict: Verdict) -> None:
    """A verdict's mark in a disc: readable without colour."""
    thick = max(2, radius // 3)
    cv2.circle(strip, centre, radius, COLOURS[verdict], -1, cv2.LINE_AA)
    r = radius // 2
    for stroke in _STROKES[verdict]:
        line = np.array(centre) + (np.array(stroke) * r / 4).astype(np.int32)  # towards 0
        cv2.polylines(strip, [line.astype(np.int32)], False, PAPER, thick, cv2.LINE_AA)
    if verdict is Verdict.BORDERLINE:
        dot = (centre[0], centre[1] + r)
        cv2.circle(strip, dot, max(1, thick * 2 // 3), PAPER, -1, cv2.LINE_AA)


def cut_to_legs(
    image: ImageArray, points_px: FloatArray, height_px: int, ratio: float = LEGS_RATIO
) -> tuple[ImageArray, FloatArray]:
    """Hips and feet cut out of a picture, so high, and the landmarks in it; all of it if unseen."""
    height, width = image.shape[:2]
    box = drawing.legs_box(points_px) or (0.0, 0.0, float(width), float(height))
    x, y, wide, high = drawing.fitted(box, width, height, ratio)
    x0, y0, x1, y1 = (round(v) for v in (max(0, x), max(0, y), min(width, x + wide), y + high))
    part = image[y0 : min(height, max(y0 + 1, y1)), x0 : max(x0 + 1, x1)]
    if not part.size:  # the legs are outside the picture
        part, x0, y0 = image, 0, 0
    scale = height_px / part.shape[0]
    size = max(1, round(part.shape[1] * scale)), height_px
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, size, interpolation=how), np.uint8), (
        points_px - (x0, y0)
    ) * scale
