/** @file The "Physics" tab: what the inspector draws, and the joints of one arm in numbers. */

import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import type { Actions } from "../controls/actions.ts";
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

export class PhysicsPanel {
  readonly object = element("div", { class: "interaction" });
  readonly #store: PageStore;
  readonly #data: ViewData;
  readonly #live: LivePlayback;
  readonly #boxes: ReadonlyMap<Layer, HTMLInputElement>;
  readonly #slot = element("select", { id: "physics-slot", class: "select" });
  readonly #slotField: HTMLElement;
  readonly #mass = element("p", { class: "hint" });
  readonly #rows = new JointRows();
  readonly #contacts = new ContactList();
  /** The names of the policies that are listed. */
  #listed = "";
  #scene: SceneMessage | undefined;
  #sample: ArmSample | undefined;

  constructor(store: PageStore, data: ViewData, live: LivePlayback, actions: Actions) {
    this.#live = live;
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
    this.#slot.addEventListener("change", () => this.#showJoints());
    const [slotField, mass, rows] = [this.#slotField, this.#mass, this.#rows.object];
    this.object.append(
      group("Draw", ...LAYERS.map((layer) => this.#choice(layer))),
      group("Joints", slotField, mass, rows),
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
  }

  /** Shows the joints at a time, seconds. */
  tick(time: number): void {
    const { tab, panelOpen } = this.#store.state;
    const motion = this.#data.view?.motions[Number(this.#slot.value)];
    if (motion === undefined || this.#sample === undefined || tab !== "physics" || !panelOpen) return;
    sampleMotion(motion, time, this.#sample);
    this.#showJoints();
  }

  #showJoints(): void {
    if (this.#sample !== undefined) this.#rows.show(this.#sample.angles, this.#sample.torques);
    this.#showContacts();
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
