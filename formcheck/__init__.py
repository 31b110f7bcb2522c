"""formcheck: honest, evidence-based squat checks from video.

Examples:
    >>> import formcheck
    >>> analysis = formcheck.score("clip.mov")                      # doctest: +SKIP
    >>> [str(f.verdict) for f in analysis.reps[0].findings]         # doctest: +SKIP
    ['ok', 'not_assessable']
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from formcheck._version import __version__

if TYPE_CHECKING:
    from formcheck.api import check, compare_runs, rescore, score, score_many

__all__ = ["__version__", "check", "compare_runs", "rescore", "score", "score_many"]


def __getattr__(name: str) -> Any:
    # Imported on first use: numpy and the rest are not needed for a version or a help text.
    if name.startswith("_") or name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("formcheck.api"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
