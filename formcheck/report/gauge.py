"""A value as a person understands it: fine, close or too far, and how well it is known."""

from dataclasses import dataclass

from formcheck.report.templates import render
from formcheck.report.words import shown, unit_words
from formcheck.squat.faults import fault_named
from formcheck.squat.faults.finding import Finding, Verdict
from formcheck.squat.settings import Settings

WIDTH, HEIGHT = 340, 74
_LEFT, _RIGHT = 8, WIDTH - 8
_ROOM = 0.12
"""What is left free beside the outermost value, as a share of what is shown."""
_LABELS_FROM, _LABELS_TO = 0.2, 0.76
"""Where the middle label stays between those at the ends."""
_WHO = {"both": "Both knees about", "left": "Left knee about", "right": "Right knee about"}


@dataclass(frozen=True, slots=True)
class Gauge:
    """A measured value beside its limit, in the fault's unit; ``close`` is where close begins."""

    value: float
    uncertainty: float
    close: float
    limit: float
    verdict: Verdict
    said: str

    @property
    def low(self) -> float:
        """The left end of what is shown."""
        return min(0.0, self.value - self.uncertainty) - _ROOM * abs(self.limit)

    @property
    def high(self) -> float:
        """The right end of what is shown."""
        return max(2 * self.limit, (1 + _ROOM) * (self.value + self.uncertainty), self.limit + 1)

    def x(self, value: float) -> float:
        """Where a value lies in the picture."""
        share = (value - self.low) / (self.high - self.low)
        return _LEFT + min(1.0, max(0.0, share)) * (_RIGHT - _LEFT)

    @property
    def x_close_label(self) -> float:
        """Where the word for the middle zone stands: clear of those at the ends."""
        middle = (self.x(self.close) + self.x(self.limit)) / 2
        return min(_LABELS_TO * WIDTH, max(_LABELS_FROM * WIDTH, middle))


def gauge_of(finding: Finding, settings: Settings) -> Gauge | None:
    """A finding as a gauge.

    None where nothing was measured, and where the verdict rests on more than this value, so that
    the gauge would contradict it: the finding's reason says more then.
    """
    row = fault_named(finding.fault)
    if row is None or finding.value is None or finding.uncertainty is None:
        return None
    if finding.threshold is None:
        return None
    part = settings.section(row.section)
    margin = getattr(part, "borderline_share", 0.0) * finding.uncertainty
    close = finding.threshold - margin
    zone = (
        Verdict.FAULT
        if finding.value >= finding.threshold
        else Verdict.BORDERLINE
        if finding.value >= close
        else Verdict.OK
    )
    verdict = shown(finding)
    is_clear = finding.value - finding.uncertainty > finding.threshold
    if zone is not finding.verdict or (is_clear and verdict is not Verdict.FAULT):
        return None
    return Gauge(
        finding.value, finding.uncertainty, close, finding.threshold, verdict, said(finding)
    )


def said(finding: Finding) -> str:
    """A value in one sentence, rounded once; empty where nothing was measured."""
    row = fault_named(finding.fault)
    if row is None or finding.value is None or finding.threshold is None:
        return ""
    value, limit = round(finding.value), round(finding.threshold)
    unit = unit_words(finding)
    is_share = unit.startswith("%")
    how_far = row.beyond if value >= 0 else row.short_of
    what = f"{'%' if is_share else unit} {how_far or unit.removeprefix('% ')}".strip()
    text = f"{_WHO.get(finding.side or '', 'About')} {abs(value)} {what}"
    return f"{text}. Fine below about {limit} {'%' if is_share else unit}."


def gauge_svg(gauge: Gauge) -> str:
    """Draw a gauge as HTML."""
    return render(
        __package__, "gauge.html.j2", gauge=gauge, width=WIDTH, height=HEIGHT,
        left=_LEFT, right=_RIGHT,
    )  # fmt: skip
