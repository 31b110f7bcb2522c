"""The Python interface: what the command line does, as typed functions.

Use it as ``import formcheck``; nothing heavy is imported before the first call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from formcheck.errors import InputError
from formcheck.squat.analysis import Analysis
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings

if TYPE_CHECKING:
    from formcheck.batch.compare import Difference
    from formcheck.batch.options import BatchChoices, BatchReport, Listener
    from formcheck.report.record import CheckedClip

AnyPath = str | PathLike[str]
AnySettings = Settings | Mapping[str, float | bool] | None


def chosen_settings(settings: AnySettings) -> Settings:
    """Settings from a mapping of ``section.name`` to value, as ``--set`` takes them.

    Raises SettingsError for an unknown name or an impossible value.
    """
    if settings is None:
        return DEFAULT_SETTINGS
    return settings if isinstance(settings, Settings) else DEFAULT_SETTINGS.with_values(settings)


def score(
    path: AnyPath,
    *,
    settings: AnySettings = None,
    model: AnyPath | None = None,
    every_frame: bool = False,
    mirrored: bool = False,
    speed: float | None = None,
    person: str | None = None,
) -> Analysis:
    """Judge one video or stored track and return what was found.

    Args:
        path: A video, or a ``.npz`` track.
        settings: Such as ``{"valgus.fault_leg_pct": 12}``.
        model: Another pose landmarker bundle.
        every_frame: Look at every frame, also while nobody squats.
        mirrored: Whether the clip is a mirror image, as some selfies are stored.
        speed: How many times slower than life the clip plays; by default what its file declares.
        person: Who is meant: ``left``, ``right``, ``largest``, or a number from the left.

    Raises:
        FormcheckError: ``InputError``, ``ModelError`` or ``SettingsError``, with the remedy in its
            message.
    """
    return check(
        path,
        settings=settings,
        model=model,
        every_frame=every_frame,
        mirrored=mirrored,
        speed=speed,
        person=person,
    ).analysis


def check(
    path: AnyPath,
    *,
    settings: AnySettings = None,
    model: AnyPath | None = None,
    every_frame: bool = False,
    mirrored: bool = False,
    speed: float | None = None,
    person: str | None = None,
) -> CheckedClip:
    """Like :func:`score`, with the track and the record (schema_version 1) as well."""
    from formcheck.clip import check_clip
    from formcheck.pose.track import Inference
    from formcheck.video.filmed import Filmed

    return check_clip(
        Path(path),
        chosen_settings(settings),
        None if model is None else Path(model),
        inference=Inference.EVERY_FRAME if every_frame else Inference.ADAPTIVE,
        filmed=Filmed(is_mirrored=mirrored, speed=speed, person=person),
    )


def score_many(
    inputs: AnyPath | Iterable[AnyPath],
    out: AnyPath,
    *,
    settings: AnySettings = None,
    listener: Listener | None = None,
    **options: Unpack[BatchChoices],
) -> BatchReport:
    """Score files, folders, patterns and addresses into a folder: ``formcheck score``.

    A clip that fails is in the report's ``failed`` and does not raise, only what would fail every
    clip does (``FormcheckError``); what an earlier call has done is not done again. ``settings``
    are as for :func:`score`; ``listener`` is told how the run goes. The options ``model``,
    ``every_frame``, ``video``, ``full_size``, ``thumbnails``, ``blur_face``, ``cues``, ``parquet``,
    ``xlsx``, ``decimal_comma``, ``jobs``, ``force``, ``retry_failed``, ``subject``, ``pairs``,
    ``scheduler``, ``mirrored``, ``speed``, ``person`` and ``stall_limit_s`` are the fields of
    :class:`formcheck.batch.options.BatchOptions`, where each is explained.
    """
    from formcheck.batch.inputs import expand
    from formcheck.batch.options import BatchOptions
    from formcheck.batch.run import run_batch

    many = [inputs] if isinstance(inputs, str | PathLike) else list(inputs)
    chosen = BatchOptions.of(Path(out), chosen_settings(settings), **options)
    sources = expand([fspath(p) for p in many], exclude=chosen.out)
    if not sources:
        raise InputError("nothing to score: give at least one file, folder, pattern or address.")
    return run_batch(sources, chosen, listener, notes=sources.notes())


def rescore(
    folder: AnyPath, *, settings: AnySettings = None, out: AnyPath | None = None
) -> BatchReport:
    """Judge the stored tracks of a results folder again: ``formcheck rescore``."""
    from formcheck.batch.rescore import rescore_folder

    return rescore_folder(
        Path(folder), chosen_settings(settings), None if out is None else Path(out)
    )


def compare_runs(before: AnyPath, after: AnyPath) -> list[Difference]:
    """What changed between two results folders, files or patterns: ``formcheck compare``."""
    from formcheck.batch.compare import changes, stored_clips

    return changes(stored_clips(fspath(before)), stored_clips(fspath(after)))
