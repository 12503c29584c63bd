/** @file Marks a body's centre of mass by a ball, and its inertia by the box of uniform density that has it. */

import {
  BoxGeometry,
  type BufferAttribute,
  type BufferGeometry,
  EdgesGeometry,
  Float32BufferAttribute,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
  Quaternion,
  SphereGeometry,
} from "three";
import type { InertialMessage } from "../../../shared/protocol-scene.ts";
import type { SceneColors } from "./palette.ts";

/** kg/m³: the ball has the size of a steel ball of the body's mass. */
const STEEL = 7850;

/** Returns the radius of a steel ball, metres, for a mass, kg. */
export function ballRadius(mass: number): number {
  return Math.cbrt((3 * mass) / (4 * Math.PI * STEEL));
}

/** Returns the half extents of the box of uniform density that has a mass and principal moments, metres. */
export function equivalentBox({ mass, moments }: Pick<InertialMessage, "mass" | "moments">): number[] {
  const sum = moments[0] + moments[1] + moments[2];
  // A thin body may have a half extent of 0, or by rounding below it.
  return moments.map((moment) => Math.sqrt(Math.max(0, (1.5 / mass) * (sum - 2 * moment))));
}

/** The materials of all markers of an arm. */
export class MarkerMaterials {
  readonly ball = new MeshBasicMaterial({
    vertexColors: true,
    toneMapped: false,
    transparent: true,
  });
  readonly box = new MeshBasicMaterial({
    toneMapped: false,
    transparent: true,
    opacity: 0.16,
    depthWrite: false,
  });
  readonly edges = new LineBasicMaterial({ toneMapped: false, transparent: true });

  setColors(colors: SceneColors): void {
    this.box.color.set(colors.inertia);
    this.edges.color.set(colors.inertia);
  }

  dispose(): void {
    for (const material of [this.ball, this.box, this.edges]) material.dispose();
  }
}

export class MassMarker {
  /** In the body's frame. */
  readonly ball: Mesh<BufferGeometry>;
  readonly inertia = new Group();
  readonly #box: BoxGeometry;
  readonly #edges: EdgesGeometry;

  constructor(inertial: InertialMessage, materials: MarkerMaterials) {
    this.ball = new Mesh(checkeredBall(ballRadius(inertial.mass)), materials.ball);
    const [x = 0, y = 0, z = 0] = equivalentBox(inertial);
    this.#box = new BoxGeometry(2 * x, 2 * y, 2 * z);
    this.#edges = new EdgesGeometry(this.#box);
    this.inertia.add(new Mesh(this.#box, materials.box), new LineSegments(this.#edges, materials.edges));
    this.inertia.quaternion.copy(new Quaternion(...inertial.axes));
    for (const each of [this.ball, this.inertia]) each.position.set(...inertial.centerOfMass);
  }

  dispose(): void {
    for (const geometry of [this.ball.geometry, this.#box, this.#edges]) geometry.dispose();
  }
}

/** A ball of black and white eighths, the usual symbol of a centre of mass. */
function checkeredBall(radius: number): BufferGeometry {
  const indexed = new SphereGeometry(radius, 24, 16);
  const ball = indexed.toNonIndexed();
  indexed.dispose();
  const corners = ball.getAttribute("position");
  const colors = new Float32Array(3 * corners.count);
  for (let corner = 0; corner < corners.count; corner += 3) {
    const isWhite = [sumOf(corners, corner, 0), sumOf(corners, corner, 1), sumOf(corners, corner, 2)]
      .map(Math.sign)
      .reduce((product, sign) => product * (sign || 1), 1);
    colors.fill(isWhite > 0 ? 0.95 : 0.02, 3 * corner, 3 * corner + 9);
  }
  ball.setAttribute("color", new Float32BufferAttribute(colors, 3));
  return ball;
}

/** The sum of one coordinate over a triangle's corners. */
function sumOf(corners: { getComponent: BufferAttribute["getComponent"] }, first: number, axis: number) {
  return [0, 1, 2].reduce((sum, i) => sum + corners.getComponent(first + i, axis), 0);
}
