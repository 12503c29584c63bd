/** @file A row for each joint of an arm: name, angle, torque, and a slider over its range that poses the arm. */

import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import { element } from "../page/dom.ts";
import { degrees, rangeText, torqueText } from "./describe-joint.ts";

type SceneLink = SceneMessage["links"][number];

/** rad: the range of the slider of a joint without limits. */
const FULL_TURN = [-Math.PI, Math.PI] as const;

/** rad. */
const DEGREE = Math.PI / 180;

class JointRow {
  readonly object: HTMLElement;
  readonly #link: SceneLink;
  readonly #slider: HTMLInputElement;
  readonly #angle = element("output", { class: "figure" });
  readonly #torque = element("span", { class: "figure joint-torque" });

  /** @param moved called with an angle, rad, when the user moves the slider */
  constructor(link: SceneLink, index: number, moved: (angle: number) => void) {
    const [low, high] = link.limits ?? FULL_TURN;
    const id = `joint-angle-${index}`;
    this.#link = link;
    // About a degree that divides the range: with the step "any" a key moves some browsers' sliders by 1 rad. A step that
    // is rounded up would leave out the end of the range.
    const step = (high - low) / (Math.max(1, Math.round((high - low) / DEGREE)) + 1e-9);
    this.#slider = element("input", { type: "range", id, min: low, max: high, step, disabled: true });
    this.#slider.addEventListener("input", () => moved(this.#slider.valueAsNumber));
    this.object = element(
      "div",
      { class: "joint-row", title: `${link.name}: ${rangeText(link.limits)}` },
      element("label", { class: "field joint-name", for: id }, link.joint),
      this.#angle,
      this.#slider,
      this.#torque,
    );
  }

  /** @param obstacle why the arm cannot be posed; an empty text if it can */
  setObstacle(obstacle: string): void {
    this.#slider.disabled = obstacle !== "";
    // Without a title of its own the slider has that of the row.
    if (obstacle === "") this.#slider.removeAttribute("title");
    else if (this.#slider.title !== obstacle) this.#slider.title = obstacle;
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
  readonly #moved: (joint: number, angle: number) => void;
  #rows: readonly JointRow[] = [];
  #links: readonly SceneLink[] = [];

  /** @param moved called with a joint's index and angle, rad, when the user moves its slider */
  constructor(moved: (joint: number, angle: number) => void) {
    this.#moved = moved;
  }

  /** @param obstacle why the arm cannot be posed; an empty text if it can */
  setObstacle(obstacle: string): void {
    for (const row of this.#rows) row.setObstacle(obstacle);
  }

  /** Creates the rows of an arm, unless they are its already. */
  setLinks(links: readonly SceneLink[]): void {
    if (this.#links === links) return;
    this.#links = links;
    this.#rows = links.map((link, i) => new JointRow(link, i, (angle) => this.#moved(i, angle)));
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
