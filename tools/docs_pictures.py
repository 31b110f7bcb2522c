"""Make the pictures of README and docs, and the sample output, from the sample clips.

Only rendered people appear in them.  Run it from a checkout with formcheck
installed, after anything about limits, the overlay or the sample clips changed::

    python tools/docs_pictures.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2
import numpy as np

from formcheck.cli.table import result_table
from formcheck.clip import check_clip
from formcheck.report.annotate import annotate_clip
from formcheck.report.record import CheckedClip
from formcheck.video.reading import FrameReader, ImageArray

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "sample_videos"
PICTURES = ROOT / "docs" / "img"
HEIGHT_PX = 620
GAP_PX = 10


def annotated_frame(checked: CheckedClip, rep: int) -> ImageArray:
    """The annotated picture at the bottom of a repetition of a sample clip."""
    bottom_s = checked.analysis.reps[rep - 1].rep.bottom_s
    clip = SAMPLES / checked.result.source.file
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "annotated.mp4"
        annotate_clip(clip, target, checked.track, checked.analysis)
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


def too_close(picture: ImageArray) -> ImageArray:
    """The upper part of a picture, as a camera without the feet would show it."""
    return np.ascontiguousarray(picture[: round(0.64 * len(picture))])


def show_output(clips: list[CheckedClip]) -> None:
    """Put what the command prints for some clips into the quick start."""
    path = ROOT / "docs" / "quick-start.md"
    before, fence, rest = path.read_text("utf-8").partition("```text\n")
    table = result_table([clip.result for clip in clips])
    path.write_text(f"{before}{fence}{table}\n```{rest.partition('```')[2]}", "utf-8")
    print(f"{path.relative_to(ROOT)}: the sample output")


def main() -> None:
    """Make all pictures and the sample output."""
    drawn = ("front_good", "front_valgus_both", "side_heels_down")
    clips = {name: check_clip(SAMPLES / f"{name}.mp4") for name in (*drawn, "oblique_good")}
    save("verdicts.jpg", side_by_side([annotated_frame(clips[name], 2) for name in drawn]))
    views = [plain_frame("front_good", 0.3), plain_frame("side_heels_down", 0.3)]
    save("filming.jpg", side_by_side(views, 480))
    upright, oblique = views[0], plain_frame("oblique_good", 0.3)
    wrong = [oblique, too_close(upright), np.ascontiguousarray(np.rot90(upright))]
    save("filming-mistakes.jpg", side_by_side(wrong, 360))
    show_output([clips["front_valgus_both"], clips["oblique_good"]])


if __name__ == "__main__":
    main()
