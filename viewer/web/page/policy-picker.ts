/** @file The dialog to choose up to four policies of one environment. */

import { MAX_SLOTS, type SourceInfo } from "../../../shared/protocol.ts";
import type { Actions } from "../controls/actions.ts";
import type { PageStore } from "../state/page-state.ts";
import type { ViewData } from "../state/view-data.ts";
import { createDialog, dialogHeader } from "./dialog.ts";
import { button, element } from "./dom.ts";

const TITLE = "Choose policies";

const KINDS = [
  ["zoo", "Zoo"],
  ["policy", "Policies"],
  ["run", "Runs"],
  ["episode", "Recordings"],
  ["builtin", "Untrained"],
] as const;

export class PolicyPicker {
  readonly #dialog = createDialog(TITLE, "picker");
  readonly #store: PageStore;
  readonly #data: ViewData;
  readonly #actions: Actions;
  /** Ids of the checked sources, in slot order. */
  #checked: string[] = [];

  constructor(store: PageStore, data: ViewData, actions: Actions) {
    this.#store = store;
    this.#data = data;
    this.#actions = actions;
  }

  open(): void {
    this.#checked = this.#store.state.slots.map(({ source }) => source);
    this.#draw();
    this.#dialog.showModal();
  }

  #draw(): void {
    const sections = KINDS.flatMap(([kind, title]) => {
      const sources = this.#data.sources.filter((source) => source.kind === kind);
      if (sources.length === 0) return [];
      return [
        element(
          "section",
          { class: "picker-group" },
          element("h3", {}, title),
          ...sources.map((source) => this.#row(source)),
        ),
      ];
    });
    const empty = element("p", { class: "empty" }, "No policies found. Train one with: npx steadyarm train");
    const show = button({
      label: this.#checked.length > 1 ? `Compare ${this.#checked.length}` : "Show",
      className: "button primary",
      onPress: () => this.#show(),
    });
    show.disabled = this.#checked.length === 0;
    this.#dialog.replaceChildren(
      dialogHeader(TITLE, this.#dialog),
      element("div", { class: "dialog-body" }, ...(sections.length === 0 ? [empty] : sections)),
      element(
        "footer",
        { class: "dialog-foot" },
        element(
          "span",
          { class: "hint" },
          `Choose up to ${MAX_SLOTS} of one environment. All get the same seed and goal.`,
        ),
        show,
      ),
    );
  }

  #row(source: SourceInfo): HTMLElement {
    const env = this.#checked.map((id) => this.#data.source(id)?.env).find((each) => each !== undefined);
    const slot = this.#checked.indexOf(source.id);
    const isAllowed = this.#checked.length < MAX_SLOTS && (env === undefined || source.env === env);
    const id = `source-${source.id}`;
    const checkbox = element("input", {
      type: "checkbox",
      checked: slot >= 0,
      disabled: slot < 0 && !isAllowed,
      id,
    });
    checkbox.addEventListener("change", () => {
      this.#checked = checkbox.checked
        ? [...this.#checked, source.id]
        : this.#checked.filter((each) => each !== source.id);
      this.#draw();
      document.getElementById(id)?.focus();
    });
    const facts = [
      source.env,
      source.state ?? "",
      source.successRate === null ? "" : `success rate ${source.successRate.toFixed(2)}`,
      source.steps.length > 1 ? `${source.steps.length} checkpoints` : "",
    ];
    const row = element(
      "label",
      { class: "picker-row", for: id },
      checkbox,
      element("span", { class: "picker-name" }, source.name),
      element("span", { class: "picker-facts" }, facts.filter((fact) => fact !== "").join(" · ")),
    );
    if (slot >= 0) row.style.setProperty("--slot", `var(--slot-${slot + 1})`);
    row.classList.toggle("chosen", slot >= 0);
    return row;
  }

  #show(): void {
    // Policies that are displayed already keep their checkpoint.
    const { slots } = this.#store.state;
    this.#actions.showSlots(
      this.#checked.map((source) => slots.find((choice) => choice.source === source) ?? { source }),
    );
    this.#dialog.close();
  }
}
