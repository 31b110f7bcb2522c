float hash(vec3 p) {
  p = fract(p * .3183099 + .1); p *= 17.;
  return fract(p.x * p.y * p.z * (p.x + p.y + p.z));
}
float noise(vec3 x) {
  vec3 i = floor(x), f = fract(x); f = f * f * (3. - 2. * f);
  return mix(mix(mix(hash(i), hash(i + vec3(1,0,0)), f.x),
                 mix(hash(i + vec3(0,1,0)), hash(i + vec3(1,1,0)), f.x), f.y),
             mix(mix(hash(i + vec3(0,0,1)), hash(i + vec3(1,0,1)), f.x),
                 mix(hash(i + vec3(0,1,1)), hash(i + vec3(1,1,1)), f.x), f.y), f.z);
}
float fbm(vec3 p) {
  float a = .5, s = 0.;
  for (int i = 0; i < 4; i++) { s += a * noise(p); p = p * 2.03 + 7.1; a *= .5; }
  return s;
}
vec3 bump(vec3 p) { return vec3(noise(p), noise(p + 31.7), noise(p + 63.1)) - .5; }

uniform sampler2DShadow skyDepth;      // atlas of depth maps, one per sky light
uniform sampler2DShadow keyDepth;      // depth map of the key light
uniform mat4 skyMatrix[SKY_LIGHTS]; uniform vec3 skyDirection[SKY_LIGHTS];
uniform mat4 keyMatrix; uniform vec3 keyDirection; uniform vec3 keyColour; uniform float keyBias;
uniform vec3 skyColour; uniform vec3 groundColour;

float keyLight(vec3 at) {
  vec4 k = keyMatrix * vec4(at, 1.); vec3 kc = k.xyz * .5 + .5;
  if (kc.x < 0. || kc.x > 1. || kc.y < 0. || kc.y > 1.) return 1.;
  float lit = 0., turn = hash(at * 311.) * 6.28;
  for (int i = 0; i < KEY_TAPS; i++) {
    float r = sqrt((float(i) + .5) / float(KEY_TAPS)) * KEY_BLUR, t = turn + float(i) * 2.4;
    lit += textureLod(keyDepth, vec3(kc.xy + r * vec2(cos(t), sin(t)), kc.z - keyBias), 0.);
  }
  return lit / float(KEY_TAPS);
}
float skyLight(int i, vec3 at) {
  vec4 s = skyMatrix[i] * vec4(at, 1.); vec3 sc = s.xyz * .5 + .5;
  if (sc.x < .002 || sc.x > .998 || sc.y < .002 || sc.y > .998) return 1.;
  vec2 cell = vec2(float(i % ATLAS_COLUMNS), float(i / ATLAS_COLUMNS));
  vec2 uv = (sc.xy + cell) / vec2(float(ATLAS_COLUMNS), float(SKY_LIGHTS / ATLAS_COLUMNS));
  return textureLod(skyDepth, vec3(uv, sc.z - SKY_BIAS), 0.);
}
vec3 ambient(vec3 at, vec3 n) {
  vec3 around = vec3(0);
  for (int i = 0; i < SKY_LIGHTS; i++) {
    float c = max((dot(n, skyDirection[i]) + .25) / 1.25, 0.);
    around += mix(groundColour, skyColour, skyDirection[i].z * .5 + .5) * c * 2.
            * skyLight(i, at + n * .012);
  }
  return around / float(SKY_LIGHTS) + groundColour * .35 * (.6 - .4 * n.z);
}
vec3 glint(vec3 n, vec3 v, float lit, float r, float specular) {
  vec3 h = normalize(v + keyDirection);
  float al = r * r, nh = max(dot(n, h), 0.), bell = nh * nh * (al * al - 1.) + 1.;
  float peak = min(al * al / (3.14 * bell * bell), 20.);
  float fresnel = specular + (1. - specular) * pow(1. - max(dot(v, h), 0.), 5.);
  vec3 rim = skyColour * pow(1. - max(dot(n, v), 0.), 4.) * .07 * (1. - r * .5);
  return keyColour * lit * max(dot(n, keyDirection), 0.) * peak * fresnel * .785 + rim;
}
vec4 develop(vec3 light) {
  light *= .55;
  light = (light * (2.51 * light + .03)) / (light * (2.43 * light + .59) + .14);
  return vec4(pow(clamp(light, 0., 1.), vec3(1. / 2.2)), 1.);
}
