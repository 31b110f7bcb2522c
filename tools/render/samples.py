"""The sample clips a newcomer tries, and their contact sheet."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .motion import act_duration_s
from .spec import Act, CameraSpec, ClipSpec, Hinge, Look, Reach, Squat, Stand, Turn, Walk

WIDTH_PX, HEIGHT_PX = 480, 854
LEAD, REST, TAIL = Stand(0.8), Stand(0.35), Stand(0.6)


def _reps(*squats: Squat) -> tuple[Act, ...]:
    """Stand, the repetitions with short rests, stand."""
    acts: list[Act] = [LEAD]
    for squat in squats:
        acts += [squat, REST]
    return (*acts[:-1], TAIL)


def _warm_up() -> tuple[Act, ...]:
    """Four sets of five slow squats, with rests long enough to tell the sets apart."""
    one_set: list[Act] = []
    for flexion_deg in (84, 88, 91, 89, 92):
        one_set += [Squat(flexion_deg, descent_s=2.6, lean_offset_deg=9), REST]
    return (LEAD, *one_set, *3 * (Stand(21.0), *one_set), TAIL)


def _sample(
    name: str, person: str, acts: tuple[Act, ...], look: Look, camera: CameraSpec, **other: Any
) -> ClipSpec:
    encoding = {"fps": 30.0, "crf": 24, "noise": 1.1} | {
        key: other.pop(key) for key in ("fps", "crf", "noise") if key in other
    }
    return ClipSpec(
        name=name,
        person=person,
        acts=acts,
        look=look,
        camera=camera,
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        blur_px=0.5,
        seed=sum(map(ord, name)),
        **encoding,
        **other,
    )


_CLIPS = (
    _sample(
        "front_good",
        "p05",
        _reps(
            Squat(knee_flexion_deg=94, knee_past_toe_pct=8, lean_offset_deg=9),
            Squat(knee_flexion_deg=98, knee_past_toe_pct=10, descent_s=1.3, lean_offset_deg=9),
            Squat(knee_flexion_deg=92, knee_past_toe_pct=7, ascent_s=1.05, lean_offset_deg=9),
        ),
        Look("tee", "shorts", 0, "home", 0),
        CameraSpec(0, 2.6, 0.95, 66, 0.01, 0.84),
        toe_out_deg=16,
    ),
    _sample(
        "front_valgus_both",
        "p20",
        _reps(
            Squat(88, 21, 21, knee_past_toe_pct=8, lean_offset_deg=14),
            Squat(92, 24, 23, knee_past_toe_pct=10, lean_offset_deg=14),
            Squat(86, 20, 21, knee_past_toe_pct=7, lean_offset_deg=14),
        ),
        Look("tee", "leggings", 1, "gym", 1),
        CameraSpec(0, 2.5, 1.0, 66, -0.01, 0.78),
        arms="clasp",
        stance_hip_widths=1.5,
        toe_out_deg=12,
    ),
    _sample(
        "front_valgus_left",
        "p13",
        _reps(
            Squat(86, 22, 0, knee_past_toe_pct=6, lean_offset_deg=9),
            Squat(90, 24, 0, knee_past_toe_pct=8, lean_offset_deg=9),
            Squat(85, 21, 0, knee_past_toe_pct=5, lean_offset_deg=9),
        ),
        Look("tank", "tight shorts", 2, "studio", 2),
        CameraSpec(0, 2.8, 1.0, 66, 0.02, 0.92),
        arms="clasp",
        stance_hip_widths=1.4,
        toe_out_deg=12,
    ),
    _sample(
        "front_valgus_ascent",
        "p12",
        _reps(
            Squat(100, 22, 22, "ascent", 10, ascent_s=1.15, lean_offset_deg=12),
            Squat(104, 24, 23, "ascent", 12, ascent_s=1.2, lean_offset_deg=12),
            Squat(98, 21, 22, "ascent", 9, ascent_s=1.15, lean_offset_deg=12),
        ),
        Look("tee", "tight shorts", 6, "garage", 3),
        CameraSpec(0, 2.3, 0.9, 66, 0.0, 0.74),
        stance_hip_widths=1.5,
        toe_out_deg=12,
    ),
    _sample(
        "side_heels_down",
        "p09",
        _reps(
            Squat(96, knee_past_toe_pct=6, lean_offset_deg=9),
            Squat(100, knee_past_toe_pct=9, lean_offset_deg=9),
            Squat(94, knee_past_toe_pct=5, lean_offset_deg=9),
        ),
        Look("tee", "tight shorts", 11, "living", 0),
        CameraSpec(90, 2.7, 0.95, 66, 0.02, 0.86),
        toe_out_deg=12,
    ),
    _sample(
        "side_knee_forward",
        "p06",
        _reps(
            Squat(102, knee_past_toe_pct=46),
            Squat(106, knee_past_toe_pct=52),
            Squat(100, knee_past_toe_pct=44),
        ),
        Look("loose tee", "leggings", 5, "office", 1),
        CameraSpec(90, 2.5, 0.95, 66, -0.01, 0.80),
        arms="clasp",
        toe_out_deg=10,
    ),
    _sample(
        "side_heels_up",
        "p21",
        _reps(
            Squat(100, knee_past_toe_pct=46, heel_rise_pct=17),
            Squat(104, knee_past_toe_pct=50, heel_rise_pct=20),
            Squat(98, knee_past_toe_pct=45, heel_rise_pct=16),
        ),
        Look("tee", "shorts", 4, "bedroom", 2),
        CameraSpec(-90, 2.6, 0.9, 66, 0.02, 0.82),
        toe_out_deg=10,
    ),
    _sample(
        "oblique_good",
        "p16",
        _reps(
            Squat(92, knee_past_toe_pct=8, lean_offset_deg=9),
            Squat(95, knee_past_toe_pct=9, lean_offset_deg=9),
            Squat(90, knee_past_toe_pct=7, lean_offset_deg=9),
        ),
        Look("long sleeves", "leggings", 10, "home", 4),
        CameraSpec(-38, 2.5, 1.0, 66, 0.01, 0.78),
        toe_out_deg=14,
    ),
    _sample(
        "turn_front_to_side",
        "p01",
        (
            LEAD,
            Squat(94, knee_past_toe_pct=8, lean_offset_deg=9),
            REST,
            Squat(96, knee_past_toe_pct=9, lean_offset_deg=9),
            REST,
            Turn(-90.0, 4, 0.5),
            REST,
            Squat(95, knee_past_toe_pct=8, lean_offset_deg=9),
            REST,
            Squat(97, knee_past_toe_pct=10, lean_offset_deg=9),
            TAIL,
        ),
        Look("tee", "tight shorts", 8, "studio", 0),
        CameraSpec(0, 2.8, 1.0, 66, 0.0, 0.86),
        toe_out_deg=12,
        stance_hip_widths=1.3,
    ),
    _sample(
        "no_squat",
        "p02",
        (
            Walk(1.2, 4, 0.55),
            Stand(0.5),
            Hinge(),
            Stand(0.4),
            Reach(),
            Stand(0.3),
            Turn(50.0, 4, 0.5),
            Stand(0.6),
        ),
        Look("loose tee", "leggings", 9, "living", 2),
        CameraSpec(0, 2.7, 1.0, 66, 0.0, 0.86),
        arms="sides",
        stance_hip_widths=1.0,
        toe_out_deg=10,
    ),
    _sample(
        "front_barbell_mixed",
        "p03",
        (
            Walk(-0.9, 4, 0.55),
            Stand(0.7),
            Squat(98, knee_past_toe_pct=10, descent_s=1.5),
            REST,
            Squat(100, 24, 24.5, knee_past_toe_pct=12, descent_s=1.6),
            REST,
            Squat(97, knee_past_toe_pct=10, descent_s=1.5),
            TAIL,
            Turn(-90.0, 4, 0.5),
            Walk(1.5, 4, 0.5),
        ),
        Look("tank", "shorts", 7, "gym", 3, barbell_kg=60.0),
        CameraSpec(0, 3.0, 1.0, 66, 0.0, 0.90),
        arms="bar",
        stance_hip_widths=1.5,
        toe_out_deg=8,
    ),
    _sample(
        "front_warm_up",
        "p14",
        _warm_up(),
        Look("loose tee", "trousers", 2, "office", 5),
        CameraSpec(0, 2.5, 0.8, 66, -0.02, 0.78),
        arms="hips",
        stance_hip_widths=1.4,
        toe_out_deg=18,
        # Long, so it must be cheap to be small.
        fps=12.0,
        crf=29,
        noise=0.5,
    ),
)
SAMPLES = {clip.name: clip for clip in _CLIPS}


def shown_frames(name: str) -> list[float]:
    """Times [s] of the contact sheet's pictures of a clip."""
    spec = SAMPLES[name]
    starts = [0.0, *itertools.accumulate(act_duration_s(act) for act in spec.acts)]
    times = []
    for start, act in zip(starts, spec.acts, strict=False):
        if isinstance(act, Squat):
            into = act.descent_s + 0.5 * act.bottom_s
            if act.inside_course == "ascent":
                into = act.descent_s + act.bottom_s + 0.25 * act.ascent_s
            times.append(start + into)
        elif isinstance(act, Hinge):
            times.append(start + act.down_s)
    return times


