/** @file Runs commands by key, except for keys that the focused element handles itself. */

import type { Command } from "./commands.ts";

/** Returns a key event in the form of `Command.keys`. */
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

export class Keyboard {
  readonly #commands: readonly Command[];
  readonly #run: (command: Command) => void;
  /** Whether the focus was set by pointer. */
  #focusedByPointer = false;

  constructor(commands: readonly Command[], run: (command: Command) => void) {
    this.#commands = commands;
    this.#run = run;
    document.addEventListener("pointerdown", () => {
      this.#focusedByPointer = true;
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Tab") this.#focusedByPointer = false;
      this.#handle(event);
    });
  }

  #handle(event: KeyboardEvent): void {
    const target = event.target instanceof HTMLElement ? event.target : undefined;
    if (target !== undefined && target.closest("dialog[open]") !== null) return;
    const key = keyOf(event);
    // The browser closes the export menu.
    if (key === "Escape" && document.querySelector(":popover-open") !== null) return;
    if (target !== undefined && this.#isHandledBy(target, key)) return;
    const command = this.#commands.find(({ keys }) => keys.includes(key));
    if (command === undefined) return;
    // A panel that was clicked would be outlined from the first key on.
    if (this.#focusedByPointer && target?.matches("[role=tabpanel]") === true) target.blur();
    event.preventDefault();
    this.#run(command);
  }

  #isHandledBy(target: HTMLElement, key: string): boolean {
    if (target.matches("input[type=checkbox]")) return key === " ";
    if (target.matches("input:not([type=range]), select, textarea")) {
      return !key.startsWith("Mod+") && key !== "F1";
    }
    if (target.matches("input[type=range]")) return /Arrow|Home|End|Page/.test(key);
    if (!target.matches("button, a, summary")) return false;
    // A button clicked by pointer keeps an invisible focus. The next key is meant for the page.
    if (this.#focusedByPointer) {
      target.blur();
      return false;
    }
    return key === " " || key === "Enter" || (target.matches("[role=tab]") && /Arrow/.test(key));
  }
}
