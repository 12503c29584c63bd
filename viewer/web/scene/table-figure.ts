/** @file The table: a solid block with grid lines every 10 cm on its top. */

import {
  Color,
  Group,
  Mesh,
  MeshStandardMaterial,
  PlaneGeometry,
  Quaternion,
  ShaderMaterial,
  type Texture,
} from "three";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import { GRID_GLSL } from "./grid-shader.ts";
import { block } from "./link-geometry.ts";
import type { SceneColors } from "./palette.ts";

const VERTEX = /* glsl */ `
  varying vec2 vPosition;
  void main() {
    vec4 world = modelMatrix * vec4(position, 1.0);
    vPosition = world.xy;
    gl_Position = projectionMatrix * viewMatrix * world;
  }`;

const FRAGMENT = /* glsl */ `
  uniform vec3 line;
  varying vec2 vPosition;
  ${GRID_GLSL}
  void main() {
    float on = max(0.5 * grid(vPosition, 0.1, 1.0), grid(vPosition, 0.5, 1.2));
    gl_FragColor = vec4(line, 0.8 * on);
    #include <colorspace_fragment>
  }`;

/** Radius of the edges, and height of the lines above the top, metres. */
const ROUNDING = 0.008;
const LINE_HEIGHT = 0.0006;

export class TableFigure {
  readonly object = new Group();
  readonly #block: Mesh<ReturnType<typeof block>, MeshStandardMaterial>;
  readonly #lines: Mesh<PlaneGeometry, ShaderMaterial>;

  constructor({ shape }: NonNullable<SceneMessage["table"]>) {
    const { center, orientation, halfExtents } = shape;
    const [x, y, z] = halfExtents;
    this.#block = new Mesh(block(halfExtents, ROUNDING), new MeshStandardMaterial({ roughness: 0.85 }));
    this.#block.castShadow = true;
    this.#block.receiveShadow = true;
    this.#lines = new Mesh(
      new PlaneGeometry(2 * (x - ROUNDING), 2 * (y - ROUNDING)),
      new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        uniforms: { line: { value: new Color() } },
        transparent: true,
        depthWrite: false,
      }),
    );
    this.#lines.position.z = z + LINE_HEIGHT;
    this.object.add(this.#block, this.#lines);
    this.object.position.set(...center);
    this.object.quaternion.copy(new Quaternion(...orientation));
  }

  setColors(colors: SceneColors, reflections: Texture | null): void {
    const { material } = this.#block;
    material.color.set(colors.table);
    material.envMap = reflections;
    // Full reflections of the bright ceiling would wash out the large flat top.
    material.envMapIntensity = 0.6 * colors.reflections;
    material.needsUpdate = true;
    this.#lines.material.uniforms["line"]?.value.set(colors.tableLine);
  }

  dispose(): void {
    for (const mesh of [this.#block, this.#lines]) {
      mesh.geometry.dispose();
      mesh.material.dispose();
    }
    this.object.removeFromParent();
  }
}
