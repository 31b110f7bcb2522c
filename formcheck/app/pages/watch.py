"""Watching a result: which repetition is looked at, and the video with the marks on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from formcheck.app.pages.drawing import draw_video
from formcheck.app.parts.player import Mark, player
from formcheck.app.visit.shots import Shot
from formcheck.app.visit.spaces import Space
from formcheck.knowledge.words import ICONS
from formcheck.report.drawing import legs_box
from formcheck.report.glance import said_of, verdict_of
from formcheck.report.overlay import rounded
from formcheck.report.scorecard import Scorecard, SetRep

_PICK = "pick"


@dataclass(frozen=True, slots=True)
class Pick:
    """What is looked at: a repetition, the clip to show, and the moment in it."""

    number: int | None = None
    clip: int = 0
    time_s: float | None = None
    nonce: int = 0


def forget_pick() -> None:
    """Forget what was selected, for a new clip."""
    st.session_state.pop(_PICK, None)


def picked(decisive: SetRep | None) -> Pick:
    """What was selected; before anything was, the repetition to look at first."""
    pick: Pick | None = st.session_state.get(_PICK)
    if pick is None:
        return Pick() if decisive is None else _at(decisive, 0)
    return pick


def first_of(decisive: SetRep | None, pick: Pick) -> Pick:
    """What to look at in another set than that of what was selected."""
    return pick if decisive is None else _at(decisive, pick.nonce + 1)


def select(row: SetRep, nonce: int) -> None:
    """Look at a repetition; another ``nonce`` takes the video there."""
    st.session_state[_PICK] = _at(row, nonce)
    st.rerun()


def _at(row: SetRep, nonce: int) -> Pick:
    return Pick(row.number, row.lead, row.lead_moment_s, nonce)


def show_video(mine: Space, found: Sequence[Shot], card: Scorecard, pick: Pick) -> None:
    """Draw the video of the clip that is looked at, under a strip of its repetitions."""
    shown = min(pick.clip, len(found) - 1)
    if len(found) > 1:
        chosen = st.segmented_control(
            "Clip", range(len(found)), default=shown, key=f"clip-{pick.nonce}-{shown}",
            format_func=lambda i: _clip_title(found[i], i + 1), label_visibility="collapsed",
        )  # fmt: skip
        if chosen is not None and chosen != shown:
            st.session_state[_PICK] = Pick(pick.number, chosen, None, pick.nonce + 1)
            st.rerun()
    shot = found[shown]
    if not shot.is_drawable:
        st.info(
            "This result was made from poses alone, too many to be drawn as a video where several "
            "people wait."
        )
    elif not shot.clip.is_playable or shot.track.meta.keys() & {"speed", "is_joined"}:
        # The browser would play the clip at other times than those of the marks.
        _annotated(mine, shot, shown, card, pick)
    else:
        _play(shot, shown, card, pick, shot.source_address(mine), shot.overlay_address(mine))
        if shot.clip.is_poses_alone:
            st.caption("Drawn from the poses alone: no picture of the camera was kept.")


def _play(
    shot: Shot, shown: int, card: Scorecard, pick: Pick, src: str | None, overlay: str | None
) -> None:
    """Show a clip with its marks, which may be in the video, and take what is selected."""
    marks = list(_marks(shot, shown, card, pick))
    at_s = None if pick.time_s is None else shot.frame_time_s(pick.time_s)
    is_played, number = player(
        src, f"Annotated video of {shot.clip.name}", marks, overlay=overlay,
        ratio=shot.track.width_px / shot.track.height_px, seek_s=at_s, box=_legs(shot, at_s),
        nonce=pick.nonce, frame_s=shot.frame_s, key="player",
    )  # fmt: skip
    if not is_played and overlay is not None:
        shot.clip.is_playable = False
        st.rerun()
    row = next((row for row in card.reps if row.number == number), None)
    if row is not None and number != pick.number:
        # The player is there already, unless the other clip shows this repetition.
        select(row, pick.nonce + (row.lead != shown))


def _annotated(mine: Space, shot: Shot, shown: int, card: Scorecard, pick: Pick) -> None:
    """Show a video made for browsers that do not play the clip itself."""
    look = shot.video_look
    address = shot.video_address(mine, look)
    if address is None:
        draw_video(shot, "This browser does not play the file itself: drawing a video it plays")
        return
    _play(shot, shown, card, pick, address, None)
    if look != shot.wanted:
        if shot.wanted not in shot.clip.videos:
            st.info("The video still shows the verdicts of the earlier settings.")
            if not st.button("Draw the video again with these settings", key="redraw"):
                return
        draw_video(shot, "Drawing the video again")


def _marks(shot: Shot, shown: int, card: Scorecard, pick: Pick) -> Iterator[Mark]:
    """A pill per repetition: the moment of the gravest finding this clip shows."""
    for row in card.reps:
        rep, moment_s = row.reps[shown], None
        if rep is not None:
            seen = [p for p in row.parts if p.clip == shown] or row.parts
            part = max(seen, key=lambda p: p.finding.verdict.rank)
            moment_s = row.moment_s(part) if part.clip == shown else rep.bottom_s
            moment_s = shot.frame_time_s(moment_s)
        verdict = verdict_of(row)
        yield Mark(
            row.number, ICONS[verdict], verdict, said_of(row), moment_s,
            row.number == pick.number, _legs(shot, moment_s),
        )  # fmt: skip


def _legs(shot: Shot, time_s: float | None) -> list[float] | None:
    """Where hips and feet are at a moment."""
    if time_s is None:
        return None
    frame = int(np.argmin(np.abs(shot.track.times_s - time_s)))
    return rounded(legs_box(shot.analysis.points_px[frame]))


def _clip_title(shot: Shot, number: int) -> str:
    views = {rep.view for rep in shot.result.reps}
    return f"Clip {number}" + next((f": {v}" for v in ("front", "side") if v in views), "")
