/** @file Light and ground: a soft key light with shadows, light from around, a floor that fades into the distance. */

import {
  AmbientLight,
  BackSide,
  CircleGeometry,
  Color,
  DirectionalLight,
  Group,
  HemisphereLight,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  PMREMGenerator,
  Scene,
  ShaderMaterial,
  ShadowMaterial,
  SphereGeometry,
  type Texture,
  type WebGLRenderer,
} from "three";
import type { SceneColors } from "./palette.ts";
import type { PictureQuality } from "./picture-quality.ts";

/** Metres. */
const FLOOR_RADIUS = 2.6;

const FLOOR_VERTEX = /* glsl */ `
  varying vec2 vPlace;
  void main() {
    vPlace = position.xy;
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  }`;

/** Lines each 10 cm, stronger each 50 cm, antialiased by how fast they pass; a soft dark spot under the base. */
const FLOOR_FRAGMENT = /* glsl */ `
  uniform vec3 ground;
  uniform vec3 line;
  uniform vec3 background;
  uniform float radius;
  uniform float contact;
  varying vec2 vPlace;
  float grid(float cell, float thickness) {
    vec2 at = vPlace / cell;
    vec2 width = fwidth(at);
    vec2 near = abs(fract(at - 0.5) - 0.5) / max(width, vec2(1e-5));
    float on = 1.0 - min(min(near.x, near.y) / thickness, 1.0);
    return on * (1.0 - smoothstep(0.25, 0.6, max(width.x, width.y)));
  }
  void main() {
    float away = length(vPlace);
    float fade = smoothstep(radius, radius * 0.35, away);
    float lines = max(0.42 * grid(0.1, 1.0), grid(0.5, 1.25));
    vec3 color = mix(ground, line, lines * 0.85);
    color *= 1.0 - contact * smoothstep(0.26, 0.06, away);
    gl_FragColor = vec4(mix(background, color, fade), 1.0);
    #include <colorspace_fragment>
  }`;

export class Studio {
  readonly object = new Group();
  readonly #key = new DirectionalLight("#fff6ea", 2);
  readonly #hemisphere = new HemisphereLight("#ffffff", "#8a8378", 0.5);
  readonly #ambient = new AmbientLight("#ffffff", 0.12);
  readonly #floor: Mesh<CircleGeometry, ShaderMaterial>;
  readonly #shadow: Mesh<PlaneGeometry, ShadowMaterial>;

  constructor() {
    const key = this.#key;
    key.position.set(1.1, -1.5, 2.6);
    key.target.position.set(0.15, 0, 0.25);
    key.castShadow = true;
    Object.assign(key.shadow.camera, { left: -1.3, right: 1.3, top: 1.3, bottom: -1.3, near: 0.3, far: 6 });
    key.shadow.radius = 7;
    key.shadow.blurSamples = 14;
    key.shadow.bias = -0.0006;
    key.shadow.normalBias = 0.01;
    this.#hemisphere.position.set(0, 0, 1);

    this.#floor = new Mesh(
      new CircleGeometry(FLOOR_RADIUS, 96),
      new ShaderMaterial({
        vertexShader: FLOOR_VERTEX,
        fragmentShader: FLOOR_FRAGMENT,
        uniforms: {
          ground: { value: new Color() },
          line: { value: new Color() },
          background: { value: new Color() },
          radius: { value: FLOOR_RADIUS },
          contact: { value: 0.2 },
        },
      }),
    );
    this.#floor.renderOrder = -2;
    this.#shadow = new Mesh(new PlaneGeometry(4, 4), new ShadowMaterial({ transparent: true }));
    this.#shadow.position.z = 0.0008;
    this.#shadow.receiveShadow = true;
    this.#shadow.renderOrder = -1;
    this.object.add(key, key.target, this.#hemisphere, this.#ambient, this.#floor, this.#shadow);
  }

  /** Puts the floor under the arm, metres: an arm that reaches below its base needs a lower one. */
  setFloorHeight(height: number): void {
    this.#floor.position.z = height - 0.0005;
    this.#shadow.position.z = height + 0.0008;
  }

  setColors(colors: SceneColors, quality: PictureQuality): void {
    const { shadow } = this.#key;
    if (shadow.mapSize.x !== quality.shadowMap) {
      shadow.mapSize.set(quality.shadowMap, quality.shadowMap);
      shadow.map?.dispose();
      shadow.map = null;
    }
    const uniforms = this.#floor.material.uniforms;
    uniforms["ground"]?.value.set(colors.ground);
    uniforms["line"]?.value.set(colors.gridLine);
    uniforms["background"]?.value.set(colors.background);
    if (uniforms["contact"] !== undefined) uniforms["contact"].value = colors.shadow * 0.7;
    this.#shadow.material.opacity = colors.shadow;
    this.#key.intensity = colors.keyLight;
    // Without surroundings to mirror, their light has to come from somewhere.
    this.#hemisphere.intensity = colors.fillLight + (quality.shine ? 0 : 2.1 * colors.environment);
  }

  /** Light from around as a texture to reflect: a bright ceiling, two soft boxes, a dim floor. Caller disposes. */
  static bakeSurroundings(renderer: WebGLRenderer): Texture {
    const room = new Scene();
    const wall = new Mesh(
      new SphereGeometry(10, 24, 16),
      new ShaderMaterial({
        side: BackSide,
        vertexShader: `varying float vUp; void main() { vUp = normalize(position).z; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }`,
        fragmentShader: `varying float vUp; void main() { gl_FragColor = vec4(mix(vec3(0.26, 0.25, 0.24), vec3(1.0, 1.02, 1.06), smoothstep(-0.35, 0.9, vUp)), 1.0); }`,
      }),
    );
    room.add(wall);
    for (const [x, y, z, width, height, brightness] of [
      [3, -5, 6, 4, 3, 9],
      [-6, 3, 4, 2.5, 5, 5],
      [5, 5, 2, 1.2, 4, 4],
    ] as const) {
      const box = new Mesh(
        new PlaneGeometry(width, height),
        new MeshBasicMaterial({ color: new Color().setScalar(brightness) }),
      );
      box.position.set(x, y, z);
      box.lookAt(0, 0, 0);
      room.add(box);
    }
    const generator = new PMREMGenerator(renderer);
    const { texture } = generator.fromScene(room, 0.03);
    generator.dispose();
    return texture;
  }
}
