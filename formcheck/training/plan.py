"""The plan: at most three things to do next, in order, each with its why and its sources.

With a red flag of the first three tiers the plan is empty and says so.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from formcheck.knowledge import GuideResult, load_knowledge
from formcheck.knowledge.gate import advice_allowed, exercise_allowed
from formcheck.knowledge.model import Cue, Statement
from formcheck.knowledge.vocabulary import AdviceKind, KnowledgeError
from formcheck.knowledge.words import counted
from formcheck.report.result import ClipResult
from formcheck.report.words import set_words
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import Finding
from formcheck.squat.set_verdict import set_verdict
from formcheck.training.load import Level, LoadReport
from formcheck.training.load.model import amount
from formcheck.training.warm_up import WarmUpReport

MAX_STEPS = 3
PAIN_LIMIT = 5
"""Pain above this many points of 10 comes first (the pain scale in ``self_care.toml``)."""


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


def make_training_plan(
    guide: GuideResult | None,
    checked: Iterable[ClipResult] = (),
    load: LoadReport | None = None,
    warm_up: WarmUpReport | None = None,
    *,
    pain_during: float | None = None,
    has_knee_pain: bool | None = None,
) -> Plan:
    """Choose at most three things to do next.

    Pain comes first, then load, then form (the most severe repeated fault first), then the warm-up,
    then a view of the knees that is still missing.

    Args:
        guide: The person's latest answer of the symptom guide; ``None`` only if it was not
            answered.
        checked: Results of the latest clips or sets.
        load, warm_up: From :func:`formcheck.training.load.assess_load` and
            :func:`formcheck.training.warm_up.check_warm_up`; ``None`` if none was checked.
        pain_during: The latest pain in training, 0 to 10.
        has_knee_pain: Whether a knee hurts now; ``None`` if not told, which closes the exercises
            that need pain-free knees.
    """
    base = load_knowledge()
    flags = () if guide is None else guide.red_flags
    # A flag that reached the load or the warm-up closes the plan as well.
    is_closed = (warm_up is not None and warm_up.is_withheld) or (
        load is not None and not load.is_advice_allowed
    )
    if is_closed or not advice_allowed(flags):
        return Plan(is_withheld=True, text=base.note("general.withheld").text)
    results = list(checked)
    is_warm = warm_up is not None and warm_up.is_ready_for_sissy_squats
    candidates = [
        *_pain_steps(guide, pain_during),
        *_load_steps(load),
        *_form_steps(results, guide, has_knee_pain, is_warm),
        *_warm_up_steps(guide, warm_up),
        *_camera_steps(results, guide),
    ]
    chosen: dict[str, PlanStep] = {}
    for step in candidates:
        chosen.setdefault(step.id, step)
    steps = tuple(chosen.values())[:MAX_STEPS]
    if steps:
        text = "What to do next, the most useful first."
    elif results or load is not None or guide is not None:
        text = "Nothing needs to change right now. Go on as you do."
    else:
        text = "Check a clip, log some sessions or answer the symptom guide to get a plan."
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


def _pain_steps(guide: GuideResult | None, pain_during: float | None) -> Iterator[PlanStep]:
    base = load_knowledge()
    if pain_during is not None and pain_during > PAIN_LIMIT:
        item = base.self_care_item("pain_scale")
        why = f"You noted {pain_during:g} of 10 points of pain during training."
        if guide is None:
            why += " Please answer the symptom guide too."
        yield _step(StepKind.PAIN, item.name, item, why)
    if guide is not None and guide.patterns:
        stop, item = map(base.self_care_item, ("stop_what_hurts", "change_what_hurts"))
        like = guide.patterns[0].pattern.resembles
        step = _step(StepKind.PAIN, item.name, item, "", like, stop)
        yield replace(step, text=f"{stop.text} {item.text}", why=like.text)


def _load_steps(load: LoadReport | None) -> Iterator[PlanStep]:
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


def _form_steps(
    results: Sequence[ClipResult],
    guide: GuideResult | None,
    has_knee_pain: bool | None,
    is_warmed_up: bool,
) -> Iterator[PlanStep]:
    base = load_knowledge()
    flags = () if guide is None else guide.red_flags
    found = []
    for fault in FAULTS:
        by_clip = [[f for f in _findings([r]) if f.fault == fault.name] for r in results]
        judged = [f for findings in by_clip for f in findings if f.is_judged]
        faulty = [f for f in judged if f.is_fault]
        if not faulty:
            continue
        # What repeats in a set comes before what was seen once, then the more severe.
        sets = [said for findings in by_clip if (said := set_verdict(findings)) is not None]
        gravest = max(sets, key=lambda said: (said.verdict.rank, said.n_reps))
        severity = max(f.severity.rank for f in faulty)
        order = (any(said.is_repeated for said in sets), severity)
        found.append((order, gravest, len(faulty), len(judged)))
    for _, gravest, n_faulty, n_judged in sorted(found, key=lambda item: item[0], reverse=True):
        name = gravest.fault
        entry = base.fault(name)
        cue = _cue(results, name)
        is_open = partial(
            exercise_allowed, flags=flags, has_knee_pain=has_knee_pain, is_warmed_up=is_warmed_up
        )
        open_ids = (e.id for e in base.exercises_for(name) if is_open(e))
        seen = f"seen in {n_faulty} of {counted(n_judged, 'judged rep')}"
        why = f"{entry.name}: {seen}, {set_words(gravest)}."
        yield _step(
            StepKind.FORM, cue.spoken, cue, why, entry.summary,
            fault=name, exercise=next(open_ids, None),
        )  # fmt: skip


def _findings(results: Sequence[ClipResult]) -> Iterator[Finding]:
    return (f for r in results for rep in r.reps for f in rep.findings)


def _cue(results: Sequence[ClipResult], fault: str) -> Cue:
    """Return the cue given most often for a fault, else its first."""
    base = load_knowledge()
    cues = (rep.cue for r in results for rep in r.reps)
    given = Counter(cue.id for cue in cues if cue is not None and cue.fault == fault)
    return base.cue(given.most_common(1)[0][0]) if given else base.cues_for(fault)[0]


def _warm_up_steps(guide: GuideResult | None, warm_up: WarmUpReport | None) -> Iterator[PlanStep]:
    item = load_knowledge().self_care_item("warm_up_first")
    if warm_up is not None and not warm_up.is_withheld and not warm_up.is_complete:
        why = f"Your warm-up: {warm_up.text}."
        if (open_ := warm_up.next_step) is not None:
            why += f" Next on the list: {open_.step.name}."
        yield _step(StepKind.WARM_UP, item.name, item, why)
    elif warm_up is None and guide and "insufficient_warm_up" in guide.root_causes_to_check:
        yield _step(StepKind.WARM_UP, item.name, item, "Your answers make it worth a look.")


def _camera_steps(results: Sequence[ClipResult], guide: GuideResult | None) -> Iterator[PlanStep]:
    """Ask for the view that is missing to judge a fault the answers point to."""
    judged = {f.fault for f in _findings(results) if f.is_judged}
    wanted = set() if guide is None else set(guide.faults_to_check)
    if any(r.reps for r in results):
        wanted |= {fault.name for fault in FAULTS}
    missing = [fault for fault in FAULTS if fault.name in wanted - judged]
    if missing:
        base = load_knowledge()
        item = base.self_care_item("film_a_set")
        assert item.kind is AdviceKind.COACHING
        names = " and ".join(base.fault(fault.name).name.lower() for fault in missing)
        yield _step(
            StepKind.CAMERA, item.name, item, f"Not judged yet: {names}.", fault=missing[0].name
        )
