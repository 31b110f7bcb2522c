"""What the package needs to know of a fault: one row of the table, written in the fault's file."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, NamedTuple

from formcheck.knowledge.fault_words import FaultWords
from formcheck.pose.track import FloatArray
from formcheck.squat.faults.finding import Assessment, Finding
from formcheck.squat.rep import Rep
from formcheck.squat.view import View, ViewName

Line = tuple[FloatArray, FloatArray]
"""From where to where, in pixels; each of shape (2,)."""


class Gap(NamedTuple):
    """What a fault is in the picture: a triangle of three points of shape (2,), in pixels.

    From ``base``, a joint moves to ``found`` and not to ``wanted``.
    """

    base: FloatArray
    wanted: FloatArray
    found: FloatArray


def no_gaps(points_px: FloatArray, finding: Finding) -> tuple[Gap, ...]:
    """For a fault that is no distance in the picture."""
    return ()


def no_lines(points_px: FloatArray, finding: Finding | None) -> tuple[Line, ...]:
    """For a fault that has nothing to draw."""
    return ()


class Fault(FaultWords, frozen=True, kw_only=True):
    """A fault: its words, how it is judged and what is drawn for it.

    Args:
        name: Identifier in results, such as ``knee_valgus``.
        unit: Of its value, in results.
        views: The views that can see it, best first.
        section: Name of its settings, as in ``--set section.field=value``.
        settings (dataclass instance): Their defaults, a frozen dataclass whose fields have
            docstrings.
        label: Its column in the label files of ``formcheck validate``.
        assess: A repetition, its view and the settings to an assessment; a pure function.
        lines: Landmarks in pixels, shape (33, 2), and the finding (None before there is one) to the
            lines to draw beside the skeleton; only asked for in ``views``.
        gaps: The same to what is filled while the finding is a fault, or may be one.
    """

    name: str
    unit: str
    views: tuple[ViewName, ...]
    section: str
    settings: Any
    label: str
    assess: Callable[[Rep, View, Any], Assessment]
    lines: Callable[[FloatArray, Finding | None], tuple[Line, ...]] = no_lines
    gaps: Callable[[FloatArray, Finding], tuple[Gap, ...]] = no_gaps

    def about(self, settings: Any) -> str:
        """What is measured and from where it is a fault under these settings, as a sentence."""
        return self.measured.format(**asdict(settings))
