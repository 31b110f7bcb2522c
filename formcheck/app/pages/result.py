"""The result: what a set says in one glance, the repetition looked at, and the rest in drawers."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import streamlit as st
from markupsafe import Markup, escape

from formcheck.app.pages.drawing import renew_pictures
from formcheck.app.pages.keep import is_kept, show_keep
from formcheck.app.pages.people import show_people
from formcheck.app.pages.plan import show_plan
from formcheck.app.pages.settings import current_settings, show_settings
from formcheck.app.pages.take_away import BLUR, show_take_away
from formcheck.app.pages.watch import Pick, first_of, forget_pick, picked, show_video
from formcheck.app.pages.why import show_why
from formcheck.app.parts.figures import figures
from formcheck.app.parts.one_set import one_set
from formcheck.app.parts.templates import filled, show_html
from formcheck.app.visit.clips import Clip
from formcheck.app.visit.gate import is_advice_open, person, withheld_words
from formcheck.app.visit.shots import Shot, shots
from formcheck.app.visit.spaces import SPACES, Space
from formcheck.knowledge import load_knowledge
from formcheck.knowledge.reassurance import reassurance
from formcheck.knowledge.words import ICONS, counted
from formcheck.report.course import Course, course_svg, courses
from formcheck.report.gauge import gauge_of, gauge_svg, said
from formcheck.report.glance import Glance, at_a_glance
from formcheck.report.plots import clip_plots, svg
from formcheck.report.scorecard import (
    Scorecard,
    SetRep,
    form_evidence,
    same_view,
    scorecard,
    unseen,
)
from formcheck.report.words import fault_plain, shown, sure_words
from formcheck.squat.faults import fault_named
from formcheck.squat.settings import Settings

_ASKED = "close-asked"


def forget() -> None:
    """Forget what was selected, for a new clip."""
    forget_pick()
    st.session_state.pop(_ASKED, None)
    st.session_state.pop(BLUR, None)


def show_result(mine: Space, clips: list[Clip]) -> None:
    """Draw the result of one clip, or of two clips of one set."""
    settings = current_settings()
    is_allowed = is_advice_open()
    blur = bool(st.session_state.get(BLUR, False))
    found = shots(clips, settings, is_allowed, blur)
    results = [s.result for s in found]
    card = scorecard(results, [s.clip.name for s in found])
    glance = at_a_glance(card)
    pick = picked(glance.decisive)
    person().look_at(results)
    with st.container(key="result"):
        _top(mine, found, card)
        _glance(card, glance, is_allowed)
        if show_people(mine, found):
            forget()
            st.rerun()
        part = one_set(card, pick.number, pick.nonce)
        if pick.number not in [row.number for row in part.reps]:
            pick = first_of(at_a_glance(part).decisive, pick)
        in_set = courses(part)
        watch, beside = st.columns([6, 5], gap="medium")
        with watch, st.container(key="watch"):
            show_video(mine, found, part, pick)
        with beside:
            _repetition(part, pick, settings, len(card.reps))
            _open_points(card, found, glance, is_allowed, in_set)
            with st.container(key="drawers-beside"):
                with st.expander("What to do next"):
                    show_plan(date.today())
                with st.expander("Why it matters"):
                    show_why(card)
                with st.expander("Keep this set"):
                    show_keep(results, len(card.reps), is_live=clips[0] in mine.live)
        with st.container(key="drawers"):
            _repetitions(mine, found, part)
            _curves(found, part, pick, in_set)
            with st.expander("Settings"):
                show_settings()
            with st.expander("Take away: video, report, tables"):
                show_take_away(mine, found, settings, is_allowed)
    for shot in found:
        if shot.is_drawable:
            renew_pictures(shot)


def _top(mine: Space, found: Sequence[Shot], card: Scorecard) -> None:
    names = escape(" + ".join(Path(s.clip.name).stem for s in found))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f'<p class="fc-small">Result for <strong>{names}</strong></p>')
        is_live = any(s.clip in mine.live for s in found)
        wants_on = st.button("Close this result" if is_live else "Check another video", key="again")
    is_lost = bool(card.reps) and not is_kept([s.result for s in found])
    if wants_on and not is_lost:
        _close(mine, found)
    elif is_lost and (wants_on or _ASKED in st.session_state):
        st.session_state[_ASKED] = True
        _ask(mine, found)


def _ask(mine: Space, found: Sequence[Shot]) -> None:
    """Ask before a result goes that is in no history."""
    with st.container(border=True, key="ask", horizontal=True, vertical_alignment="center"):
        st.markdown("This result is not kept. *Keep this set* puts its numbers into your history.")
        if st.button("Let it go", key="let-go"):
            _close(mine, found)
        if st.button("Stay here", key="stay"):
            st.session_state.pop(_ASKED)
            st.rerun()


def _close(mine: Space, found: Sequence[Shot]) -> None:
    for shot in found:
        SPACES.drop_clip(mine, shot.clip)
    forget()
    st.rerun()


def _glance(card: Scorecard, glance: Glance, is_allowed: bool) -> None:
    with st.container(key="summary"):
        show_html(
            "glance.html", glance=glance, icon=ICONS[glance.verdict], is_allowed=is_allowed,
            good=reassurance(form=form_evidence(card)), withheld=withheld_words(),
            movement=load_knowledge().note("general.movement_only").text,
        )  # fmt: skip


def _repetition(card: Scorecard, pick: Pick, settings: Settings, n_reps: int) -> None:
    """The repetition that is looked at: what was measured, as gauges."""
    row = next((row for row in card.reps if row.number == pick.number), None)
    if row is None:
        if not card.reps:
            st.info(
                "Nothing was counted as a squat. Film a whole set from standing to standing, with "
                "the whole body in the picture."
            )
        return
    html = filled(
        "repetition.html", row=row, n_reps=n_reps, icons=ICONS, shown=shown,
        sure_words=sure_words, said=said, fault_plain=fault_plain,
        gauge=lambda finding: _gauge(row, finding.fault, settings),
        about=lambda finding: _about(card, finding.fault, settings),
    )  # fmt: skip
    figures(html, "repetition")


def _gauge(row: SetRep, fault: str, settings: Settings) -> Markup | None:
    part = row.part(fault)
    gauge = None if part is None else gauge_of(part.finding, settings)
    return None if gauge is None else Markup(gauge_svg(gauge))


def _about(card: Scorecard, name: str, settings: Settings) -> str:
    """What a number means, and why its limit varies if it does in this set."""
    fault = fault_named(name)
    if fault is None:
        return ""
    parts = [part for row in card.reps if (part := row.part(name)) is not None]
    limits = {round(p.finding.threshold) for p in parts if p.finding.threshold is not None}
    text = f"Measured: {fault.about(settings.section(fault.section))}"
    return f"{text} {fault.why_limit_varies}" if len(limits) > 1 else text


def _open_points(
    card: Scorecard,
    found: Sequence[Shot],
    glance: Glance,
    is_allowed: bool,
    set_courses: Sequence[Course],
) -> None:
    """What is possible, could not be seen or has to be said of the clips."""
    show_html(
        "open_points.html", glance=glance, unseen=unseen(card), n_reps=len(card.reps),
        fault_plain=fault_plain, is_allowed=is_allowed,
        two_clips=[t for t in (*card.notes, same_view([s.result for s in found])) if t],
        notes=[note for shot in found for note in shot.result.notes],
        drifts=[course.drift for course in set_courses if course.drift],
    )  # fmt: skip


def _repetitions(mine: Space, found: Sequence[Shot], card: Scorecard) -> None:
    discarded = [(s, d) for s in found for d in s.result.discarded]
    left_out = f", {counted(len(discarded), 'movement')} not counted" if discarded else ""
    with st.expander(f"Every repetition{left_out}"):
        show_html(
            "repetitions.html", rows=card.reps, discarded=discarded, has_two=len(found) > 1,
            address=lambda row: found[row.lead].picture_address(mine, row.rep.number),
        )  # fmt: skip


def _curves(
    found: Sequence[Shot], card: Scorecard, pick: Pick, set_courses: Sequence[Course]
) -> None:
    shown_clip = min(pick.clip, len(found) - 1)
    shot = found[shown_clip]
    row = next((r for r in card.reps if r.number == pick.number), None)
    rep = row.reps[shown_clip] if row is not None else None
    mark_s = pick.time_s if rep is not None else None
    in_set = {r.number for row in card.reps for r in [row.reps[shown_clip]] if r is not None}
    plots = clip_plots([judged for judged in shot.analysis.reps if judged.number in in_set])
    if not plots:
        return
    with st.expander("Curves and changes within the set"):
        pictures = "".join(svg(p, mark_s, rep.number if rep is not None else None) for p in plots)
        pictures += "".join(course_svg(course) for course in set_courses)
        figures(f'<div class="fc-plots">{pictures}</div>', "curves")
        st.caption(
            "Grey bands are repetitions, with the verdict above; a curve is pale where nothing is "
            "judged. Click a curve to see that moment. Dots are repetitions, with the part of the "
            "error that is their own."
        )
