/** @file The table that things lie on: a solid block, as the physics has it, with lines each 10 cm on its top. */

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
  varying vec2 vPlace;
  void main() {
    vec4 world = modelMatrix * vec4(position, 1.0);
    vPlace = world.xy;
    gl_Position = projectionMatrix * viewMatrix * world;
  }`;

const FRAGMENT = /* glsl */ `
  uniform vec3 line;
  varying vec2 vPlace;
  ${GRID_GLSL}
  void main() {
    float on = max(0.5 * grid(vPlace, 0.1, 1.0), grid(vPlace, 0.5, 1.2));
    gl_FragColor = vec4(line, 0.8 * on);
    #include <colorspace_fragment>
  }`;

/** Metres: lines end where the edge is rounded off, and lie over the top by a hair. */
const ROUNDING = 0.008;
const HAIR = 0.0006;

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
    this.#lines.position.z = z + HAIR;
    this.object.add(this.#block, this.#lines);
    this.object.position.set(...center);
    this.object.quaternion.copy(new Quaternion(...orientation));
  }

  setColors(colors: SceneColors, environment: Texture | null): void {
    const { material } = this.#block;
    material.color.set(colors.table);
    material.envMap = environment;
    // A large flat top mirrors much of the ceiling: less, and it keeps its colour.
    material.envMapIntensity = 0.6 * colors.environment;
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
