"""The one place where a reassuring sentence is made: only from evidence, and never without it.

Nothing else in formcheck says that all is well. What is unknown is named beside what is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from formcheck.knowledge.words import counted, listed, sentence

NOTHING_TO_GO_BY = (
    "There is nothing to go by yet: no squat was judged, no training is kept and the symptom guide "
    "is not answered. Check a clip or a live set, or keep a session."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormEvidence:
    """One fault over the repetitions that count, today's or kept ones.

    ``severity`` ranks the gravest finding, ``is_repeated`` says whether it recurs in a set, and
    ``said`` is the verdict of the set in words.
    """

    fault: str
    name: str
    n_reps: int
    n_judged: int
    n_fault: int
    n_borderline: int = 0
    severity: int = 0
    is_repeated: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadEvidence:
    """This week beside the weeks before: names of the numbers compared, and whether one jumped."""

    compared: tuple[str, ...]
    is_jump: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PainEvidence:
    """Pain as it was told; ``n_told`` entries or answers say something about it."""

    n_told: int
    highest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SignEvidence:
    """Warning signs of the guide, none of which applies so far.

    ``n_cleared`` of them are about how long it has lasted and would apply, had no professional
    checked that.
    """

    n_signs: int
    n_answered: int
    n_cleared: int = 0


def reassurance(
    *,
    form: Sequence[FormEvidence] = (),
    load: LoadEvidence | None = None,
    pain: PainEvidence | None = None,
    signs: SignEvidence | None = None,
) -> str:
    """Return a sentence of reassurance with its evidence, or an empty text.

    It is empty when nothing is known, and when anything that is known speaks against it: a fault
    or a borderline repetition, a jump in load, pain, or a warning sign that is still open.
    """
    if (
        any(one.n_fault or one.n_borderline for one in form)
        or (load is not None and load.is_jump)
        or (pain is not None and pain.highest > 0)
        or (signs is not None and signs.n_answered < signs.n_signs)
    ):
        return ""
    known = [
        f"{one.name} in none of {counted(one.n_judged, 'repetition')} judged"
        for one in form
        if one.n_judged
    ]
    if load is not None and load.compared:
        known.append(f"no jump in {listed(load.compared)}")
    if pain is not None and pain.n_told:
        known.append(f"no pain in {pain.n_told} {'entry' if pain.n_told == 1 else 'entries'}")
    if signs is not None and signs.n_signs:
        none = f"going by your answers, none of the {signs.n_signs} warning signs applies"
        but = ", except how long it has lasted, which a professional has checked"
        known.append(none + but * bool(signs.n_cleared))
    return sentence("; ".join(known))


def not_known(
    *,
    form: Sequence[FormEvidence] = (),
    load: LoadEvidence | None = None,
    pain: PainEvidence | None = None,
    signs: SignEvidence | None = None,
) -> str:
    """Return what the evidence leaves open, as a sentence; empty if nothing is."""
    blind = [
        f"{one.name} in {one.n_reps - one.n_judged} of {counted(one.n_reps, 'repetition')}"
        for one in form
        if one.n_judged < one.n_reps
    ]
    if not form:
        blind.append("how you squat")
    if load is None or not load.compared:
        blind.append("your load over the weeks")
    if pain is None or not pain.n_told:
        blind.append("whether it hurts")
    if signs is None or signs.n_answered < signs.n_signs:
        blind.append("the warning signs")
    return f"Not known: {listed(blind)}." if blind else ""
