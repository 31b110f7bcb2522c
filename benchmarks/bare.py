"""Bare inference: what the work costs without formcheck.

PyAV decode, conversion to RGB and the full model as Google publishes it, with its
segmentation head, in VIDEO mode with one pose, once over every frame (of at most 30
a second), clip after clip.  Every speed figure is a ratio to it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import av
import numpy as np


def run(path: Path) -> int:
    """Run bare inference over a clip; return the number of frames."""
    import mediapipe as mp
    from mediapipe.tasks.python import BaseOptions, vision

    from tools.build_model import untouched_model

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(untouched_model())),
        running_mode=vision.RunningMode.VIDEO,
        num_poses=1,
    )
    n, used_s = 0, -1.0
    with vision.PoseLandmarker.create_from_options(options) as landmarker, av.open(str(path)) as c:
        for frame in c.decode(video=0):
            if frame.time - used_s < 0.8 / 30:  # the frames formcheck analyses
                continue
            used_s = frame.time
            image = frame.to_ndarray(format="rgb24")
            if frame.rotation:
                image = np.rot90(image, frame.rotation // 90)
            # Rows of some widths come padded; mediapipe then sees garble and finds nobody.
            image = np.ascontiguousarray(image)
            picture = mp.Image(image_format=mp.ImageFormat.SRGB, data=image)
            landmarker.detect_for_video(picture, int(used_s * 1000))
            n += 1
    return n


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(run(Path(name)))
