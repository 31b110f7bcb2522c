#version 330
//HEADER
in vec3 P; in vec3 N; in float open;
out vec4 result;
void main() {
  float share = .62 * max(dot(N, keyDirection), 0.);
  float shade = (1. - share) * mix(.42, 1., open) + share * keyLight(P + N * .006);
  result = vec4(vec3(pow(shade, 1. / 2.2)), 1.);
}
