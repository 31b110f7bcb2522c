"""Bands of time and age: people are asked for these, never for hours."""

from collections.abc import Mapping
from enum import StrEnum


class TimeBand(StrEnum):
    """How long ago."""

    TODAY = "today"
    DAYS_1_2 = "days_1_2"
    DAYS_3_7 = "days_3_7"
    WEEKS_1_6 = "weeks_1_6"
    LONGER = "longer"


class AgeBand(StrEnum):
    """Age, as finely as any rule asks for."""

    UNDER_16 = "under_16"
    FROM_16 = "from_16"
    FROM_18 = "from_18"
    FROM_45 = "from_45"
    FROM_55 = "from_55"
    FROM_65 = "from_65"


BAND_HOURS: Mapping[TimeBand, float] = {
    TimeBand.TODAY: 12, TimeBand.DAYS_1_2: 48, TimeBand.DAYS_3_7: 96,
    TimeBand.WEEKS_1_6: 336, TimeBand.LONGER: 1500,
}  # fmt: skip
"""A moment inside each band: every limit of a rule lies between two bands, never inside one."""
BAND_MOST_DAYS: Mapping[TimeBand, float] = {
    TimeBand.TODAY: 1, TimeBand.DAYS_1_2: 2, TimeBand.DAYS_3_7: 7, TimeBand.WEEKS_1_6: 42,
    TimeBand.LONGER: 365,
}  # fmt: skip
"""The most days of a band; a check is taken to hold for a year at most."""
BAND_WORDS: Mapping[TimeBand, str] = {
    TimeBand.TODAY: "less than a day", TimeBand.DAYS_1_2: "1 to 2 days",
    TimeBand.DAYS_3_7: "3 to 7 days", TimeBand.WEEKS_1_6: "1 to 6 weeks",
    TimeBand.LONGER: "more than 6 weeks",
}  # fmt: skip
BAND_YEARS: Mapping[AgeBand, float] = {
    AgeBand.UNDER_16: 15, AgeBand.FROM_16: 16, AgeBand.FROM_18: 18, AgeBand.FROM_45: 45,
    AgeBand.FROM_55: 55, AgeBand.FROM_65: 65,
}  # fmt: skip
