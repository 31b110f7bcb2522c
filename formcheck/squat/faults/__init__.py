"""The faults formcheck judges, one file each, and the table that lists them.

A fault is a name, settings and a pure function of one repetition and its view.
To add one: write its file, add a row here, a line in ``analysis.Settings``, a
knowledge entry and a test; docs/extending.md does it step by step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from formcheck.squat.faults import forward_knee_travel, knee_valgus
from formcheck.squat.faults.finding import Finding
from formcheck.squat.rep import Rep
from formcheck.squat.view import View


@dataclass(frozen=True, slots=True)
class Fault:
    """A row of the table.

    ``section`` names the fault's settings, ``views`` the views that can see
    it, best first.
    """

    name: str
    section: str
    views: tuple[str, ...]
    assess: Callable[[Rep, View, Any], Finding]


FAULTS: tuple[Fault, ...] = (
    Fault(knee_valgus.FAULT, "valgus", ("front", "front_oblique"), knee_valgus.assess),
    Fault(forward_knee_travel.FAULT, "travel", ("side", "oblique"), forward_knee_travel.assess),
)
