"""The result: what to fix first, the video, a card per repetition, curves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st
from markupsafe import escape

from formcheck.app.pages.drawing import draw_video, renew_pictures
from formcheck.app.pages.keep import show_keep
from formcheck.app.pages.people import show_people
from formcheck.app.pages.plan import show_plan
from formcheck.app.pages.settings import current_settings, show_settings
from formcheck.app.pages.take_away import BLUR, show_take_away
from formcheck.app.pages.why import show_why
from formcheck.app.parts.figures import figures
from formcheck.app.parts.one_set import one_set
from formcheck.app.parts.player import Mark, player
from formcheck.app.parts.templates import show_html
from formcheck.app.visit.clips import Clip
from formcheck.app.visit.gate import is_advice_open, person, withheld_words
from formcheck.app.visit.shots import Shot, shots
from formcheck.app.visit.spaces import SPACES, Space
from formcheck.knowledge import load_knowledge
from formcheck.knowledge.reassurance import reassurance
from formcheck.knowledge.words import ICONS, SURE, clock, counted
from formcheck.report.plots import clip_plots, svg
from formcheck.report.scorecard import (
    Scorecard,
    SetRep,
    first_fix,
    form_evidence,
    headline,
    same_view,
    scorecard,
    unseen,
)
from formcheck.report.words import fault_name, fault_plain

_PICK = "pick"


@dataclass(frozen=True, slots=True)
class Pick:
    """What was selected: a repetition, the clip to show, and the moment in it."""

    number: int | None = None
    clip: int = 0
    time_s: float | None = None
    nonce: int = 0


def forget() -> None:
    """Forget what was selected, for a new clip."""
    st.session_state.pop(_PICK, None)
    st.session_state.pop(BLUR, None)


def show_result(mine: Space, clips: list[Clip]) -> None:
    """Draw the result of one clip, or of two clips of one set."""
    settings = current_settings()
    is_allowed = is_advice_open()
    blur = bool(st.session_state.get(BLUR, False))
    found = shots(clips, settings, is_allowed, blur)
    card = scorecard([s.result for s in found], [s.clip.name for s in found])
    person().look_at([s.result for s in found])
    with st.container(key="result"):
        _top(mine, found)
        _summary(card, found, is_allowed)
        if show_people(mine, found):
            forget()
            st.rerun()
        part = one_set(card, _pick().number, _pick().nonce)
        watch, cards = st.columns([6, 5], gap="large")
        with watch, st.container(key="watch"):
            _watch(mine, found, part)
        with cards:
            _cards(mine, found, part)
            for shot in found:
                if shot.is_drawable:
                    renew_pictures(shot)
        _curves(found, part)
        results = [s.result for s in found]
        plan, why, keep, change, take = st.tabs(
            ["What to do next", "Why it matters", "Keep", "Settings", "Take away"]
        )
        with plan:
            show_plan(date.today())
        with why:
            show_why(card)
        with keep:
            show_keep(results, len(card.reps), is_live=clips[0] in mine.live)
        with change:
            show_settings()
        with take:
            show_take_away(mine, found, settings, is_allowed)


def _top(mine: Space, found: Sequence[Shot]) -> None:
    names = escape(" + ".join(s.clip.name for s in found))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f'<p class="fc-small">Result for <strong>{names}</strong></p>')
        is_live = any(s.clip in mine.live for s in found)
        if st.button("Close this result" if is_live else "Check another video", key="again"):
            for shot in found:
                SPACES.drop_clip(mine, shot.clip)
            forget()
            st.rerun()


def _summary(card: Scorecard, found: Sequence[Shot], is_allowed: bool) -> None:
    with st.container(border=True, key="summary"):
        show_html(
            "summary.html", headline=headline(card), fix=first_fix(card), is_allowed=is_allowed,
            good=reassurance(form=form_evidence(card)), withheld=withheld_words(),
            movement=load_knowledge().note("general.movement_only").text, fault_plain=fault_plain,
            unseen=unseen(card), n_reps=len(card.reps),
            two_clips=(*card.notes, same_view([shot.result for shot in found])),
            notes=[note for shot in found for note in shot.result.notes],
        )  # fmt: skip


def _pick() -> Pick:
    pick: Pick = st.session_state.get(_PICK, Pick())
    return pick


def _select(number: int | None, clip: int, time_s: float | None) -> None:
    st.session_state[_PICK] = Pick(number, clip, time_s, _pick().nonce + 1)
    st.rerun()


def _watch(mine: Space, found: Sequence[Shot], card: Scorecard) -> None:
    pick = _pick()
    shown = min(pick.clip, len(found) - 1)
    if len(found) > 1:
        chosen = st.segmented_control(
            "Clip", range(len(found)), default=shown, key=f"clip-{pick.nonce}",
            format_func=lambda i: _clip_title(found[i], i + 1), label_visibility="collapsed",
        )  # fmt: skip
        if chosen is not None and chosen != shown:
            _select(None, chosen, None)
    shot = found[shown]
    if not shot.is_drawable:
        st.info(
            "This result was made from poses alone, too many to be drawn as a video where several "
            "people wait."
        )
    elif not shot.clip.is_playable or shot.track.meta.keys() & {"speed", "is_joined"}:
        # The browser would play the clip at other times than those of the marks.
        _annotated(mine, shot, shown, card)
    elif not _play(shot, shown, card, shot.source_address(mine), shot.overlay_address(mine)):
        shot.clip.is_playable = False
        st.rerun()
    elif shot.clip.is_poses_alone:
        st.caption("Drawn from the poses alone: no picture of the camera was kept.")


def _play(shot: Shot, shown: int, card: Scorecard, src: str | None, overlay: str | None) -> bool:
    """Show a clip with its marks, which may be in the video; return whether it can be played."""
    pick = _pick()
    return player(
        src, f"Annotated video of {shot.clip.name}", list(_marks(shot, shown, card)),
        overlay=overlay, ratio=shot.track.width_px / shot.track.height_px,
        seek_s=None if pick.time_s is None else shot.frame_time_s(pick.time_s),
        nonce=pick.nonce, frame_s=shot.frame_s, key="player",
    )  # fmt: skip


def _annotated(mine: Space, shot: Shot, shown: int, card: Scorecard) -> None:
    """Show a video made for browsers that do not play the clip itself."""
    look = shot.video_look
    address = shot.video_address(mine, look)
    if address is None:
        draw_video(shot, "This browser does not play the file itself: drawing a video it plays")
        return
    _play(shot, shown, card, address, None)
    if look != shot.wanted:
        if shot.wanted not in shot.clip.videos:
            st.info("The video still shows the verdicts of the earlier settings.")
            if not st.button("Draw the video again with these settings", key="redraw"):
                return
        draw_video(shot, "Drawing the video again")


def _marks(shot: Shot, shown: int, card: Scorecard) -> Iterator[Mark]:
    """A button per repetition: the moment of the gravest finding this clip shows."""
    for row in card.reps:
        rep = row.reps[shown]
        if rep is not None:
            seen = [p for p in row.parts if p.clip == shown] or row.parts
            part = max(seen, key=lambda p: p.finding.verdict.rank)
            moment_s = row.moment_s(part) if part.clip == shown else rep.bottom_s
            label = f"Rep {row.number} {ICONS[part.finding.verdict]}"
            yield Mark(label, shot.frame_time_s(moment_s), row.number == _pick().number)


def _clip_title(shot: Shot, number: int) -> str:
    views = {rep.view for rep in shot.result.reps}
    return f"Clip {number}" + next((f": {v}" for v in ("front", "side") if v in views), "")


def _cards(mine: Space, found: Sequence[Shot], card: Scorecard) -> None:
    if not card.reps:
        st.info(
            "Nothing was counted as a squat. Film a whole set from standing to standing, with "
            "the whole body in the picture."
        )
    for row in card.reps:
        with st.container(border=True, key=f"rep-{row.number}"):
            address = found[row.lead].picture_address(mine, row.rep.number)
            show_html("rep_card.html", row=row, address=address, sure=SURE)
            with st.container(horizontal=True, gap="small"):
                _show_buttons(row)
    _discarded(found)


def _show_buttons(row: SetRep) -> None:
    """A button per finding that can be seen, else one for the repetition."""
    judged = [p for p in row.parts if p.finding.time_s is not None]
    buttons = [
        (fault_name(fault) if len(judged) > 1 else "Show", f"-{fault}", p.clip, row.moment_s(p))
        for p in judged
        for fault in [p.finding.fault]
    ] or [("Show", "", row.lead, row.lead_moment_s)]
    for what, of, clip, moment_s in buttons:
        if st.button(f"▶ {what} at {clock(moment_s)}", key=f"show-{row.number}{of}"):
            _select(row.number, clip, moment_s)


def _discarded(found: Sequence[Shot]) -> None:
    rows = [(s, d) for s in found for d in s.result.discarded]
    if not rows:
        return
    with st.expander(f"Not counted: {counted(len(rows), 'movement')}"):
        for shot, item in rows:
            where = f" in {shot.clip.name}" if len(found) > 1 else ""
            st.text(f"{clock(item.start_s)} to {clock(item.end_s)}{where}: {item.reason}")


def _curves(found: Sequence[Shot], card: Scorecard) -> None:
    pick = _pick()
    shown = min(pick.clip, len(found) - 1)
    shot = found[shown]
    row = next((r for r in card.reps if r.number == pick.number), None)
    rep = row.reps[shown] if row is not None else None
    mark_s = pick.time_s if rep is not None else None
    shown_reps = {r.number for row in card.reps for r in [row.reps[shown]] if r is not None}
    plots = clip_plots([judged for judged in shot.analysis.reps if judged.number in shown_reps])
    if not plots:
        return
    st.subheader("Curves")
    pictures = "".join(svg(p, mark_s, rep.number if rep is not None else None) for p in plots)
    figures(f'<div class="fc-plots">{pictures}</div>', "curves")
    st.caption(
        "Grey bands are repetitions, with the verdict above. Click a curve to see that moment."
    )
