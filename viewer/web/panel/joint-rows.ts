/** @file A row for each joint of an arm: name, place of the angle in the range, angle and torque. */

import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import { element } from "../page/dom.ts";
import { degrees, rangeText, torqueText } from "./describe-joint.ts";

type SceneLink = SceneMessage["links"][number];

/** rad: the range of the slider of a joint without limits. */
const FULL_TURN = [-Math.PI, Math.PI] as const;

class JointRow {
  readonly object: HTMLElement;
  readonly #link: SceneLink;
  readonly #slider: HTMLInputElement;
  readonly #angle = element("output", { class: "figure" });
  readonly #torque = element("span", { class: "figure joint-torque" });

  constructor(link: SceneLink, index: number) {
    const [low, high] = link.limits ?? FULL_TURN;
    const id = `joint-angle-${index}`;
    this.#link = link;
    this.#slider = element("input", { type: "range", id, min: low, max: high, step: "any", disabled: true });
    this.object = element(
      "div",
      { class: "joint-row", title: `${link.name}: ${rangeText(link.limits)}` },
      element("label", { class: "field joint-name", for: id }, link.joint),
      this.#angle,
      this.#slider,
      this.#torque,
    );
  }

  show(angle: number, torque: number): void {
    this.#slider.value = String(angle);
    setText(this.#angle, degrees(angle));
    setText(this.#torque, torqueText(torque, this.#link.torqueLimit));
    this.#slider.setAttribute("aria-valuetext", `${degrees(angle)}, ${rangeText(this.#link.limits)}`);
  }
}

export class JointRows {
  readonly object = element("div", { class: "joint-rows" });
  #rows: readonly JointRow[] = [];
  #links: readonly SceneLink[] = [];

  /** Creates the rows of an arm, unless they are its already. */
  setLinks(links: readonly SceneLink[]): void {
    if (this.#links === links) return;
    this.#links = links;
    this.#rows = links.map((link, i) => new JointRow(link, i));
    this.object.replaceChildren(...this.#rows.map(({ object }) => object));
  }

  /**
   * Shows the state of the joints.
   *
   * @param angles  [N] rad
   * @param torques [N] N m
   */
  show(angles: ArrayLike<number>, torques: ArrayLike<number>): void {
    this.#rows.forEach((row, i) => {
      row.show(angles[i] ?? 0, torques[i] ?? 0);
    });
  }
}

function setText(into: HTMLElement, text: string): void {
  if (into.textContent !== text) into.textContent = text;
}
