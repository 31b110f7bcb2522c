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
    """How the live page coaches, the same for every browser of a server.

    Parameters
    ----------
    camera : int or None
        Which of the browser's cameras, from 0; None leaves it to the browser.
    film : path or None
        A video the server plays in place of a camera.
    is_muted : bool
        Start without sound.
    is_counts_only : bool
        Count, and leave cues and verdicts out.
    model : path or None
        Another pose landmarker bundle.
    name : callable or None
        Names a set that starts; None numbers the sets of a browser.
    finished : callable or None
        Is given every set that is over, also one whose page never came back, and whether
        it was judged, not only counted.
    """

    camera: int | None = None
    film: Path | None = None
    is_muted: bool = False
    is_counts_only: bool = False
    model: Path | None = None
    name: Callable[[], str] | None = None
    finished: Callable[[CheckedClip, bool], None] | None = None
