"""One page for a doctor or physiotherapist: answers, faults, load and pain, to print."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from formcheck._version import __version__
from formcheck.knowledge import load_knowledge
from formcheck.knowledge.screens import in_words
from formcheck.report.scorecard import scorecard
from formcheck.report.style import css
from formcheck.report.templates import render
from formcheck.training.history.from_clip import session_from_views
from formcheck.training.history.model import FaultTally, Session, SessionSource
from formcheck.training.history.pain import recent_pain
from formcheck.training.history.trends import knee_to_wall_lines
from formcheck.training.known import Known

MAX_SETS = 6


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One fault in one set."""

    day: str
    name: str
    counts: str
    value: str


def hand_over_page(known: Known) -> str:
    """Return the page as a whole HTML document without scripts.

    It lists what was told and measured, with uncertainties; it advises nothing.
    """
    base = load_knowledge()
    load = known.load
    return render(
        __package__,
        "hand_over.html.j2",
        css=Markup(css("badge", "report")),
        version=__version__,
        made_on=known.today.isoformat(),
        header=base.note("general.header").text,
        guide=known.guide,
        told=[] if known.guide is None else in_words(known.guide.answers),
        faults=list(_faults(known)),
        load=[] if load is None else [load.headline, *(axis.text for axis in load.axes)],
        pain=recent_pain(known.sessions, known.today),
        ankles=knee_to_wall_lines(known.sessions),
    )


def _faults(known: Known) -> Iterator[FaultRow]:
    sets = [s for s in known.sessions if s.faults]
    if known.is_set_seen:
        n_reps = len(scorecard(known.results).reps)
        seen = session_from_views(
            known.results, day=known.today, n_reps=n_reps, source=SessionSource.CLIP
        )
        sets = [s for s in sets if s.clip_key != seen.clip_key] + [seen]
    for one in sorted(sets, key=lambda s: s.day, reverse=True)[:MAX_SETS]:
        yield from (_row(one, tally) for tally in one.faults)


def _row(session: Session, tally: FaultTally) -> FaultRow:
    names = {fault.id: fault.name for fault in load_knowledge().faults}
    value = "not judged"
    if tally.value is not None:
        unit = tally.unit.replace("pct_", "% of ").replace("_", " ") + " length"
        spread = "" if tally.uncertainty is None else f" ± {tally.uncertainty:.0f}"
        value = f"median {tally.value:.0f}{spread} {unit}"
    return FaultRow(
        day=session.day.isoformat(),
        name=names.get(tally.fault, tally.fault.replace("_", " ")),
        counts=f"{tally.n_fault} of {tally.n_judged} judged repetitions",
        value=value,
    )
