#version 330
//HEADER
// KIND: 0 skin, 1 face, 2 cloth, 3 top, 4 eye, 5 hair, 6 shoe, 7 other
in vec3 R; in vec3 C; in vec3 diffuse; in vec3 gloss;
out vec4 result;
uniform vec3 leftEye; uniform vec3 rightEye; uniform float faceSize; uniform float bodyScale;
uniform vec3 hairColour; uniform vec3 irisColour; uniform float browStrength;
uniform vec3 soleColour; uniform vec3 topSecond; uniform int topPattern; uniform float chestHeight;
void main() {
  vec3 a = C, q = R / bodyScale;
#if KIND == 0
  a *= .90 + .2 * noise(q * 70.);
#elif KIND == 1
  a *= .92 + .16 * noise(q * 70.);
  a = mix(a, a * vec3(1.1, .82, .78), .5 * smoothstep(.45, .75, noise(q * 18.)));
  for (int s = 0; s < 2; s++) {
    float sx = s == 0 ? 1. : -1.;
    vec3 d = (R - (s == 0 ? leftEye : rightEye)) / faceSize * .115;
    float x = d.x * sx, arch = .020 + .12 * x - 3.2 * x * x;
    float m = smoothstep(.0052, .0028, abs(d.z - arch)) * smoothstep(-.021, -.015, x)
            * smoothstep(.030, .022, x) * step(d.y, .03);
    a = mix(a, hairColour * .8, .75 * m * browStrength);
  }
  vec3 d = (R - .5 * (leftEye + rightEye)) / faceSize * .115;
  float lip = smoothstep(1., .6, length(vec2(d.x / .027, (d.z + .0735) / .0105))) * step(d.y, 0.);
  a = mix(a, a * vec3(1., .55, .55), .7 * lip);
#elif KIND == 2 || KIND == 3
#if KIND == 3
  float band = abs(fract(q.z / .075) - .5), soft = fwidth(q.z) / .075;
  if (topPattern == 1) a = mix(a, topSecond, smoothstep(.29 - soft, .29 + soft, band));
  vec2 chest = vec2(q.x, R.z / bodyScale - chestHeight / bodyScale + .075);
  if (topPattern == 2 && R.y < 0. && length(chest) < .062)
    a = mix(a, topSecond, .75);
  if (topPattern == 3 && abs(q.x) > .205 && R.z > chestHeight - .25 * bodyScale) a = topSecond;
#endif
  a *= .86 + .05 * sin(q.x * 1800.) * sin(q.z * 1800.) + .22 * noise(q * 22.);
#elif KIND == 4
  vec3 d = (R - (R.x > 0. ? leftEye : rightEye)) / faceSize * .115;
  float m = length(d.xz); a = vec3(.78, .76, .74);
  if (d.y < 0.) {
    a = mix(irisColour, a, smoothstep(.0058, .0066, m));
    a = mix(vec3(.01), a, smoothstep(.0022, .0028, m));
  }
#elif KIND == 5
  a *= .5 + 1.1 * noise(q * vec3(420., 110., 60.));
#elif KIND == 6
  if (q.z < .034) a = soleColour;
  else {
    a *= .85 + .3 * noise(q * 90.);
    if (q.z > .060 && q.z < .1 && abs(fract(q.y * 60.) - .5) < .17) a = mix(a, soleColour, .6);
  }
#endif
  result = develop(a * diffuse + gloss);
}
