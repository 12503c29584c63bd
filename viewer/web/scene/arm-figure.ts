/** @file The drawing of an arm: a group for each link, built from its model, and torque rings on each joint. */

import {
  type BufferGeometry,
  Color,
  Group,
  Mesh,
  type MeshStandardMaterial,
  Quaternion,
  type Texture,
  type Vector3,
} from "three";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import { add, dot, rotate, scale, subtract, type Vec3 } from "../../../shared/vec3.ts";
import { type ArmLook, ArmMaterials } from "./arm-materials.ts";
import { ArmSkin } from "./arm-skin.ts";
import type { ArmGroups } from "./inspector-figure.ts";
import { block, disc, housesJoint, housing, solid, unit } from "./link-geometry.ts";
import type { SceneColors } from "./palette.ts";
import { TorqueRing } from "./torque-ring.ts";

/** What is drawn of an arm: its looks, the shapes that stand for its links, or both. */
export type BodyView = "visual" | "collision" | "both";

type SceneLink = SceneMessage["links"][number];
type Shape = SceneLink["shapes"][number];

/** Centres and radius of a joint's torque rings, in the link's frame, metres. */
interface RingMount {
  readonly centers: readonly Vec3[];
  readonly radius: number;
}

export class ArmFigure {
  readonly object = new Group();
  readonly #base = new Group();
  readonly #links: Group[] = [];
  readonly #rings: TorqueRing[][] = [];
  readonly #fingers: Group[] = [];
  readonly #meshes: Mesh[] = [];
  readonly #materials: ArmMaterials;
  readonly #scene: SceneMessage;
  readonly #color: string;
  readonly #skin: ArmSkin;
  /** Meshes of the shapes that stand for the links; the skin is shown in place of them. */
  readonly #stand: Mesh[] = [];
  #view: BodyView = "visual";
  /** Undefined until the colours are set. */
  #look: ArmLook | undefined;

