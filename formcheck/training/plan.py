"""The plan: at most three things to do next, in order, each with its why and its sources.

One engine for every page and report, over everything known. While a warning sign of the first three
tiers is raised or, once pain was told, unanswered, the plan is empty and says so.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from formcheck.knowledge import load_knowledge
from formcheck.knowledge.gate import Standing, exercise_allowed, withheld_id
from formcheck.knowledge.model import Cue, Statement
from formcheck.knowledge.vocabulary import KnowledgeError
from formcheck.knowledge.words import counted
from formcheck.report.result import ClipResult
from formcheck.report.scorecard import findings_of, scorecard
from formcheck.report.words import shown
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import Verdict
from formcheck.training.history.pain import Light, light_words
from formcheck.training.known import Known
from formcheck.training.load import Level
from formcheck.training.load.model import amount

MAX_STEPS = 3


class StepKind(StrEnum):
    """What a step is about."""

    PAIN = "pain"
    LOAD = "load"
    FORM = "form"
    WARM_UP = "warm_up"
    CAMERA = "camera"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStep:
    """One thing to do.

    Attributes:
        id: The entry of the knowledge base behind it: a cue, an exercise, self-care or a number.
        title, text: What to do, short and in a sentence or two.
        why: What in the findings, the load or the answers speaks for it.
        sources: Ids of the references of everything in ``text`` and ``why``.
        fault: The fault it is about, to link to the person's own findings.
        exercise: Id of an exercise that goes with it, if one is open to this person.
    """

    id: str
    kind: StepKind
    title: str
    text: str
    why: str
    sources: tuple[str, ...]
    fault: str | None = None
    exercise: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do next; ``text`` introduces the steps or says why there are none.

    Raises:
        KnowledgeError: If it is withheld and holds a step all the same, or has more than three.
    """

    is_withheld: bool
    text: str
    steps: tuple[PlanStep, ...] = ()

    def __post_init__(self) -> None:
        if self.is_withheld and self.steps:
            raise KnowledgeError("a withheld plan must not hold steps")
        if len(self.steps) > MAX_STEPS:
            raise KnowledgeError(f"a plan holds at most {MAX_STEPS} steps")


def make_training_plan(known: Known) -> Plan:
    """Choose at most three things to do next.

    Pain comes first, then load, then form (the most severe repeated fault first, of the set looked
    at last or the latest kept one), then the warm-up, then a view of the knees that is missing.
    """
    base = load_knowledge()
    standing = known.standing
    if not standing.is_open:
        text = base.note(withheld_id(standing)).text
        if standing is Standing.UNSETTLED and known.guide is None and known.pain is not None:
            text = f"{known.pain.text} {text}"
        return Plan(is_withheld=True, text=text)
    candidates = [
        *_pain_steps(known),
        *_load_steps(known),
        *_form_steps(known),
        *_warm_up_steps(known),
        *_camera_steps(known),
    ]
    chosen: dict[str, PlanStep] = {}
    for step in candidates:
        chosen.setdefault(step.id, step)
    steps = tuple(chosen.values())[:MAX_STEPS]
    text = "What to do next, the most useful first." if steps else known.outlook()
    return Plan(is_withheld=False, text=text, steps=steps)


def _step(
    kind: StepKind, title: str, what: Statement, why: str, *because: Statement, **links: str | None
) -> PlanStep:
    sources = dict.fromkeys(source for s in (what, *because) for source in s.sources)
    words = " ".join([why, *(s.text for s in because)]).strip()
    return PlanStep(
        id=what.id, kind=kind, title=title, text=what.text, why=words, sources=tuple(sources),
        **links,
    )  # fmt: skip


def _pain_steps(known: Known) -> Iterator[PlanStep]:
    base = load_knowledge()
    pain, guide = known.pain, known.guide
    if pain is not None and (pain.highest > 0 or (pain.rise or 0) > 0):
        id_ = "hold_the_load" if pain.light is Light.AMBER else "pain_scale"
        item = base.self_care_item(id_)
        step = _step(StepKind.PAIN, item.name, item, pain.text)
        yield replace(
            step, text=f"{light_words(pain.light, is_load_jump=known.is_load_jump)} {item.text}"
        )
    if guide is not None and guide.patterns:
        stop, item = map(base.self_care_item, ("stop_what_hurts", "change_what_hurts"))
        like = guide.patterns[0].pattern.resembles
        step = _step(StepKind.PAIN, item.name, item, "", like, stop)
        yield replace(step, text=f"{stop.text} {item.text}", why=like.text)


