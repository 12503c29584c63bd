/** @file The contacts of an arm as a list: each pair of bodies that touch, with the force between them. */

import { element } from "../page/dom.ts";
import type { ContactPair } from "./contact-pairs.ts";

export class ContactList {
  readonly object = element("div", { class: "contacts" });
  readonly #text = element("p", { class: "hint" });
  readonly #list = element("dl", { class: "facts" });

  constructor() {
    this.object.append(this.#text, this.#list);
  }

  /** Shows the contacts, or a text in place of them. */
  show(contacts: readonly ContactPair[] | string): void {
    const text = typeof contacts === "string" ? contacts : contacts.length === 0 ? "Nothing touches." : "";
    this.#text.hidden = text === "";
    if (this.#text.textContent !== text) this.#text.textContent = text;
    this.#list.replaceChildren(
      ...(typeof contacts === "string" ? [] : contacts).flatMap(({ first, second, points, newtons }) => [
        element("dt", {}, `${newtons.toFixed(1)} N`),
        element("dd", {}, `${first} on ${second}, ${points} ${points === 1 ? "point" : "points"}`),
      ]),
    );
  }
}
