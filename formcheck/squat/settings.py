"""Everything that can be set, by section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

import numpy as np

from formcheck.errors import SettingsError
from formcheck.squat.faults.forward_knee_travel import TravelSettings
from formcheck.squat.faults.knee_valgus import ValgusSettings
from formcheck.squat.segmenter import RepSettings


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, by section."""

    reps: RepSettings = field(default_factory=RepSettings)
    valgus: ValgusSettings = field(default_factory=ValgusSettings)
    travel: TravelSettings = field(default_factory=TravelSettings)

    def with_values(self, values: Mapping[str, float | bool]) -> Settings:
        """Return a copy with ``section.name`` values changed.

        Raises
        ------
        SettingsError
            For an unknown name or a value that is not a finite number.
        """
        result = self
        for key, value in values.items():
            section, _, name = key.partition(".")
            if section not in {f.name for f in fields(self)}:
                known = ", ".join(f.name for f in fields(self))
                raise SettingsError(f"{key}: no such setting. Sections are {known}.")
            part = getattr(result, section)
            names = {f.name: f.type for f in fields(part)}
            if name not in names:
                raise SettingsError(f"{key}: no such setting. Known: {', '.join(names)}.")
            if not np.isfinite(float(value)):
                raise SettingsError(f"{key}: {value} is not a finite number.")
            value = bool(value) if isinstance(getattr(part, name), bool) else float(value)
            result = replace(result, **{section: replace(part, **{name: value})})
        return result

    def changed(self) -> dict[str, float | bool]:
        """Return the values that differ from the defaults, by ``section.name``."""
        out: dict[str, float | bool] = {}
        for section in fields(self):
            ours, default = getattr(self, section.name), getattr(DEFAULT_SETTINGS, section.name)
            for f in fields(ours):
                if getattr(ours, f.name) != getattr(default, f.name):
                    out[f"{section.name}.{f.name}"] = getattr(ours, f.name)
        return out


DEFAULT_SETTINGS = Settings()
