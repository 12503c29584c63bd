/** @file The bar at the top: policies, mode, comparison, connection status, exports, commands, theme and help. */

import type { Actions } from "../controls/actions.ts";
import type { Operation } from "../controls/obstacles.ts";
import type { PageState, PageStore } from "../state/page-state.ts";
import { button, element, type IconName, iconOf } from "./dom.ts";

/** A choice between options, as a group of toggle buttons. */
class Switch<T extends string> {
  readonly object: HTMLElement;
  readonly #buttons: ReadonlyMap<T, HTMLButtonElement>;

  constructor(
    label: string,
    options: readonly (readonly [value: T, label: string])[],
    choose: (value: T) => void,
  ) {
    this.#buttons = new Map(
      options.map(([value, name]) => [
        value,
        button({ label: name, className: "segment", onPress: () => choose(value) }),
      ]),
    );
    this.object = element(
      "div",
      { class: "segments", role: "group", "aria-label": label },
      ...this.#buttons.values(),
    );
  }

  /** Disables an option for a reason, or enables it if the reason is empty. */
  setObstacle(value: T, reason: string): void {
    const option = this.#buttons.get(value);
    if (option === undefined) return;
    option.disabled = reason !== "";
    option.title = reason;
  }

  set(value: T): void {
    for (const [each, option] of this.#buttons) option.setAttribute("aria-pressed", String(each === value));
  }
}

export class TopBar {
  readonly #store: PageStore;
  readonly #mode: Switch<PageState["mode"]>;
  readonly #compare: Switch<PageState["compare"]>;
  readonly #status = element("span", { class: "pill", role: "status" });
  readonly #choose: HTMLButtonElement;
  readonly #showAll: HTMLButtonElement;
  readonly #noise: HTMLButtonElement;
  readonly #obstacleTo: (operation: Operation) => string;

  /**
   * @param press      runs the command of a key
   * @param obstacleTo returns why an operation is not possible now; an empty text if it is
   */
  constructor(
    parent: HTMLElement,
    store: PageStore,
    actions: Actions,
    press: (key: string) => void,
    obstacleTo: (operation: Operation) => string,
  ) {
    this.#store = store;
    this.#obstacleTo = obstacleTo;
    this.#mode = new Switch(
      "Mode",
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
    this.#choose = button({
      label: "Choose policies",
      key: "O",
      className: "button",
      onPress: () => press("o"),
    });
    this.#showAll = button({
      label: "Show all",
      key: "0",
      className: "button",
      onPress: () => actions.showAll(),
    });
    this.#noise = button({ label: "", className: "button on", onPress: () => actions.setNoise(0) });
    this.#noise.title = "Noise of this standard deviation is added to each action. Click to remove it.";
    const menu = exportMenu(press);
    const exportButton = element(
      "button",
      { type: "button", class: "icon-only", popovertarget: menu.id, "aria-label": "Export", title: "Export" },
      iconOf("share"),
    );
    parent.append(
      element("span", { class: "brand" }, logo(), element("span", { class: "brand-name" }, "steadyarm")),
      this.#choose,
      this.#mode.object,
      this.#compare.object,
      this.#showAll,
      this.#noise,
      element("span", { class: "spring" }),
      this.#status,
      exportButton,
      button({ label: "Commands", icon: "command", key: "Ctrl/⌘ K", onPress: () => press("Mod+k") }),
      button({ label: "Change theme", icon: "contrast", key: "M", onPress: () => press("m") }),
      button({ label: "Help", icon: "help", key: "?", onPress: () => press("?") }),
      menu,
    );
  }

  refresh(): void {
    const { mode, compare, connection, connectionMessage, slots, solo, noise } = this.#store.state;
    this.#mode.set(mode);
    this.#compare.set(compare);
    this.#compare.object.hidden = slots.length < 2;
    this.#showAll.hidden = solo === null;
    this.#showAll.textContent = `Show all ${solo?.slots.length ?? ""}`;
    this.#noise.hidden = noise === 0;
    this.#noise.textContent = `Noise ${noise.toFixed(2)} ✕`;
    this.#mode.setObstacle("live", this.#obstacleTo("live"));
    const isRecording = connection === "recording";
    this.#mode.object.hidden = isRecording;
    this.#choose.hidden = isRecording;
    this.#status.dataset["phase"] = connection;
    const text = {
      open: "Connected",
      connecting: "Connecting…",
      stalled: "Not answering",
      lost: "Disconnected",
      refused: "Connection refused",
      recording: "Recording",
    }[connection];
    if (this.#status.textContent !== text) this.#status.textContent = text;
    this.#status.title = connectionMessage;
  }
}

function exportMenu(press: (key: string) => void): HTMLElement {
  const menu = element("div", { class: "menu", id: "export-menu", popover: "auto" });
  const item = (icon: IconName, label: string, key: string) => {
    const created = element(
      "button",
      { type: "button", class: "menu-item" },
      iconOf(icon),
      element("span", {}, label),
      element("kbd", {}, key),
    );
    created.addEventListener("click", () => {
      menu.hidePopover();
      press(key.toLowerCase());
    });
    return created;
  };
  menu.append(
    item("camera", "Screenshot", "P"),
    item("film", "Video", "V"),
    item("page", "HTML file", "X"),
    item("link", "Copy link", "C"),
  );
  return menu;
}

function logo(): SVGSVGElement {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 32 32");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("logo");
  const draw = (tag: string, attributes: Readonly<Record<string, string>>) => {
    const part = document.createElementNS(namespace, tag);
    for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
    svg.append(part);
  };
  draw("path", { d: "M7 27v-8l7-9 9 4", class: "logo-arm" });
  draw("circle", { cx: "14", cy: "10", r: "3.2", class: "logo-1" });
  draw("circle", { cx: "7", cy: "19", r: "2.8", class: "logo-2" });
  draw("circle", { cx: "26", cy: "15", r: "3.2", class: "logo-goal" });
  return svg;
}
