"""Errors a user can act on.

Every message names the file or setting at fault and the remedy.  Only the
edges (command line, app) catch them; anything else is a bug and stays loud.
"""

from __future__ import annotations


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
