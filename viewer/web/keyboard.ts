/** @file Which key presses are commands, and which belong to what has the focus. */

import type { Command } from "./commands.ts";

/** A key event as commands write it. */
export function keyOf(
  event: Pick<KeyboardEvent, "key" | "shiftKey" | "altKey" | "ctrlKey" | "metaKey">,
): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const modifiers = [
    event.ctrlKey || event.metaKey ? "Mod+" : "",
    event.altKey ? "Alt+" : "",
    event.shiftKey ? "Shift+" : "",
  ];
  return modifiers.join("") + key;
}

/** Runs commands by key, for as long as the page lives. */
export class Keyboard {
  readonly #commands: readonly Command[];
  /** Whether what has the focus got it by pointer. */
  #pointed = false;

  constructor(commands: readonly Command[]) {
    this.#commands = commands;
    document.addEventListener("pointerdown", () => {
      this.#pointed = true;
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Tab") this.#pointed = false;
      this.#press(event);
    });
  }

  #press(event: KeyboardEvent): void {
    const target = event.target instanceof HTMLElement ? event.target : undefined;
    if (target !== undefined && target.closest("dialog[open]") !== null) return;
    const key = keyOf(event);
    if (target !== undefined && this.#belongsTo(target, key)) return;
    const command = this.#commands.find(({ keys }) => keys.includes(key));
    if (command === undefined) return;
    event.preventDefault();
    command.run();
  }

  #belongsTo(target: HTMLElement, key: string): boolean {
    if (target.matches("input:not([type=range]), select, textarea")) {
      return !key.startsWith("Mod+") && key !== "F1";
    }
    if (target.matches("input[type=range]")) return /Arrow|Home|End|Page/.test(key);
    if (!target.matches("button, a, summary")) return false;
    // Pressed by pointer, a button keeps the focus without showing it: the next key is meant for the page.
    if (this.#pointed) {
      target.blur();
      return false;
    }
    return key === " " || key === "Enter" || (target.matches("[role=tab]") && /Arrow/.test(key));
  }
}
