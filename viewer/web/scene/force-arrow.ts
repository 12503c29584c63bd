/** @file An arrow that shows a force at its point of application. */

import { ConeGeometry, CylinderGeometry, Group, Mesh, MeshStandardMaterial, Vector3 } from "three";

const UP = new Vector3(0, 1, 0);

export class ForceArrow {
  readonly object = new Group();
  readonly #shaft: Mesh<CylinderGeometry, MeshStandardMaterial>;
  readonly #head: Mesh<ConeGeometry, MeshStandardMaterial>;
  readonly #along = new Vector3();

  constructor(color: string) {
    const material = new MeshStandardMaterial({
      color,
      emissive: color,
      emissiveIntensity: 0.35,
      roughness: 0.4,
    });
    this.#shaft = new Mesh(new CylinderGeometry(0.0055, 0.0055, 1, 16), material);
    this.#head = new Mesh(new ConeGeometry(0.017, 0.045, 24), material);
    this.object.add(this.#shaft, this.#head);
    this.object.visible = false;
  }

  /** Shows the arrow between two points, metres. */
  show(from: Vector3, to: Vector3): void {
    const size = this.#along.subVectors(to, from).length();
    this.object.visible = size > 0.005;
    if (!this.object.visible) return;
    this.object.position.copy(from);
    this.object.quaternion.setFromUnitVectors(UP, this.#along.divideScalar(size));
    const head = Math.min(0.045, size);
    this.#shaft.scale.y = Math.max(size - head, 1e-4);
    this.#shaft.position.y = (size - head) / 2;
    this.#head.position.y = size - head / 2;
  }

  hide(): void {
    this.object.visible = false;
  }
}
