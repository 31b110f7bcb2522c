"""Squats in a stream of poses, and everything that is not one, with the reason.

A repetition is a dip of the hips: down from a top, through a bottom, back up to a top, the feet
where they were.  Hip height over the ankles works from every side, also from the front, where a
knee angle in the picture collapses. Tops and bottoms are found by hysteresis, so no frame rate,
tempo or absolute size matters; start and bottom are then found by looking back.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from formcheck.pose.kinematics import Window
from formcheck.pose.smoothing import SmoothPose
from formcheck.pose.track import FloatArray
from formcheck.squat.floor import HipHeight
from formcheck.squat.rep import Rep, measured_rep
from formcheck.squat.rules import RepSettings, is_another_stand, stepped, why_not_a_squat

__all__ = ["Discarded", "Rep", "RepSegmenter", "RepSettings"]

AT_TOP_SHARE = 0.98
"""The hips are still at the top at this share of its height: the dip begins after it."""
RISE_STEP = 1.01
"""Hips that rise by this factor are rising still; by less they have settled."""
SINK_SHARE = 0.5
"""Part of ``open_drop_ratio`` that the hips must sink from a new top to end the dip before it."""
REST_RANGE = 0.04
"""Hips that stay within this share of the standing height are at rest."""


REST_SEEN_SHARE = 0.6
"""And they must have been in sight for this share of the time."""


@dataclass(frozen=True, slots=True)
class Discarded:
    """A stretch that looked like a repetition and was not counted."""

    start_s: float
    end_s: float
    reason: str


class _Phase(StrEnum):
    UP = "standing"
    DOWN = "down"
    RISING = "up"


@dataclass(slots=True)
class RepSegmenter:
    """State machine over smoothed poses.

    ``update`` returns repetitions and discarded stretches as soon as they are decided; an emitted
    one is never revised.
    """

    settings: RepSettings = field(default_factory=RepSettings)
    _buffer: deque[tuple[SmoothPose, float]] = field(default_factory=deque)
    _phase: _Phase = _Phase.UP
    _top: float = 0.0
    _top_s: float = 0.0
    _low: float = np.inf
    _low_s: float = 0.0
    _rise: float = 0.0
    _rise_s: float = 0.0
    _since_s: float = -np.inf
    """No sample before this belongs to the current search."""
    _first: float | None = None
    """Hip height when the search began; infinite once it says nothing any more."""
    _last_seen_s: float | None = None
    _newest_s: float | None = None
    _person: int = 0
    _hip_height: HipHeight = field(default_factory=HipHeight)

    @property
    def _is_nearly_up(self) -> bool:
        """Whether the lifter had all but arrived when the stream broke off."""
        return self._rise - self._low >= self.settings.arrived_share * (self._top - self._low)

    @property
    def phase(self) -> str:
        """``standing``, ``down`` or ``up``: for display only."""
        return self._phase.value

    def open_rep(self) -> Rep | None:
        """The dip under way, as far as it was seen; for hints that count nowhere.

        Its end is the newest pose and its standing height that before the dip. None while standing
        and until the dip is deep enough to be a repetition.
        """
        if self._phase is _Phase.UP or self._drop_ratio < self.settings.min_drop_ratio:
            return None
        now_s = self._buffer[-1][0].pose.time_s
        seen = self._window(self._top_s - self.settings.lead_s, now_s)
        return measured_rep(*seen, self._top, self._top, self._low_s, self._top_s, now_s)

    @property
    def _drop_ratio(self) -> float:
        """How deep the open dip went, as a share of the height before it."""
        return 1 - self._low / self._top

    @property
    def _longest_gap_s(self) -> float:
        """How long the lifter may be out of sight: longer once clearly on the way down."""
        is_down = self._phase is not _Phase.UP and self._drop_ratio >= self.settings.min_drop_ratio
        return self.settings.max_hidden_s if is_down else self.settings.max_gap_s

    def update(self, pose: SmoothPose) -> tuple[Rep | Discarded, ...]:
        """Take the next pose."""
        out: list[Rep | Discarded] = []
        time_s = pose.pose.time_s
        if pose.person != self._person:
            out += self._interrupt("another person came into the picture")
            self._person = pose.person
        if self._newest_s is not None and time_s - self._newest_s > self.settings.max_hole_s:
            # No pictures at all: nobody knows what was done meanwhile.
            out += self._interrupt("pictures are missing")
        self._newest_s = time_s
        height = self._hip_height.update(pose.pose)
        self._buffer.append((pose, height))
        if np.isfinite(height):
            self._last_seen_s = time_s
            step = {
                _Phase.UP: self._while_up,
                _Phase.DOWN: self._while_down,
                _Phase.RISING: self._while_rising,
            }[self._phase]
            out += step(time_s, height)
        elif self._last_seen_s is not None and time_s - self._last_seen_s > self._longest_gap_s:
            out += self._interrupt("the person was lost from sight")
        self._trim(time_s)
        return tuple(out)

    def flush(self) -> tuple[Rep | Discarded, ...]:
        """Decide what is still open at the end of the stream."""
        return tuple(self._interrupt("the clip ends before the lifter is up again"))

    # -- the three phases ---------------------------------------------------

    def _while_up(self, time_s: float, height: float) -> list[Rep | Discarded]:
        out: list[Rep | Discarded] = []
        if self._first is None:
            self._first, self._since_s = height, time_s
        recent = self._heights(max(self._since_s, time_s - self.settings.reference_s))
        self._top = max(h for _, h in recent)
        if self._top <= 0:  # the hips below the ankles: upside down
            return out
        self._top_s = max(t for t, h in recent if h >= AT_TOP_SHARE * self._top)
        # Much lower at first than now, feet in place: the stream began at the bottom.
        if 0 < self._first < (1 - self.settings.min_drop_ratio) * self._top:
            window, _ = self._window(self._since_s, time_s)
            if not stepped(window, self._top, self.settings):
                out.append(Discarded(self._since_s, time_s, "already down when the clip starts"))
            self._first = np.inf
        if height < (1 - self.settings.open_drop_ratio) * self._top:
            self._phase, self._low, self._low_s = _Phase.DOWN, height, time_s
        return out

    def _while_down(self, time_s: float, height: float) -> list[Rep | Discarded]:
        if height < self._low:
            self._low, self._low_s = height, time_s
        if height >= self._low + self.settings.recovered_share * (self._top - self._low):
            self._phase, self._rise, self._rise_s = _Phase.RISING, height, time_s
            return []
        if self._settled_elsewhere(time_s, height):
            return self._restart(time_s, "the feet moved: walking or stepping")
        if time_s - self._top_s > self.settings.max_duration_s:
            return self._restart(time_s, "stays down too long, as in sitting")
        return []

    def _while_rising(self, time_s: float, height: float) -> list[Rep | Discarded]:
        if height < self._low:  # sank again without a top: still the same dip
            self._phase, self._low, self._low_s = _Phase.DOWN, height, time_s
            return []
        if height > self._rise:
            if height > RISE_STEP * self._rise:
                self._rise_s = time_s
            self._rise = height
            return []
        is_settled = time_s - self._rise_s >= self.settings.settle_s
        is_sinking = height < (1 - SINK_SHARE * self.settings.open_drop_ratio) * self._rise
        if is_settled or is_sinking:
            return self._close(time_s)
        return []

    # -- closing ------------------------------------------------------------

    def _settled_elsewhere(self, time_s: float, height: float) -> bool:
        """Whether the hips rest at a new height that is a stand, not a bottom."""
        if time_s - self._top_s < self.settings.plateau_s:
            return False
        recent = self._heights(time_s - self.settings.plateau_s)
        if time_s - recent[0][0] < REST_SEEN_SHARE * self.settings.plateau_s:
            return False  # out of sight meanwhile
        heights = [h for _, h in recent]
        if max(heights) - min(heights) > REST_RANGE * self._top:
            return False
        if 1 - height / self._top < self.settings.stand_drop_ratio:
            return True
        return is_another_stand(*self._window(self._top_s, time_s), self._top)

    def _restart(self, time_s: float, reason: str) -> list[Rep | Discarded]:
        """Give up the open dip and take the present height as standing."""
        self._phase, self._since_s, self._first = _Phase.UP, time_s, np.inf
        if self._drop_ratio < self.settings.min_drop_ratio:
            return []
        return [Discarded(self._top_s, time_s, reason)]

    def _interrupt(self, reason: str) -> list[Rep | Discarded]:
        """End of the stream, of the person or of sight."""
        out: list[Rep | Discarded] = []
        last_s = self._last_seen_s
        if last_s is not None:
            if self._phase is _Phase.RISING and self._is_nearly_up:
                out = self._close(last_s)
            elif self._phase is not _Phase.UP:
                out = self._restart(last_s, reason)
        self._phase, self._first, self._since_s = _Phase.UP, None, np.inf
        self._last_seen_s = None
        self._buffer.clear()
        self._hip_height = HipHeight()
        return out

    def _close(self, time_s: float) -> list[Rep | Discarded]:
        """Judge the dip that ends here."""
        top, rise = self._top, self._rise
        seen = self._window(self._top_s - self.settings.lead_s, time_s)
        self._phase, self._since_s, self._first = _Phase.UP, self._rise_s, np.inf
        rep = measured_rep(*seen, top, rise, self._low_s, self._top_s, self._rise_s)
        reason = why_not_a_squat(rep, top, rise, self.settings)
        return [rep if reason is None else Discarded(rep.start_s, rep.end_s, reason)]

    # -- the buffer ---------------------------------------------------------

    def _window(self, first_s: float, last_s: float) -> tuple[Window, FloatArray]:
        """The poses from one time to another, both included, and the hip heights in them."""
        seen = [(p, h) for p, h in self._buffer if first_s <= p.pose.time_s <= last_s]
        return Window.stack([p for p, _ in seen]), np.array([h for _, h in seen])

    def _heights(self, since_s: float) -> list[tuple[float, float]]:
        """Times and hip heights from ``since_s`` on, where the height is known."""
        return [
            (p.pose.time_s, h)
            for p, h in self._buffer
            if p.pose.time_s >= since_s and np.isfinite(h)
        ]

    def _trim(self, now_s: float) -> None:
        lead_s = self.settings.lead_s
        oldest = now_s - (max(self.settings.reference_s, lead_s) + lead_s)
        if self._phase is not _Phase.UP:
            oldest = min(oldest, self._top_s - lead_s)
        while self._buffer and self._buffer[0][0].pose.time_s < oldest:
            self._buffer.popleft()
