"""The symptom guide: a short wizard, emergency signs first, then a result with its headline."""

from datetime import date

import streamlit as st

from formcheck.app.pages.hand_over import show_hand_over
from formcheck.app.pages.why import show_exercise
from formcheck.app.parts.statements import show_statements
from formcheck.app.parts.templates import show_html
from formcheck.app.parts.wizard import body_map, headline
from formcheck.app.visit.gate import person, withheld_words
from formcheck.knowledge import GuideResult, Standing, Tier, load_knowledge
from formcheck.knowledge.care import Screen, ScreenKind
from formcheck.knowledge.screens import answers_of, next_screen

USUAL_SCREENS = 10
"""How many screens most people see."""
_TICKED = "guide-ticked"
_SEVERAL = "guide-several"


def is_emergency() -> bool:
    """Whether the answers call for the emergency number, and for nothing else on the page."""
    result = person().guide
    return result is not None and result.tier is Tier.EMERGENCY


def show_guide() -> None:
    """Draw the next screen of the guide, or the result once nothing is left to ask."""
    me = person()
    screen = next_screen(me.told, is_thorough=me.is_thorough)
    if screen is not None:
        _show_screen(screen)
    elif me.guide is not None:
        _show_result(me.guide)


# -- asking --------------------------------------------------------------------


def _show_screen(screen: Screen) -> None:
    n_told = len(person().told)
    words = f"Question {n_told + 1}"
    if n_told < USUAL_SCREENS:
        words += f" of about {USUAL_SCREENS}"
    st.progress(min(1.0, n_told / USUAL_SCREENS), words)
    headline(screen.title, "guide-headline", turn=n_told)
    if screen.help:
        st.caption(screen.help)
    if screen.kind is ScreenKind.DATE:
        _ask_date(screen)
    elif screen.kind is ScreenKind.PLACE:
        _ask_place(screen)
    else:
        _ask_cards(screen)
    with st.container(horizontal=True):
        if n_told and st.button("Back", key="guide-back"):
            person().take_back()
            _next()
        if st.button("Skip", key="guide-skip", help="An open question is not a no."):
            _tell(screen, {})
    if not n_told:
        st.caption(
            "Your answers are not stored: they hold for the pages of this browser and go some "
            "minutes after you close them."
        )


def _ask_cards(screen: Screen) -> None:
    ticked: set[int] = st.session_state.setdefault(_TICKED, set())
    is_at_once = screen.kind is ScreenKind.ONE or screen.is_immediate
    with st.container(key="guide-cards"):
        for i, card in enumerate(screen.cards):
            is_on = i in ticked
            if st.button(
                f"✓ {card.label}" if is_on else card.label, key=f"card-{screen.id}-{i}",
                type="primary" if is_on else "secondary", width="stretch",
            ):  # fmt: skip
                if is_at_once:
                    _tell(screen, answers_of(screen, {i}))
                ticked ^= {i}
                st.rerun()
    _finish(screen, ticked)


def _ask_place(screen: Screen) -> None:
    ticked: set[int] = st.session_state.setdefault(_TICKED, set())
    is_several = st.toggle("It hurts in more than one spot", key=_SEVERAL)
    spot = body_map(screen.cards, ticked, "guide-map")
    with st.expander("Or choose from a list"):
        for i, card in enumerate(screen.cards):
            is_on = i in ticked
            if st.button(
                f"✓ {card.label}" if is_on else card.label, key=f"card-{screen.id}-{i}",
                width="stretch",
            ):  # fmt: skip
                spot = i
    if spot is not None:
        if not is_several:
            _tell(screen, answers_of(screen, {spot}))
        ticked ^= {spot}
        st.rerun()
    _finish(screen, ticked)


def _ask_date(screen: Screen) -> None:
    day = st.date_input("Day", None, max_value="today", key="guide-date")
    # Never disabled: a day that was typed counts only once the tap on the button ends the typing.
    if st.button("Continue", key="guide-continue", type="primary"):
        if isinstance(day, date):
            _tell(screen, {screen.field: day.isoformat()})
        st.caption("Choose a day, or skip the question.")


