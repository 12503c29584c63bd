/** @file The "Physics" tab: what the inspector draws, and the joints of one arm with sliders that pose it. */

import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import type { Actions } from "../controls/actions.ts";
import type { Operation } from "../controls/obstacles.ts";
import { element } from "../page/dom.ts";
import { type ArmSample, blankSample, sampleMotion } from "../playback/interpolation.ts";
import type { LivePlayback } from "../playback/live-playback.ts";
import { sizesOf } from "../playback/motion.ts";
import { LAYER_NAMES, LAYERS, type Layer } from "../state/inspector-layers.ts";
import type { PageStore } from "../state/page-state.ts";
import type { View, ViewData } from "../state/view-data.ts";
import { ContactList } from "./contact-list.ts";
import { contactPairs } from "./contact-pairs.ts";
import { massText } from "./describe-joint.ts";
import { JointRows } from "./joint-rows.ts";
import { PosedAngles } from "./posed-angles.ts";

export class PhysicsPanel {
  readonly object = element("div", { class: "interaction" });
  readonly #store: PageStore;
  readonly #data: ViewData;
  readonly #live: LivePlayback;
  readonly #obstacleTo: (operation: Operation) => string;
  readonly #boxes: ReadonlyMap<Layer, HTMLInputElement>;
  readonly #slot = element("select", { id: "physics-slot", class: "select" });
  readonly #slotField: HTMLElement;
  readonly #mass = element("p", { class: "hint" });
  readonly #rows = new JointRows((joint, angle) => this.#pose(joint, angle));
  readonly #posed = new PosedAngles();
  readonly #poseHint = element("p", { class: "hint" });
  readonly #contacts = new ContactList();
  /** The names of the policies that are listed. */
  #listed = "";
  #scene: SceneMessage | undefined;
  #sample: ArmSample | undefined;
  /** Time of the sample, seconds. */
  #time = 0;

  /** @param obstacleTo returns why an operation is not possible now; an empty text if it is */
  constructor(
    store: PageStore,
    data: ViewData,
    live: LivePlayback,
    actions: Actions,
    obstacleTo: (operation: Operation) => string,
  ) {
    this.#live = live;
    this.#obstacleTo = obstacleTo;
    this.#store = store;
    this.#data = data;
    this.#boxes = new Map(
      LAYERS.map((layer) => {
        const box = element("input", { type: "checkbox", id: `layer-${layer}` });
        box.addEventListener("change", () => actions.toggleLayer(layer));
        return [layer, box];
      }),
    );
    this.#slotField = element(
      "div",
      { class: "pair" },
      element("label", { class: "field", for: this.#slot.id }, "Arm"),
      this.#slot,
    );
    this.#slot.addEventListener("change", () => {
      this.#posed.clear();
      this.tick(this.#time);
    });
    const [slotField, mass, rows] = [this.#slotField, this.#mass, this.#rows.object];
    const poseHint = this.#poseHint;
    this.object.append(
      group("Draw", ...LAYERS.map((layer) => this.#choice(layer))),
      group("Joints", slotField, mass, poseHint, rows),
      group("Contacts", this.#contacts.object),
    );
  }

  refresh(): void {
    const { layers } = this.#store.state;
    for (const [layer, box] of this.#boxes) box.checked = layers.includes(layer);
    const { view } = this.#data;
    if (view === undefined) return;
    this.#listSlots(view);
    if (this.#scene !== view.scene) {
      this.#scene = view.scene;
      this.#sample = blankSample(sizesOf(view.scene));
      this.#rows.setLinks(view.scene.links);
      const { links, fingers } = view.scene;
      const total = [...links, ...fingers].reduce((sum, { inertial }) => sum + inertial.mass, 0);
      this.#mass.textContent = `${links.length} links${fingers.length > 0 ? " and two fingers" : ""}, ${massText(total)} without the base`;
    }
    this.#showJoints();
    // Not for each frame: a list that changes so often cannot be read.
    this.#showContacts();
  }

  /** Shows the joints at a time, seconds. */
  tick(time: number): void {
    this.#time = time;
    const { tab, panelOpen } = this.#store.state;
    const motion = this.#data.view?.motions[Number(this.#slot.value)];
    if (motion === undefined || this.#sample === undefined || tab !== "physics" || !panelOpen) return;
    sampleMotion(motion, time, this.#sample);
    this.#showJoints();
  }

  #showJoints(): void {
    const obstacle = this.#obstacleTo("pose");
    const hint = obstacle === "" ? "A slider poses the arm, at rest. Objects stay in place." : obstacle;
    if (this.#poseHint.textContent !== hint) this.#poseHint.textContent = hint;
    this.#rows.setObstacle(obstacle);
    if (obstacle !== "") this.#posed.clear();
    if (this.#sample !== undefined) {
      const { angles, torques } = this.#sample;
      this.#rows.show(this.#posed.displayed(angles, performance.now()), torques);
    }
  }

  #pose(joint: number, angle: number): void {
    if (this.#sample === undefined) return;
    const angles = this.#posed.move(joint, angle, this.#sample.angles, performance.now());
    this.#live.pose(Number(this.#slot.value), angles);
    this.#showJoints();
  }

  #showContacts(): void {
    const { view } = this.#data;
    if (view?.live !== true) this.#contacts.show("Switch to Live to see what touches.");
    else if (!this.#store.state.layers.includes("contacts"))
      this.#contacts.show("Draw contact points and forces to see what touches.");
    else {
      const rows = this.#live.frame?.contacts?.[Number(this.#slot.value)];
      this.#contacts.show(rows === undefined ? "" : contactPairs(rows, view.scene));
    }
  }

  #listSlots({ slots }: View): void {
    const names = slots.map(({ name }) => name);
    this.#slotField.hidden = names.length < 2;
    if (this.#listed === JSON.stringify(names)) return;
    this.#listed = JSON.stringify(names);
    this.#slot.replaceChildren(...names.map((name, i) => element("option", { value: i }, name)));
    this.#slot.value = "0";
  }

  #choice(layer: Layer): HTMLElement {
    const name = LAYER_NAMES[layer];
    const text = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    return element("label", { class: "choice" }, this.#boxes.get(layer) ?? "", text);
  }
}

function group(title: string, ...children: readonly HTMLElement[]): HTMLElement {
  return element("fieldset", { class: "group" }, element("legend", {}, title), ...children);
}
