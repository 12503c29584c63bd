/** @file The bar on top: what is on stage, how it is seen, how things stand with the server, what to take away. */

import type { Actions } from "./actions.ts";
import type { PageVerbs } from "./commands.ts";
import { button, element, iconOf } from "./dom.ts";
import type { PageState, PageStore } from "./page-state.ts";

/** A choice between two ways, as buttons of which one is pressed. */
class Switch<T extends string> {
  readonly object: HTMLElement;
  readonly #buttons: ReadonlyMap<T, HTMLButtonElement>;

  constructor(
    label: string,
    ways: readonly (readonly [value: T, label: string])[],
    choose: (value: T) => void,
  ) {
    this.#buttons = new Map(
      ways.map(([value, name]) => [
        value,
        button({ label: name, look: "segment", onPress: () => choose(value) }),
      ]),
    );
    this.object = element(
      "div",
      { class: "segments", role: "group", "aria-label": label },
      ...this.#buttons.values(),
    );
  }

  set(value: T): void {
    for (const [each, made] of this.#buttons) made.setAttribute("aria-pressed", String(each === value));
  }
}

export class TopBar {
  readonly #mode: Switch<PageState["mode"]>;
  readonly #compare: Switch<PageState["compare"]>;
  readonly #pill = element("span", { class: "pill", role: "status" });
  readonly #menu: HTMLElement;
  readonly #choose: HTMLButtonElement;
  readonly #store: PageStore;

  constructor(parent: HTMLElement, store: PageStore, actions: Actions, verbs: PageVerbs) {
    this.#store = store;
    this.#mode = new Switch(
      "Way of seeing",
      [
        ["replay", "Replay"],
        ["live", "Live"],
      ],
      (mode) => actions.setMode(mode),
    );
    this.#compare = new Switch(
      "Comparison",
      [
        ["split", "Side by side"],
        ["ghost", "Overlaid"],
      ],
      (compare) => actions.setCompare(compare),
    );
    this.#choose = button({ label: "Choose policies", key: "O", look: "button", onPress: verbs.openPicker });
    const take = (icon: "camera" | "film" | "page" | "link", label: string, key: string, run: () => void) => {
      const item = element(
        "button",
        { type: "button", class: "menu-item" },
        iconOf(icon),
        element("span", {}, label),
        element("kbd", {}, key),
      );
      item.addEventListener("click", () => {
        this.#menu.hidePopover();
        run();
      });
      return item;
    };
    this.#menu = element(
      "div",
      { class: "menu", id: "take-away", popover: "auto" },
      take("camera", "Screenshot", "P", verbs.screenshot),
      take("film", "Video of the episode", "V", verbs.video),
      take("page", "One HTML file", "X", verbs.exportFile),
      take("link", "Copy a link", "C", verbs.copyLink),
    );
    const share = element(
      "button",
      {
        type: "button",
        class: "icon-only",
        popovertarget: "take-away",
        "aria-label": "Take away",
        title: "Take away",
      },
      iconOf("share"),
    );
    parent.append(
      element("span", { class: "brand" }, logo(), element("span", { class: "brand-name" }, "steadyarm")),
      this.#choose,
      this.#mode.object,
      this.#compare.object,
      element("span", { class: "spring" }),
      this.#pill,
      share,
      button({ label: "All commands", icon: "command", key: "Ctrl/⌘ K", onPress: verbs.openPalette }),
      button({ label: "Light or dark", icon: "contrast", key: "M", onPress: verbs.cycleTheme }),
      button({ label: "Help", icon: "help", key: "?", onPress: verbs.openHelp }),
      this.#menu,
    );
  }

  refresh(): void {
    const { mode, compare, connection, connectionTold, slots } = this.#store.state;
    this.#mode.set(mode);
    this.#compare.set(compare);
    this.#compare.object.hidden = slots.length < 2;
    const recorded = connection === "recording";
    this.#mode.object.hidden = recorded;
    this.#choose.hidden = recorded;
    this.#pill.dataset["phase"] = connection;
    const words = {
      open: "Connected",
      connecting: "Connecting…",
      lost: "Server gone",
      refused: "Refused",
      recording: "Recording",
    }[connection];
    if (this.#pill.textContent !== words) this.#pill.textContent = words;
    this.#pill.title = connectionTold;
  }
}

function logo(): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 32 32");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("logo");
  const draw = (tag: string, attributes: Readonly<Record<string, string>>) => {
    const part = document.createElementNS(space, tag);
    for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
    svg.append(part);
  };
  draw("path", { d: "M7 27v-8l7-9 9 4", class: "logo-arm" });
  draw("circle", { cx: "14", cy: "10", r: "3.2", class: "logo-1" });
  draw("circle", { cx: "7", cy: "19", r: "2.8", class: "logo-2" });
  draw("circle", { cx: "26", cy: "15", r: "3.2", class: "logo-goal" });
  return svg;
}
