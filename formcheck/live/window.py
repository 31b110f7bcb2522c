"""The live set in a window of its own, drawn with pygame."""

from __future__ import annotations

import time

import numpy as np
import pygame

from formcheck.errors import InputError
from formcheck.live.session import LiveUpdate, Stage
from formcheck.pose.track import FloatArray
from formcheck.squat.faults.finding import Verdict
from formcheck.video.reading import ImageArray

Colour = tuple[int, int, int]
_INK, _PAPER, _FAINT, _LEG = (245, 247, 250), (16, 22, 27), (150, 160, 170), (63, 208, 164)
_COLOURS: dict[Verdict, Colour] = {
    Verdict.OK: (0, 190, 140),
    Verdict.BORDERLINE: (240, 200, 40),
    Verdict.FAULT: (255, 106, 61),
    Verdict.NOT_ASSESSABLE: (169, 183, 190),
}
_TONES: dict[Verdict | None, tuple[tuple[int, float], ...]] = {
    Verdict.OK: ((880, 0.12),),
    Verdict.BORDERLINE: ((660, 0.12), (660, 0.12)),
    Verdict.FAULT: ((330, 0.16), (330, 0.16), (330, 0.16)),
    Verdict.NOT_ASSESSABLE: ((880, 0.12),),
    None: ((880, 0.12),),
}
_BONES = ((11, 12), (11, 23), (12, 24), (23, 24), (11, 13), (13, 15), (12, 14), (14, 16))
_LEGS = (
    (23, 25), (25, 27), (27, 29), (29, 31), (27, 31),
    (24, 26), (26, 28), (28, 30), (30, 32), (28, 32),
)  # fmt: skip
FLASH_S = 1.6
CUE_S = 7.0
SAMPLE_HZ = 22050


