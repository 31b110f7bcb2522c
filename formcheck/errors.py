"""Errors a user can act on.

Every message names the file or setting at fault and the remedy.  Only the edges (command line, app)
catch them; anything else is a bug and stays loud.
"""

import re
from types import NoneType
from typing import Any, get_args, get_type_hints


class FormcheckError(Exception):
    """Base of every error formcheck raises on purpose."""


class InputError(FormcheckError):
    """A video, track or other input file cannot be used."""


class ModelError(FormcheckError):
    """The pose model is missing, altered or not a pose model."""


class SettingsError(FormcheckError):
    """A setting has an unknown name or an impossible value."""


class OutputError(FormcheckError):
    """A result cannot be written."""


def explain(error: Exception, cls: Any) -> str:
    """Return where msgspec could not read a ``cls`` and why, with what is known there.

    For its ``ValidationError`` such as ``.risks[0].strength: Invalid enum value 'E'; known: A, B,
    C, D, X``.
    """
    text, _, place = str(error).partition(" - at `$")
    place, known = place.removesuffix("`"), cls
    for name in re.findall(r"\.(\w+)", place):
        known = get_type_hints(known).get(name) if isinstance(known, type) else None
        while args := [a for a in get_args(known) if a not in (NoneType, Ellipsis)]:
            known = args[-1]
    if text.startswith(("Invalid enum value", "Object contains unknown field")):
        names = getattr(known, "__members__", {}).values() or getattr(
            known, "__struct_fields__", ()
        )
        text += f"; known: {', '.join(names)}"
    return f"{place}: {text}"
