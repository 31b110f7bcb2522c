"""Line drawings that show where to put the phone."""

from __future__ import annotations

_STROKE = (
    'fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" '
    'stroke-linejoin="round"'
)
_ACCENT = 'class="fc-accent" fill="none" stroke-width="3" stroke-linejoin="round"'


def _person_front(x: float, y: float) -> str:
    """A person standing, seen from the front; ``y`` is the floor."""
    return (
        f'<g transform="translate({x} {y})" {_STROKE}>'
        '<circle cx="0" cy="-138" r="12"/>'
        '<path d="M-22 -112Q0 -122 22 -112L16 -66H-16Z"/>'
        '<path d="M-22 -112L-32 -88L-14 -96M22 -112L32 -88L14 -96"/>'
        '<path d="M-13 -66L-18 -34L-16 -3M13 -66L18 -34L16 -3"/>'
        '<path d="M-16 -3L-25 0M16 -3L25 0"/></g>'
    )


def _person_side(x: float, y: float) -> str:
    """A person half way down a squat, seen from the side, facing right."""
    return (
        f'<g transform="translate({x} {y})" {_STROKE}>'
        '<circle cx="14" cy="-118" r="12"/>'
        '<path d="M8 -104L-18 -54L22 -48L4 -4L28 -1M4 -4L-4 -1"/>'
        '<path d="M6 -98L30 -84L46 -92"/></g>'
    )


def framing_guide() -> str:
    """Two pictures with a caption each, side by side or one above the other."""
    front = _scene(
        "Phone straight in front of the lifter, whole body in the picture",
        _person_front(76, 176),
    )
    side = _scene(
        "Phone straight beside the lifter, whole body in the picture", _person_side(76, 176)
    )
    return (
        '<div class="fc-pair">'
        f"<figure>{front}<figcaption><strong>Front</strong>: for knees moving inwards. "
        "Phone upright, straight in front of you. Both feet and the head in the picture."
        "</figcaption></figure>"
        f"<figure>{side}<figcaption><strong>Side</strong>: for forward knee travel and depth. "
        "Phone upright, straight beside you, the near foot in full view."
        "</figcaption></figure></div>"
        '<p class="fc-small">Phone on a stand at hip height (0.8 to 1 m), level, 2.5 to 3.5 m '
        "away. One person, fitted clothes, shoes that stand out from the floor, light from the "
        "front. Stand still for a second before the first squat.</p>"
    )


def _scene(title: str, person: str) -> str:
    """What the camera sees, in a phone frame, and where it stands."""
    seen = (
        f'<rect {_ACCENT} x="14" y="10" width="124" height="184" rx="12"/>'
        f'<path {_STROKE} stroke-opacity=".35" d="M24 178H128"/>{person}'
    )
    is_front = "front" in title
    body = (
        '<path d="M-30 0C-30 -14 30 -14 30 0C30 14 -30 14 -30 0Z"/><circle cx="0" cy="0" r="11"/>'
        '<path d="M-14 16v10q0 5 -5 5t-5 -5v-6M14 16v10q0 5 5 5t5 -5v-6"/>'
    )
    if is_front:
        lifter = f'<g transform="translate(285 36)" {_STROKE}>{body}</g>'
        phone = _phone_above(285, 172, 0)
        line = '<path d="M285 78V150" stroke-dasharray="5 6"/>'
        text = '<text x="300" y="116">2.5 to 3.5 m</text>'
    else:
        lifter = f'<g transform="translate(208 84)" {_STROKE}>{body}</g>'
        phone = _phone_above(385, 84, 90)
        line = '<path d="M246 84H362" stroke-dasharray="5 6"/>'
        text = '<text x="304" y="70" text-anchor="middle">2.5 to 3.5 m</text>'
    return (
        f'<svg viewBox="0 0 420 204" role="img" aria-label="{title}">{seen}{lifter}{phone}'
        f'<g {_STROKE} stroke-opacity=".6">{line}</g>'
        f'<g font-family="system-ui,sans-serif" font-size="15" fill="currentColor">{text}'
        '<text x="285" y="200" text-anchor="middle" font-size="13">seen from above</text>'
        "</g></svg>"
    )


def _phone_above(x: float, y: float, turn_deg: float) -> str:
    """A phone seen from above, its lens towards the lifter."""
    return (
        f'<g transform="translate({x} {y}) rotate({-turn_deg})">'
        f'<rect {_ACCENT} x="-20" y="-6" width="40" height="12" rx="4"/>'
        '<circle cx="0" cy="-7" r="3.5" fill="currentColor"/></g>'
    )
