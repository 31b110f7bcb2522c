"""Settings that judge the stored poses anew, at once."""

import streamlit as st

from formcheck.app.visit.gate import person
from formcheck.knowledge.fault_words import Limit
from formcheck.squat.faults import FAULTS
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings

STRICTNESS = {"relaxed": 1.25, "standard": 1.0, "strict": 0.8}


def limits() -> list[tuple[str, Limit]]:
    """The limits a person may change, by ``section.field``."""
    return [(f"{fault.section}.{limit.field}", limit) for fault in FAULTS for limit in fault.limits]


def default_of(name: str) -> float:
    """The default of a setting."""
    return float(DEFAULT_SETTINGS.value(name))


def preset(strictness: str) -> dict[str, float]:
    """The limits of a strictness: all scaled limits times one factor."""
    factor = STRICTNESS[strictness]
    return {
        name: round(default_of(name) * factor, 1) for name, limit in limits() if limit.is_scaled
    }


def current_settings() -> Settings:
    """The settings of this browser."""
    return DEFAULT_SETTINGS.with_values(person().settings)


def show_settings() -> None:
    """Draw the settings; a change judges again when the page is drawn next."""
    st.markdown(
        "Changes judge the stored poses again at once; nothing is analysed twice. "
        "Limits say what is worth coaching. They are **not** limits of risk."
    )
    values: dict[str, float | bool] = dict(person().settings)
    chosen = st.segmented_control(
        "Strictness", list(STRICTNESS), default=_strictness(values), key="strictness",
        help="Relaxed: limits a quarter higher. Strict: a fifth lower.",
        format_func=str.capitalize,
    )  # fmt: skip
    if chosen is not None and chosen != _strictness(values):
        values = {k: v for k, v in values.items() if k not in preset("standard")}
        if chosen != "standard":
            values |= preset(chosen)
        _keep(values)
    for fault in FAULTS:
        for switch in fault.switches:
            name = f"{fault.section}.{switch.field}"
            was_on = bool(values.get(name, DEFAULT_SETTINGS.value(name)))
            is_on = st.toggle(switch.label, value=was_on, key=f"switch-{name}", help=switch.help)
            if is_on != was_on:
                _keep({**values, name: is_on})
    with st.expander("Every limit, with its default and source"):
        for name, limit in limits():
            _number(name, limit, values)
    if current_settings().changed() and st.button("Back to the defaults", key="settings-reset"):
        _keep({})


def _number(name: str, limit: Limit, values: dict[str, float | bool]) -> None:
    default = default_of(name)
    now = float(values.get(name, default))
    # The value is part of the key: a preset must show in the box.
    chosen = st.number_input(
        f"{limit.label} ({limit.unit})", min_value=0.0, max_value=200.0, value=now, step=0.5,
        format="%.1f", key=f"limit-{name}-{now:g}",
    )  # fmt: skip
    st.caption(f"Default {default:g}. {limit.source}")
    if chosen != now:
        _keep({**values, name: float(chosen)})


def _strictness(values: dict[str, float | bool]) -> str | None:
    scaled = {k: float(values.get(k, v)) for k, v in preset("standard").items()}
    return next((name for name in STRICTNESS if preset(name) == scaled), None)


def _keep(values: dict[str, float | bool]) -> None:
    person().settings = DEFAULT_SETTINGS.with_values(values).changed()
    for key in [key for key in st.session_state if str(key).startswith(("strictness", "switch-"))]:
        st.session_state.pop(key, None)
    st.rerun()
