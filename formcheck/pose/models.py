"""Which pose models are known, by the hashes of their files."""

from pathlib import Path

MODEL_NAME = "pose_landmarker_full.task"
MODEL_SHA256 = "ba0d983e54abefc46b86a7746704b1ae68b5e5455255c7ce567d29d18695b7e0"
UNTOUCHED_SHA256 = "d577439ddd178e01bc0a0edc1323164f3c48a360ec45a09d427afd68b2486283"
"""The same model with its segmentation head, as earlier results name it."""
OTHER_SHA256 = {
    "lite": "c2359171c1d388bc40a4c9ee5f8ace87f6625ad24341de8bf99cd1c13e600817",
    "heavy": "3dd4f401138c0402720a191a1b544b271c8d4398607dec56b7fbc53ac2b7de91",
}
"""The quicker and the more accurate model of the family, as ``tools/build_model.py`` makes them; no
part of the package."""


def settled(model: Path | None) -> Path | None:
    """A model by its name as it is, or by its file from wherever the work goes on."""
    return model if model is None or str(model) in OTHER_SHA256 | {"full": ""} else model.absolute()


def is_calibrated(sha256: str) -> bool:
    """Whether the limits and the stated errors were measured with this model."""
    return landmarks_of(sha256) == UNTOUCHED_SHA256


def landmarks_of(sha256: str) -> str:
    """What stands for a model's landmarks: one hash for models that find the same ones.

    Leaving out the segmentation head changes no landmark, so results and tracks made with it stay
    valid.
    """
    return UNTOUCHED_SHA256 if sha256 == MODEL_SHA256 else sha256
