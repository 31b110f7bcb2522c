"""The annotated video, its pictures and the blurred face."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from stickfigure import film, squat, stand

from formcheck.app.jobs.admission import check_video
from formcheck.app.jobs.draw import draw_pictures
from formcheck.app.jobs.limits import Limits
from formcheck.errors import InputError
from formcheck.pose.track import PoseTrack
from formcheck.report.annotate import annotate_clip
from formcheck.report.face_blur import hide_face
from formcheck.report.faces import faces_of
from formcheck.report.painter import canvas_size
from formcheck.report.result import PersonSeen
from formcheck.report.thumbnail import people_jpeg
from formcheck.report.words import COLOURS
from formcheck.squat.analysis import Analysis, analyze
from formcheck.squat.faults.finding import Verdict
from formcheck.video.reading import Frame, FrameReader, probe
from formcheck.video.writing import VideoWriter

SIZE = (360, 640)


@pytest.fixture(scope="module")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PoseTrack, Analysis]:
    """A noisy picture with a stick figure's track on top."""
    track = film([stand(1.0), squat(left_pct=30), stand(1.0)])
    path = tmp_path_factory.mktemp("render") / "noise.mp4"
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 255, (SIZE[1], SIZE[0], 3)).astype(np.uint8)
    with VideoWriter(path, *SIZE) as writer:
        for time_s in track.times_s:
            writer.write(Frame(float(time_s), picture))
    return path, track, analyze(track)


def test_video_and_pictures_are_written(
    filmed: tuple[Path, PoseTrack, Analysis], tmp_path: Path
) -> None:
    video, track, analysis = filmed
    stages: list[tuple[str, float, float | None]] = []
    annotate_clip(
        video, tmp_path / "annotated.mp4", track, analysis, progress=lambda *p: stages.append(p)
    )
    draw_pictures(video, tmp_path, track, analysis)
    made = probe(tmp_path / "annotated.mp4")
    width, height, _, _ = canvas_size(*SIZE)
    assert (made.width_px, made.height_px, made.codec) == (width, height, "h264")
    times = [frame.time_s for frame in FrameReader(tmp_path / "annotated.mp4", rate_hz=None)]
    assert times == pytest.approx(list(track.times_s), abs=1e-3)
    assert len(stages) == len(track)
    picture = cv2.imread(str(tmp_path / "rep-1.jpg"))
    assert picture is not None
    assert min(picture.shape[:2]) > 50


@pytest.mark.parametrize(("size", "full_size"), [((1280, 900), (1280, 900)), ((300, 400), None)])
def test_a_video_is_no_larger_than_a_screen_needs_unless_asked(
    tmp_path: Path, size: tuple[int, int], full_size: tuple[int, int] | None
) -> None:
    track = film([stand(0.1)])
    track = PoseTrack(
        track.times_s, track.points_px, track.visibility, track.world_m, *size, track.meta
    )
    clip, analysis = tmp_path / "clip.mp4", analyze(track)
    with VideoWriter(clip, *size) as writer:
        for time_s in track.times_s:
            writer.write(Frame(float(time_s), np.zeros((size[1], size[0], 3), np.uint8)))
    for is_full_size in (False, True):
        annotate_clip(clip, tmp_path / "out.mp4", track, analysis, is_full_size=is_full_size)
        made = probe(tmp_path / "out.mp4")
        small = size if full_size is None else (1024, 720)
        width, height, _, _ = canvas_size(*(full_size or size) if is_full_size else small)
        assert (made.width_px, made.height_px) == (width, height)


def test_poses_alone_become_a_stick_figure(
    filmed: tuple[Path, PoseTrack, Analysis], tmp_path: Path
) -> None:
    _, track, analysis = filmed
    annotate_clip(None, tmp_path / "annotated.mp4", track, analysis, blur_face=True)
    draw_pictures(None, tmp_path, track, analysis, blur=True)
    frames = list(FrameReader(tmp_path / "annotated.mp4", rate_hz=None))
    assert [f.time_s for f in frames] == pytest.approx(list(track.times_s), abs=1e-3)
    (rep,) = analysis.reps
    assert rep.findings[0].verdict is Verdict.FAULT
    at_worst = min(frames, key=lambda f: abs(f.time_s - rep.rep.bottom_s)).image.astype(int)
    red, green, _ = COLOURS[Verdict.FAULT]
    is_red = (abs(at_worst[..., 0] - red) < 60) & (abs(at_worst[..., 1] - green) < 60)
    assert is_red.sum() > 100
    picture = cv2.imread(str(tmp_path / "rep-1.jpg"))
    assert picture is not None
    assert picture.std() > 10


