"""What the command that starts the server wants of its live page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from formcheck.report.record import CheckedClip


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """How the live page coaches, the same for every browser of a server."""

    camera: int | None = None
    """Which of the browser's cameras, from 0; None leaves it to the browser."""
    film: Path | None = None
    """A video the server plays in place of a camera."""
    is_muted: bool = False
    """Start without sound."""
    is_counts_only: bool = False
    """Count, and leave cues and verdicts out."""
    model: Path | None = None
    """Another pose landmarker bundle."""
    name: Callable[[], str] | None = None
    """Names a set that starts; None numbers the sets of a browser."""
    finished: Callable[[CheckedClip, bool], None] | None = None
    """Is given every set that is over, also one whose page never came back, and whether it was
    judged, not only counted."""
