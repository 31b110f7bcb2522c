"""Off-screen drawing with OpenGL: soft shadows, sky occlusion and a baked background.

Written for software rendering, where fragment shading of many small triangles is what costs:
the room is drawn once per clip, the person is lit per vertex.
"""

from __future__ import annotations

from typing import Any

import moderngl
import numpy as np
import numpy.typing as npt

from . import materials
from .camera import Camera
from .dressed import DressedPerson
from .lighting import BAKE, FINE_FRAME, FRAME, Lighting
from .rooms import RoomMesh

DEPTH_VERTEX = (
    "#version 330\nuniform mat4 worldToClip; in vec3 position;"
    "void main() { gl_Position = worldToClip * vec4(position, 1.); }"
)
BACKDROP_VERTEX = (
    "#version 330\nin vec2 corner; out vec2 at;"
    "void main() { at = corner * .5 + .5; gl_Position = vec4(corner, .9999, 1.); }"
)
BACKDROP_FRAGMENT = (
    "#version 330\nin vec2 at; out vec4 result; uniform sampler2D picture;"
    "void main() { result = vec4(texture(picture, at).rgb, 1.); }"
)
Image = npt.NDArray[np.uint8]
MIDDLE_HEIGHT_M = 0.8
CLOSED_KINDS = (0, 1)  # surfaces whose inside is never seen


