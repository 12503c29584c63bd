/** @file Lights and floor: a key light with soft shadows, ambient light, and a floor that fades into the distance. */

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
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import { GRID_GLSL } from "./grid-shader.ts";
import type { SceneColors } from "./palette.ts";
import type { PictureQuality } from "./picture-quality.ts";
import { type BoundedScene, boundsOf } from "./scene-bounds.ts";

/** Metres. */
const FLOOR_RADIUS = 2.6;

/** Target of the key light, its offset from there, and half the width of the area with shadows, metres. */
const LIGHT_TARGET = [0.15, 0, 0.25] as const;
const LIGHT_FROM = [0.95, -1.5, 2.6] as const;
const SHADOW_EXTENT = 1.3;
const SHADOW_FAR = 6;

const FLOOR_VERTEX = /* glsl */ `
  varying vec2 vPosition;
  void main() {
    vPosition = position.xy;
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  }`;

/** Lines every 10 cm, stronger ones every 50 cm, and a dark spot under the base. */
const FLOOR_FRAGMENT = /* glsl */ `
  uniform vec3 ground;
  uniform vec3 line;
  uniform vec3 background;
  uniform float radius;
  uniform float contact;
  varying vec2 vPosition;
  ${GRID_GLSL}
  void main() {
    float away = length(vPosition);
    float fade = smoothstep(radius, radius * 0.35, away);
    float lines = max(0.42 * grid(vPosition, 0.1, 1.0), grid(vPosition, 0.5, 1.25));
    vec3 color = mix(ground, line, lines * 0.85);
    color *= 1.0 - contact * smoothstep(0.26, 0.06, away);
    gl_FragColor = vec4(mix(background, color, fade), 1.0);
    #include <colorspace_fragment>
  }`;

/** Height of the floor, metres: lower for an arm that reaches below its base. */
function floorHeight({
  links,
  reachable,
  table,
}: Pick<SceneMessage, "links" | "reachable" | "table">): number {
  if (table !== null) return table.floor;
  const isStanding = (links[0]?.position[2] ?? 0) > 0.1;
  return isStanding ? 0 : Math.min(0, (reachable.center[2] - reachable.radius) * 0.35);
}

export class LightsAndFloor {
  readonly object = new Group();
  readonly #key = new DirectionalLight("#fff6ea", 2);
  readonly #hemisphere = new HemisphereLight("#ffffff", "#8a8378", 0.5);
  readonly #ambient = new AmbientLight("#ffffff", 0.12);
  readonly #floor: Mesh<CircleGeometry, ShaderMaterial>;
  readonly #shadow: Mesh<PlaneGeometry, ShadowMaterial>;
  /** Darkness of the spot under the base, as a share of the shadows'. */
  #contact = 0.7;

  constructor() {
    const key = this.#key;
    key.castShadow = true;
    key.shadow.camera.near = 0.3;
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

  /** Places floor and key light for a scene. */
  fitTo(scene: BoundedScene & Pick<SceneMessage, "reachable" | "table">): void {
    const height = floorHeight(scene);
    this.#floor.position.z = height - 0.0005;
    this.#shadow.position.z = height + 0.0008;
    // With a table the base does not stand on the floor.
    this.#contact = scene.table === null ? 0.7 : 0;
    const [x] = scene.table?.shape.center ?? [LIGHT_TARGET[0]];
    // Farther away for an arm that is larger than the light's box.
    const size = Math.max(1, (2 * boundsOf(scene).extent) / SHADOW_EXTENT);
    const extent = Math.max(
      size * SHADOW_EXTENT,
      scene.table === null ? 0 : scene.table.shape.halfExtents[0] + 0.5,
    );
    const { target, shadow, position } = this.#key;
    target.position.set(x, LIGHT_TARGET[1], LIGHT_TARGET[2]);
    position.set(x + size * LIGHT_FROM[0], size * LIGHT_FROM[1], size * LIGHT_FROM[2]);
    const far = size * SHADOW_FAR;
    Object.assign(shadow.camera, { left: -extent, right: extent, top: extent, bottom: -extent, far });
    shadow.camera.updateProjectionMatrix();
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
    if (uniforms["contact"] !== undefined) uniforms["contact"].value = colors.shadow * this.#contact;
    this.#shadow.material.opacity = colors.shadow;
    this.#key.intensity = colors.keyLight;
    // Replaces the light of the reflections where they are off.
    this.#hemisphere.intensity = colors.fillLight + (quality.reflections ? 0 : 2.1 * colors.reflections);
  }

  /** Renders a texture for reflections: a bright ceiling, three soft boxes and a dim floor. The caller disposes of it. */
  static bakeReflections(renderer: WebGLRenderer): Texture {
    const surroundings = new Scene();
    const sky = new Mesh(
      new SphereGeometry(10, 24, 16),
      new ShaderMaterial({
        side: BackSide,
        vertexShader: `varying float vUp; void main() { vUp = normalize(position).z; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }`,
        fragmentShader: `varying float vUp; void main() { gl_FragColor = vec4(mix(vec3(0.26, 0.25, 0.24), vec3(1.0, 1.02, 1.06), smoothstep(-0.35, 0.9, vUp)), 1.0); }`,
      }),
    );
    surroundings.add(sky);
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
      surroundings.add(box);
    }
    const generator = new PMREMGenerator(renderer);
    const { texture } = generator.fromScene(surroundings, 0.03);
    generator.dispose();
    return texture;
  }
}
