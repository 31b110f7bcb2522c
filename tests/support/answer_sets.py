"""Sets of answers to the symptom guide with what is right for each."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parents[1] / "data" / "answer_sets.toml"
_TABLE = tomllib.loads(_FILE.read_text("utf-8"))
TODAY = date(2026, 11, 22)
SETTLED: dict[str, Any] = _TABLE["settled"]
SETS: list[dict[str, Any]] = _TABLE["set"]


def settled(**changes: Any) -> dict[str, Any]:
    """The answers of somebody with every sign answered, none applying; ``None`` leaves one open."""
    return {k: v for k, v in (SETTLED | changes).items() if v is not None}


def answers_of_set(one: dict[str, Any]) -> dict[str, Any]:
    """All answers of a set."""
    base = SETTLED if one["on"] == "settled" else {}
    told = base | one.get("answers", {})
    return {name: value for name, value in told.items() if name not in one.get("open", ())}