def _load_steps(known: Known) -> Iterator[PlanStep]:
    load = known.load
    if load is None:
        return
    base = load_knowledge()
    if load.is_hold_advised:
        item = base.self_care_item("hold_the_load")
        rise = f"Next-morning pain is up by {load.pain_rise:g} of 10 points."
        yield _step(StepKind.LOAD, item.name, item, f"{base.load.wording.text} {rise}")
    elif load.is_returning:
        limit = base.default("return_load_ratio")
        why = f"Your break was {load.break_d} days long."
        if load.return_limits:
            axis, most = load.return_limits[0]
            why += f" For you that is at most {amount(most, axis)} in a week."
        yield _step(StepKind.LOAD, "Start below your usual week", limit, why)
    elif load.level.rank >= Level.CAUTION.rank:
        help_ = base.statement("rapid_load_increase.help")
        jumps = [axis for axis in load.axes if axis.level.rank >= Level.CAUTION.rank]
        why = " ".join([base.load.wording.text, *(axis.text for axis in jumps)])
        yield _step(StepKind.LOAD, "Smaller steps", help_, why, base.load.disputed[0])


def _form_steps(known: Known) -> Iterator[PlanStep]:
    base = load_knowledge()
    is_warm = known.warm_up is not None and known.warm_up.is_ready_for_sissy_squats
    found = [one for one in known.form if one.n_fault and one.fault in {f.name for f in FAULTS}]
    # What repeats comes before what was seen once, then the more severe.
    found.sort(key=lambda one: (one.is_repeated, one.severity), reverse=True)
    kept = None if known.is_set_seen else known.kept_set
    when = "" if kept is None else f" on {kept.day:%Y-%m-%d}"
    for one in found:
        entry = base.fault(one.fault)
        cue = _cue(known.results, one.fault)
        open_ids = (
            e.id
            for e in base.exercises_for(one.fault)
            if exercise_allowed(
                e, signs=known.signs, has_knee_pain=known.has_knee_pain, is_warmed_up=is_warm
            )
        )
        of = f"of {counted(one.n_judged, 'judged rep')}{when}"
        n_possible = _n_possible(known, one.fault)
        n_seen = one.n_fault - n_possible
        if n_seen > 0:
            doubt = f" and possible in {n_possible}" if n_possible else ""
            why = f"{entry.name}: seen in {n_seen} {of}{doubt}{one.said and f', {one.said}'}."
        else:
            why = f"{entry.name}: possible in {one.n_fault} {of}, but not sure. Check again."
        yield _step(
            StepKind.FORM, cue.spoken, cue, why, entry.summary,
            fault=one.fault, exercise=next(open_ids, None),
        )  # fmt: skip


def _n_possible(known: Known, fault: str) -> int:
    """How many repetitions show a fault that is not sure; a kept set does not tell."""
    found = findings_of(scorecard(known.results), fault) if known.is_set_seen else ()
    return sum(finding.is_fault and shown(finding) is not Verdict.FAULT for finding in found)


def _cue(results: Iterable[ClipResult], fault: str) -> Cue:
    """Return the cue given most often for a fault, else its first."""
    base = load_knowledge()
    cues = (rep.cue for r in results for rep in r.reps)
    given = Counter(cue.id for cue in cues if cue is not None and cue.fault == fault)
    return base.cue(given.most_common(1)[0][0]) if given else base.cues_for(fault)[0]


def _warm_up_steps(known: Known) -> Iterator[PlanStep]:
    item = load_knowledge().self_care_item("warm_up_first")
    warm_up, guide = known.warm_up, known.guide
    if warm_up is not None and not warm_up.is_withheld and not warm_up.is_complete:
        why = f"Your warm-up: {warm_up.text}."
        if (open_ := warm_up.next_step) is not None:
            why += f" Next on the list: {open_.step.name}."
        yield _step(StepKind.WARM_UP, item.name, item, why)
    elif warm_up is None and guide and "insufficient_warm_up" in guide.root_causes_to_check:
        yield _step(StepKind.WARM_UP, item.name, item, "Your answers make it worth a look.")


def _camera_steps(known: Known) -> Iterator[PlanStep]:
    """Ask for the view that is missing to judge a fault the answers point to."""
    wanted = set() if known.guide is None else set(known.guide.faults_to_check)
    if known.form:
        wanted |= {fault.name for fault in FAULTS}
    judged = {one.fault for one in known.form if one.n_judged}
    missing = [fault for fault in FAULTS if fault.name in wanted - judged]
    if missing:
        base = load_knowledge()
        item = base.self_care_item("film_a_set")
        names = " and ".join(base.fault(fault.name).name.lower() for fault in missing)
        yield _step(
            StepKind.CAMERA, item.name, item, f"Not judged yet: {names}.", fault=missing[0].name
        )
