"""What the package needs to know of a fault: one row of the table, written in the fault's file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from formcheck.pose.track import FloatArray
from formcheck.squat.faults.finding import Assessment, Finding
from formcheck.squat.rep import Rep
from formcheck.squat.view import View, ViewName

Line = tuple[FloatArray, FloatArray]
"""From where to where, in pixels; each of shape (2,)."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A trace to be plotted and what it is called beside the plot."""

    trace: str
    name: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A setting a person may change: its field, words, unit and where its default comes from.

    ``is_scaled`` limits move together when somebody asks for stricter or more relaxed verdicts.
    """

    field: str
    label: str
    unit: str
    source: str
    is_scaled: bool = True


@dataclass(frozen=True, slots=True)
class Sign:
    """Something seen beside the value that makes it count for more.

    ``words`` complete "...", and: as in "the heel comes up"; ``cue`` is the cue to give before
    all others, by its id in the knowledge base.
    """

    words: str
    cue: str | None = None


@dataclass(frozen=True, slots=True)
class Switch:
    """A setting that is on or off, with its words and what it is good for."""

    field: str
    label: str
    help: str


def no_lines(points_px: FloatArray, finding: Finding | None) -> tuple[Line, ...]:
    """For a fault that has nothing to draw."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault: how it is judged and the words, curves and lines that go with it.

    Parameters
    ----------
    name : str
        Identifier in results, such as ``knee_valgus``.
    title, short, plain : str
        As a heading, over a picture, and in the middle of a sentence.
    hint : str
        What the live page shows while a repetition with it is under way.
    unit, unit_words : str
        Of its value: in results, and for people.
    views : tuple of ViewName
        The views that can see it, best first.
    filmed_from : str
        Where the phone should stand, such as ``front``.
    how_to_film : str
        The same as a sentence or two.
    section : str
        Name of its settings, as in ``--set section.field=value``.
    settings : dataclass instance
        Their defaults, a frozen dataclass whose fields have docstrings.
    about : callable
        Settings to a sentence that says what is measured and from where it is a fault.
    label : str
        Its column in the label files of ``formcheck validate``.
    assess : callable
        A repetition, its view and the settings to an assessment; a pure function.
    plot_title : str
        Over its curves.
    curves : tuple of Curve
    lines : callable
        Landmarks in pixels, shape (33, 2), and the finding (None before there is one) to the
        lines to draw beside the skeleton; only asked for in ``views``.
    limits : tuple of Limit
    switches : tuple of Switch
    signs : mapping of str to Sign
        By their codes in ``Finding.signs``.
    """

    name: str
    title: str
    short: str
    plain: str
    hint: str
    unit: str
    unit_words: str
    views: tuple[ViewName, ...]
    filmed_from: str
    how_to_film: str
    section: str
    settings: Any
    about: Callable[[Any], str]
    label: str
    assess: Callable[[Rep, View, Any], Assessment]
    plot_title: str
    curves: tuple[Curve, ...]
    lines: Callable[[FloatArray, Finding | None], tuple[Line, ...]] = no_lines
    limits: tuple[Limit, ...] = ()
    switches: tuple[Switch, ...] = ()
    signs: Mapping[str, Sign] = field(default_factory=dict)