def contact_sheet(folder: Path, path: Path, columns: int = 6) -> None:
    """Write one picture per clip (at the bottom of a repetition) with its name."""
    import av
    import cv2

    from .imaging import write_picture

    wide, high, foot = 200, 356, 24
    cells = []
    for name, spec in SAMPLES.items():
        times = shown_frames(name)
        wanted = round(times[-1 if name == "turn_front_to_side" else 0] * spec.fps)
        with av.open(str(folder / f"{name}.mp4")) as container:
            for number, frame in enumerate(container.decode(video=0)):
                if number == wanted:
                    picture = frame.to_ndarray(format="rgb24")
                    break
        cell = np.full((high + foot, wide, 3), 255, np.uint8)
        cell[:high] = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA)
        cv2.putText(cell, name, (5, high + 16), cv2.FONT_HERSHEY_SIMPLEX, 0.44, (20, 20, 20), 1, 16)
        cells.append(cell)
    rows = [np.hstack(cells[i : i + columns]) for i in range(0, len(cells), columns)]
    write_picture(path, np.vstack(rows), quality=85)


def render_samples(out: Path, names: Sequence[str] = (), truth_only: bool = False) -> None:
    """Render the sample clips (all, or only those named) and the contact sheet.

    With ``truth_only`` the truth files are written anew and the videos are left as they are.
    """
    from .clip import render_clip, stage, write_truth

    for name in names or SAMPLES:
        if truth_only:
            write_truth(stage(SAMPLES[name]), out, arrays=False)
            continue
        render_clip(SAMPLES[name], out, fine=True, arrays=False)
        size = (out / f"{name}.mp4").stat().st_size
        print(f"{name}: {size / 1e6:.2f} MB", flush=True)
    if all((out / f"{name}.mp4").exists() for name in SAMPLES):
        contact_sheet(out, out / "contact_sheet.jpg")
