"""Make the pictures of README and docs from the sample clips.

Only rendered people appear in them.  Run it from a checkout with formcheck
installed, after anything about the overlay or the sample clips changed::

    python tools/docs_pictures.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2
import numpy as np

from formcheck.pipeline import annotate_clip, check_clip
from formcheck.video import FrameReader, ImageArray

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "sample_videos"
PICTURES = ROOT / "docs" / "img"
HEIGHT_PX = 620
GAP_PX = 10


def annotated_frame(name: str, rep: int) -> ImageArray:
    """The annotated picture at the bottom of a repetition of a sample clip."""
    clip = SAMPLES / f"{name}.mp4"
    checked = check_clip(clip)
    bottom_s = checked.analysis.reps[rep - 1].rep.bottom_s
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "annotated.mp4"
        annotate_clip(clip, target, checked)
        frames = list(FrameReader(target))
    return min(frames, key=lambda f: abs(f.time_s - bottom_s)).image


def plain_frame(name: str, time_s: float) -> ImageArray:
    """A picture of a sample clip as it was filmed."""
    frames = list(FrameReader(SAMPLES / f"{name}.mp4"))
    return min(frames, key=lambda f: abs(f.time_s - time_s)).image


def side_by_side(pictures: list[ImageArray], height_px: int = HEIGHT_PX) -> ImageArray:
    """Pictures of one height in a row, with a white gap."""
    row: list[np.ndarray] = []
    for picture in pictures:
        width = round(picture.shape[1] * height_px / picture.shape[0])
        small = cv2.resize(picture, (width, height_px), interpolation=cv2.INTER_AREA)
        row += [small, np.full((height_px, GAP_PX, 3), 255, np.uint8)]
    return np.hstack(row[:-1])


def save(name: str, picture: ImageArray) -> None:
    """Write a JPEG into docs/img."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / name
    cv2.imwrite(str(path), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 84])
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} kB")


def main() -> None:
    """Make all pictures."""
    shown = [
        ("front_good", 2),
        ("front_valgus_both", 2),
        ("side_good", 2),
        ("side_knee_forward", 2),
    ]
    save("annotated.jpg", side_by_side([annotated_frame(*clip) for clip in shown]))
    views = [plain_frame("front_good", 0.3), plain_frame("side_good", 0.3)]
    save("filming.jpg", side_by_side(views, 480))


if __name__ == "__main__":
    main()
