"""A person's own record of training: stored on this machine, exported and deleted at will.

One SQLite file in the user's data folder, readable by its owner only and not encrypted.  Numbers
and short notes, no pictures.

Examples:
    >>> from datetime import date
    >>> history = MemoryHistory()
    >>> day = date(2026, 11, 2)
    >>> history.add(Session(day=day, sets=parse_sets("3x10x60"), minutes=40, effort=6))
    True
    >>> history.sessions()[0].n_reps
    30
"""

from formcheck.training.history.batch_files import BatchSessions, sessions_from_files
from formcheck.training.history.exchange import (
    CSV_COLUMNS,
    ImportFailedError,
    LineError,
    export_csv,
    export_json,
    import_csv,
    import_json,
)
from formcheck.training.history.from_clip import clip_key, session_from_clip, session_from_views
from formcheck.training.history.memory import MemoryHistory
from formcheck.training.history.model import (
    FaultTally,
    HistoryError,
    Session,
    SessionSource,
    SetGroup,
    format_sets,
    parse_sets,
)
from formcheck.training.history.opening import SessionStore, default_path, open_history
from formcheck.training.history.store import History
from formcheck.training.history.trends import Change, Point, TrendLine, trend_lines

__all__ = [
    "CSV_COLUMNS", "BatchSessions", "Change", "FaultTally", "History", "HistoryError",
    "ImportFailedError", "LineError", "MemoryHistory", "Point", "Session", "SessionSource",
    "SessionStore", "SetGroup", "TrendLine", "clip_key", "default_path", "export_csv",
    "export_json", "format_sets", "import_csv", "import_json", "open_history", "parse_sets",
    "session_from_clip", "session_from_views", "sessions_from_files", "trend_lines",
]  # fmt: skip
