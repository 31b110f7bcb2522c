"""The people: body, height, mass, skin and hair."""

from __future__ import annotations

from dataclasses import dataclass

SKIN = {
    "light": (0.62, 0.42, 0.32),
    "fair": (0.70, 0.50, 0.40),
    "olive": (0.54, 0.36, 0.25),
    "tan": (0.46, 0.29, 0.195),
    "brown": (0.26, 0.14, 0.085),
    "dark": (0.13, 0.07, 0.045),
}
HAIR = {
    "black": (0.020, 0.018, 0.016),
    "brown": (0.090, 0.050, 0.030),
    "dark brown": (0.045, 0.027, 0.018),
    "blond": (0.35, 0.24, 0.11),
    "red": (0.22, 0.075, 0.03),
    "grey": (0.32, 0.31, 0.30),
}


@dataclass(frozen=True)
class Person:
    """One person.

    Attributes:
        body: Body file in ``bodies/``.
        height_m, mass_kg: Barefoot height and mass.
        skin, hair: Keys of `SKIN` and `HAIR`.
        hair_style: ``short``, ``crop``, ``bun``, ``bob`` or ``long``.
    """

    body: str
    height_m: float
    mass_kg: float
    skin: str
    hair: str
    hair_style: str


PEOPLE = {
    "p01": Person("m01", 1.78, 76, "light", "brown", "short"),
    "p02": Person("f01", 1.63, 58, "fair", "black", "bun"),
    "p03": Person("m02", 1.86, 96, "dark", "black", "crop"),
    "p04": Person("f02", 1.72, 66, "brown", "black", "bun"),
    "p05": Person("m03", 1.74, 64, "olive", "black", "short"),
    "p06": Person("f03", 1.64, 79, "fair", "blond", "bob"),
    "p07": Person("m04", 1.73, 80, "light", "grey", "short"),
    "p08": Person("f04", 1.75, 62, "light", "blond", "bun"),
    "p09": Person("m05", 1.80, 88, "tan", "dark brown", "crop"),
    "p10": Person("f05", 1.67, 68, "olive", "dark brown", "long"),
    "p11": Person("m06", 1.76, 104, "fair", "red", "short"),
    "p12": Person("f06", 1.54, 48, "olive", "black", "bob"),
    "p13": Person("m07", 1.92, 84, "brown", "black", "crop"),
    "p14": Person("f07", 1.66, 88, "dark", "black", "bun"),
    "p15": Person("m08", 1.65, 70, "tan", "black", "short"),
    "p16": Person("f08", 1.62, 67, "light", "grey", "bob"),
    "p17": Person("m09", 1.71, 61, "tan", "dark brown", "short"),
    "p18": Person("f09", 1.69, 58, "tan", "brown", "long"),
    "p19": Person("m10", 1.88, 87, "fair", "blond", "short"),
    "p20": Person("f10", 1.60, 66, "olive", "black", "bun"),
    "p21": Person("m11", 1.72, 90, "olive", "black", "crop"),
    "p22": Person("f11", 1.77, 72, "light", "red", "bun"),
    "p23": Person("m12", 1.75, 78, "dark", "grey", "crop"),
    "p24": Person("f12", 1.70, 65, "brown", "dark brown", "bun"),
    "p25": Person("m13", 1.79, 91, "fair", "dark brown", "crop"),
    "p26": Person("f13", 1.68, 70, "light", "brown", "bun"),
    "p27": Person("m14", 1.70, 69, "olive", "black", "short"),
    "p28": Person("f14", 1.59, 62, "tan", "black", "bun"),
    "p29": Person("m15", 1.83, 92, "dark", "black", "crop"),
    "p30": Person("f15", 1.73, 74, "brown", "black", "bun"),
    "p31": Person("m16", 1.77, 95, "light", "grey", "short"),
    "p32": Person("f16", 1.65, 77, "fair", "red", "bob"),
}
