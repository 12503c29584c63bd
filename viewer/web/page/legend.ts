/** @file The legend at the bottom of the picture: what rings, scales, balls and boxes mean. */

import { LAYERS, type Layer } from "../state/inspector-layers.ts";
import type { PageState } from "../state/page-state.ts";
import { element } from "./dom.ts";

/** What is drawn for each layer of the inspector, with units. */
const LAYER_TEXTS: Readonly<Record<Layer, string>> = {
  joints:
    "Scale: range of a joint, ticks each 30°, ends red, needle at its angle. Arrow: its axis, right-handed.",
  frames: "Axes of link frames: x red, y green, z blue.",
  masses: "Checkered ball: centre of mass, as large as a steel ball of that mass.",
  inertia: "Box: uniform box of the same mass and inertia, without the motor's rotor.",
  contacts: "Disc and arrow: contact and its normal force, 1 cm for each newton; only in live sessions.",
};

export class Legend {
  readonly object = element("div", { class: "legend" });
  readonly #torques = element(
    "p",
    {},
    "Ring around a joint: torque as a share of its limit. ",
    element("span", { class: "legend-warning" }, "Red: joint at the end of its range."),
  );
  readonly #layers: ReadonlyMap<Layer, HTMLElement>;

  constructor() {
    this.#layers = new Map(LAYERS.map((layer) => [layer, element("p", {}, LAYER_TEXTS[layer])]));
    this.object.append(this.#torques, ...this.#layers.values());
  }

  /** Shows the lines about what is drawn. */
  refresh({ showTorques, layers }: Pick<PageState, "showTorques" | "layers">): void {
    this.#torques.hidden = !showTorques;
    for (const [layer, line] of this.#layers) line.hidden = !layers.includes(layer);
  }
}
