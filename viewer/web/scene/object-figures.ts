/** @file Movable objects: a solid for each, with a mark on one face that shows its orientation. */

import { Color, Group, Mesh, MeshStandardMaterial, type Texture } from "three";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import { block, disc } from "./link-geometry.ts";
import type { SceneColors } from "./palette.ts";

/** Opacity of objects of an overlaid policy. */
const GHOST_OPACITY = 0.55;

/** Radius of the edges, and height of the mark, metres. */
const ROUNDING = 0.003;
const MARK_HEIGHT = 0.001;

export class ObjectFigures {
  readonly object = new Group();
  readonly #groups: Group[] = [];
  readonly #meshes: Mesh[] = [];
  readonly #body = new MeshStandardMaterial({ roughness: 0.55 });
  readonly #mark = new MeshStandardMaterial({ roughness: 0.5 });
  readonly #color: string;

  /** @param color of the slot */
  constructor(objects: SceneMessage["objects"], color: string) {
    this.#color = color;
    for (const { name, shape } of objects) {
      const group = new Group();
      group.name = name;
      const [x, y, z] = shape.halfExtents;
      const body = new Mesh(block(shape.halfExtents, ROUNDING), this.#body);
      const mark = new Mesh(disc([0, 0, z], [0, 0, 1], 0.4 * Math.min(x, y), MARK_HEIGHT), this.#mark);
      for (const mesh of [body, mark]) {
        mesh.castShadow = mesh === body;
        mesh.receiveShadow = true;
        group.add(mesh);
        this.#meshes.push(mesh);
      }
      this.#groups.push(group);
      this.object.add(group);
    }
  }

  /** Positions as drawn, metres, in the scene's order. */
  get positions(): readonly (readonly [x: number, y: number, z: number])[] {
    return this.#groups.map(({ position: { x, y, z } }) => [x, y, z] as const);
  }

  /** Sets positions [K × 3] m and rotations [K × 4]. */
  setPoses(positions: ArrayLike<number>, rotations: ArrayLike<number>): void {
    this.#groups.forEach((group, i) => {
      group.position.set(positions[3 * i] ?? 0, positions[3 * i + 1] ?? 0, positions[3 * i + 2] ?? 0);
      group.quaternion.set(
        rotations[4 * i] ?? 0,
        rotations[4 * i + 1] ?? 0,
        rotations[4 * i + 2] ?? 0,
        rotations[4 * i + 3] ?? 1,
      );
    });
  }

  setColors(colors: SceneColors, reflections: Texture | null): void {
    this.#mark.color.set(this.#color);
    for (const material of [this.#body, this.#mark]) {
      material.envMap = reflections;
      material.envMapIntensity = colors.reflections;
      material.needsUpdate = true;
    }
  }

  /** Draws the objects as tinted, translucent ghosts, or opaque. */
  setGhost(ghost: boolean, colors: SceneColors): void {
    this.#body.color.set(colors.object);
    if (ghost) this.#body.color.lerp(new Color(this.#color), 0.9);
    for (const material of [this.#body, this.#mark]) {
      material.transparent = ghost;
      material.opacity = ghost ? GHOST_OPACITY : 1;
      material.needsUpdate = true;
    }
    for (const mesh of this.#meshes) mesh.renderOrder = ghost ? 2 : 0;
  }

  dispose(): void {
    for (const mesh of this.#meshes) mesh.geometry.dispose();
    this.#body.dispose();
    this.#mark.dispose();
    this.object.removeFromParent();
  }
}
