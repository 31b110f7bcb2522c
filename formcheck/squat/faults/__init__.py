"""The faults formcheck judges, one file each, and the table that lists them.

To add one: write its file with its row, list the row here, and add a knowledge entry and a test;
docs/extending.md does it step by step.
"""

from formcheck.squat.faults import forward_knee_travel, knee_valgus
from formcheck.squat.faults.fault import Fault

FAULTS: tuple[Fault, ...] = (knee_valgus.ROW, forward_knee_travel.ROW)


def fault_named(name: str) -> Fault | None:
    """The row of a fault; None for one that this release does not know."""
    return next((fault for fault in FAULTS if fault.name == name), None)