  /** @param changed called when meshes have been loaded */
  constructor(scene: SceneMessage, color: string, changed: () => void = () => {}) {
    this.#scene = scene;
    this.#color = color;
    this.#materials = new ArmMaterials(color);
    this.#buildBase(this.#base);
    this.object.add(this.#base);
    scene.links.forEach((link, i) => {
      const group = new Group();
      group.name = link.name;
      const mount = this.#buildLink(group, link, i === scene.links.length - 1);
      const rings = mount.centers.map((center) => new TorqueRing(center, link.axis, mount.radius));
      for (const ring of rings) group.add(ring.object);
      this.#rings.push(rings);
      this.#links.push(group);
      this.object.add(group);
    });
    this.#stand.push(...this.#meshes);
    this.#skin = new ArmSkin(scene, [...this.#links, this.#base], this.#materials, (materials) => {
      this.#materials.add(materials);
      this.showBody(this.#view);
      if (this.#look !== undefined) this.#materials.apply(this.#look);
      changed();
    });
    this.showBody(this.#view);
    const lastLink = this.#links.length - 1;
    for (const finger of scene.fingers) {
      const group = new Group();
      group.name = finger.name;
      group.quaternion.copy(new Quaternion(...finger.orientation));
      for (const shape of finger.shapes) this.#solid(group, shape, lastLink, this.#materials.rubber);
      this.#links[lastLink]?.add(group);
      this.#fingers.push(group);
    }
    this.setOpenings([]);
  }

  /** The meshes for ray casting; `userData.link` is the index of the link. */
  get meshes(): readonly Mesh[] {
    return this.#meshes;
  }

  /** The moving bodies, to draw into. */
  get groups(): ArmGroups {
    return { links: this.#links, fingers: this.#fingers };
  }

  /** Shows what the arm looks like, the shapes that stand for its links, or both. */
  showBody(view: BodyView): void {
    this.#view = view;
    this.#skin.show(view !== "collision");
    for (const mesh of this.#stand) mesh.visible = view !== "visual" || !this.#skin.isReady;
  }

  /** What is drawn; only the shapes of an arm without looks of its own. */
  get drawn(): BodyView {
    return this.#skin.isReady ? this.#view : "collision";
  }

  setColors(colors: SceneColors, reflections: Texture | null): void {
    this.#applyLook({ isGhost: false, isSeeThrough: false, ...this.#look, colors, reflections });
    const rest = new Color(colors.joint).lerp(new Color(colors.shell), 0.45);
    for (const ring of this.#rings.flat())
      ring.setColors(this.#color, colors.warning, `#${rest.getHexString()}`);
  }

  /** Draws the arm as a tinted, translucent ghost, or opaque. */
  setGhost(ghost: boolean): void {
    this.#skin.setGhost(ghost);
    if (this.#look !== undefined) this.#applyLook({ ...this.#look, isGhost: ghost });
    // Overlaid arms have the same base.
    this.#base.visible = !ghost;
    for (const mesh of this.#meshes) {
      mesh.castShadow = !ghost;
      mesh.renderOrder = ghost ? 2 : 0;
    }
    for (const ring of this.#rings.flat()) ring.setOpacity(ghost ? 0.75 : 1);
  }

  /** Draws the arm so that what is inside is visible, or not. */
  setSeeThrough(isSeeThrough: boolean): void {
    if (this.#look !== undefined && isSeeThrough !== this.#look.isSeeThrough)
      this.#applyLook({ ...this.#look, isSeeThrough });
  }

  #applyLook(look: ArmLook): void {
    this.#look = look;
    this.#materials.apply(look);
  }

  showRings(visible: boolean): void {
    for (const ring of this.#rings.flat()) ring.object.visible = visible;
  }

  /** Sets positions [N × 3] m and rotations [N × 4] of the links. */
  setPoses(positions: ArrayLike<number>, rotations: ArrayLike<number>): void {
    this.#links.forEach((group, i) => {
      group.position.set(positions[3 * i] ?? 0, positions[3 * i + 1] ?? 0, positions[3 * i + 2] ?? 0);
      group.quaternion.set(
        rotations[4 * i] ?? 0,
        rotations[4 * i + 1] ?? 0,
        rotations[4 * i + 2] ?? 0,
        rotations[4 * i + 3] ?? 1,
      );
    });
  }

  /** Distance of each finger from its closed position as drawn, metres. */
  get openings(): readonly number[] {
    return this.#scene.fingers.map(({ position, orientation, axis }, i) => {
      const { x = 0, y = 0, z = 0 } = this.#fingers[i]?.position ?? {};
      return dot(subtract([x, y, z], position), rotate(orientation, axis));
    });
  }

  /** Sets the distances of the fingers from their closed positions, [F] m. */
  setOpenings(openings: ArrayLike<number>): void {
    this.#scene.fingers.forEach(({ position, orientation, axis }, i) => {
      const along = scale(rotate(orientation, axis), openings[i] ?? 0);
      this.#fingers[i]?.position.set(...add(position, along));
    });
  }

  /** Sets the torque rings: shares of the torque limits, [N], −1 to 1. */
  setTorqueShares(shares: ArrayLike<number>): void {
    this.#rings.forEach((rings, i) => {
      for (const ring of rings) ring.setShare(shares[i] ?? 0);
    });
  }

  /** Marks joints at their limits, [N]. */
  setWarnings(atLimit: readonly boolean[]): void {
    this.#rings.forEach((rings, i) => {
      for (const ring of rings) ring.setWarning(atLimit[i] ?? false);
    });
  }

  /** Converts a point from a link's frame to the world. */
  toWorld(link: number, local: Vector3, into: Vector3): Vector3 {
    const group = this.#links[link];
    return group === undefined ? into.copy(local) : group.localToWorld(into.copy(local));
  }

  /** Converts a point from the world to a link's frame. */
  toLocal(link: number, world: Vector3, into: Vector3): Vector3 {
    const group = this.#links[link];
    return group === undefined ? into.copy(world) : group.worldToLocal(into.copy(world));
  }

  dispose(): void {
    this.#skin.dispose();
    for (const mesh of this.#meshes) mesh.geometry.dispose();
    for (const ring of this.#rings.flat()) ring.dispose();
    this.#materials.dispose();
    this.object.removeFromParent();
  }

  #mesh(parent: Group, geometry: BufferGeometry, material: MeshStandardMaterial, link: number): Mesh {
    const mesh = new Mesh(geometry, material);
    mesh.castShadow = true;
    mesh.receiveShadow = true;
    mesh.userData["link"] = link;
    this.#meshes.push(mesh);
    parent.add(mesh);
    return mesh;
  }

  #buildBase(parent: Group): void {
    for (const shape of this.#scene.baseShapes) this.#solid(parent, shape, -1);
    const first = this.#scene.links[0];
    if (first === undefined) return;
    // A plinth, if the base stands on the ground.
    const radius = Math.max(
      0.05,
      ...this.#scene.baseShapes.map((shape) => ("radius" in shape ? shape.radius : 0)),
    );
    if (first.position[2] > 2 * radius) {
      const top: Vec3 = [0, 0, first.position[2] * 0.45];
      this.#mesh(parent, housing([0, 0, 0], top, radius), this.#materials.shell, -1);
      this.#mesh(parent, housing([0, 0, -0.004], [0, 0, 0.014], radius * 1.55), this.#materials.joint, -1);
    }
  }

  #buildLink(group: Group, link: SceneLink, isLast: boolean): RingMount {
    const index = this.#links.length;
    // A model with fixed fingers has one box for both.
    const hasFixedFingers = isLast && this.#scene.fingers.length === 0;
    const fingers = hasFixedFingers ? link.shapes.findLastIndex((shape) => shape.kind === "box") : -1;
    let mount: RingMount | undefined;
    link.shapes.forEach((shape, i) => {
      if (shape.kind !== "box" && housesJoint(shape.from, shape.to, link.axis)) {
        mount ??= this.#buildHousing(group, link, shape, index);
      } else if (i === fingers && shape.kind === "box" && i > 0) {
        this.#buildFingers(group, shape, index);
      } else {
        this.#solid(group, shape, index);
      }
    });
    return mount ?? this.#buildHub(group, link, index);
  }

  /** Adds a motor housing. Returns the mount of its torque rings. */
  #buildHousing(
    group: Group,
    link: SceneLink,
    shape: Exclude<Shape, { kind: "box" }>,
    index: number,
  ): RingMount {
    const { from, to, radius } = shape;
    const axis = unit(subtract(to, from));
    // The round ends of a capsule become the flat ends of a motor housing.
    const grow = scale(axis, shape.kind === "capsule" ? radius * 0.4 : 0);
    const [start, end] = [subtract(from, grow), add(to, grow)];
    this.#mesh(group, housing(start, end, radius), this.#materials.shell, index);
    const isAlongLink = Math.abs(dot(add(from, to), axis)) > radius;
    if (isAlongLink) {
      // The joint axis runs along the link: mark the seam to the parent link.
      const seam = dot(parentJoint(link), axis) > 0 ? end : start;
      this.#mesh(group, disc(seam, axis, radius * 1.015, 0.02), this.#materials.joint, index);
      return { centers: [seam], radius: radius * 1.32 };
    }
    for (const [cap, sign] of [
      [start, -1],
      [end, 1],
    ] as const) {
      this.#mesh(
        group,
        disc(add(cap, scale(axis, sign * 0.001)), axis, radius * 0.66, 0.008),
        this.#materials.joint,
        index,
      );
      this.#mesh(
        group,
        disc(add(cap, scale(axis, sign * 0.004)), axis, radius * 0.3, 0.006),
        this.#materials.accent,
        index,
      );
    }
    return { centers: [start, end], radius: radius * 0.98 };
  }

  /** Adds a hub for a joint without a motor housing in the model. */
  #buildHub(group: Group, link: SceneLink, index: number): RingMount {
    const radii = link.shapes.map((shape) => (shape.kind === "box" ? 0.03 : shape.radius));
    const radius = Math.max(0.02, ...radii) * 1.3;
    const half = scale(link.axis, radius);
    const [start, end] = [scale(half, -1), half] as const;
    this.#mesh(group, housing(start, end, radius), this.#materials.joint, index);
    for (const cap of [start, end])
      this.#mesh(group, disc(cap, link.axis, radius * 0.45, 0.006), this.#materials.accent, index);
    return { centers: [start, end], radius: radius * 1.15 };
  }

  /** Adds two closed fingers in place of the box that models them. */
  #buildFingers(group: Group, shape: Extract<Shape, { kind: "box" }>, index: number): void {
    const [x, y, z] = shape.halfExtents;
    const gap = 0.0012;
    for (const side of [-1, 1]) {
      const mesh = this.#mesh(group, block([x, (y - gap) / 2, z], 0.004), this.#materials.rubber, index);
      const offset = rotate(shape.orientation, [0, (side * (y + gap)) / 2, 0]);
      mesh.position.set(...add(shape.center, offset));
      mesh.quaternion.copy(new Quaternion(...shape.orientation));
    }
  }

  #solid(
    group: Group,
    shape: Shape,
    index: number,
    material: MeshStandardMaterial = this.#materials.shell,
  ): void {
    const mesh = this.#mesh(group, solid(shape, 0.012), material, index);
    if (shape.kind !== "box") return;
    mesh.position.set(...shape.center);
    mesh.quaternion.copy(new Quaternion(...shape.orientation));
  }
}

/** Position of the parent link's joint in this link's frame at angle 0. */
function parentJoint(link: SceneLink): Vec3 {
  const [x, y, z, w] = link.orientation;
  return rotate([-x, -y, -z, w], scale(link.position, -1));
}
