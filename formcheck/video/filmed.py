"""What is said of a clip where its file does not say it: mirrored, slowed, who is meant."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from formcheck.errors import SettingsError

MAX_SPEED = 100.0
"""No camera plays back this much slower, or faster, than it films."""
PERSONS = ("left", "right", "largest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filmed:
    """How a clip was filmed, and who is meant in it, where its file does not say so.

    SettingsError for what cannot be.
    """

    is_mirrored: bool = False
    """A selfie stored as a mirror shows it: left and right are exchanged."""
    speed: float | None = None
    """How many times slower than life the file plays; None for what the file declares."""
    person: str | None = None
    """Who is meant at the start: ``left``, ``right``, ``largest``, or a number from the left."""

    def __post_init__(self) -> None:
        who = self.person
        if who is not None and who not in PERSONS and not (who.isdecimal() and int(who) > 0):
            raise SettingsError(
                f"the person {who!r} cannot be: say {', '.join(PERSONS)} or a number from the left."
            )
        if self.speed is not None and not 1 / MAX_SPEED <= self.speed <= MAX_SPEED:
            raise SettingsError(
                f"the speed {self.speed:g} cannot be: give how many times slower than life the "
                "clip plays, such as 4."
            )

    def said(self) -> dict[str, Any]:
        """What was said of it, for a track's ``meta``; empty if nothing was."""
        return {name: value for name, value in asdict(self).items() if value not in (None, False)}

    @classmethod
    def of(cls, meta: Mapping[str, Any]) -> Self:
        """What a track's ``meta`` says; nothing if it cannot be read."""
        said = meta.get("filmed")
        try:
            return cls(**said) if isinstance(said, dict) else cls()
        except (TypeError, SettingsError):
            return cls()


AS_STORED = Filmed()
"""Nothing more is known than the file says."""
