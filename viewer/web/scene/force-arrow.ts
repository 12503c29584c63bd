/** @file An arrow that shows a force at its point of application. */

import { ConeGeometry, CylinderGeometry, Group, Mesh, MeshStandardMaterial, Vector3 } from "three";

const UP = new Vector3(0, 1, 0);

/** Radius of the shaft, metres. */
const THICKNESS = 0.0055;

/** Radius and length of the head for a shaft of radius 1. */
const HEAD_RADIUS = 3.1;
const HEAD_LENGTH = 8.2;

export class ForceArrow {
  readonly object = new Group();
  readonly #material: MeshStandardMaterial;
  readonly #shaft: Mesh<CylinderGeometry, MeshStandardMaterial>;
  readonly #head: Mesh<ConeGeometry, MeshStandardMaterial>;
  readonly #headLength: number;
  readonly #along = new Vector3();

  /** @param options radius of the shaft, metres, and whether the arrow is drawn over what is in front of it */
  constructor(color: string, { thickness = THICKNESS, onTop = false } = {}) {
    this.#headLength = HEAD_LENGTH * thickness;
    this.#material = new MeshStandardMaterial({
      emissiveIntensity: 0.35,
      roughness: 0.4,
      depthTest: !onTop,
      transparent: onTop,
    });
    this.setColor(color);
    this.#shaft = new Mesh(new CylinderGeometry(thickness, thickness, 1, 16), this.#material);
    this.#head = new Mesh(new ConeGeometry(HEAD_RADIUS * thickness, this.#headLength, 24), this.#material);
    for (const mesh of [this.#shaft, this.#head]) mesh.renderOrder = onTop ? 5 : 0;
    this.object.add(this.#shaft, this.#head);
    this.object.visible = false;
  }

  setColor(color: string): void {
    this.#material.color.set(color);
    this.#material.emissive.set(color);
  }

  /** Shows the arrow between two points, metres. */
  show(from: Vector3, to: Vector3): void {
    const size = this.#along.subVectors(to, from).length();
    this.object.visible = size > 0.005;
    if (!this.object.visible) return;
    this.object.position.copy(from);
    this.object.quaternion.setFromUnitVectors(UP, this.#along.divideScalar(size));
    const head = Math.min(this.#headLength, size);
    this.#shaft.scale.y = Math.max(size - head, 1e-4);
    this.#shaft.position.y = (size - head) / 2;
    this.#head.scale.y = head / this.#headLength;
    this.#head.position.y = size - head / 2;
  }

  hide(): void {
    this.object.visible = false;
  }

  dispose(): void {
    this.#shaft.geometry.dispose();
    this.#head.geometry.dispose();
    this.#material.dispose();
  }
}