class LiveWindow:
    """A window with the picture, the count and the words; keys Q, M and F.

    Parameters
    ----------
    is_mirrored : bool
        Show the picture as a mirror does.
    is_muted : bool
    size : tuple of int

    Raises
    ------
    InputError
        If there is no screen.
    """

    def __init__(
        self, *, is_mirrored: bool, is_muted: bool = False, size: tuple[int, int] = (1280, 720)
    ) -> None:
        self.is_closed = False
        self.is_muted = is_muted
        self._is_mirrored = is_mirrored
        self._cue, self._cue_until_s = "", 0.0
        self._flash: tuple[Verdict, float] | None = None
        self._fonts: dict[int, pygame.font.Font] = {}
        try:
            pygame.display.init()
            pygame.font.init()
            self._screen = pygame.display.set_mode(size, pygame.RESIZABLE)
        except pygame.error as error:
            pygame.quit()
            raise InputError(
                f"no window can be opened ({error}). Use 'formcheck app' and a browser instead."
            ) from error
        pygame.display.set_caption("formcheck live")
        self._has_sound = _sound_ready()

    def __enter__(self) -> LiveWindow:
        return self

    def __exit__(self, *_: object) -> None:
        pygame.quit()

    def listen(self) -> None:
        """Take the keys pressed meanwhile."""
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                self.is_closed = True
            elif event.type == pygame.KEYDOWN:
                if event.key in (pygame.K_q, pygame.K_ESCAPE):
                    self.is_closed = True
                elif event.key == pygame.K_m:
                    self.is_muted = not self.is_muted
                elif event.key == pygame.K_f:
                    pygame.display.toggle_fullscreen()

    def show(self, image: ImageArray, update: LiveUpdate) -> None:
        """Draw a frame and what is known of it; sound for a repetition that was counted."""
        now_s = time.monotonic()
        for rep in update.closed:
            self._cue = rep.cue.spoken if rep.cue is not None else ""
            self._cue_until_s = now_s + CUE_S
            if rep.verdict is not None:
                self._flash = rep.verdict, now_s + FLASH_S
            self._play(rep.verdict)
        if now_s > self._cue_until_s:
            self._cue = ""
        picture, panel = self._areas()
        self._screen.fill(_PAPER)
        self._picture(image, update.points_px, picture)
        self._panel(update, panel)
        if self._flash is not None and now_s < self._flash[1]:
            self._draw_flash(self._flash[0])
        pygame.display.flip()

    def say(self, words: str, detail: str) -> None:
        """Draw words alone, as while no picture comes."""
        self._screen.fill(_PAPER)
        area = self._screen.get_rect().inflate(-40, -40)
        y = self._words(words, area, area.top, self._unit() * 6, _INK)
        self._words(detail, area, y, self._unit() * 2, _FAINT)
        pygame.display.flip()

    # -- drawing ---------------------------------------------------------------

    def _unit(self) -> int:
        width, height = self._screen.get_size()
        return max(6, min(width // 60, height // 36))

    def _areas(self) -> tuple[pygame.Rect, pygame.Rect]:
        whole = self._screen.get_rect()
        if whole.width >= whole.height:
            cut = round(0.58 * whole.width)
            return pygame.Rect(0, 0, cut, whole.height), pygame.Rect(
                cut, 0, whole.width - cut, whole.height
            )
        cut = round(0.55 * whole.height)
        return pygame.Rect(0, 0, whole.width, cut), pygame.Rect(
            0, cut, whole.width, whole.height - cut
        )

    def _picture(self, image: ImageArray, points: FloatArray, area: pygame.Rect) -> None:
        height, width = image.shape[:2]
        scale = min(area.width / width, area.height / height)
        surface = pygame.image.frombuffer(image.tobytes(), (width, height), "RGB")
        surface = pygame.transform.scale(surface, (round(width * scale), round(height * scale)))
        if np.isfinite(points).all():
            _skeleton(surface, points * scale, max(2, self._unit() // 6))
        if self._is_mirrored:
            surface = pygame.transform.flip(surface, True, False)
        self._screen.blit(surface, surface.get_rect(center=area.center))

    def _panel(self, update: LiveUpdate, area: pygame.Rect) -> None:
        unit = self._unit()
        inner = area.inflate(-2 * unit, -2 * unit)
        y = self._words(str(update.n_reps), inner, inner.top, 10 * unit, _INK)
        stage = {
            Stage.SET_UP: "setting up",
            Stage.READY: "ready",
            Stage.COUNTING: update.phase,
        }[update.stage]
        y = self._words(stage, inner, y, 2 * unit, _FAINT)
        coach = update.instruction
        if update.problem:
            self._words(update.problem, inner, y, 3 * unit, _COLOURS[Verdict.BORDERLINE])
        elif update.hint:
            y = self._words(update.hint, inner, y, 5 * unit, _COLOURS[Verdict.BORDERLINE])
            self._words("not counted yet", inner, y, 2 * unit, _FAINT)
        elif self._cue:
            self._words(self._cue, inner, y, 5 * unit, _COLOURS[Verdict.BORDERLINE])
        elif coach is not None:
            y = self._words(coach.words, inner, y, 5 * unit, _INK)
            y = self._words(coach.detail, inner, y, 2 * unit, _FAINT)
            if coach.id == "still":
                bar = pygame.Rect(inner.left, y + unit // 2, inner.width, unit)
                pygame.draw.rect(self._screen, _FAINT, bar, 2, unit // 2)
                bar.width = round(bar.width * update.still_share)
                pygame.draw.rect(self._screen, _LEG, bar, 0, unit // 2)
        keys = f"Q stop,  M {'sound on' if self.is_muted else 'mute'},  F full screen"
        whole = self._screen.get_rect().inflate(-4 * unit, -4 * unit)
        self._words(keys, whole, whole.bottom - unit, round(1.4 * unit), _FAINT)

    def _draw_flash(self, verdict: Verdict) -> None:
        """A frame and an icon at the edge: to be seen from across the room."""
        unit, colour = self._unit(), _COLOURS[verdict]
        pygame.draw.rect(self._screen, colour, self._screen.get_rect(), round(1.5 * unit))
        centre, radius = (7 * unit, 7 * unit), 5 * unit
        pygame.draw.circle(self._screen, colour, centre, radius)
        strokes: list[list[tuple[float, float]]] = {
            Verdict.OK: [[(-0.5, 0.0), (-0.1, 0.4), (0.5, -0.4)]],
            Verdict.FAULT: [[(-0.4, -0.4), (0.4, 0.4)], [(-0.4, 0.4), (0.4, -0.4)]],
            Verdict.BORDERLINE: [[(0.0, -0.55), (0.0, 0.15)], [(0.0, 0.42), (0.0, 0.5)]],
            Verdict.NOT_ASSESSABLE: [[(-0.5, 0.0), (0.5, 0.0)]],
        }[verdict]
        for stroke in strokes:
            line = [(centre[0] + radius * x, centre[1] + radius * y) for x, y in stroke]
            pygame.draw.lines(self._screen, _PAPER, False, line, max(3, unit))

    def _words(self, text: str, area: pygame.Rect, y: int, size: int, colour: Colour) -> int:
        """Write text from ``y`` on, in as many lines as it takes; return where it ends."""
        if size not in self._fonts:
            self._fonts[size] = pygame.font.Font(None, round(1.35 * size))
        font, line = self._fonts[size], ""
        lines = []
        for word in text.split():
            longer = f"{line} {word}".strip()
            if line and font.size(longer)[0] > area.width:
                lines.append(line)
                longer = word
            line = longer
        for part in [*lines, line]:
            self._screen.blit(font.render(part, True, colour), (area.left, y))
            y += font.get_linesize()
        return y

    # -- sound -------------------------------------------------------------------

    def _play(self, verdict: Verdict | None) -> None:
        if self.is_muted or not self._has_sound:
            return
        parts = []
        for pitch_hz, length_s in _TONES[verdict]:
            t = np.arange(round(SAMPLE_HZ * length_s)) / SAMPLE_HZ
            fade = np.minimum(1.0, np.minimum(t, length_s - t) / 0.015)
            parts += [np.sin(2 * np.pi * pitch_hz * t) * fade, np.zeros(SAMPLE_HZ // 12)]
        wave = (0.4 * 32767 * np.concatenate(parts)).astype(np.int16)
        pygame.mixer.Sound(buffer=wave.tobytes()).play()


def _sound_ready() -> bool:
    try:
        pygame.mixer.init(SAMPLE_HZ, -16, 1)
    except (pygame.error, NotImplementedError):
        return False
    return True


def _skeleton(surface: pygame.Surface, points: FloatArray, thin: int) -> None:
    for a, b in _BONES:
        pygame.draw.line(surface, _INK, points[a], points[b], thin)
    for a, b in _LEGS:
        pygame.draw.line(surface, _LEG, points[a], points[b], 2 * thin)
    for joint in (23, 24, 25, 26, 27, 28):
        pygame.draw.circle(surface, _INK, points[joint], 2 * thin)
