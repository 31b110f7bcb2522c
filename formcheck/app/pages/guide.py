"""The symptom guide: warning signs first, then what the answers resemble."""

from itertools import groupby

import streamlit as st

from formcheck.app.pages.why import show_exercise
from formcheck.app.parts.statements import show_statements
from formcheck.app.parts.templates import show_html
from formcheck.app.visit.gate import person
from formcheck.knowledge import GuideResult, load_knowledge, parse_answers, run_guide
from formcheck.knowledge.care import Question, QuestionKind

_OPEN = "not answered"
_YES_NO = {"yes": True, "no": False}
_PAIN_ANSWERS = ("locations", "characters", "provocations", "since_onset_h")


def show_guide() -> None:
    """Draw the questions, and the answer once there is one."""
    st.markdown(
        "Tell as much as you like; every question may stay open. Your answers are not stored: "
        "they hold for the pages of this browser and go some minutes after you close them."
    )
    result = person().guide
    if result is not None:
        _show_result(result)
    if result is not None and st.button("Clear my answers", key="guide-clear"):
        person().guide = person().has_knee_pain = None
        for key in [k for k in st.session_state if str(k).startswith("guide-")]:
            del st.session_state[key]
        st.rerun()
    with st.expander("Questions", expanded=result is None), st.form("guide", border=False):
        given = _ask_all()
        if st.form_submit_button("See what this may mean", type="primary"):
            _answer(given)


def _ask_all() -> dict[str, object]:
    given: dict[str, object] = {}
    for section, questions in groupby(load_knowledge().questions, key=lambda q: q.section):
        st.subheader(section)
        for question in questions:
            value = _ask(question)
            if value is not None:
                given[question.id] = value
    return given


def _ask(question: Question) -> object | None:
    """Draw one question and return the answer, None if it stays open."""
    key = f"guide-q-{question.id}"
    labels = {option.value: option.label for option in question.options}
    if question.kind is QuestionKind.YES_NO:
        said = st.radio(question.text, [_OPEN, *_YES_NO], key=key, horizontal=True)
        return _YES_NO.get(said or _OPEN)
    if question.kind is QuestionKind.ONE_OF:
        one = st.radio(
            question.text, [_OPEN, *labels], key=key, format_func=lambda v: labels.get(v, v)
        )
        return None if one in (None, _OPEN) else one
    if question.kind is QuestionKind.MANY_OF:
        many = st.multiselect(
            question.text, list(labels), key=key, format_func=lambda value: labels[value],
            placeholder="Choose any",
        )  # fmt: skip
        return many or None
    highest = 120.0 if question.unit == "years" else 100_000.0
    return st.number_input(
        f"{question.text} ({question.unit})", 0.0, highest, value=None, key=key, step=1.0,
        format="%g",
    )  # fmt: skip


def _answer(given: dict[str, object]) -> None:
    me = person()
    me.guide = run_guide(parse_answers(given))
    me.has_knee_pain = True if any(name in given for name in _PAIN_ANSWERS) else None
    st.rerun()


def _show_result(result: GuideResult) -> None:
    knowledge = load_knowledge()
    with st.container(key="guide-result", border=True):
        if result.red_flags:
            show_html("warning.html", result=result)
        else:
            st.markdown(f"**{result.headline}**")
            st.markdown(result.detail)
        if not result.is_exercise_advice_allowed:
            st.markdown(knowledge.note("general.withheld").text)
        for score in result.patterns:
            st.markdown(f"**{score.pattern.name}**: {score.pattern.resembles.text}")
            for title, reasons in (("For", score.reasons_for), ("Against", score.reasons_against)):
                if reasons:
                    st.markdown(f"{title}: " + " ".join(reasons))
        if result.is_unclear:
            st.markdown(knowledge.note("general.unclear").text)
        if result.notes:
            show_statements(result.notes)
        if result.self_care:
            st.markdown("**What you can do yourself**")
            for item in result.self_care:
                st.markdown(f"*{item.name}*")
                show_statements((item, *item.cautions))
        _check_next(result)


def _check_next(result: GuideResult) -> None:
    """Where to look in one's own findings and training."""
    knowledge = load_knowledge()
    if not result.is_exercise_advice_allowed:
        return
    if result.faults_to_check:
        names = "; ".join(knowledge.fault(f).name for f in result.faults_to_check)
        st.markdown(f"**Look at in your own squat:** {names}")
        st.html('<p><a class="fc-link" href="/" target="_self">To your video</a></p>')
    if result.root_causes_to_check:
        names = "; ".join(knowledge.root_cause(c).name for c in result.root_causes_to_check)
        st.markdown(f"**Think of in your training:** {names}")
    ids = dict.fromkeys(
        e for s in result.patterns for e in knowledge.condition(s.pattern.condition).exercises
    )
    if ids:
        with st.expander("Exercises"):
            for id_ in ids:
                show_exercise(knowledge.exercise(id_))
