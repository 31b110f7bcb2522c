#version 330
//HEADER
// Shadow of the person on the floor and the walls, multiplied into the baked picture.
uniform mat4 worldToClip;
in vec3 position; in vec3 normal;
out vec3 P; out vec3 N; out float open;
void main() {
  P = position; N = normal; open = 1.;
  gl_Position = worldToClip * vec4(position, 1.);
  if (normal.z > .5) {
    float s = 0., w = 0.;
    for (int i = 0; i < SKY_LIGHTS; i++) {
      s += skyDirection[i].z * skyLight(i, position + vec3(0, 0, .01)); w += skyDirection[i].z;
    }
    open = s / w;
  }
}
