#version 330
//HEADER
// Light is worked out per vertex: the mesh is dense and software fragment shading is slow.
uniform mat4 worldToClip; uniform vec3 eye; uniform float bodyScale;
in vec3 position; in vec3 normal; in vec3 pattern; in vec3 colour; in vec2 surface;
out vec3 R; out vec3 C; out vec3 diffuse; out vec3 gloss;
void main() {
  R = pattern; C = colour;
  gl_Position = worldToClip * vec4(position, 1.);
  vec3 n = normalize(normal), v = normalize(eye - position), q = pattern / bodyScale;
  if (dot(n, v) < -.15) n = -n;
  float r = surface.y, specular = .04, through = 0.;
#if KIND <= 1
  through = .35;
#elif KIND == 2 || KIND == 3
  n = normalize(n + .3 * bump(q * vec3(16., 16., 9.)) + .22 * bump(q * vec3(34., 34., 17.)));
  specular = .02;
#elif KIND == 4
  r = .1; specular = .06;
#elif KIND == 5
  n = normalize(n + .5 * bump(q * vec3(90., 60., 40.)));
  r = .62; specular = .025;
#elif KIND == 7
  specular = r < .5 ? .5 : .04;
#endif
  float lit = keyLight(position + n * .006), facing = dot(n, keyDirection);
  diffuse = keyColour * lit * max((facing + through) / (1. + through), 0.) + ambient(position, n);
  gloss = glint(n, v, lit, r, specular);
}
