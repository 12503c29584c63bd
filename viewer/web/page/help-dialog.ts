/** @file The help dialog: all keys and the pointer controls. */

import { type Command, keyName } from "../controls/commands.ts";
import { createDialog, dialogHeader } from "./dialog.ts";
import { element } from "./dom.ts";

const POINTER_HELP =
  "Drag to rotate the camera, with the right button to move it. Scroll to zoom. Drag the goal to move it, with Shift beyond the goals of training. In live mode, drag a link to push it. While the physics inspector is on, point at a link for its figures. Click a plot to go to that time.";

/** Keys with Shift that type a character listed without it. */
const DUPLICATE_KEYS: readonly string[] = ["Shift+?", "Shift++"];

export class HelpDialog {
  readonly #dialog = createDialog("Help", "help");
  readonly #commands: () => readonly Command[];

  constructor(commands: () => readonly Command[]) {
    this.#commands = commands;
  }

  open(): void {
    const commands = this.#commands().filter(({ keys }) => keys.length > 0);
    const groups = [...new Set(commands.map(({ group }) => group))];
    this.#dialog.replaceChildren(
      dialogHeader("Help", this.#dialog),
      element(
        "div",
        { class: "dialog-body help-columns", tabindex: 0 },
        element("section", {}, element("h3", {}, "Pointer"), element("p", { class: "hint" }, POINTER_HELP)),
        ...groups.map((group) =>
          element(
            "section",
            {},
            element("h3", {}, group),
            keyList(commands.filter((command) => command.group === group)),
          ),
        ),
      ),
    );
    this.#dialog.showModal();
  }
}

function keyList(commands: readonly Command[]): HTMLElement {
  const list = element("dl", { class: "keys" });
  for (const { name, keys } of commands) {
    const visible = keys.filter((key) => !DUPLICATE_KEYS.includes(key));
    const labels = visible.flatMap((key, i) => [...(i > 0 ? [" "] : []), element("kbd", {}, keyName(key))]);
    list.append(element("dt", {}, ...labels), element("dd", {}, name));
  }
  return list;
}
