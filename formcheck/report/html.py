"""A set on one page of self-contained HTML: opens anywhere, fetches nothing, prints.

Knows no page of the app; the command line can use it too.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from markupsafe import Markup

from formcheck._version import __version__
from formcheck.knowledge import KnowledgeBase, Strength, load_knowledge
from formcheck.knowledge.model import FaultEntry
from formcheck.report.glance import headline
from formcheck.report.plots import clip_plots, svg
from formcheck.report.result import ClipResult
from formcheck.report.scorecard import findings_of, first_fix, same_view, scorecard, unseen
from formcheck.report.style import css
from formcheck.report.templates import render
from formcheck.squat.analysis import JudgedRep
from formcheck.squat.faults import FAULTS


@dataclass(frozen=True, slots=True)
class ReportClip:
    """A clip in a report.

    ``reps`` are those of its analysis, for the curves; ``pictures`` are JPEG files by the number of
    the repetition in this clip.
    """

    name: str
    result: ClipResult
    reps: tuple[JudgedRep, ...] = ()
    pictures: Mapping[int, bytes] = field(default_factory=dict)

    def picture(self, number: int) -> str | None:
        """The picture of a repetition in Base64."""
        data = self.pictures.get(number)
        return None if data is None else base64.b64encode(data).decode("ascii")

    def plots(self) -> list[Markup]:
        """Its curves as SVG, which is safe: ``svg`` escapes what it is given."""
        return [Markup(svg(plot)) for plot in clip_plots(self.reps)]


class Step(Protocol):
    """One thing to do next."""

    @property
    def title(self) -> str:
        """What to do, short."""

    @property
    def text(self) -> str:
        """What to do."""

    @property
    def why(self) -> str:
        """What speaks for it."""


class NextSteps(Protocol):
    """What to do next; ``text`` introduces the steps or says why there are none."""

    @property
    def text(self) -> str:
        """A sentence or two."""

    @property
    def steps(self) -> Sequence[Step]:
        """The most useful first."""


def html_report(
    clips: Sequence[ReportClip],
    *,
    settings: Mapping[str, float | bool] | None = None,
    made_on: str = "",
    is_advice_allowed: bool = True,
    plan: NextSteps | None = None,
) -> str:
    """Return the report of one clip, or of a front and a side clip of one set.

    It is a whole HTML document without scripts.

    Args:
        clips: One or two.
        settings: Settings that differ from the defaults, by ``section.name``.
        made_on: A date to print.
        is_advice_allowed: False leaves cues and exercises out: a warning sign is raised or open.
        plan: What to do next, as the app shows it.
    """
    results = [clip.result for clip in clips]
    card = scorecard(results, [clip.name for clip in clips])
    knowledge = load_knowledge()
    return render(
        __package__,
        "report.html.j2",
        css=Markup(css("badge", "plot", "report")),
        version=__version__,
        made_on=made_on,
        clips=clips,
        card=card,
        headline=headline(card),
        fix=first_fix(card),
        unseen=unseen(card),
        said=[text for text in (*card.notes, same_view(results)) if text],
        why=[
            _why(knowledge.fault(fault.name), knowledge)
            for fault in FAULTS
            if any(finding.is_fault for finding in findings_of(card, fault.name))
        ],
        is_advice_allowed=is_advice_allowed,
        plan=plan,
        settings=sorted((settings or {}).items()),
        strengths=tuple(Strength),
        notes={name: knowledge.note(f"general.{name}").text for name in _NOTES},
    )


_NOTES = ("header", "link_not_forecast", "withheld", "movement_only")


def _why(entry: FaultEntry, knowledge: KnowledgeBase) -> tuple[FaultEntry, str]:
    """An entry and the exercises to name with it."""
    # Paper cannot ask whether a knee hurts: what depends on it stays in the app.
    exercises = (
        e.name
        for e in knowledge.exercises_for(entry.id)
        if not (e.gate.needs_no_knee_pain or e.gate.needs_warm_up)
    )
    return entry, ", ".join(exercises)