class Scene:
    """One person in one room seen by one camera.

    Args:
        camera: The camera; its shake is applied afterwards to the picture.
        person: Who is drawn.
        room: Where.
        fine: Finer shadows, for the sample clips.
    """

    def __init__(
        self, camera: Camera, person: DressedPerson, room: RoomMesh, fine: bool = False
    ) -> None:
        options: dict[str, Any] = {"standalone": True, "backend": "egl", "require": 330}
        context: Any = moderngl.create_context(**options)
        self.context = context
        self.size = (camera.width_px, camera.height_px)
        self.target = context.framebuffer(
            [context.renderbuffer(self.size, 4, samples=4)],
            context.depth_renderbuffer(self.size, samples=4),
        )
        self.resolved = context.framebuffer([context.renderbuffer(self.size, 4)])
        self.depth_program = context.program(DEPTH_VERTEX, "#version 330\nvoid main() {}")
        self.clip = camera.projection_matrix() @ camera.view_matrix()
        self.camera, self.room, self.fine = camera, room, fine
        self.picture = self._bake(room)
        self.frame = Lighting(context, FINE_FRAME if fine else FRAME, room.key_direction)
        self._load_backdrop(room)
        self._load_person(person)
        self.frame.set(
            eye=self.camera.eye_m, worldToClip=self.clip.T, **person.uniforms(), **room.uniforms
        )

    def _fixed(self, values: npt.ArrayLike, kind: str = "f4") -> Any:
        return self.context.buffer(np.ascontiguousarray(values, kind).tobytes())

    def _bake(self, room: RoomMesh) -> Any:
        """Draw the empty room once and keep it as a texture."""
        context = self.context
        context.enable(moderngl.DEPTH_TEST)
        lighting = Lighting(context, BAKE, room.key_direction)
        program = lighting.program("room")
        positions, index = self._fixed(room.vertices_m), self._fixed(room.triangles, "i4")
        drawn = context.vertex_array(
            program,
            [
                (positions, "3f", "position"),
                (self._fixed(room.normals), "3f", "normal"),
                (self._fixed(room.colours), "3f", "colour"),
                (self._fixed(room.surface), "2f", "surface"),
            ],
            index,
        )
        inner = room.triangles[room.surface[room.triangles[:, 0], 0] != materials.WALL]
        casters = tuple(
            context.vertex_array(self.depth_program, [(positions, "3f", "position")], corners)
            for corners in (index, self._fixed(inner, "i4"))
        )
        lighting.set(eye=self.camera.eye_m, worldToClip=self.clip.T, **room.uniforms)
        lighting.cast(self.depth_program, casters[0], casters[1], np.array([0.0, 0.0, 1.0]))
        self.target.use()
        self.target.clear(0.5, 0.5, 0.5, 1.0, depth=1.0)
        lighting.use()
        drawn.render()
        context.copy_framebuffer(self.resolved, self.target)
        data = self.resolved.read(components=3, alignment=1)
        return context.texture(self.size, 3, data, alignment=1)

    def _load_backdrop(self, room: RoomMesh) -> None:
        context = self.context
        corners = self._fixed([[-1, -1], [1, -1], [-1, 1], [1, 1]])
        program = context.program(BACKDROP_VERTEX, BACKDROP_FRAGMENT)
        program["picture"].value = 2
        self.backdrop = context.vertex_array(program, [(corners, "2f", "corner")])
        layout = [
            (self._fixed(room.receiver_m), "3f", "position"),
            (self._fixed(room.receiver_normals), "3f", "normal"),
        ]
        index = self._fixed(room.receiver_triangles, "i4")
        self.shade = context.vertex_array(self.frame.program("shade"), layout, index)

    def _load_person(self, person: DressedPerson) -> None:
        context, count = self.context, len(person.rest)
        self.positions = context.buffer(reserve=count * 12, dynamic=True)
        self.normals = context.buffer(reserve=count * 12, dynamic=True)
        layout = [
            (self.positions, "3f", "position"),
            (self.normals, "3f", "normal"),
            (self._fixed(person.rest), "3f", "pattern"),
            (self._fixed(person.colours), "3f", "colour"),
            (self._fixed(person.surface), "2f", "surface"),
        ]
        self.pieces = []
        distance = float(np.linalg.norm(self.camera.eye_m - [0.0, 0.0, 1.0]))
        cell_m = 0.0 if self.fine else 1.2 * distance / self.camera.focal_px
        for kind, triangles in person.kinds(cell_m).items():
            program = self.frame.program("person", KIND=kind)
            used = [entry for entry in layout if entry[2] in program]
            index = self._fixed(triangles, "i4")
            closed = kind in CLOSED_KINDS
            self.pieces.append((context.vertex_array(program, used, index), closed))
        self.caster = context.vertex_array(
            self.depth_program,
            [(self.positions, "3f", "position")],
            self._fixed(person.coarse_triangles(0.03), "i4"),
        )

    def draw(self, positions: npt.NDArray[np.float32], normals: npt.NDArray[np.float32]) -> Image:
        """Picture (height, width, 3) of the person posed as given, without shake."""
        context = self.context
        self.positions.write(np.ascontiguousarray(positions, "f4").tobytes())
        self.normals.write(np.ascontiguousarray(normals, "f4").tobytes())
        mean = positions[:, :2].mean(0)
        centre = np.array([mean[0], mean[1], MIDDLE_HEIGHT_M])
        context.enable(moderngl.DEPTH_TEST)
        self.frame.cast(self.depth_program, self.caster, self.caster, centre)
        self.target.use()
        self.target.viewport = (0, 0, *self.size)
        self.target.clear(0.5, 0.5, 0.5, 1.0, depth=1.0)
        self.frame.use()
        context.disable(moderngl.DEPTH_TEST)
        self.picture.use(2)
        self.backdrop.render(moderngl.TRIANGLE_STRIP)
        context.enable(moderngl.BLEND)
        context.blend_func = (moderngl.DST_COLOR, moderngl.ZERO)
        self.target.scissor = self._shadow_box(positions)
        self.shade.render()
        self.target.scissor = None
        context.disable(moderngl.BLEND)
        context.enable(moderngl.DEPTH_TEST)
        for piece, closed in self.pieces:
            (context.enable if closed else context.disable)(moderngl.CULL_FACE)
            piece.render()
        context.disable(moderngl.CULL_FACE)
        context.copy_framebuffer(self.resolved, self.target)
        pixels = np.frombuffer(self.resolved.read(components=3, alignment=1), np.uint8)
        return pixels.reshape(self.size[1], self.size[0], 3)[::-1]

    def _shadow_box(self, positions: npt.NDArray[np.float32]) -> tuple[int, int, int, int]:
        """Part of the picture (left, bottom, width, height) the person's shadow can reach."""
        room, key = self.room, self.room.key_direction
        points = np.asarray(positions[::9], float)
        run = points[:, 2] / key[2]
        approach = float(-key @ room.to_wall)
        if approach > 1e-3:
            run = np.minimum(run, (room.depth_m - points @ room.to_wall) / approach)
        feet = points[points[:, 2] < 0.15]
        ring = np.array([[0.6, 0.6, 0.0], [-0.6, 0.6, 0.0], [0.6, -0.6, 0.0], [-0.6, -0.6, 0.0]])
        around = [(feet * [1, 1, 0] + corner) for corner in ring]
        hits = np.concatenate([points - key * run[:, None], *around])
        width, height = self.size
        if ((hits - self.camera.eye_m) @ -self.camera.axes[2]).min() < 0.3:
            return (0, 0, width, height)
        pixels = self.camera.project(hits)
        left, top = np.clip(pixels.min(0) - 8, 0, self.size).astype(int).tolist()
        right, low = np.clip(pixels.max(0) + 8, 0, self.size).astype(int).tolist()
        return (left, height - low, max(right - left, 1), max(low - top, 1))

    def close(self) -> None:
        """Free the OpenGL context."""
        self.context.release()
