"""The warm-up checklist, as far as a camera can check it: sets, repetitions and the way down.

The camera cannot see a weight: that the squats are bodyweight squats is the person's word.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from formcheck.knowledge import load_knowledge
from formcheck.knowledge.care import WarmUpStep
from formcheck.knowledge.gate import Sign, standing_of, withheld_id
from formcheck.knowledge.words import counted
from formcheck.report.result import ClipResult, RepResult, RepTempo
from formcheck.squat.grouping import in_sets
from formcheck.training.history.from_clip import clip_key

SQUATS, LEG_EXTENSIONS = "bodyweight_squats", "light_leg_extensions"
BEFORE_SISSY_SQUATS = "thigh_pump"
_SOFT_TURN_S = 0.5


class StepState(StrEnum):
    """How far a step of the checklist is."""

    SEEN = "seen"
    TICKED = "ticked"
    STARTED = "started"
    OPEN = "open"
    NOT_NEEDED = "not_needed"

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do for the step."""
        return self not in (StepState.OPEN, StepState.STARTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUpSet:
    """Repetitions with short pauses between them, seen in one clip or live set.

    ``reason`` says why the set does not count; it is empty if it does.
    """

    number: int
    clip: int
    n_reps: int
    eccentric_s: float
    is_counted: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReport:
    """One step of the checklist and how far it is."""

    step: WarmUpStep
    state: StepState
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUpReport:
    """A checked warm-up.

    Attributes:
        is_withheld: The gate is closed: no checklist, and ``text`` says why.
        sets: Every set that was seen, those that fall short included.
        n_counted, n_needed: Sets that count, and sets to do.
        steps: The checklist; the next open step is ``next_step``.
        is_complete: Every step is done, but for the one before sissy squats.
        is_ready_for_sissy_squats: That one as well.
        text: Such as "4/4 sets seen".
        notes: What the camera saw and did not count, and what it cannot see.
    """

    is_withheld: bool
    sets: tuple[WarmUpSet, ...] = ()
    n_counted: int = 0
    n_needed: int = 0
    steps: tuple[StepReport, ...] = ()
    is_complete: bool = False
    is_ready_for_sissy_squats: bool = False
    text: str
    notes: tuple[str, ...] = ()

    @property
    def next_step(self) -> StepReport | None:
        """The first open step of the checklist."""
        steps = (one for one in self.steps if one.step.id != BEFORE_SISSY_SQUATS)
        return next((one for one in steps if not one.state.is_done), None)


def check_warm_up(
    seen: Iterable[ClipResult],
    *,
    signs: Iterable[Sign] = (),
    leg_extension_sets: int = 0,
    ticked: Collection[str] = (),
) -> WarmUpReport:
    """Go through the checklist with what the camera saw and what the person ticked.

    Args:
        seen: Results of clips or live sets, in order.  The same clip counts once.
        signs: What is known of the warning signs; one of the first three tiers that is raised or
            unanswered withholds everything.
        leg_extension_sets: Light leg-extension sets done, by the person's word.
        ticked: Ids of the other steps done: ``general_movement``, ``ramp_up``, ``thigh_pump``.

    Notes:
        A set is a run of repetitions with pauses of at most 20 s (``warm_up_set_gap_s``); a new
        clip starts a new set.  It counts with at least 5 repetitions (``warm_up_set_min_reps``) and
        a median way down of at least 2 s (``warm_up_eccentric_s``), less the 0.3 s by which soft
        starts are seen late (``warm_up_eccentric_error_s``).
    """
    base = load_knowledge()
    standing = standing_of(signs)
    if not standing.is_open:
        return WarmUpReport(is_withheld=True, text=base.note(withheld_id(standing)).text)
    results, n_doubles = _distinct(seen)
    sets = _sets(results)
    n_counted = sum(found.is_counted for found in sets)
    squats = next(step for step in base.warm_up.steps if step.id == SQUATS)
    needed = squats.min_sets or 1
    text = f"{min(n_counted, needed)}/{needed} sets seen"
    steps = _steps({SQUATS: n_counted, LEG_EXTENSIONS: leg_extension_sets}, ticked, text)
    is_complete = all(one.state.is_done for one in steps if one.step.id != BEFORE_SISSY_SQUATS)
    return WarmUpReport(
        is_withheld=False,
        sets=sets,
        n_counted=n_counted,
        n_needed=needed,
        steps=steps,
        is_complete=is_complete,
        is_ready_for_sissy_squats=is_complete and all(report.state.is_done for report in steps),
        text=text,
        notes=_notes(results, n_doubles, bool(sets)),
    )


def _distinct(seen: Iterable[ClipResult]) -> tuple[list[ClipResult], int]:
    """The results without the same clip twice, and how often that happened."""
    every = list(seen)
    by_clip: dict[str, ClipResult] = {}
    for result in every:
        by_clip.setdefault(clip_key(result), result)
    return list(by_clip.values()), len(every) - len(by_clip)


def _sets(results: Sequence[ClipResult]) -> tuple[WarmUpSet, ...]:
    gap_s = load_knowledge().default("warm_up_set_gap_s").value
    sets: list[WarmUpSet] = []
    for clip, result in enumerate(results, start=1):
        for group in in_sets(result.reps, gap_s):
            sets.append(_set(len(sets) + 1, clip, group))
    return tuple(sets)


def _set(number: int, clip: int, reps: Sequence[RepResult]) -> WarmUpSet:
    base = load_knowledge()
    min_reps = int(base.default("warm_up_set_min_reps").value)
    slow_s = base.default("warm_up_eccentric_s").value
    missed_s = base.default("warm_up_eccentric_error_s").value
    known = [way_s for rep in reps if (way_s := _way_down_s(rep.tempo)) is not None]
    eccentric_s = float(median(known)) if known else 0.0
    n = len(reps)
    short = []
    if n < min_reps:
        short.append(f"{counted(n, 'full rep')}, a set counts from {min_reps}")
    if not known:
        short.append("the clip seems to be slow motion, so its tempo is unknown")
    elif eccentric_s < slow_s - missed_s:
        seen = f"{eccentric_s:.1f} s (± {missed_s:.1f}) on the way down"
        short.append(f"{seen}, slow is {slow_s:.1f} s or more")
    reason = f"Set {number} does not count yet: {'; '.join(short)}." if short else ""
    return WarmUpSet(
        number=number,
        clip=clip,
        n_reps=n,
        eccentric_s=eccentric_s,
        is_counted=not short,
        reason=reason,
    )


def _way_down_s(tempo: RepTempo) -> float | None:
    """Time to the bottom: the soft end of a slow way down looks like the start of a pause."""
    if tempo.eccentric_s is None or tempo.pause_s is None:
        return None
    return tempo.eccentric_s + min(tempo.pause_s, _SOFT_TURN_S) / 2


def _steps(counts: Mapping[str, int], ticked: Collection[str], text: str) -> tuple[StepReport, ...]:
    steps = load_knowledge().warm_up.steps
    needed = {step.id: step.min_sets or 1 for step in steps}
    is_either = any(counts[id_] >= needed[id_] for id_ in counts)
    reports = []
    for step in steps:
        n = counts.get(step.id, 0)
        if step.id not in counts:
            state = StepState.TICKED if step.id in ticked else StepState.OPEN
            words = "Ticked." if state.is_done else "Open."
        elif n >= needed[step.id]:
            state = StepState.SEEN if step.id == SQUATS else StepState.TICKED
            words = f"{text}." if step.id == SQUATS else f"{n} sets ticked."
        elif is_either:
            state, words = StepState.NOT_NEEDED, "Not needed: the other one is done."
        else:
            state = StepState.STARTED if n else StepState.OPEN
            unit = "seen" if step.id == SQUATS else "ticked"
            words = f"{n}/{needed[step.id]} sets {unit}."
        reports.append(StepReport(step=step, state=state, text=words))
    return tuple(reports)


def _notes(results: Sequence[ClipResult], n_doubles: int, is_any_set: bool) -> tuple[str, ...]:
    notes = []
    if is_any_set:
        notes.append(
            "The camera cannot see a weight. That these were bodyweight sets is your word."
        )
    if n_doubles:
        notes.append(f"The same clip was given {n_doubles + 1} times and counts once.")
    reasons = Counter(item.reason for result in results for item in result.discarded)
    notes += [f"Not counted: {counted(n, 'dip')} ({reason})." for reason, n in reasons.items()]
    return tuple(notes)
