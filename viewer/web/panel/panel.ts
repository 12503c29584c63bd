/** @file The panel at the side, or below the picture on narrow screens: tabs with plots, controls and findings. */

import { button, element } from "../page/dom.ts";
import type { PanelTab } from "../state/deep-link.ts";
import type { PageStore } from "../state/page-state.ts";

const TABS: readonly (readonly [PanelTab, string])[] = [
  ["episode", "Episode"],
  ["training", "Training"],
  ["interact", "Interact"],
  ["physics", "Physics"],
  ["findings", "Findings"],
];

/** Horizontal padding of a tab's page, CSS pixels. */
const PADDING = 32;

export class Panel {
  readonly #store: PageStore;
  readonly #parent: HTMLElement;
  readonly #tabs: ReadonlyMap<PanelTab, HTMLButtonElement>;
  readonly #pages: ReadonlyMap<PanelTab, HTMLElement>;
  readonly #toggle: HTMLButtonElement;

  constructor(
    parent: HTMLElement,
    store: PageStore,
    contents: Readonly<Record<PanelTab, HTMLElement>>,
    toggle: () => void,
  ) {
    this.#store = store;
    this.#parent = parent;
    this.#tabs = new Map(
      TABS.map(([tab, label]) => {
        const created = element(
          "button",
          { type: "button", role: "tab", id: `tab-${tab}`, "aria-controls": `page-${tab}`, class: "tab" },
          label,
        );
        created.addEventListener("click", () => store.update({ tab, panelOpen: true }));
        created.addEventListener("keydown", (event) => this.#moveFocus(event, tab));
        return [tab, created];
      }),
    );
    this.#pages = new Map(
      TABS.map(([tab]) => [
        tab,
        element(
          "div",
          {
            role: "tabpanel",
            id: `page-${tab}`,
            "aria-labelledby": `tab-${tab}`,
            class: "panel-page",
            tabindex: 0,
          },
          contents[tab],
        ),
      ]),
    );
    this.#toggle = button({ label: "Show or hide panel", icon: "panel", key: "\\", onPress: toggle });
    parent.append(
      element(
        "div",
        { class: "panel-head" },
        element("div", { class: "tabs", role: "tablist", "aria-label": "Panel" }, ...this.#tabs.values()),
        this.#toggle,
      ),
      ...this.#pages.values(),
    );
  }

  /** Width for plots, CSS pixels; 0 while the panel is closed. */
  get width(): number {
    const page = this.#pages.get(this.#store.state.tab);
    return page === undefined || page.hidden ? 0 : page.clientWidth - PADDING;
  }

  refresh(): void {
    const { tab, panelOpen } = this.#store.state;
    this.#parent.classList.toggle("closed", !panelOpen);
    document.body.classList.toggle("panel-closed", !panelOpen);
    this.#toggle.setAttribute("aria-expanded", String(panelOpen));
    for (const [each, button] of this.#tabs) {
      button.setAttribute("aria-selected", String(each === tab));
      button.tabIndex = each === tab ? 0 : -1;
    }
    for (const [each, page] of this.#pages) page.hidden = each !== tab || !panelOpen;
  }

  /** Moves to the next or previous tab by arrow key, as the tabs pattern of ARIA requires. */
  #moveFocus(event: KeyboardEvent, tab: PanelTab): void {
    const direction = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (direction === 0) return;
    event.preventDefault();
    const index = TABS.findIndex(([each]) => each === tab);
    const next = TABS[(index + direction + TABS.length) % TABS.length]?.[0];
    if (next === undefined) return;
    this.#store.update({ tab: next, panelOpen: true });
    this.#tabs.get(next)?.focus();
  }
}