def _finish(screen: Screen, ticked: set[int]) -> None:
    """The button below the cards: go on with what is ticked, or say that nothing applies."""
    if ticked:
        if st.button("Continue", key="guide-continue", type="primary", width="stretch"):
            _tell(screen, answers_of(screen, ticked))
    elif screen.none and st.button(screen.none, key="guide-none", type="primary", width="stretch"):
        _tell(screen, answers_of(screen, ()))


def _tell(screen: Screen, answers: dict[str, object]) -> None:
    person().tell(screen.id, answers)
    _next()


def _next() -> None:
    for key in (_TICKED, _SEVERAL):
        st.session_state.pop(key, None)
    st.rerun()


# -- the result ------------------------------------------------------------------


def _show_result(result: GuideResult) -> None:
    is_flag = result.standing is Standing.RAISED
    with st.container(key="guide-result"):
        headline(
            result.headline, "guide-headline", turn=len(person().told),
            kind="fc-flag" if is_flag else "",
        )  # fmt: skip
        show_html("guide_result.html", result=result)
        with st.container(horizontal=True):
            is_skipped = any(not told for told in person().told.values()) and not is_emergency()
            if is_skipped and st.button(
                "Answer what I skipped", key="guide-skipped", type="primary"
            ):
                _ask_skipped()
            if next_screen(person().told) is not None and st.button(
                "A few more questions, for better advice", key="guide-more", type="primary",
                help="What brings it on, and what to know before medicine.",
            ):  # fmt: skip
                person().is_thorough = True
                _next()
            if st.button("Start again", key="guide-clear"):
                person().forget_answers()
                _next()
        if not is_emergency():
            _show_details(result)


def _ask_skipped() -> None:
    me = person()
    me.told = {screen: told for screen, told in me.told.items() if told}
    _next()


def _show_details(result: GuideResult) -> None:
    """Everything below the headline and what to do, folded."""
    knowledge = load_knowledge()
    if result.red_flags:
        with st.expander("Why"):
            for verdict in result.red_flags:
                st.markdown(f"**{verdict.reason}**")
                show_statements([verdict.flag])
    if result.open_signs:
        with st.expander(f"Signs that are still open: {len(result.open_signs)}"):
            st.markdown("\n".join(f"- {v.flag.label}" for v in result.open_signs))
    if not result.is_exercise_advice_allowed:
        st.markdown(withheld_words())
    for score in result.patterns:
        with st.expander(score.pattern.name):
            show_statements([score.pattern.resembles])
            if score.what_helps:
                show_statements(score.what_helps, "What helps")
            for title, reasons in (("For", score.reasons_for), ("Against", score.reasons_against)):
                if reasons:
                    st.markdown(f"{title}: " + " ".join(reasons))
    if result.is_unclear:
        st.markdown(knowledge.note("general.unclear").text)
    if result.notes:
        with st.expander("Good to know"):
            show_statements(result.notes)
    if result.self_care:
        with st.expander("What you can do yourself"):
            for item in result.self_care:
                st.markdown(f"*{item.name}*")
                show_statements((item, *item.cautions))
    _check_next(result)
    show_hand_over("guide-hand-over")
    st.caption(knowledge.note("general.header").text)


def _check_next(result: GuideResult) -> None:
    """Where to look in one's own findings and training."""
    knowledge = load_knowledge()
    if not result.is_exercise_advice_allowed:
        return
    if result.faults_to_check:
        names = "; ".join(knowledge.fault(f).name for f in result.faults_to_check)
        st.markdown(f"**Worth a look in your own squat:** {names}")
        st.html('<p><a class="fc-link" href="/" target="_self">To your video</a></p>')
    if result.root_causes_to_check:
        names = "; ".join(knowledge.root_cause(c).name for c in result.root_causes_to_check)
        st.markdown(f"**Worth a thought in your training:** {names}")
    ids = dict.fromkeys(
        e for s in result.patterns for e in knowledge.condition(s.pattern.condition).exercises
    )
    if ids:
        with st.expander("Exercises"):
            for id_ in ids:
                show_exercise(knowledge.exercise(id_))
