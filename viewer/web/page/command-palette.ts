/** @file The dialog that finds and runs commands by typing. */

import { type Command, keyName } from "../controls/commands.ts";
import { createDialog } from "./dialog.ts";
import { element } from "./dom.ts";

export class CommandPalette {
  readonly #dialog = createDialog("Commands", "palette");
  readonly #input = element("input", {
    type: "text",
    class: "palette-input",
    placeholder: "Find a command",
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
  readonly #obstacle: (command: Command) => string;
  readonly #run: (command: Command) => void;
  #matches: readonly Command[] = [];
  #selected = 0;

  /**
   * @param obstacle returns why a command cannot be run now; an empty text if it can
   * @param run      runs a command
   */
  constructor(
    commands: () => readonly Command[],
    obstacle: (command: Command) => string,
    run: (command: Command) => void,
  ) {
    this.#commands = commands;
    this.#obstacle = obstacle;
    this.#run = run;
    this.#dialog.append(this.#input, this.#list);
    this.#input.addEventListener("input", () => {
      this.#selected = 0;
      this.#draw();
    });
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const count = Math.max(1, this.#matches.length);
        this.#selected = (this.#selected + (event.key === "ArrowDown" ? 1 : -1) + count) % count;
        this.#draw();
      } else if (event.key === "Enter") this.#choose(this.#matches[this.#selected]);
    });
  }

  open(): void {
    this.#input.value = "";
    this.#selected = 0;
    this.#draw();
    this.#dialog.showModal();
    this.#input.focus();
  }

  #choose(command: Command | undefined): void {
    this.#dialog.close();
    if (command !== undefined) this.#run(command);
  }

  #draw(): void {
    const words = this.#input.value.toLowerCase().split(/\s+/);
    this.#matches = this.#commands().filter(({ name, group }) =>
      words.every((word) => `${group} ${name}`.toLowerCase().includes(word)),
    );
    const rows = this.#matches.map((command, i) => {
      const obstacle = this.#obstacle(command);
      const row = element(
        "li",
        {
          role: "option",
          id: `command-${i}`,
          "aria-selected": String(i === this.#selected),
          "aria-disabled": obstacle === "" ? undefined : "true",
        },
        element("span", { class: "palette-group" }, command.group),
        element(
          "span",
          {},
          command.name,
          ...(obstacle === "" ? [] : [element("span", { class: "palette-obstacle" }, obstacle)]),
        ),
        ...command.keys.slice(0, 1).map((key) => element("kbd", {}, keyName(key))),
      );
      row.addEventListener("click", () => this.#choose(command));
      return row;
    });
    this.#list.replaceChildren(...rows);
    this.#input.setAttribute("aria-activedescendant", rows.length > 0 ? `command-${this.#selected}` : "");
    rows[this.#selected]?.scrollIntoView({ block: "nearest" });
  }
}
