"""Settings that judge the stored poses anew, at once."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from formcheck.squat.settings import DEFAULT_SETTINGS, Settings

_KEY = "settings-values"
STRICTNESS = {"relaxed": 1.25, "standard": 1.0, "strict": 0.8}


@dataclass(frozen=True, slots=True)
class Limit:
    """A setting a person may change, with where its default comes from."""

    name: str
    label: str
    unit: str
    source: str
    is_scaled: bool = True


_SHANK = "% of shank length"
_OWN = "Coaching limit chosen for formcheck and tried on rendered people; no published cut-off."
LIMITS = (
    Limit("valgus.fault_leg_pct", "Knee valgus, one knee: fault from", _SHANK, _OWN),
    Limit("valgus.fault_both_pct", "Knee valgus, mean of both: fault from", _SHANK, _OWN),
    Limit("valgus.moderate_pct", "Knee valgus: moderate from", _SHANK, _OWN),
    Limit("valgus.marked_pct", "Knee valgus: marked from", _SHANK, _OWN),
    Limit(
        "valgus.cave_pct", "Knees closer on the way up: supports a verdict from",
        "% of knee distance", _OWN,
    ),
    Limit(
        "travel.fault_pct", "Forward knee travel: fault from", "% of foot length",
        f"{_OWN} Knees past the toes are normal for many bodies, so it starts well past them.",
    ),
    Limit("travel.note_pct", "Forward knee travel: worth a note from", "% of foot length", _OWN),
    Limit(
        "travel.heel_rise_pct", "Heel rise that counts as a sign", "% of foot length",
        f"{_OWN} Heels that come up go with stiff ankles.", is_scaled=False,
    ),
    Limit(
        "travel.quad_dominant_deg", "Shin leaning more than the trunk by", "°",
        "Chosen for formcheck after studies of trunk and shank angles (Straub and others).",
        is_scaled=False,
    ),
)  # fmt: skip


def default_of(name: str) -> float:
    """The default of a setting."""
    section, _, field = name.partition(".")
    return float(getattr(getattr(DEFAULT_SETTINGS, section), field))


def preset(strictness: str) -> dict[str, float]:
    """The limits of a strictness: all scaled limits times one factor."""
    factor = STRICTNESS[strictness]
    return {
        limit.name: round(default_of(limit.name) * factor, 1) for limit in LIMITS if limit.is_scaled
    }


def current_settings() -> Settings:
    """The settings of this session."""
    values: dict[str, float | bool] = st.session_state.get(_KEY, {})
    return DEFAULT_SETTINGS.with_values(values)


def show_settings() -> None:
    """Draw the settings; a change judges again when the page is drawn next."""
    st.markdown(
        "Changes judge the stored poses again at once; nothing is analysed twice. "
        "Limits say what is worth coaching. They are **not** limits of risk."
    )
    values: dict[str, float | bool] = dict(st.session_state.get(_KEY, {}))
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
    comfort = st.toggle(
        "Knee-comfort mode: my knee hurts at the front",
        value=bool(values.get("travel.comfort_mode", False)), key="comfort",
        help="Judges forward knee travel more carefully: less is better when the front of the "
        "knee is sore.",
    )  # fmt: skip
    if comfort != bool(values.get("travel.comfort_mode", False)):
        _keep({**values, "travel.comfort_mode": comfort})
    with st.expander("Every limit, with its default and source"):
        for limit in LIMITS:
            _number(limit, values)
    if current_settings().changed() and st.button("Back to the defaults", key="settings-reset"):
        _keep({})


def _number(limit: Limit, values: dict[str, float | bool]) -> None:
    default = default_of(limit.name)
    now = float(values.get(limit.name, default))
    # The value is part of the key: a preset must show in the box.
    chosen = st.number_input(
        f"{limit.label} ({limit.unit})", min_value=0.0, max_value=200.0, value=now, step=0.5,
        format="%.1f", key=f"limit-{limit.name}-{now:g}",
    )  # fmt: skip
    st.caption(f"Default {default:g}. {limit.source}")
    if chosen != now:
        _keep({**values, limit.name: float(chosen)})


def _strictness(values: dict[str, float | bool]) -> str | None:
    scaled = {k: float(values.get(k, v)) for k, v in preset("standard").items()}
    return next((name for name in STRICTNESS if preset(name) == scaled), None)


def _keep(values: dict[str, float | bool]) -> None:
    kept = DEFAULT_SETTINGS.with_values(values).changed()
    st.session_state[_KEY] = kept
    for key in ("strictness", "comfort"):
        st.session_state.pop(key, None)
    st.rerun()
