/** @file The materials of an arm: by theme, translucent as a ghost or while the inspector shows what is inside. */

import { Color, MeshPhysicalMaterial, MeshStandardMaterial, type Texture } from "three";
import type { SceneColors } from "./palette.ts";

/** Clear coat of the shells, with reflections. */
const CLEARCOAT = 0.55;

/** Opacity of an overlaid arm, and factor on that of an arm whose inside is shown. */
const GHOST_OPACITY = 0.5;
const SEE_THROUGH = 0.3;

/** How an arm is drawn. */
export interface ArmLook {
  readonly colors: SceneColors;
  readonly reflections: Texture | null;
  /** Whether it is an overlaid arm. */
  readonly isGhost: boolean;
  /** Whether what is inside is visible. */
  readonly isSeeThrough: boolean;
}

export class ArmMaterials {
  readonly shell = new MeshPhysicalMaterial({
    roughness: 0.42,
    clearcoat: CLEARCOAT,
    clearcoatRoughness: 0.3,
  });
  readonly joint = new MeshStandardMaterial({ roughness: 0.55, metalness: 0.25 });
  readonly accent = new MeshStandardMaterial({ roughness: 0.5 });
  readonly rubber = new MeshStandardMaterial({ roughness: 0.75 });
  readonly #all: MeshStandardMaterial[] = [this.shell, this.joint, this.accent, this.rubber];
  readonly #color: string;

  /** @param color of the slot */
  constructor(color: string) {
    this.#color = color;
  }

  /** Adds materials of meshes, which have their own colours. */
  add(materials: readonly MeshStandardMaterial[]): void {
    this.#all.push(...materials);
  }

  apply({ colors, reflections, isGhost, isSeeThrough }: ArmLook): void {
    this.shell.color.set(colors.shell);
    if (isGhost) this.shell.color.lerp(new Color(this.#color), 0.9);
    this.shell.clearcoat = reflections === null ? 0 : CLEARCOAT;
    this.joint.color.set(colors.joint);
    this.accent.color.set(this.#color);
    // Light enough for contrast with a dark table.
    this.rubber.color.set(colors.joint).lerp(new Color(colors.shell), 0.3);
    for (const material of this.#all) {
      const { opacity = 1 } = material.userData;
      material.envMap = reflections;
      material.envMapIntensity = colors.reflections;
      material.transparent = isGhost || isSeeThrough || opacity < 1;
      material.opacity = (isGhost ? GHOST_OPACITY : opacity) * (isSeeThrough ? SEE_THROUGH : 1);
      material.depthWrite = !isSeeThrough;
      // Where both arms are at the same place, the opaque one is drawn in front.
      material.polygonOffset = isGhost;
      material.polygonOffsetFactor = 1;
      material.polygonOffsetUnits = 2;
      material.needsUpdate = true;
    }
  }

  dispose(): void {
    for (const material of this.#all) material.dispose();
  }
}
