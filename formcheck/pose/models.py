"""Which pose models are known, by the hashes of their files."""

MODEL_NAME = "pose_landmarker_full.task"
MODEL_SHA256 = "ba0d983e54abefc46b86a7746704b1ae68b5e5455255c7ce567d29d18695b7e0"
UNTOUCHED_SHA256 = "d577439ddd178e01bc0a0edc1323164f3c48a360ec45a09d427afd68b2486283"
"""The same model with its segmentation head, as earlier results name it."""


def landmarks_of(sha256: str) -> str:
    """What stands for a model's landmarks: one hash for models that find the same ones.

    Leaving out the segmentation head changes no landmark, so results and tracks made with it stay
    valid.
    """
    return UNTOUCHED_SHA256 if sha256 == MODEL_SHA256 else sha256
