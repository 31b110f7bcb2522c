"""Everything that is known of a person: what every page, report and plan goes by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from formcheck.knowledge import Answers, FlagVerdict, GuideResult, load_knowledge, run_guide
from formcheck.knowledge.gate import Standing, standing_of
from formcheck.knowledge.reassurance import (
    NOTHING_TO_GO_BY,
    FormEvidence,
    LoadEvidence,
    PainEvidence,
    SignEvidence,
    not_known,
    reassurance,
)
from formcheck.report.result import ClipResult
from formcheck.report.scorecard import form_evidence, scorecard
from formcheck.training.history.model import Session
from formcheck.training.history.pain import RECENT_D, PainReport, pain_report, recent_pain
from formcheck.training.load import Level, LoadReport, assess_load, load_evidence
from formcheck.training.warm_up import WarmUpReport


@cache
def open_signs() -> tuple[FlagVerdict, ...]:
    """Every warning sign, none of them answered."""
    return run_guide(Answers()).verdicts


def signs_of(
    guide: GuideResult | None, has_knee_pain: bool | None, sessions: Sequence[Session], today: date
) -> tuple[FlagVerdict, ...]:
    """Return what is known of the warning signs, for the gate.

    The guide's verdicts if it was opened; all signs unanswered if pain was told elsewhere: now, or
    with a session of the last 14 days; none at all for somebody who told of no pain.
    """
    if guide is not None:
        return guide.verdicts
    told = (value for s in recent_pain(sessions, today) for value in s.pains)
    return open_signs() if has_knee_pain or any(told) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a person today.

    Args:
        guide: The person's latest answers; ``None`` only if the guide was never opened.
        sessions: The kept history.
        results: The one or two clips of the set looked at last.
        warm_up: ``None`` if none was begun.
        has_knee_pain: Whether a knee hurts now, by the person's word; ``None`` if not told.
    """

    today: date
    guide: GuideResult | None = None
    sessions: tuple[Session, ...] = ()
    results: tuple[ClipResult, ...] = ()
    warm_up: WarmUpReport | None = None
    has_knee_pain: bool | None = None

    @property
    def signs(self) -> tuple[FlagVerdict, ...]:
        """For the gate; see :func:`signs_of`."""
        return signs_of(self.guide, self.has_knee_pain, self.sessions, self.today)

    @property
    def standing(self) -> Standing:
        """Where the person stands."""
        return standing_of(self.signs)

    @property
    def pain(self) -> PainReport | None:
        """The latest pain that was told with a session."""
        return pain_report(self.sessions, self.today)

    @property
    def load(self) -> LoadReport | None:
        """This week beside the weeks before; ``None`` without a history."""
        if not self.sessions:
            return None
        return assess_load(self.sessions, self.today, signs=self.signs)

    @property
    def is_load_jump(self) -> bool:
        """Whether this week is a bigger jump than the recent weeks, from a caution on."""
        return self.load is not None and self.load.level.rank >= Level.CAUTION.rank

    @property
    def kept_set(self) -> Session | None:
        """The latest kept set of the last 14 days with verdicts."""
        kept = (s for s in self.sessions if s.faults and 0 <= (self.today - s.day).days <= RECENT_D)
        return max(kept, key=lambda s: s.day, default=None)

    @property
    def form(self) -> tuple[FormEvidence, ...]:
        """How the squat looked: in the set looked at last, else in the latest kept one."""
        if self.is_set_seen:
            return form_evidence(scorecard(self.results))
        names = {fault.id: fault.name.lower() for fault in load_knowledge().faults}
        return tuple(
            FormEvidence(
                fault=one.fault,
                name=names.get(one.fault, one.fault.replace("_", " ")),
                n_reps=one.n_judged + one.n_not_assessable,
                n_judged=one.n_judged,
                n_fault=one.n_fault,
                n_borderline=one.n_borderline,
                is_repeated=one.n_fault > 1,
            )
            for one in (self.kept_set.faults if self.kept_set else ())
        )

    @property
    def is_set_seen(self) -> bool:
        """Whether the set looked at last holds a squat."""
        return any(result.reps for result in self.results)

    def outlook(self) -> str:
        """Say what is known and what is not, reassuring only where the evidence carries it."""
        load = self.load
        weeks: LoadEvidence | None = None if load is None else load_evidence(load.axes, load.level)
        told = [value for s in recent_pain(self.sessions, self.today) for value in s.pains]
        guide = self.guide
        is_sore = self.has_knee_pain or (guide is not None and (guide.answers.pain_h or 0) > 0)
        pain = PainEvidence(n_told=len(told), highest=max([*told, float(bool(is_sore))]))
        signs = None
        if guide is not None:
            signs = SignEvidence(
                n_signs=guide.n_signs, n_answered=guide.n_answered, n_cleared=len(guide.cleared)
            )
        if not (self.form or self.sessions or guide):
            return NOTHING_TO_GO_BY
        good = reassurance(form=self.form, load=weeks, pain=pain, signs=signs)
        gaps = not_known(form=self.form, load=weeks, pain=pain, signs=signs)
        return f"{good or 'No next step follows from what is known.'} {gaps}".strip()
