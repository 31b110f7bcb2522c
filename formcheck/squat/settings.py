"""Everything that can be set, by section: the repetitions' and one for each fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from formcheck.errors import SettingsError
from formcheck.squat.faults import FAULTS
from formcheck.squat.segmenter import RepSettings

_DEFAULTS: tuple[tuple[str, Any], ...] = (
    ("reps", RepSettings()),
    *((fault.section, fault.settings) for fault in FAULTS),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings: ``reps`` and the section of every fault, frozen dataclasses by name."""

    sections: tuple[tuple[str, Any], ...] = _DEFAULTS

    @property
    def reps(self) -> RepSettings:
        """What counts as a repetition."""
        found: RepSettings = self.section("reps")
        return found

    def section(self, name: str) -> Any:
        """The settings of a section, such as ``reps`` or a fault's; SettingsError if unknown."""
        parts = dict(self.sections)
        if name not in parts:
            raise SettingsError(f"{name}: no such setting. Sections are {', '.join(parts)}.")
        return parts[name]

    def value(self, key: str) -> float | bool:
        """The value of ``section.name``; SettingsError if unknown."""
        section, _, name = key.partition(".")
        part = self.section(section)
        if name not in (names := [f.name for f in fields(part)]):
            raise SettingsError(f"{key}: no such setting. Known: {', '.join(names)}.")
        found: float | bool = getattr(part, name)
        return found

    def with_values(self, values: Mapping[str, float | bool]) -> Settings:
        """Return a copy with ``section.name`` values changed.

        SettingsError for an unknown name or a value that is not a finite number.
        """
        parts = dict(self.sections)
        for key, value in values.items():
            now = self.value(key)
            if not np.isfinite(float(value)):
                raise SettingsError(f"{key}: {value} is not a finite number.")
            section, _, name = key.partition(".")
            new = bool(value) if isinstance(now, bool) else float(value)
            parts[section] = replace(parts[section], **{name: new})
        return Settings(tuple(parts.items()))

    def changed(self) -> dict[str, float | bool]:
        """Return the values that differ from the defaults, by ``section.name``."""
        return {
            f"{section}.{f.name}": getattr(part, f.name)
            for (section, part), (_, default) in zip(self.sections, _DEFAULTS, strict=True)
            for f in fields(part)
            if getattr(part, f.name) != getattr(default, f.name)
        }


DEFAULT_SETTINGS = Settings()
