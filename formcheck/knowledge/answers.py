"""What a person tells the symptom guide. Every answer is optional; nothing here is stored."""

import math
from enum import StrEnum

from formcheck.knowledge.vocabulary import Entry, KnowledgeError

HIGHEST_AGE_YEARS = 120


class Location(StrEnum):
    """Where it hurts."""

    UNDER_KNEECAP = "under_kneecap"
    AROUND_KNEECAP = "around_kneecap"
    BELOW_KNEECAP = "below_kneecap"
    INNER_SIDE = "inner_side"
    OUTER_SIDE = "outer_side"
    WHOLE_JOINT = "whole_joint"
    FRONT_THIGH = "front_thigh"
    BACK_THIGH = "back_thigh"
    CALF = "calf"
    BUTTOCK = "buttock"


class Character(StrEnum):
    """What it feels like."""

    DULL_ACHE = "dull_ache"
    DEEP_ACHE = "deep_ache"
    SHARP = "sharp"
    STIFFNESS = "stiffness"


class Provocation(StrEnum):
    """What brings it on."""

    SQUATTING = "squatting"
    STAIRS = "stairs"
    REPEATED_BENDING = "repeated_bending"
    LONG_SITTING = "long_sitting"
    EXPLOSIVE_MOVES = "explosive_moves"
    HEAVY_LOWERING = "heavy_lowering"
    RUNNING = "running"
    SKIING = "skiing"
    CYCLING = "cycling"
    EXERCISE_IN_GENERAL = "exercise_in_general"


class Easing(StrEnum):
    """What makes it better."""

    GENTLE_MOVEMENT = "gentle_movement"
    WARMING_UP_THEN_RETURNS = "warming_up_then_returns"


class Trend(StrEnum):
    """Where it is heading, day by day."""

    EASING = "easing"
    SAME = "same"
    WORSE = "worse"


class Swelling(StrEnum):
    """Swelling around the knee joint."""

    NONE = "none"
    SOME = "some"
    SEVERE = "severe"


class Locking(StrEnum):
    """Whether the knee gets stuck."""

    NONE = "none"
    AT_TIMES = "at_times"
    STUCK_PAINFUL = "stuck_painful"


class Clicking(StrEnum):
    """Whether the knee clicks, and whether that hurts or catches."""

    NONE = "none"
    PAINLESS = "painless"
    PAINFUL = "painful"
    UNSURE = "unsure"


class MedicineCaution(StrEnum):
    """Reasons not to take anti-inflammatory medicine without asking first."""

    KIDNEY = "kidney"
    STOMACH = "stomach"
    HEART = "heart"
    BLOOD_THINNERS = "blood_thinners"
    PREGNANCY = "pregnancy"
    ALLERGY = "allergy"
    ASTHMA = "asthma"


class Answers(Entry, frozen=True, kw_only=True):
    """Answers to the symptom guide.

    ``None`` and the empty set mean "not answered" or "not sure". Times are in hours, age in years.
    Calf answers are about one side only.

    Raises:
        KnowledgeError: If a time is negative or not finite, or the age is not between 0 and 120
            years.
    """

    locations: frozenset[Location] = frozenset()
    characters: frozenset[Character] = frozenset()
    provocations: frozenset[Provocation] = frozenset()
    easings: frozenset[Easing] = frozenset()
    since_onset_h: float | None = None
    since_training_h: float | None = None
    trend: Trend | None = None
    is_gradual_onset: bool | None = None
    is_worse_with_light_activity: bool | None = None
    has_blocked_movement: bool | None = None
    has_night_pain: bool | None = None
    has_rest_pain: bool | None = None
    swelling: Swelling | None = None
    has_redness: bool | None = None
    has_warmth: bool | None = None
    has_fever: bool | None = None
    has_chills: bool | None = None
    can_bear_weight: bool | None = None
    has_giving_way: bool | None = None
    locking: Locking | None = None
    clicking: Clicking | None = None
    has_pop: bool | None = None
    can_straighten: bool | None = None
    can_lift_straight_leg: bool | None = None
    has_deformity: bool | None = None
    can_move_knee: bool | None = None
    has_numbness: bool | None = None
    has_dark_urine: bool | None = None
    has_extreme_swelling: bool | None = None
    has_extreme_weakness: bool | None = None
    has_calf_swelling: bool | None = None
    has_calf_warmth: bool | None = None
    has_calf_pain: bool | None = None
    has_breathlessness: bool | None = None
    has_chest_pain: bool | None = None
    is_after_injury: bool | None = None
    has_kneecap_tenderness: bool | None = None
    has_outer_bone_tenderness: bool | None = None
    can_bend_90_deg: bool | None = None
    can_take_4_steps: bool | None = None
    age_years: float | None = None
    medicine_cautions: frozenset[MedicineCaution] = frozenset()

    def __post_init__(self) -> None:
        for name in ("since_onset_h", "since_training_h", "age_years"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise KnowledgeError(f"{name} is {value}; give a number from 0 upwards")
        if self.age_years is not None and self.age_years > HIGHEST_AGE_YEARS:
            raise KnowledgeError(
                f"age_years is {self.age_years}; give an age up to {HIGHEST_AGE_YEARS}"
            )

    @property
    def pain_h(self) -> float | None:
        """Hours the pain has lasted, or ``None``.

        Since onset where known; else, if a place or kind of pain was told, since training.
        """
        if self.since_onset_h is not None:
            return self.since_onset_h
        return self.since_training_h if self.locations or self.characters else None

    @property
    def training_h(self) -> float | None:
        """Hours since training, else since onset, else ``None``."""
        return self.since_onset_h if self.since_training_h is None else self.since_training_h
