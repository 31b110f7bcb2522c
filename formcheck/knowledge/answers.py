"""What a person tells the symptom guide. Every answer is optional; nothing here is stored."""

import math
from datetime import date
from enum import StrEnum

from formcheck.knowledge.bands import (
    BAND_HOURS,
    BAND_MOST_DAYS,
    BAND_WORDS,
    BAND_YEARS,
    AgeBand,
    TimeBand,
)
from formcheck.knowledge.vocabulary import Entry, KnowledgeError

HIGHEST_AGE_YEARS = 120


class Location(StrEnum):
    """Where it hurts; ``none`` says that nothing does."""

    NONE = "none"
    ABOVE_KNEECAP = "above_kneecap"
    UNDER_KNEECAP = "under_kneecap"
    AROUND_KNEECAP = "around_kneecap"
    BELOW_KNEECAP = "below_kneecap"
    SHIN_BUMP = "shin_bump"
    INNER_SIDE = "inner_side"
    OUTER_SIDE = "outer_side"
    BACK_OF_KNEE = "back_of_knee"
    WHOLE_JOINT = "whole_joint"
    FRONT_THIGH = "front_thigh"
    BACK_THIGH = "back_thigh"
    CALF = "calf"
    BUTTOCK = "buttock"
    HIP = "hip"
    GROIN = "groin"


class Character(StrEnum):
    """What it feels like; ``none`` says that nothing hurts."""

    NONE = "none"
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


class SwellingOnset(StrEnum):
    """When the swelling began after an injury."""

    WITHIN_2_H = "within_2_h"
    LATER = "later"


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


class Background(StrEnum):
    """What makes a sore knee more urgent; ``none`` says that none of it applies."""

    NONE = "none"
    KNEE_REPLACEMENT = "knee_replacement"
    RECENT_SURGERY = "recent_surgery"
    RECENT_INJECTION = "recent_injection"
    LOW_IMMUNITY = "low_immunity"
    DIABETES = "diabetes"
    BLOOD_THINNERS = "blood_thinners"
    CLOT_BEFORE = "clot_before"
    LONG_JOURNEY = "long_journey"
    CAST = "cast"
    HORMONES = "hormones"
    CANCER = "cancer"


class MedicineCaution(StrEnum):
    """Reasons not to take anti-inflammatory medicine without asking first; ``none``: no such."""

    NONE = "none"
    KIDNEY = "kidney"
    LIVER = "liver"
    STOMACH = "stomach"
    BOWEL = "bowel"
    HEART = "heart"
    BLOOD_PRESSURE = "blood_pressure"
    STROKE = "stroke"
    BLOOD_THINNERS = "blood_thinners"
    PREGNANCY = "pregnancy"
    ALLERGY = "allergy"
    ASTHMA = "asthma"


FILE_ONLY = ("since_onset_h", "since_training_h", "age_years")
"""Exact numbers a file of answers may give; people are asked for bands."""


class Answers(Entry, frozen=True, kw_only=True):
    """Answers to the symptom guide.

    ``None`` and the empty set mean "not answered" or "not sure", which is never the same as "no".
    Calf and thigh answers are about one side only. ``checked_on`` is the day on which a
    professional examined this episode.

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
    onset: TimeBand | None = None
    training: TimeBand | None = None
    trend: Trend | None = None
    is_checked: bool | None = None
    checked_on: date | None = None
    is_gradual_onset: bool | None = None
    is_worse_with_light_activity: bool | None = None
    has_blocked_movement: bool | None = None
    has_night_pain: bool | None = None
    has_rest_pain: bool | None = None
    has_limp: bool | None = None
    swelling: Swelling | None = None
    swelling_onset: SwellingOnset | None = None
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
    has_cold_foot: bool | None = None
    has_tight_limb: bool | None = None
    has_open_wound: bool | None = None
    has_weight_loss: bool | None = None
    has_night_sweats: bool | None = None
    has_lump: bool | None = None
    has_long_morning_stiffness: bool | None = None
    has_other_joints: bool | None = None
    has_dark_urine: bool | None = None
    has_extreme_swelling: bool | None = None
    has_extreme_weakness: bool | None = None
    has_calf_swelling: bool | None = None
    has_calf_warmth: bool | None = None
    has_calf_pain: bool | None = None
    has_thigh_swelling: bool | None = None
    has_thigh_pain: bool | None = None
    has_breathlessness: bool | None = None
    has_chest_pain: bool | None = None
    is_after_injury: bool | None = None
    has_kneecap_tenderness: bool | None = None
    has_outer_bone_tenderness: bool | None = None
    can_bend_90_deg: bool | None = None
    can_take_4_steps: bool | None = None
    age_years: float | None = None
    age: AgeBand | None = None
    background: frozenset[Background] = frozenset()
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
        """Hours the pain has lasted, or ``None``; 0 if nothing hurts.

        Since onset where known; else, if a place or kind of pain was told, since training. Who says
        that nothing hurts and names a place or kind of pain all the same is taken at the latter.
        """
        if self.locations == {Location.NONE} and self.characters <= {Character.NONE}:
            return 0.0
        since_h = _hours(self.since_onset_h, self.onset)
        if since_h is not None:
            return since_h
        return self.training_h if self.locations or self.characters else None

    @property
    def training_h(self) -> float | None:
        """Hours since training, else since onset, else ``None``."""
        since_h = _hours(self.since_training_h, self.training)
        return _hours(self.since_onset_h, self.onset) if since_h is None else since_h

    @property
    def episode_days(self) -> float | None:
        """At most so many days the episode has lasted, or ``None``."""
        if self.since_onset_h is not None:
            return self.since_onset_h / 24
        return None if self.onset is None else BAND_MOST_DAYS[self.onset]

    @property
    def years(self) -> float | None:
        """Age: the exact one if it was told, else one inside its band."""
        if self.age_years is not None or self.age is None:
            return self.age_years
        return BAND_YEARS[self.age]

    @property
    def pain_time(self) -> str:
        """How long it has hurt, in words."""
        exact_h = self.since_onset_h
        if exact_h is None and self.onset is None:
            exact_h = self.since_training_h
        if exact_h is not None:
            return f"{exact_h:g} hours"
        band = self.onset or self.training
        return "an unknown time" if band is None else BAND_WORDS[band]

    @property
    def age_words(self) -> str:
        """The age in words."""
        if self.age_years is not None:
            return f"{self.age_years:g} years old"
        return "under 16 years old" if self.age is AgeBand.UNDER_16 else "under 18 years old"


def _hours(exact_h: float | None, band: TimeBand | None) -> float | None:
    return BAND_HOURS[band] if exact_h is None and band is not None else exact_h
