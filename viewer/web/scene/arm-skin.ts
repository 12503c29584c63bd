/** @file What an arm looks like besides the shapes that stand for its links: meshes of its file, or modelled shells. */

import {
  type BufferGeometry,
  Color,
  DoubleSide,
  Group,
  Mesh,
  MeshStandardMaterial,
  type Object3D,
  Quaternion,
  SRGBColorSpace,
} from "three";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import type { MeshMessage, VisualMessage } from "../../../shared/protocol-visual.ts";
import { solid } from "./link-geometry.ts";
import { loadMesh } from "./mesh-loader.ts";
import { isPanda, pandaShells, type ShellMaterial } from "./panda-shells.ts";

export type Materials = Readonly<Record<ShellMaterial, MeshStandardMaterial>>;

type Rgba = MeshMessage["color"];

export class ArmSkin {
  /** By link, the base last. */
  readonly #groups: readonly Group[];
  /** Materials that the figure does not own. */
  readonly #materials: MeshStandardMaterial[] = [];
  readonly #geometries: BufferGeometry[] = [];
  readonly #materialOf: Materials;
  readonly #changed: (materials: readonly MeshStandardMaterial[]) => void;
  #isReady = false;
  #isVisible = true;
  #isGhost = false;

  /**
   * @param parents groups of the links, the base last
   * @param changed called with new materials when meshes have been loaded
   */
  constructor(
    scene: SceneMessage,
    parents: readonly Group[],
    materials: Materials,
    changed: (materials: readonly MeshStandardMaterial[]) => void,
  ) {
    this.#materialOf = materials;
    this.#changed = changed;
    this.#groups = parents.map((parent) => {
      const group = new Group();
      parent.add(group);
      return group;
    });
    const looks = [...scene.links.map(({ visual }) => visual), scene.baseVisual];
    if (looks.some((each) => each !== undefined)) void this.#load(looks);
    else if (isPanda(scene.arm, scene.links.length)) this.#addShells(scene.fingers.length === 0);
  }

  /** Whether there is anything to show in place of the shapes. */
  get isReady(): boolean {
    return this.#isReady;
  }

  show(visible: boolean): void {
    this.#isVisible = visible;
    for (const group of this.#groups) group.visible = visible && this.#isReady;
  }

  /** A ghost casts no shadow. */
  setGhost(ghost: boolean): void {
    this.#isGhost = ghost;
    for (const group of this.#groups) {
      group.traverse((each) => {
        each.castShadow = !ghost;
        each.renderOrder = ghost ? 2 : 0;
      });
    }
  }

  /** Releases what is not shared with other arms. */
  dispose(): void {
    for (const material of this.#materials) material.dispose();
    for (const geometry of this.#geometries) geometry.dispose();
    for (const group of this.#groups) group.removeFromParent();
  }

  #addShells(hasFixedFingers: boolean): void {
    for (const { link, geometry, material, position, orientation } of pandaShells(hasFixedFingers)) {
      const mesh = this.#own(geometry, this.#materialOf[material]);
      mesh.position.set(...(position ?? [0, 0, 0]));
      if (orientation !== undefined) mesh.quaternion.copy(new Quaternion(...orientation));
      this.#groupOf(link).add(mesh);
    }
    this.#isReady = true;
  }

  /** Shows the skin once all meshes that can be loaded are. */
  async #load(looks: readonly (VisualMessage | undefined)[]): Promise<void> {
    let count = 0;
    await Promise.all(
      looks.flatMap((look, i) =>
        (look?.meshes ?? []).map(async (mesh) => {
          try {
            this.#addMesh(this.#groupOf(i), await loadMesh(mesh), mesh);
            count += 1;
          } catch (error) {
            console.warn(
              `a ${mesh.format} mesh of ${i < looks.length - 1 ? `link ${i}` : "the base"} is not shown:`,
              error,
            );
          }
        }),
      ),
    );
    if (count === 0) return;
    for (const [i, look] of looks.entries()) {
      for (const { shape, color } of look?.shapes ?? []) {
        const mesh = this.#own(solid(shape, 0.002), this.#colored(color));
        if (shape.kind === "box") {
          mesh.position.set(...shape.center);
          mesh.quaternion.copy(new Quaternion(...shape.orientation));
        }
        this.#groupOf(i).add(mesh);
      }
    }
    this.#isReady = true;
    this.show(this.#isVisible);
    this.setGhost(this.#isGhost);
    this.#changed(this.#materials);
  }

  #addMesh(
    parent: Group,
    shared: Object3D,
    { format, position, orientation, scale, color }: MeshMessage,
  ): void {
    const frame = new Group();
    frame.position.set(...position);
    frame.quaternion.copy(new Quaternion(...orientation));
    frame.scale.set(...scale);
    const object = shared.clone();
    object.traverse((each) => {
      if (!(each instanceof Mesh)) return;
      each.castShadow = true;
      each.receiveShadow = true;
      // STL has no materials; those of other formats are the file's.
      const own = [each.material].flat()[0];
      const hasOwn = format !== "stl" && own !== undefined && "color" in own && own.color instanceof Color;
      each.material = this.#colored(color ?? (hasOwn && own.color instanceof Color ? own.color : null));
    });
    frame.add(object);
    parent.add(frame);
  }

  #own(geometry: BufferGeometry, material: MeshStandardMaterial): Mesh {
    this.#geometries.push(geometry);
    const mesh = new Mesh(geometry, material);
    mesh.castShadow = true;
    mesh.receiveShadow = true;
    return mesh;
  }

  /** Returns the material of a colour, red, green, blue and alpha from 0 to 1; of null, the shell's. */
  #colored(color: Rgba | Color): MeshStandardMaterial {
    if (color === null) return this.#materialOf.shell;
    const material = new MeshStandardMaterial({ roughness: 0.5, side: DoubleSide });
    this.#materials.push(material);
    if (color instanceof Color) {
      material.color.copy(color);
      return material;
    }
    const [red, green, blue, alpha] = color;
    material.color.setRGB(red, green, blue, SRGBColorSpace);
    material.userData["opacity"] = alpha;
    return material;
  }

  #groupOf(link: number): Group {
    const group = link < 0 ? this.#groups.at(-1) : this.#groups[link];
    if (group === undefined) throw new Error(`internal: no link ${link}`);
    return group;
  }
}
