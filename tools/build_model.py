"""Build ``models/pose_landmarker_full.task`` from the mediapipe 0.10.21 wheel.

No later mediapipe release carries a pose model.  That wheel holds the two
TFLite files (Apache-2.0) but not the bundle the Tasks API wants: a *stored*
zip of both, each with TFLite metadata that names its input normalisation.

Run it in an environment of its own, because 0.10.21 wants an older numpy::

    python3.11 -m venv build && build/bin/pip install mediapipe==0.10.21
    build/bin/python tools/build_model.py

The result is byte-identical on every run; its hash is in ``models/README.md``
and in ``formcheck/pose/estimator.py``.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import sys
import zipfile
from pathlib import Path

WHEEL_VERSION = "0.10.21"
# name in the bundle -> (file in the wheel, input mean, input std)
PARTS = {
    "pose_detector.tflite": ("modules/pose_detection/pose_detection.tflite", 127.5, 127.5),
    "pose_landmarks_detector.tflite": (
        "modules/pose_landmark/pose_landmark_full.tflite",
        0.0,
        255.0,
    ),
}
ALIGNMENT = 4  # the loader maps the models from the file, so they must start aligned


def with_normalisation(model: bytes, mean: float, std: float) -> bytes:
    """Return ``model`` with TFLite metadata naming its input normalisation."""
    from mediapipe.tasks.python.metadata.metadata_writers import metadata_writer

    writer = metadata_writer.MetadataWriter.create(bytearray(model))
    writer.add_image_input([mean], [std])
    populated, _json = writer.populate()
    return bytes(populated)


def write_bundle(parts: dict[str, bytes], path: Path) -> None:
    """Write a stored zip whose members start on 4-byte boundaries, with fixed dates."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as bundle:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            assert bundle.fp is not None
            # A private extra field pads the local header (30 bytes, the name, the field).
            start = bundle.fp.tell() + 30 + len(name) + 4
            padding = -start % ALIGNMENT
            info.extra = b"\xfe\xca" + padding.to_bytes(2, "little") + b"\x00" * padding
            bundle.writestr(info, data)


def main() -> None:
    """Build the bundle beside this repository's ``models/README.md``."""
    found = importlib.metadata.version("mediapipe")
    if found != WHEEL_VERSION:
        sys.exit(f"needs mediapipe {WHEEL_VERSION}, found {found}: see the top of this script")
    import mediapipe

    root = Path(mediapipe.__file__).parent
    parts = {
        name: with_normalisation((root / source).read_bytes(), mean, std)
        for name, (source, mean, std) in PARTS.items()
    }
    target = Path(__file__).resolve().parent.parent / "models" / "pose_landmarker_full.task"
    write_bundle(parts, target)
    data = target.read_bytes()
    print(f"{target.name}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
