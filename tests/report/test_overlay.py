"""What the browser draws is what the painter draws: picture against picture."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pytest
from stickfigure import Camera, changed, film, squat, stand

from formcheck.app.parts.templates import static
from formcheck.pose.track import PoseTrack
from formcheck.report import painter
from formcheck.report.drawing import finding_line, fitted, legs_box, snapshot_at
from formcheck.report.face_blur import hide_face
from formcheck.report.faces import faces_of
from formcheck.report.overlay import overlay_json
from formcheck.report.painter import Painter, with_head
from formcheck.squat.analysis import Analysis, analyze
from formcheck.squat.moments import key_moment_s

SIZE = (540, 960)
NEAR_PX, UNLIKE = 2, 40
PAINT = """([scene, frame, picture, width, height, view]) => {
  view = view || undefined;
  const canvas = document.createElement('canvas');
  canvas.width = width; canvas.height = height;
  const pen = canvas.getContext('2d');
  if (picture === null) { paint(pen, scene, frame, null, view); return canvas.toDataURL(); }
  const image = new Image();
  return new Promise((done) => {
    image.onload = () => { paint(pen, scene, frame, image, view); done(canvas.toDataURL()); };
    image.src = picture;
  });
}"""


@pytest.fixture(scope="module")
def browser_paints(chromium: Any) -> Callable[..., np.ndarray]:
    """Draw a frame of a clip in the browser, on a picture or on none."""
    page = chromium.new_page()
    page.add_script_tag(content=static("parts/static/overlay.js"))

    def paint(
        overlay: bytes, frame: int, picture: np.ndarray | None, view: Any = None
    ) -> np.ndarray:
        address = None
        if picture is not None:
            png = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))[1].tobytes()
            address = "data:image/png;base64," + base64.b64encode(png).decode()
        drawn = page.evaluate(PAINT, [json.loads(overlay), frame, address, *SIZE, view])
        data = np.frombuffer(base64.b64decode(drawn.partition(",")[2]), np.uint8)
        return np.asarray(cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB))

    return paint


def painted(track: PoseTrack, analysis: Analysis, frame: int, picture: np.ndarray) -> np.ndarray:
    """The same by the painter, without the strips of words."""
    ours = Painter(*SIZE)
    points = analysis.points_px[frame] * (SIZE[0] / track.width_px)
    ours.draw(picture, points, snapshot_at(analysis, float(track.times_s[frame])))
    return ours.picture.copy()


def wall() -> np.ndarray:
    return np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)


def unmatched(one: np.ndarray, other: np.ndarray) -> int:
    """How many pixels of one have no colour that is found near them in the other."""
    near = np.ones((2 * NEAR_PX + 1,) * 2, np.uint8)
    darkest, lightest = cv2.erode(other, near).astype(int), cv2.dilate(other, near).astype(int)
    return int(((one < darkest - UNLIKE) | (one > lightest + UNLIKE)).any(-1).sum())


def marked(picture: np.ndarray) -> int:
    """Pixels that are drawn on."""
    return int((np.abs(picture.astype(int) - 90).max(-1) > 30).sum())


FRONT = film([stand(1), squat(left_pct=30), stand(1)])
SIDE = film([stand(1), squat(past_toe_m=0.13), stand(1)], camera=Camera(yaw_deg=90))


def without_words(overlay: bytes) -> bytes:
    """The marks without words on the picture: two programs set type differently."""
    scene = json.loads(overlay)
    scene["gaps"] = [[[*gap[:2], ""] for gap in gaps] for gaps in scene["gaps"]]
    return json.dumps(scene).encode()


@pytest.mark.parametrize("track", [FRONT, SIDE], ids=["front", "side"])
def test_the_browser_draws_what_the_painter_draws(
    browser_paints: Callable[..., np.ndarray], track: PoseTrack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(painter, "_label", lambda *_: None)
    points = track.points_px.copy()
    points[60, [13, 27]] = np.nan  # an elbow and an ankle nobody sees
    track = changed(track, points_px=points)
    analysis = analyze(track)
    overlay = without_words(overlay_json(track, analysis))
    (rep,) = (judged.rep for judged in analysis.reps)
    standing, down, bottom, up, after = (
        int(np.searchsorted(track.times_s, t))
        for t in (0.3, rep.start_s + 0.3, rep.bottom_s, rep.end_s - 0.2, rep.end_s + 0.3)
    )
    pictures = []
    for frame in (standing, down, bottom, up, after):
        ours = painted(track, analysis, frame, wall())
        theirs = browser_paints(overlay, frame, wall())
        pictures.append(theirs)
        assert marked(ours) > 1500
        assert marked(theirs) == pytest.approx(marked(ours), rel=0.15)
        # Smoothed edges differ by a hair; lines, colours and dashes do not.
        assert unmatched(ours, theirs) < 0.01 * marked(ours)
        assert unmatched(theirs, ours) < 0.01 * marked(ours)
    # The comparison would see another frame, and another verdict's colour.
    assert unmatched(pictures[0], pictures[2]) > 0.2 * marked(pictures[0])
    assert unmatched(pictures[0], pictures[4]) > 0.1 * marked(pictures[0])


@pytest.mark.parametrize("track", [FRONT, SIDE], ids=["front", "side"])
def test_the_gap_is_filled_and_named_where_it_is_judged(
    browser_paints: Callable[..., np.ndarray], track: PoseTrack, monkeypatch: pytest.MonkeyPatch
) -> None:
    analysis = analyze(track)
    overlay = overlay_json(track, analysis)
    gaps = json.loads(overlay)["gaps"]
    (judged,) = analysis.reps
    worst_s = key_moment_s(judged.findings, judged.rep.bottom_s)
    worst, standing = (int(np.searchsorted(track.times_s, t)) for t in (worst_s, 0.3))
    assert gaps[standing] == []
    assert [words for _, _, words in gaps[worst] if words]
    named = painted(track, analysis, worst, wall()), browser_paints(overlay, worst, wall())
    monkeypatch.setattr(painter, "_label", lambda *_: None)
    unnamed = (
        painted(track, analysis, worst, wall()),
        browser_paints(without_words(overlay), worst, wall()),
    )
    places = []
    for picture, bare in zip(named, unnamed, strict=True):
        ys, xs = np.nonzero(np.abs(picture.astype(int) - bare).max(-1) > 60)
        places.append([np.percentile(v, p) for v in (xs, ys) for p in (3, 97)])
    assert places[0] == pytest.approx(places[1], abs=30)  # in one place, whatever the font


def test_a_view_shows_a_part_of_the_picture_at_its_scale(
    browser_paints: Callable[..., np.ndarray],
) -> None:
    analysis = analyze(FRONT)
    box = fitted(legs_box(FRONT.points_px[40]), FRONT.width_px, FRONT.height_px, SIZE[0] / SIZE[1])
    close = browser_paints(overlay_json(FRONT, analysis), 40, wall(), box)
    far = browser_paints(overlay_json(FRONT, analysis), 40, wall())
    assert (close == [32, 38, 46]).all(-1).sum() == 0  # filled by the picture
    x, y, width, _ = box
    knee = (analysis.points_px[40][25] - (x, y)) * SIZE[0] / width
    at = close[int(knee[1]) - 3 : int(knee[1]) + 4, int(knee[0]) - 3 : int(knee[0]) + 4]
    assert (np.abs(at.astype(int) - 90).max(-1) > 30).any()
    assert (close != far).any(-1).mean() > 0.01


def test_poses_alone_get_a_head_and_a_plain_picture(
    browser_paints: Callable[..., np.ndarray],
) -> None:
    analysis = analyze(FRONT)
    overlay = overlay_json(FRONT, analysis, is_plain=True)
    theirs = browser_paints(overlay, 40, None)
    plain = np.full_like(wall(), 0) + np.array([32, 38, 46], np.uint8)
    scale = SIZE[0] / FRONT.width_px
    ours = painted(FRONT, analysis, 40, with_head(plain, analysis.points_px[40] * scale))
    assert unmatched(ours, theirs) + unmatched(theirs, ours) < 40
    headless = painted(FRONT, analysis, 40, plain)
    assert unmatched(theirs, headless) > 300


def test_the_face_is_hidden_where_the_painter_hides_it(
    browser_paints: Callable[..., np.ndarray],
) -> None:
    analysis = analyze(FRONT)
    noise = np.random.default_rng(1).integers(0, 255, wall().shape).astype(np.uint8)
    scale = SIZE[0] / FRONT.width_px
    hidden = hide_face(noise, faces_of(FRONT)[0] * scale)
    theirs = browser_paints(overlay_json(FRONT, analysis, blur_face=True), 0, noise)
    open_ = browser_paints(overlay_json(FRONT, analysis), 0, noise)
    ours, seen = (hidden != noise).any(-1), (theirs != open_).any(-1)
    assert ours.sum() > 300
    assert (ours & seen).sum() > 0.93 * (ours | seen).sum()
    # A few tiles are left: neighbours inside one are the same, as noise never is.
    rows = theirs[seen].astype(int)
    assert len(np.unique(rows, axis=0)) < 0.3 * len(rows)


def test_words_and_cues_are_the_painters() -> None:
    analysis = analyze(FRONT)
    moments = json.loads(overlay_json(FRONT, analysis))["moments"]
    times = [float(FRONT.times_s[m["first"]]) for m in moments]
    shots = [snapshot_at(analysis, t) for t in times]
    phases = [m["phase"] for m in moments]
    assert [a for a, b in pairwise([*phases, None]) if a != b] == ["", "down", "up", "standing"]
    for moment, shot in zip(moments, shots, strict=True):
        assert (moment["title"], moment["cue"]) == (shot.title, shot.cue)
        assert [f["text"] for f in moment["findings"]] == [finding_line(f) for f in shot.findings]
    assert moments[-1]["cue"]
    shut = json.loads(overlay_json(FRONT, analysis, with_cues=False))["moments"]
    assert not any(m["cue"] for m in shut)


def test_nobody_in_the_picture_leaves_it_as_it_is(
    browser_paints: Callable[..., np.ndarray],
) -> None:
    nobody = changed(FRONT, points_px=np.full_like(FRONT.points_px, np.nan))
    analysis = analyze(nobody)
    wild = replace(analysis, points_px=np.full_like(analysis.points_px, np.inf))
    for one in (analysis, wild):
        assert (browser_paints(overlay_json(nobody, one), 5, wall()) == wall()).all()
