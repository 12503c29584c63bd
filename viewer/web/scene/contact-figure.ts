/** @file Draws the contacts of an arm: a disc at each point, and an arrow for the force on the second body. */

import { CircleGeometry, DoubleSide, Group, Mesh, MeshBasicMaterial, Vector3 } from "three";
import { CONTACT_SIZE } from "../../../shared/protocol-contact.ts";
import { ForceArrow } from "./force-arrow.ts";

/** Length of an arrow, metres for each newton, and its maximum. */
const LENGTH_PER_NEWTON = 0.01;
const MAX_LENGTH = 0.4;

/** Metres. */
const DISC_RADIUS = 0.008;
const ARROW_THICKNESS = 0.003;

const Z = new Vector3(0, 0, 1);

interface ContactMark {
  readonly disc: Mesh<CircleGeometry, MeshBasicMaterial>;
  readonly arrow: ForceArrow;
}

export class ContactFigure {
  /** In the world. */
  readonly object = new Group();
  readonly #marks: ContactMark[] = [];
  readonly #geometry = new CircleGeometry(DISC_RADIUS, 20);
  /** Contacts are inside of what touches, so they are drawn over it. */
  readonly #material = new MeshBasicMaterial({
    toneMapped: false,
    side: DoubleSide,
    transparent: true,
    depthTest: false,
  });
  readonly #from = new Vector3();
  readonly #force = new Vector3();

  setColor(color: string): void {
    this.#material.color.set(color);
    for (const { arrow } of this.#marks) arrow.setColor(color);
  }

  /** The number of contacts that are drawn. */
  get count(): number {
    return this.object.visible ? this.#marks.filter(({ disc }) => disc.visible).length : 0;
  }

  /** @param rows [C × 8], see protocol-contact.ts */
  show(rows: Float32Array): void {
    const count = rows.length / CONTACT_SIZE;
    while (this.#marks.length < count) this.#addMark();
    this.#marks.forEach(({ disc, arrow }, i) => {
      disc.visible = i < count;
      if (i >= count) {
        arrow.hide();
        return;
      }
      const numbers = rows.subarray(i * CONTACT_SIZE, (i + 1) * CONTACT_SIZE);
      this.#from.fromArray(numbers, 2);
      this.#force.fromArray(numbers, 5);
      disc.position.copy(this.#from);
      disc.quaternion.setFromUnitVectors(Z, this.#force.clone().normalize());
      this.#force.multiplyScalar(LENGTH_PER_NEWTON).clampLength(0, MAX_LENGTH);
      arrow.show(this.#from, this.#force.add(this.#from));
    });
  }

  dispose(): void {
    this.#geometry.dispose();
    this.#material.dispose();
    for (const { arrow } of this.#marks) arrow.dispose();
  }

  #addMark(): void {
    const disc = new Mesh(this.#geometry, this.#material);
    const arrow = new ForceArrow(`#${this.#material.color.getHexString()}`, {
      thickness: ARROW_THICKNESS,
      onTop: true,
    });
    disc.renderOrder = 5;
    this.#marks.push({ disc, arrow });
    this.object.add(disc, arrow.object);
  }
}
