"""What a browser draws over the person's own picture: the painter's rules and marks, as JSON.

Nothing is decided in the browser.  Which lines there are, how wide and in which colour, the words
and when they change stand here; the script of the player only puts them on the picture.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from formcheck.knowledge.words import ICONS
from formcheck.pose.track import FloatArray, PoseTrack
from formcheck.report import drawing, faces
from formcheck.report.drawing import Box, Colour, Snapshot
from formcheck.report.words import COLOURS, shown
from formcheck.squat.analysis import Analysis
from formcheck.squat.faults.fault import Line
from formcheck.squat.faults.finding import Verdict


def overlay_json(
    track: PoseTrack,
    analysis: Analysis,
    *,
    with_cues: bool = True,
    blur_face: bool = False,
    is_plain: bool = False,
) -> bytes:
    """The marks for every frame of a clip.

    Args:
        track, analysis: Of this clip.
        with_cues, blur_face: As for :func:`formcheck.report.annotate.annotate_clip`.
        is_plain: Whether there is no picture: the body then gets a head.
    """
    moments, guides, gaps = _moments(track, analysis, with_cues)
    used = sorted(
        {i for m in moments for s in m["strokes"] for i in s[:2]}
        | {d[0] for m in moments for d in m["dots"]}
    )
    place = {landmark: i for i, landmark in enumerate(used)}
    for moment in moments:
        moment["strokes"] = [[place[a], place[b], *how] for a, b, *how in moment["strokes"]]
        moment["dots"] = [[place[i], *how] for i, *how in moment["dots"]]
    points = analysis.points_px[:, used].reshape(len(analysis.points_px), -1)
    hidden = faces.faces_of(track) if blur_face and not is_plain else None
    heads = [_head(points_px) for points_px in analysis.points_px] if is_plain else None
    return json.dumps(
        {
            "width": track.width_px, "height": track.height_px,
            "times_s": np.round(track.times_s, 4).tolist(),
            "rules": _rules(), "moments": moments, "points": _rounded(points),
            "guides": guides, "gaps": gaps, "heads": heads,
            "faces": None if hidden is None else _rounded(hidden),
            "body": rounded(drawing.body_box(analysis.points_px)),
        },
        allow_nan=False, separators=(",", ":"),
    ).encode()  # fmt: skip


def _rules() -> dict[str, Any]:
    """What holds for every frame; the browser has no number of its own."""
    return {
        "thin_share": drawing.THIN_SHARE, "edge_px": drawing.EDGE_PX,
        "dash": drawing.DASH, "far": drawing.FAR, "gap_opacity": drawing.GAP_OPACITY,
        "words_share": drawing.WORDS_SHARE, "paper": _css(drawing.PAPER),
        "ink": _css(drawing.INK), "plain": _css(drawing.PLAIN),
        "cue": _css(COLOURS[Verdict.BORDERLINE]),
        "face": {"up": faces.UP, "tall": faces.TALL, "tiles": faces.TILES},
    }  # fmt: skip


def _moments(
    track: PoseTrack, analysis: Analysis, with_cues: bool
) -> tuple[list[dict[str, Any]], list[list[float]], list[list[Any]]]:
    """What is known from which frame on; the reference lines and what is filled, by frame."""
    moments: list[dict[str, Any]] = []
    guides, gaps = [], []
    last: Snapshot | None = None
    for i, points_px in enumerate(analysis.points_px):
        now = drawing.snapshot_at(analysis, float(track.times_s[i]), with_cues=with_cues)
        if now != last:
            last = now
            moments.append({"first": i, **_moment(now)})
        guides.append(_flat(drawing.guides(points_px, now)))
        gaps.append(
            [
                [np.round(gap.corners, 1).ravel().tolist(), _css(gap.colour), gap.words]
                for gap in drawing.gaps(points_px, now)
            ]
        )
    return moments, guides, gaps


def _moment(now: Snapshot) -> dict[str, Any]:
    strokes, dots = drawing.skeleton(now)
    return {
        "title": now.title, "phase": now.phase, "cue": now.cue,
        "findings": [
            {"icon": ICONS[shown(f)], "colour": _css(COLOURS[shown(f)]),
             "text": drawing.finding_line(f)}
            for f in now.findings
        ],
        "strokes": [[s.start, s.end, s.width, _css(s.colour)] for s in strokes],
        "dots": [[d.landmark, d.radius, _css(d.colour)] for d in dots],
    }  # fmt: skip


def _head(points_px: FloatArray) -> list[float] | None:
    found = drawing.head(points_px)
    return None if found is None else [round(float(v), 1) for v in np.hstack(found)]


def _flat(lines: Sequence[Line]) -> list[float]:
    """The known lines one after the other, each as x, y, x, y, to a tenth of a pixel."""
    if not lines:
        return []
    ends = np.array(lines).reshape(-1, 4)
    flat: list[float] = np.round(ends[np.isfinite(ends).all(1)], 1).ravel().tolist()
    return flat


def _rounded(rows: FloatArray) -> list[list[float | None]]:
    """Rows to a tenth of a pixel; None for what is not known."""
    known = np.isfinite(rows) & (np.abs(rows) < 1e6)
    cells = np.round(rows, 1).astype(object)
    cells[~known] = None
    out: list[list[float | None]] = cells.tolist()
    return out


def rounded(box: Box | None) -> list[float] | None:
    """A box to a tenth of a pixel."""
    return None if box is None else [round(v, 1) for v in box]


def _css(colour: Colour) -> str:
    return f"#{colour[0]:02x}{colour[1]:02x}{colour[2]:02x}"
