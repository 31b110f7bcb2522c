"""The drawn picture: words beside it, never over the person; any size, any missing joint."""

from dataclasses import replace

import numpy as np
import pytest
from stickfigure import Camera, film, squat, stand

from formcheck.report.drawing import Snapshot, snapshot_at
from formcheck.report.painter import LEGS_RATIO, Painter, canvas_size, cut_to_legs
from formcheck.report.words import COLOURS
from formcheck.squat.analysis import analyze
from formcheck.squat.faults.finding import Assessment, Confidence, Verdict


def wall(width, height):
    return np.full((height, width, 3), 90, np.uint8)


def draw(image, points_px, snapshot):
    return Painter(image.shape[1], image.shape[0]).draw(image, points_px, snapshot)


def finding(verdict, fault="knee_valgus", side="left"):
    base = Assessment.impossible(fault, "pct_shank", "because").finding
    return replace(base, verdict=verdict, side=side, confidence=Confidence.HIGH)


FULL = Snapshot(
    rep_number=3, n_reps=4, phase="bottom", cue="Bend knees toward your toes", view="front",
    findings=(finding(Verdict.FAULT), finding(Verdict.OK, "forward_knee_travel", None)),
)  # fmt: skip


@pytest.mark.parametrize("size", [(720, 1280), (1280, 720), (480, 854), (161, 121), (64, 64)])
def test_words_never_cover_the_picture(size):
    image = wall(*size)
    out = draw(image, None, FULL)
    width, height, top, _ = canvas_size(*size)
    assert out.shape == (height, width, 3)
    assert width % 2 == height % 2 == 0
    assert (out[top : top + size[1]] == image[:, :width]).all()
    assert (image == 90).all()  # what was handed over is not changed


def test_the_skeleton_is_drawn_in_the_picture():
    track = film([stand(0.1)])
    out = draw(wall(720, 1280), track[0].points_px, FULL)
    _, _, top, _ = canvas_size(720, 1280)
    x, y = track[0].points_px[25].astype(int)
    assert (out[top + y, x] != 90).any()


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("view", ["front", "side", "rear", ""])
def test_every_verdict_and_view_can_be_drawn(verdict, view):
    yaw = 90 if view == "side" else 0
    points = film([stand(0.1)], camera=Camera(yaw_deg=yaw))[0].points_px
    shot = Snapshot(1, 1, "down", "Chest up", view, (finding(verdict), finding(verdict)))
    draw(wall(720, 1280), points, shot)


def picture_of(points, shot=FULL):
    """What is drawn between the strips of words."""
    _, _, top, _ = canvas_size(720, 1280)
    return draw(wall(720, 1280), points, shot)[top : top + 1280]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -2e4, 2e4])
def test_missing_and_wild_points_are_left_out(bad):
    points = film([stand(0.1)])[0].points_px
    whole = picture_of(points)
    for some in ([25], [27, 31], [23, 24]):
        broken = points.copy()
        broken[some] = bad
        drawn = picture_of(broken)
        for landmark in range(23, 29):
            x, y = points[landmark].astype(int)
            assert (whole[y, x] != 90).any()
            assert (drawn[y, x] != 90).any() == (landmark not in some), landmark
        # No line leads to where the point is said to be.
        assert not ((drawn != 90).any(-1) & (whole == 90).all(-1)).any()
    assert (picture_of(np.full_like(points, bad)) == 90).all()


def test_colour_tells_a_fault_from_ok():
    points = film([stand(0.1)])[0].points_px
    seen = (Verdict.FAULT, Verdict.BORDERLINE, Verdict.OK)
    for verdict in seen:
        shown = picture_of(points, Snapshot(findings=(finding(verdict),)))
        n_pixels = {v: int((shown == COLOURS[v]).all(-1).sum()) for v in seen}
        assert n_pixels[verdict] > 500
        assert sum(n_pixels.values()) == n_pixels[verdict]


def test_the_moment_shown_is_the_rep_under_way():
    analysis = analyze(film([stand(1), squat(pause_s=0.4), stand(1), squat(), stand(1)]))
    first, second = (j.rep for j in analysis.reps)
    assert snapshot_at(analysis, 0.2).rep_number == 0
    assert snapshot_at(analysis, first.start_s + 0.1).phase == "down"
    assert snapshot_at(analysis, first.bottom_s).phase == "bottom"
    assert snapshot_at(analysis, first.end_s - 0.1).phase == "up"
    assert snapshot_at(analysis, first.end_s + 0.2).phase == "standing"
    assert snapshot_at(analysis, first.end_s + 0.2).rep_number == 1
    assert snapshot_at(analysis, second.bottom_s).rep_number == 2


def test_a_cut_holds_hips_and_feet_and_fills_the_picture_with_them():
    image = wall(720, 1280)
    points = film([stand(0.1)])[0].points_px
    part, at = cut_to_legs(image, points, 420)
    assert part.shape == (420, round(420 * LEGS_RATIO), 3)
    legs = at[23:33]
    assert (legs > 0).all()
    assert (legs < part.shape[1::-1]).all()
    assert np.ptp(legs[:, 1]) > 0.6 * 420
    assert at[0, 1] < 0  # the head is above it
    # Unseen, or outside the picture: the whole of it.
    for lost in (np.full((33, 2), np.nan), points + 5000):
        whole, _ = cut_to_legs(image, lost, 420)
        assert whole.shape[0] == 420
