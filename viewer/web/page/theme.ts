/** @file The colour theme: light or dark, by default that of the system. Stored for the next visit. */

import type { Theme } from "../scene/palette.ts";
import type { PageStore, ThemeChoice } from "../state/page-state.ts";

const STORAGE_KEY = "steadyarm.theme";
const ORDER: readonly ThemeChoice[] = ["system", "light", "dark"];

export class ThemeSwitch {
  readonly #store: PageStore;
  readonly #systemDark = matchMedia("(prefers-color-scheme: dark)");

  /** @param changed called after each change of the theme */
  constructor(store: PageStore, changed: () => void) {
    this.#store = store;
    store.update({ theme: storedChoice() });
    this.#systemDark.addEventListener("change", () => {
      this.#apply();
      changed();
    });
    store.subscribe((state, keys) => {
      if (!keys.has("theme")) return;
      storeChoice(state.theme);
      this.#apply();
      changed();
    });
    this.#apply();
  }

  get theme(): Theme {
    return this.#themeOf(this.#store.state.theme);
  }

  /** Selects and returns the next choice. Skips a choice of light or dark that would look the same. */
  cycle(): ThemeChoice {
    const after = (choice: ThemeChoice) => ORDER[(ORDER.indexOf(choice) + 1) % ORDER.length] ?? "system";
    const next = after(this.#store.state.theme);
    const looksSame = next !== "system" && this.#themeOf(next) === this.theme;
    const choice = looksSame ? after(next) : next;
    this.#store.update({ theme: choice });
    return choice;
  }

  #themeOf(choice: ThemeChoice): Theme {
    if (choice !== "system") return choice;
    return this.#systemDark.matches ? "dark" : "light";
  }

  #apply(): void {
    document.documentElement.dataset["theme"] = this.theme;
  }
}

function storedChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return ORDER.find((choice) => choice === stored) ?? "system";
  } catch {
    // Without storage, such as in a local file, the theme is the system's.
    return "system";
  }
}

function storeChoice(choice: ThemeChoice): void {
  try {
    localStorage.setItem(STORAGE_KEY, choice);
  } catch {
    // Without storage, the choice is lost at the next visit.
  }
}
