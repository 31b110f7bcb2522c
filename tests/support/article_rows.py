"""What the three articles behind the product say, statement by statement, and what became of it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parents[1] / "data" / "article_statements.toml"
STATEMENTS: list[dict[str, Any]] = tomllib.loads(_FILE.read_text("utf-8"))["statement"]

# article, what it says, id of a statement that carries or corrects it
ROWS = [(one["article"], one["says"], id_) for one in STATEMENTS for id_ in one.get("in", ())]
