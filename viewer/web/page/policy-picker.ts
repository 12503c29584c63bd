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
  readonly #search = element("input", {
    type: "search",
    class: "picker-search",
    placeholder: "Find a policy, run or environment",
    "aria-label": "Find a policy",
    autocomplete: "off",
  });
  readonly #body = element("div", { class: "dialog-body" });
  readonly #foot = element("footer", { class: "dialog-foot" });
  /** Ids of the checked sources, in slot order. */
  #checked: string[] = [];
  /** The list as it is drawn. */
  #drawn: readonly SourceInfo[] = [];

  constructor(store: PageStore, data: ViewData, actions: Actions) {
    this.#store = store;
    this.#data = data;
    this.#actions = actions;
    this.#dialog.append(dialogHeader(TITLE, this.#dialog), this.#search, this.#body, this.#foot);
    this.#search.addEventListener("input", () => this.#draw());
  }

  open(): void {
    this.#search.value = "";
    this.#checked = this.#store.state.slots.map(({ source }) => source);
    this.#draw();
    this.#dialog.showModal();
  }

  /** Draws what has changed in the library, such as a training that has ended, while the dialog is open. */
  refresh(): void {
    if (!this.#dialog.open || this.#drawn === this.#data.sources) return;
    const focused = document.activeElement?.id ?? "";
    this.#draw();
    document.getElementById(focused)?.focus();
  }

  #draw(): void {
    this.#drawn = this.#data.sources;
    const words = this.#search.value.toLowerCase().split(/\s+/);
    const sections = KINDS.flatMap(([kind, title]) => {
      const sources = this.#data.sources.filter((source) => source.kind === kind && matches(source, words));
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
    const nothing =
      this.#data.sources.length === 0
        ? "No policies yet. Train one with: npx steadyarm train"
        : `Nothing contains “${this.#search.value.trim()}”.`;
    const empty = element("p", { class: "empty" }, nothing);
    const show = button({
      label: this.#checked.length > 1 ? `Compare ${this.#checked.length}` : "Show",
      className: "button primary",
      onPress: () => this.#show(),
    });
    show.disabled = this.#checked.length === 0;
    this.#body.replaceChildren(...(sections.length === 0 ? [empty] : sections));
    this.#foot.replaceChildren(
      element(
        "span",
        { class: "hint" },
        `Choose up to ${MAX_SLOTS} of one environment. All get the same seed and goal.`,
      ),
      show,
    );
  }

  /** Why a source cannot be added to the checked ones; an empty text if it can. */
  #obstacle(source: SourceInfo): string {
    const env = this.#checked.map((id) => this.#data.source(id)?.env).find((each) => each !== undefined);
    if (source.kind === "run" && source.steps.length === 0) return "no policy saved yet";
    if (env !== undefined && source.env !== env) return `not ${env}`;
    return this.#checked.length >= MAX_SLOTS ? `${MAX_SLOTS} are chosen` : "";
  }

  #row(source: SourceInfo): HTMLElement {
    const slot = this.#checked.indexOf(source.id);
    const obstacle = slot >= 0 ? "" : this.#obstacle(source);
    const id = `source-${source.id}`;
    const checkbox = element("input", {
      type: "checkbox",
      checked: slot >= 0,
      disabled: obstacle !== "",
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
      obstacle,
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
    row.classList.toggle("refused", obstacle !== "");
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

/** Whether a source's name, environment, state or kind contains each word. */
function matches({ name, env, state, kind }: SourceInfo, words: readonly string[]): boolean {
  const text = `${name} ${env} ${state ?? ""} ${kind}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
