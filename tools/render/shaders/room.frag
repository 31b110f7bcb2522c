#version 330
//HEADER
in vec3 P; in vec3 N; in vec3 C; flat in int material; in float rough;
out vec4 result;
uniform vec3 eye;
uniform vec3 wallColour; uniform vec3 wallSecond; uniform int wallKind;
uniform vec3 floorColour; uniform int floorKind;

vec3 floorPattern(vec3 a) {
  if (floorKind == 0) {                                         // boards
    float board = floor(P.x / .14), off = hash(vec3(board, 1, 2)) * 1.3;
    float id = hash(vec3(board, floor((P.y + off) / 1.3), 3));
    float grain = fbm(vec3(P.x * 40., P.y * 3., id * 20.));
    a *= (.75 + .35 * id) * (.8 + .4 * grain);
    return a * (1. - .5 * smoothstep(.485, .5, abs(fract(P.x / .14) - .5)));
  }
  if (floorKind == 1) {                                         // rubber tiles
    float speck = hash(floor(P * 300.));
    a *= .8 + .3 * fbm(P * 40.);
    if (speck > .965) a = mix(a, vec3(.45), .5);
    return a * (1. - .55 * smoothstep(.492, .5, max(abs(fract(P.x) - .5), abs(fract(P.y + .3) - .5))));
  }
  if (floorKind == 2)                                           // concrete
    return a * (.72 + .5 * fbm(P * 6.) * fbm(P * 31.) + .12 * fbm(P * 120.));
  return a * (.75 + .4 * fbm(P * vec3(90., 90., 1.)) + .12 * fbm(P * 9.));   // carpet
}
vec3 wallPattern(vec3 a) {
  float along = P.x * N.y - P.y * N.x;
  if (wallKind == 1) {                                          // bricks
    float row = floor(P.z / .075), x = along / .24 + .5 * mod(row, 2.);
    vec2 f = abs(vec2(fract(x), fract(P.z / .075)) - .5);
    float mortar = max(smoothstep(.465, .48, f.x), smoothstep(.40, .43, f.y));
    a *= .7 + .5 * hash(vec3(floor(x), row, 5)) * (.6 + .6 * fbm(P * 40.));
    return mix(a, wallSecond, mortar);
  }
  if (wallKind == 2 && P.z < 1.05)                              // panelled lower part
    return wallSecond * (.95 + .08 * fbm(P * 30.)) * (P.z > 1.02 ? .8 : 1.)
         * (1. - .35 * smoothstep(.485, .5, abs(fract(along / .16) - .5)));
  return a * (.93 + .1 * fbm(P * 3.) + .05 * fbm(P * 60.));
}
void main() {
  vec3 n = normalize(N), v = normalize(eye - P), a = C;
  if (dot(n, v) < 0.) n = -n;
  float r = rough;
  if (material == 10) { a = floorPattern(floorColour); r = floorKind == 0 ? .4 : .75; }
  else if (material == 11) { a = wallPattern(wallColour); r = .9; }
  else if (material == 12) { a *= .9 + .2 * fbm(P * 20.); }
  else { result = vec4(pow(clamp(C, 0., 1.), vec3(1. / 2.2)), 1.); return; }
  float lit = keyLight(P + n * .006);
  vec3 light = a * (keyColour * lit * max(dot(n, keyDirection), 0.) + ambient(P, n));
  result = develop(light + glint(n, v, lit, r, .04));
}
