"""From an analysis to the result that is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from formcheck._version import __version__
from formcheck.errors import InputError
from formcheck.knowledge.words import counted
from formcheck.pose.track import PoseTrack
from formcheck.report.result import (
    ClipResult,
    ClipSource,
    NotCounted,
    PersonSeen,
    RepDepth,
    RepeatedFault,
    RepResult,
    RepTempo,
    SetSeen,
    Summary,
    VerdictCounts,
    Versions,
)
from formcheck.squat.analysis import Analysis, JudgedRep
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import Verdict
from formcheck.squat.feedback import cue_for
from formcheck.squat.grouping import in_sets
from formcheck.squat.set_verdict import set_verdict
from formcheck.squat.settings import Settings
from formcheck.squat.slow_motion import looks_slowed
from formcheck.video.filmed import Filmed

SLOWED_NOTE = (
    "Everything moves several times slower than bodies do: the clip seems to be slow motion. The "
    "tempo is unknown until the speed is said, such as --speed 4; --speed 1 is life's own."
)


@dataclass(frozen=True, slots=True)
class CheckedClip:
    """A judged clip: its analysis, its track and the result made from them."""

    analysis: Analysis
    track: PoseTrack
    result: ClipResult = field(repr=False)
    is_partial: bool = False


def checked_clip(analysis: Analysis, track: PoseTrack, settings: Settings) -> CheckedClip:
    """Put an analysis, its track and the result of both together, as :func:`result_of`."""
    result = result_of(analysis, track.meta, settings)
    return CheckedClip(analysis, track, result, is_partial=bool(track.meta.get("is_partial")))


def result_of(analysis: Analysis, meta: Mapping[str, object], settings: Settings) -> ClipResult:
    """Make the result of an analysis.

    Args:
        analysis, settings: What was judged, and with which settings.
        meta: What its track says of itself: ``source``, ``versions`` and ``notes``.

    Raises:
        InputError: If the track does not say where it came from.
    """
    filmed = Filmed.of(meta)
    is_speed_known = filmed.speed is not None or "speed" in meta
    is_slowed = not is_speed_known and looks_slowed(analysis.reps)
    try:
        source = msgspec.convert(meta["source"], ClipSource)
        tools = msgspec.convert(meta["versions"], dict[str, object])
        versions = msgspec.convert({**tools, "formcheck": __version__}, Versions)
        notes = msgspec.convert(meta["notes"], tuple[str, ...])
        people = msgspec.convert(meta.get("people", ()), tuple[PersonSeen, ...])
    except (KeyError, msgspec.ValidationError) as error:
        raise InputError(
            f"the track does not say which video it is from ({error}). Score the video again."
        ) from error
    sets = _sets(analysis.reps)
    return ClipResult(
        source=source,
        versions=versions,
        settings=settings.changed(),
        filmed=filmed.said(),
        sets=sets,
        people=people,
        reps=tuple(rep_result(rep, has_tempo=not is_slowed) for rep in analysis.reps),
        discarded=tuple(
            NotCounted(start_s=round(d.start_s, 2), end_s=round(d.end_s, 2), reason=d.reason)
            for d in analysis.discarded
        ),
        notes=(*notes, *analysis.notes, *([SLOWED_NOTE] if is_slowed else []), *_sets_note(sets)),
        summary=_summary(analysis),
    )


def _sets(reps: Sequence[JudgedRep]) -> tuple[SetSeen, ...]:
    """The sets of a clip, with the rest before each."""
    number_of = {id(judged.rep): judged.number for judged in reps}
    out: list[SetSeen] = []
    for group in in_sets([judged.rep for judged in reps]):
        start_s = round(group[0].start_s, 2)
        out.append(
            SetSeen(
                number=len(out) + 1,
                start_s=start_s,
                end_s=round(group[-1].end_s, 2),
                first_rep=number_of[id(group[0])],
                n_reps=len(group),
                rest_s=round(start_s - out[-1].end_s, 2) if out else None,
            )
        )
    return tuple(out)


def _sets_note(sets: Sequence[SetSeen]) -> list[str]:
    """The sets of a long recording in words; nothing for a single one."""
    if len(sets) < 2:
        return []
    told = (
        f"{one.number} at {clock_time(one.start_s)} ({counted(one.n_reps, 'rep')}"
        + ("" if one.rest_s is None else f", after {clock_time(one.rest_s)} of rest")
        + ")"
        for one in sets
    )
    return [f"{len(sets)} sets: {', '.join(told)}."]


def clock_time(time_s: float) -> str:
    """Hours, minutes and seconds, such as 1:02:03 or 0:07."""
    minutes, seconds = divmod(round(time_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def rep_result(judged: JudgedRep, *, with_cue: bool = True, has_tempo: bool = True) -> RepResult:
    """What is stored of a repetition: times to 0.01 s, no poses and no curves."""
    rep, view = judged.rep, judged.view
    has_yaw = view.yaw_deg == view.yaw_deg
    return RepResult(
        number=judged.number,
        start_s=round(rep.start_s, 2),
        bottom_s=round(rep.bottom_s, 2),
        end_s=round(rep.end_s, 2),
        view=view.name,
        yaw_deg=round(view.yaw_deg, 1) if has_yaw else None,
        yaw_sd_deg=round(view.sd_deg, 1) if has_yaw else None,
        depth=RepDepth(
            knee_flexion_deg=judged.knee_flexion_deg,
            hip_drop_ratio=round(rep.hip_drop_ratio, 3),
            category=judged.depth_category,
        ),
        tempo=RepTempo(
            eccentric_s=round(rep.eccentric_s, 2),
            pause_s=round(rep.pause_s, 2),
            concentric_s=round(rep.concentric_s, 2),
        )
        if has_tempo
        else RepTempo(eccentric_s=None, pause_s=None, concentric_s=None),
        cue=cue_for(judged) if with_cue else None,
        findings=judged.findings,
    )


def _summary(analysis: Analysis) -> Summary:
    over_reps = (set_verdict([rep.finding(f.name) for rep in analysis.reps]) for f in FAULTS)
    verdicts = tuple(verdict for verdict in over_reps if verdict is not None)
    return Summary(
        n_reps=len(analysis.reps),
        faults={
            fault.name: VerdictCounts(**{v.value: analysis.count(fault.name, v) for v in Verdict})
            for fault in FAULTS
        },
        repeated=tuple(
            RepeatedFault(fault=r.fault, side=r.side, n_reps=r.n_reps, n_judged=r.n_judged)
            for r in verdicts
            if r.is_repeated
        ),
        set_verdicts=verdicts,
    )
