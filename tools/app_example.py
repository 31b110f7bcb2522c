"""The moving example and the thumbnails of the app's first page, made from sample clips.

The example is in the README too, as ``docs/img/example.webp``.

    python tools/app_example.py [--out formcheck/app/parts/example]

The example plays one repetition with the marks the app draws, comes close at its decisive moment,
stays there and goes back.  Run it when the drawing or a sample clip changes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from formcheck.app.parts.samples import SHOWN  # noqa: E402
from formcheck.clip import check_clip  # noqa: E402
from formcheck.report import drawing  # noqa: E402
from formcheck.report.painter import Painter  # noqa: E402
from formcheck.report.record import CheckedClip  # noqa: E402
from formcheck.report.thumbnail import worst_frame_jpeg  # noqa: E402
from formcheck.squat.moments import worst_moment  # noqa: E402
from formcheck.video.reading import Frame, FrameReader, ImageArray  # noqa: E402
from formcheck.video.writing import VideoWriter  # noqa: E402

EXAMPLE = "front_valgus_both.mp4"
WIDTH_PX, HEIGHT_PX = 440, 550
BESIDE_S, NEARING_S, STAY_S = 0.3, 0.7, 1.5
"""Before and after the repetition, coming close to its worst moment, and staying there."""
THUMBNAIL_PX = 300
QUALITY = 82
README_WIDTH_PX, README_RATE_HZ, README_QUALITY = 330, 12, 60


def example(clip: Path, out: Path) -> None:
    """Write the example as ``example.mp4`` and its decisive moment as ``example.jpg``."""
    checked = check_clip(clip)
    found = worst_moment(checked.analysis.reps)
    assert found is not None
    judged, worst_s = found
    first_s, last_s = judged.rep.start_s - BESIDE_S, judged.rep.end_s + BESIDE_S
    painter = Painter(WIDTH_PX, HEIGHT_PX)
    painter.draw(np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8), None, drawing.Snapshot())
    still_s = 0.0
    with VideoWriter(out / "example.mp4", WIDTH_PX, HEIGHT_PX) as writer:
        for frame, picture in _drawn(clip, checked, painter, worst_s, first_s, last_s):
            writer.write(Frame(frame.time_s - first_s + still_s, picture))
            if not still_s and frame.time_s >= worst_s:
                _write_jpeg(out / "example.jpg", picture)
                still_s = STAY_S


def _drawn(
    clip: Path,
    checked: CheckedClip,
    painter: Painter,
    worst_s: float,
    first_s: float,
    last_s: float,
) -> Iterator[tuple[Frame, ImageArray]]:
    """The frames of a stretch, cut and drawn on."""
    track, points = checked.track, checked.analysis.points_px
    size, ratio = (track.width_px, track.height_px), WIDTH_PX / HEIGHT_PX
    worst = int(np.argmin(np.abs(track.times_s - worst_s)))
    far, near = drawing.body_box(points), drawing.legs_box(points[worst])
    assert far is not None
    assert near is not None
    boxes = [np.array(drawing.fitted(box, *size, ratio)) for box in (far, near)]
    for i, frame in enumerate(FrameReader(clip, rate_hz=None)):
        if not first_s <= frame.time_s <= last_s:
            continue
        share = np.clip(1 - abs(frame.time_s - worst_s) / NEARING_S, 0, 1)
        share = share * share * (3 - 2 * share)  # starts and ends gently
        x, y, wide, _ = boxes[0] + share * (boxes[1] - boxes[0])
        scale = WIDTH_PX / wide
        move = np.array([[scale, 0, -x * scale], [0, scale, -y * scale]])
        how = {"flags": cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC}
        image = cv2.warpAffine(frame.image, move, (WIDTH_PX, HEIGHT_PX), **how)
        shot = drawing.snapshot_at(checked.analysis, frame.time_s)
        painter.draw(np.asarray(image, np.uint8), (points[i] - (x, y)) * scale, shot)
        yield frame, painter.picture.copy()


def _write_jpeg(path: Path, picture: ImageArray) -> None:
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(path), bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])


def for_readme(video: Path, target: Path) -> None:
    """Write a video as an animated picture, which plays where a README is shown."""
    frames = list(FrameReader(video, rate_hz=None))
    times_s = np.arange(0, frames[-1].time_s, 1 / README_RATE_HZ)
    shown = [[f for f in frames if f.time_s <= time_s][-1] for time_s in times_s]
    size = README_WIDTH_PX, round(README_WIDTH_PX * HEIGHT_PX / WIDTH_PX)
    first, *rest = (Image.fromarray(frame.image).resize(size) for frame in shown)
    how = {"duration": round(1000 / README_RATE_HZ), "loop": 0, "quality": README_QUALITY}
    first.save(target, save_all=True, append_images=rest, method=6, **how)


def main() -> None:
    """Make them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "formcheck/app/parts/example")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    clips = ROOT / "sample_videos"
    example(clips / EXAMPLE, out)
    for_readme(out / "example.mp4", ROOT / "docs" / "img" / "example.webp")
    for name in SHOWN:
        picture = worst_frame_jpeg(clips / name, check_clip(clips / name), height_px=THUMBNAIL_PX)
        assert picture is not None
        (out / name).with_suffix(".jpg").write_bytes(picture)
    for path in sorted(out.iterdir()):
        print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
