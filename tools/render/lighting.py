"""Depth maps for soft shadows and sky occlusion, and the shader programs that read them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import moderngl
import numpy as np

from .geometry import Array, unit

SHADERS = Path(__file__).parent / "shaders"


@dataclass(frozen=True)
class Pass:
    """Settings of the depth maps of one kind of drawing pass."""

    sky_lights: int
    columns: int
    sky_texels: int
    sky_half_m: float
    key_texels: int
    key_half_m: float
    key_taps: int


BAKE = Pass(48, 8, 384, 4.2, 2048, 4.6, 16)
FRAME = Pass(6, 3, 160, 1.25, 640, 1.6, 4)
FINE_FRAME = Pass(16, 4, 384, 1.25, 2048, 1.6, 8)


def look_at(eye: Array, centre: Array) -> Array:
    """World to light, 4 x 4."""
    forward = unit(centre - eye)
    up = np.array([0.0, 1.0, 0.0]) if abs(forward[2]) > 0.95 else np.array([0.0, 0.0, 1.0])
    right = unit(np.cross(forward, up))
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([right, np.cross(right, forward), -forward])
    matrix[:3, 3] = -matrix[:3, :3] @ eye
    return matrix


def orthographic(half_m: float, near_m: float, far_m: float) -> Array:
    """Parallel projection, 4 x 4."""
    depth = far_m - near_m
    matrix = np.diag([1 / half_m, 1 / half_m, -2 / depth, 1.0])
    matrix[2, 3] = -(far_m + near_m) / depth
    return matrix


class Lighting:
    """Depth maps of one pass kind and the shader programs that read them."""

    def __init__(self, context: Any, settings: Pass, key_direction: Array) -> None:
        self.settings, self.context = settings, context
        self.key_direction = key_direction
        self.programs: list[Any] = []
        rows = settings.sky_lights // settings.columns
        self.sky_map = self._depth_map(
            settings.sky_texels * settings.columns, settings.sky_texels * rows
        )
        self.key_map = self._depth_map(settings.key_texels, settings.key_texels)
        number = np.arange(settings.sky_lights) + 0.5
        height = 1.0 - number / settings.sky_lights * 0.95
        turn = number * np.pi * (3.0 - 5.0**0.5)
        side = np.sqrt(1.0 - height**2)
        self.directions = np.stack([side * np.cos(turn), side * np.sin(turn), height], axis=1)

    def program(self, name: str, **defines: int) -> Any:
        """Compile ``NAME.vert`` and ``NAME.frag`` for this pass."""
        s = self.settings
        header = (
            f"#define SKY_LIGHTS {s.sky_lights}\n#define ATLAS_COLUMNS {s.columns}\n"
            f"#define KEY_TAPS {s.key_taps}\n#define KEY_BLUR {0.0045 / s.key_half_m:.6f}\n"
            f"#define SKY_BIAS {0.024 / (2.0 * s.sky_half_m + 3.5):.6f}\n"
        )
        header += "".join(f"#define {key} {value}\n" for key, value in defines.items())
        header += (SHADERS / "common.glsl").read_text(encoding="utf-8")
        sources = [
            (SHADERS / f"{name}.{kind}").read_text(encoding="utf-8").replace("//HEADER", header)
            for kind in ("vert", "frag")
        ]
        program = self.context.program(*sources)
        self.programs.append(program)
        return program

    def _depth_map(self, width: int, height: int) -> tuple[Any, Any]:
        texture = self.context.depth_texture((width, height))
        texture.compare_func = "<="
        texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        return texture, self.context.framebuffer(depth_attachment=texture)

    def cast(self, depth_program: Any, caster: Any, key_caster: Any, centre: Array) -> None:
        """Draw the depth maps around ``centre`` and set the light matrices.

        ``caster`` takes away light from the sky, ``key_caster`` the key light.
        """
        s = self.settings
        far = 2.0 * s.sky_half_m + 3.5
        projection = orthographic(s.sky_half_m, 0.1, far)
        framebuffer, matrices = self.sky_map[1], []
        framebuffer.use()
        framebuffer.clear(depth=1.0)
        for i, direction in enumerate(self.directions):
            matrix = projection @ look_at(centre + direction * far / 2, centre)
            matrices.append(matrix.T)
            row, column = divmod(i, s.columns)
            size = s.sky_texels
            framebuffer.viewport = (column * size, row * size, size, size)
            depth_program["worldToClip"].write(matrix.T.astype("f4").tobytes())
            caster.render()
        key_far = 4.0 * s.key_half_m + 5.0
        key = orthographic(s.key_half_m, 0.1, key_far) @ look_at(
            centre + self.key_direction * key_far / 2, centre
        )
        framebuffer = self.key_map[1]
        framebuffer.use()
        framebuffer.clear(depth=1.0)
        depth_program["worldToClip"].write(key.T.astype("f4").tobytes())
        key_caster.render()
        self.set(
            skyMatrix=np.stack(matrices),
            skyDirection=self.directions,
            keyMatrix=key.T,
            keyDirection=self.key_direction,
            keyBias=(0.012 + 2.2 * s.key_half_m / s.key_texels) / key_far,
        )

    def set(self, **values: Any) -> None:
        """Set shader parameters in the programs that have them."""
        for program in self.programs:
            for name, value in values.items():
                if name not in program:
                    continue
                if isinstance(value, int):
                    program[name].value = value
                elif np.isscalar(value):
                    program[name].value = float(value)  # type: ignore[arg-type]
                else:
                    program[name].write(np.ascontiguousarray(value, "f4").tobytes())

    def use(self) -> None:
        """Bind the depth maps."""
        self.sky_map[0].use(0)
        self.key_map[0].use(1)
        self.set(skyDepth=0, keyDepth=1)
