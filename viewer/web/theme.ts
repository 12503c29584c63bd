/** @file Light or dark: as the system has it, unless a person chose. */

import type { PageStore, ThemeChoice } from "./page-state.ts";
import type { Theme } from "./scene/palette.ts";

const KEY = "steadyarm.theme";
const ORDER: readonly ThemeChoice[] = ["system", "light", "dark"];

export class ThemeSwitch {
  readonly #store: PageStore;
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");

  constructor(store: PageStore, changed: () => void) {
    this.#store = store;
    store.update({ theme: remembered() });
    this.#dark.addEventListener("change", () => {
      this.#apply();
      changed();
    });
    store.subscribe((state, keys) => {
      if (!keys.has("theme")) return;
      remember(state.theme);
      this.#apply();
      changed();
    });
    this.#apply();
  }

  get theme(): Theme {
    const { theme } = this.#store.state;
    if (theme !== "system") return theme;
    return this.#dark.matches ? "dark" : "light";
  }

  /** The other of light and dark; back to the system's where that is the same. */
  cycle(): ThemeChoice {
    const next = ORDER[(ORDER.indexOf(this.#store.state.theme) + 1) % ORDER.length] ?? "system";
    const same = next === "system" ? this.#dark.matches : next === "dark";
    // A press must be seen to do something: the way that looks the same is skipped.
    const skip = same === (this.theme === "dark") && next !== "system";
    const chosen = skip ? (ORDER[(ORDER.indexOf(next) + 1) % ORDER.length] ?? "system") : next;
    this.#store.update({ theme: chosen });
    return chosen;
  }

  #apply(): void {
    document.documentElement.dataset["theme"] = this.theme;
  }
}

function remembered(): ThemeChoice {
  try {
    const kept = localStorage.getItem(KEY);
    return ORDER.find((choice) => choice === kept) ?? "system";
  } catch {
    // A page without storage, as a file or a frame may be, follows the system.
    return "system";
  }
}

function remember(choice: ThemeChoice): void {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // Forgotten at the next visit; nothing else is lost.
  }
}
