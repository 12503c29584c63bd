/** @file A joint's axis, and the scale of its range with a needle at the current angle. */

import {
  type BufferGeometry,
  CircleGeometry,
  ConeGeometry,
  CylinderGeometry,
  DoubleSide,
  Group,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  RingGeometry,
} from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import type { Vec3 } from "../../../shared/vec3.ts";
import { arcOf, scaleFrame, tickAngles } from "./joint-scale.ts";
import type { SceneColors } from "./palette.ts";

/** Lengths as shares of the scale's radius. */
const INNER = 0.62;
const AXIS = 1.15;
const THIN = 0.022;

/** The colours of all gauges of an arm. */
export class GaugeMaterials {
  readonly face = flat({ opacity: 0.34, depthWrite: false, side: DoubleSide });
  readonly ticks = flat({ side: DoubleSide });
  readonly ends = flat({ side: DoubleSide });
  readonly axis = flat({});
  readonly needle = flat({ side: DoubleSide });

  setColors(colors: SceneColors, needle: string): void {
    this.face.color.set(colors.axis);
    this.ticks.color.set(colors.ink);
    this.ends.color.set(colors.warning);
    this.axis.color.set(colors.axis);
    this.needle.color.set(needle);
  }

  dispose(): void {
    for (const material of [this.face, this.ticks, this.ends, this.axis, this.needle]) material.dispose();
  }
}

export class JointGauge {
  /** In the link's frame. */
  readonly object = new Group();
  /** Turns back by the angle, since the range belongs to the parent link. */
  readonly #dial = new Group();
  readonly #meshes: Mesh[] = [];

  /**
   * @param next   the next joint or the tool in the link's frame, metres
   * @param radius of the scale, metres
   */
  constructor(
    link: SceneMessage["links"][number],
    next: Vec3,
    radius: number,
    { face, ticks, ends, axis, needle }: GaugeMaterials,
  ) {
    const { limits } = link;
    const { start, sweep } = arcOf(limits);
    this.object.quaternion.copy(scaleFrame(link, next));
    this.#add(this.#dial, new RingGeometry(INNER * radius, radius, 64, 1, start, sweep), face);
    const tickLines = tickAngles(limits).map((angle) =>
      // The tick at 0° is longer.
      bar(angle, Math.abs(angle) < 1e-9 ? INNER : 0.88, 1, THIN, radius),
    );
    if (tickLines.length > 0) this.#add(this.#dial, mergeGeometries(tickLines), ticks);
    if (limits !== null) {
      const endLines = limits.map((angle) => bar(angle, INNER - 0.06, 1.08, 2 * THIN, radius));
      this.#add(this.#dial, mergeGeometries(endLines), ends);
    }
    this.#add(this.object, arrow(radius), axis);
    const pointer = mergeGeometries([
      bar(0, 0, 1.14, 2.6 * THIN, radius),
      new CircleGeometry(0.09 * radius, 24),
    ]);
    this.#add(this.object, pointer, needle);
    this.object.add(this.#dial);
  }

  /** Sets the joint's angle, rad. */
  setAngle(angle: number): void {
    this.#dial.rotation.z = -angle;
  }

  dispose(): void {
    for (const mesh of this.#meshes) mesh.geometry.dispose();
  }

  #add(parent: Group, geometry: BufferGeometry, material: MeshBasicMaterial): void {
    const mesh = new Mesh(geometry, material);
    this.#meshes.push(mesh);
    parent.add(mesh);
  }
}

/** A bar in the plane of the scale, from one share of the radius to another. */
function bar(angle: number, from: number, to: number, width: number, radius: number): BufferGeometry {
  return new PlaneGeometry((to - from) * radius, width * radius)
    .translate(((from + to) / 2) * radius, 0, 0.002 * radius)
    .rotateZ(angle);
}

/** The joint's axis with a head at its positive end. */
function arrow(radius: number): BufferGeometry {
  const shaft = new CylinderGeometry(1.2 * THIN * radius, 1.2 * THIN * radius, 2 * AXIS * radius, 12);
  const head = new ConeGeometry(4 * THIN * radius, 0.22 * radius, 20);
  return mergeGeometries([shaft, head.translate(0, AXIS * radius, 0)]).rotateX(Math.PI / 2);
}

function flat(options: ConstructorParameters<typeof MeshBasicMaterial>[0]): MeshBasicMaterial {
  // Opaque materials would be drawn before the arm's translucent shells.
  return new MeshBasicMaterial({ toneMapped: false, transparent: true, ...options });
}