@pytest.mark.parametrize("size", [(1, 1), (1, 100_000), (20_000, 20), (641, 359)])
@pytest.mark.parametrize("factor", [1.0, 1e30])
def test_poses_of_any_picture_can_be_drawn(
    filmed: tuple[Path, PoseTrack, Analysis], tmp_path: Path, size: tuple[int, int], factor: float
) -> None:
    _, track, analysis = filmed
    odd = PoseTrack(
        track.times_s, track.points_px * np.float32(factor), track.visibility, track.world_m,
        *size, track.meta,
    )  # fmt: skip
    annotate_clip(None, tmp_path / "annotated.mp4", odd, analysis)
    draw_pictures(None, tmp_path, odd, analysis)
    assert probe(tmp_path / "annotated.mp4").codec == "h264"
    assert (tmp_path / "rep-1.jpg").exists()


def test_the_face_becomes_a_few_tiles(filmed: tuple[Path, PoseTrack, Analysis]) -> None:
    _, track, _ = filmed
    rng = np.random.default_rng(2)
    image = rng.integers(0, 255, (track.height_px, track.width_px, 3)).astype(np.uint8)
    face = faces_of(track)[0]
    blurred = hide_face(image, face)
    nose = track.points_px[0, 0]
    eyes = track.points_px[0, :11]
    assert np.hypot(*(face[:2] - nose)) < face[2]
    for x, y in eyes:
        patch = blurred[int(y) - 3 : int(y) + 4, int(x) - 3 : int(x) + 4].reshape(-1, 3)
        assert len(np.unique(patch, axis=0)) <= 4  # at most four tiles meet in a point
    hips = track.points_px[0, 23].astype(int)
    assert np.array_equal(
        blurred[hips[1] - 5 : hips[1] + 5, hips[0] - 5 : hips[0] + 5],
        image[hips[1] - 5 : hips[1] + 5, hips[0] - 5 : hips[0] + 5],
    )


def test_a_gap_in_the_track_does_not_show_the_face(
    filmed: tuple[Path, PoseTrack, Analysis],
) -> None:
    _, track, _ = filmed
    points = track.points_px.copy()
    points[20:30] = np.nan
    gappy = PoseTrack(
        track.times_s, points, track.visibility, track.world_m,
        track.width_px, track.height_px, track.meta,
    )  # fmt: skip
    faces = faces_of(gappy)
    assert np.isfinite(faces).all()
    assert (faces[:, 2] > 0).all()
    nobody = PoseTrack(
        track.times_s, np.full_like(points, np.nan), track.visibility, track.world_m,
        track.width_px, track.height_px, track.meta,
    )  # fmt: skip
    assert not faces_of(nobody).any()


def test_people_are_outlined_and_numbered_where_they_stand(
    filmed: tuple[Path, PoseTrack, Analysis],
) -> None:
    video, track, _ = filmed
    boxes = (40, 100, 160, 600), (200, 120, 330, 620)
    per_px = track.width_px / SIZE[0]  # the picture is smaller than what the poses refer to
    people = [
        PersonSeen(box=tuple(per_px * side for side in box), is_followed=box == boxes[1])  # type: ignore[arg-type]
        for box in boxes
    ]
    plain, drawn = (
        cv2.imdecode(np.frombuffer(data or b"", np.uint8), cv2.IMREAD_COLOR).astype(int)
        for data in (people_jpeg(video, track, some, height_px=640) for some in ([], people))
    )
    assert drawn.shape == plain.shape == (SIZE[1], SIZE[0], 3)
    is_changed = np.abs(drawn - plain).max(-1) > 60
    for left, top, right, bottom in boxes:
        x, y = int((left + right) / 2), int((top + bottom) / 2)
        for at in ((y, int(left)), (y, int(right)), (int(top), x), (int(bottom), x)):
            area = is_changed[at[0] - 3 : at[0] + 4, at[1] - 3 : at[1] + 4]
            assert area.any()
        assert not is_changed[y - 20 : y + 20, x - 20 : x + 20].any()
    assert people_jpeg(video.with_name("gone.mp4"), track, people, height_px=640) is None


def test_too_long_and_too_large_are_refused_in_words(
    filmed: tuple[Path, PoseTrack, Analysis],
) -> None:
    video, _, _ = filmed
    with pytest.raises(InputError, match=r"me\.mp4: longer than the 2 s"):
        check_video(video, "me.mp4", Limits(max_length_s=2.0))
    with pytest.raises(InputError, match=r"me\.mp4: 360 x 640 pixels is more"):
        check_video(video, "me.mp4", Limits(max_side_px=500))
    with pytest.raises(InputError, match=r"me\.mp4: \d+ MB is more"):
        check_video(video, "me.mp4", Limits(max_upload_mb=0))
    assert check_video(video, "me.mp4") == pytest.approx(4.5, abs=1.0)
