#version 330
uniform mat4 worldToClip;
in vec3 position; in vec3 normal; in vec3 colour; in vec2 surface;
out vec3 P; out vec3 N; out vec3 C; flat out int material; out float rough;
void main() {
  P = position; N = normal; C = colour;
  material = int(surface.x + .5); rough = surface.y;
  gl_Position = worldToClip * vec4(position, 1.);
}
