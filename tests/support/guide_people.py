"""What people with different knees tap in the symptom guide, and the headline they end at."""

from __future__ import annotations

from collections.abc import Sequence

from formcheck.knowledge import Tier, load_knowledge

KB = load_knowledge()
TODAY = KB.tier_text(Tier.TODAY).headline
NONE = "None of these"
BEGIN = "During or after training, without a fall, blow or twist"
SETTLED = "Going by your answers, none of the 41 warning signs applies."
# What each person taps, and the headline they end at.
PEOPLE: dict[str, tuple[Sequence[str], str]] = {
    "chest pain": (["Chest pain"], KB.tier_text(Tier.EMERGENCY).headline),
    "hot knee, no fever": ([NONE, BEGIN, "Hot to the touch", "Continue"], TODAY),
    "twisted, swelled at once, on blood thinners": (
        [NONE, "With a fall, a blow or a twist", "Somewhat swollen", "Continue", NONE,
         "Neither hurts", "Within 2 hours of the injury"], TODAY,
    ),
    "13 years, groin pain and a limp": (
        [NONE, BEGIN, NONE, NONE, "A limp", "Continue", "Under 16"], TODAY,
    ),
    "plain soreness": (
        [NONE, BEGIN, NONE, NONE, NONE, "18 to 44", NONE, "Front of the thigh",
         "A deep ache over a wide area", "1 to 2 days"], SETTLED,
    ),
    "kneecap pain for three months, not checked": (
        [NONE, "Slowly, over days or weeks", NONE, NONE, NONE, "18 to 44", NONE,
         "Around the kneecap", "A dull ache", "Longer", "No, it stays the same", "No"],
        KB.tier_text(Tier.ASSESSMENT).headline,
    ),
}  # fmt: skip
