"""Poses of a live set, kept on the disk while it goes on.

A long set would otherwise fill the memory.  The file has no name, is read by nobody else and is
gone when it is closed or the process ends.
"""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence

import numpy as np

from formcheck.pose.track import CAMERA_SHAPE, N_LANDMARKS, Pose, PoseTrack, origin

_ROW = np.dtype([
    ("time_s", np.float64),
    ("points_px", np.float32, (N_LANDMARKS, 2)),
    ("visibility", np.float32, (N_LANDMARKS,)),
    ("world_m", np.float32, (N_LANDMARKS, 3)),
    ("camera", np.float32, CAMERA_SHAPE),
])  # fmt: skip


class PoseSpool:
    """Takes poses one by one and gives them back as a track."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="formcheck-live-")  # noqa: SIM115
        self.n_poses = 0
        self.last_s = 0.0

    def append(self, pose: Pose) -> None:
        """Add the next pose; its time must be after the last one's."""
        camera = np.full(CAMERA_SHAPE, np.nan) if pose.camera is None else pose.camera
        row = (pose.time_s, pose.points_px, pose.visibility, pose.world_m, camera)
        self._file.write(np.array(row, _ROW).tobytes())
        self.n_poses += 1
        self.last_s = pose.time_s

    def track(
        self,
        width_px: int,
        height_px: int,
        *,
        name: str,
        versions: Mapping[str, str],
        notes: Sequence[str] = (),
    ) -> PoseTrack:
        """Return all poses so far as a track that says where it came from; more may follow."""
        self._file.seek(0)
        rows = np.frombuffer(self._file.read(), _ROW)
        arrays = [rows[field].copy() for field in _ROW.names or ()]
        # No file exists that could be hashed: the hash stands for the poses.
        digest = hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()
        times_s, points_px, visibility, world_m, camera = arrays
        size = width_px, height_px
        meta = origin(times_s, *size, file=name, sha256=digest, versions=versions, notes=notes)
        is_known = np.isfinite(camera).any()
        return PoseTrack(
            times_s, points_px, visibility, world_m, *size, meta, camera if is_known else None
        )

    def close(self) -> None:
        """Remove the file; safe to call twice."""
        self._file.close()
