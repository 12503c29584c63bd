/** @file The windows over the page: choosing policies, all commands, help. */

import type { Actions } from "./actions.ts";
import { type Command, keyName } from "./commands.ts";
import { MOST_SLOTS } from "./deep-link.ts";
import { button, element } from "./dom.ts";
import type { PageStore } from "./page-state.ts";
import type { ViewData } from "./view-data.ts";

function dialog(title: string, className: string): HTMLDialogElement {
  const made = element("dialog", { class: `dialog ${className}`, "aria-label": title });
  // A press beside the window closes it.
  made.addEventListener("click", (event) => {
    if (event.target === made) made.close();
  });
  // Who opened it by key had nothing in focus to go back to: then nothing hidden may keep it.
  made.addEventListener("close", () => {
    const focused = document.activeElement;
    // The event comes late: by then it may be open again.
    if (made.open) return;
    if (focused instanceof HTMLElement && made.contains(focused)) focused.blur();
  });
  document.body.append(made);
  return made;
}

function head(title: string, owner: HTMLDialogElement): HTMLElement {
  return element(
    "header",
    { class: "dialog-head" },
    element("h2", {}, title),
    button({ label: "Close", icon: "close", onPress: () => owner.close() }),
  );
}

const KINDS = [
  ["zoo", "Ready to watch"],
  ["policy", "Policies"],
  ["run", "Runs"],
  ["episode", "Recorded episodes"],
  ["builtin", "Without learning"],
] as const;

/** Lets a person choose up to four policies of one environment. */
export class PolicyPicker {
  readonly #dialog = dialog("Choose policies", "picker");
  readonly #store: PageStore;
  readonly #data: ViewData;
  readonly #actions: Actions;
  #chosen: string[] = [];

  constructor(store: PageStore, data: ViewData, actions: Actions) {
    this.#store = store;
    this.#data = data;
    this.#actions = actions;
  }

  open(): void {
    this.#chosen = this.#store.state.slots.map(({ source }) => source);
    this.#draw();
    this.#dialog.showModal();
  }

  #draw(): void {
    const env = this.#chosen.map((id) => this.#data.source(id)?.env).find((each) => each !== undefined);
    const lists = KINDS.flatMap(([kind, title]) => {
      const sources = this.#data.sources.filter((source) => source.kind === kind);
      if (sources.length === 0) return [];
      return [
        element(
          "section",
          { class: "picker-group" },
          element("h3", {}, title),
          ...sources.map((source) => {
            const place = this.#chosen.indexOf(source.id);
            const full = this.#chosen.length >= MOST_SLOTS || (env !== undefined && source.env !== env);
            const box = element("input", {
              type: "checkbox",
              checked: place >= 0,
              disabled: place < 0 && full,
              id: `source-${source.id}`,
            });
            box.addEventListener("change", () => {
              this.#chosen = box.checked
                ? [...this.#chosen, source.id]
                : this.#chosen.filter((id) => id !== source.id);
              this.#draw();
              document.getElementById(`source-${source.id}`)?.focus();
            });
            const facts = [
              source.env,
              source.state ?? "",
              source.successRate === null ? "" : `success ${source.successRate.toFixed(2)}`,
              source.steps.length > 1 ? `${source.steps.length} checkpoints` : "",
            ];
            const row = element(
              "label",
              { class: "picker-row", for: `source-${source.id}` },
              box,
              element("span", { class: "picker-name" }, source.name),
              element("span", { class: "picker-facts" }, facts.filter((fact) => fact !== "").join(" · ")),
            );
            if (place >= 0) row.style.setProperty("--slot", `var(--slot-${place + 1})`);
            row.classList.toggle("chosen", place >= 0);
            return row;
          }),
        ),
      ];
    });
    const done = button({
      label: this.#chosen.length > 1 ? `Compare ${this.#chosen.length}` : "Watch",
      look: "button primary",
      onPress: () => {
        // Who was on stage keeps the checkpoint that was chosen.
        const before = this.#store.state.slots;
        this.#actions.showSlots(
          this.#chosen.map((source) => before.find((choice) => choice.source === source) ?? { source }),
        );
        this.#dialog.close();
      },
    });
    done.disabled = this.#chosen.length === 0;
    const nothing = element(
      "p",
      { class: "empty" },
      "There is nothing to watch yet. Train a policy and it appears here.",
    );
    this.#dialog.replaceChildren(
      head("Choose policies", this.#dialog),
      element("div", { class: "dialog-body" }, ...(lists.length === 0 ? [nothing] : lists)),
      element(
        "footer",
        { class: "dialog-foot" },
        element(
          "span",
          { class: "hint" },
          `Up to ${MOST_SLOTS}, of one environment: they get the same seed and goal.`,
        ),
        done,
      ),
    );
  }
}

/** All commands, found by typing. */
export class CommandPalette {
  readonly #dialog = dialog("All commands", "palette");
  readonly #input = element("input", {
    type: "text",
    class: "palette-input",
    placeholder: "What to do?",
    role: "combobox",
    "aria-expanded": "true",
    "aria-controls": "palette-list",
    "aria-label": "Find a command",
    autocomplete: "off",
  });
  readonly #list = element("ul", {
    id: "palette-list",
    class: "palette-list",
    role: "listbox",
    "aria-label": "Commands",
  });
  readonly #commands: () => readonly Command[];
  #found: readonly Command[] = [];
  #at = 0;

  constructor(commands: () => readonly Command[]) {
    this.#commands = commands;
    this.#dialog.append(this.#input, this.#list);
    this.#input.addEventListener("input", () => {
      this.#at = 0;
      this.#draw();
    });
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const count = Math.max(1, this.#found.length);
        this.#at = (this.#at + (event.key === "ArrowDown" ? 1 : -1) + count) % count;
        this.#draw();
      } else if (event.key === "Enter") this.#run(this.#found[this.#at]);
    });
  }

  open(): void {
    this.#input.value = "";
    this.#at = 0;
    this.#draw();
    this.#dialog.showModal();
    this.#input.focus();
  }

  #run(command: Command | undefined): void {
    this.#dialog.close();
    command?.run();
  }

  #draw(): void {
    const words = this.#input.value.toLowerCase().split(/\s+/);
    this.#found = this.#commands().filter(({ name, group }) =>
      words.every((word) => `${group} ${name}`.toLowerCase().includes(word)),
    );
    const rows = this.#found.map((command, i) => {
      const row = element(
        "li",
        { role: "option", id: `command-${i}`, "aria-selected": String(i === this.#at) },
        element("span", { class: "palette-group" }, command.group),
        element("span", {}, command.name),
        ...command.keys.slice(0, 1).map((key) => element("kbd", {}, keyName(key))),
      );
      row.addEventListener("click", () => this.#run(command));
      return row;
    });
    this.#list.replaceChildren(...rows);
    this.#input.setAttribute("aria-activedescendant", rows.length > 0 ? `command-${this.#at}` : "");
    rows[this.#at]?.scrollIntoView({ block: "nearest" });
  }
}

/** Every key, and what a pointer can do. */
export class HelpDialog {
  readonly #dialog = dialog("Help", "help");
  readonly #commands: () => readonly Command[];

  constructor(commands: () => readonly Command[]) {
    this.#commands = commands;
  }

  open(): void {
    const commands = this.#commands().filter(({ keys }) => keys.length > 0);
    const groups = [...new Set(commands.map(({ group }) => group))];
    this.#dialog.replaceChildren(
      head("Keys", this.#dialog),
      element(
        "div",
        { class: "dialog-body help-columns", tabindex: 0 },
        element(
          "section",
          {},
          element("h3", {}, "Pointer"),
          element(
            "p",
            { class: "hint" },
            "Drag to look around, right button to shift, wheel to come nearer. Drag the goal to move it. Live: pull at a link to push the arm. Point into a plot to go to that time.",
          ),
        ),
        ...groups.map((group) =>
          element(
            "section",
            {},
            element("h3", {}, group),
            element(
              "dl",
              { class: "keys" },
              ...commands
                .filter((command) => command.group === group)
                .flatMap(({ name, keys }) => [
                  element(
                    "dt",
                    {},
                    ...keys
                      .filter((key) => key !== "Shift+?" && key !== "Shift++")
                      .flatMap((key, i) => [...(i > 0 ? [" "] : []), element("kbd", {}, keyName(key))]),
                  ),
                  element("dd", {}, name),
                ]),
            ),
          ),
        ),
      ),
    );
    this.#dialog.showModal();
  }
}
