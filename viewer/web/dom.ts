/** @file Making elements of the page: text is always text, never markup. */

type Child = Node | string;

interface Attributes {
  readonly [name: string]: string | number | boolean | undefined;
}

/** An element with attributes and children. `true` sets an attribute without a value, `false` leaves it out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}

/** The element of the page with an id. Throws if the page has none: it is ours. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`internal: the page has no #${id}`);
  return found;
}

export interface ButtonOptions {
  readonly label: string;
  /** Shown instead of the label, which is then only spoken and in the tooltip. */
  readonly icon?: IconName;
  /** The key that does the same, for the tooltip. */
  readonly key?: string;
  readonly look?: string;
  readonly onPress: () => void;
}

/** A button that does one thing. */
export function button({ label, icon, key, look, onPress }: ButtonOptions): HTMLButtonElement {
  const title = key === undefined ? label : `${label} (${key})`;
  const made = element("button", {
    type: "button",
    class: look ?? (icon === undefined ? "button" : "button icon-only"),
    title: icon === undefined && key === undefined ? undefined : title,
    "aria-label": icon === undefined ? undefined : label,
  });
  made.append(icon === undefined ? label : iconOf(icon));
  made.addEventListener("click", onPress);
  return made;
}

/** Paths of 24 × 24 icons, drawn as lines. */
const ICONS = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M8 5v14M16 5v14",
  stepBack: "M18 6l-8 6 8 6zM6 6v12",
  stepForward: "M6 6l8 6-8 6zM18 6v12",
  start: "M19 6l-7 6 7 6M12 6l-7 6 7 6",
  dice: "M4 7l8-4 8 4v10l-8 4-8-4zM4 7l8 4 8-4M12 11v10",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  camera: "M4 8h4l2-3h4l2 3h4v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  film: "M4 5h16v14H4zM8 5v14M16 5v14M4 9h4M4 15h4M16 9h4M16 15h4",
  page: "M6 3h8l4 4v14H6zM14 3v4h4M9 13h6M9 17h6",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  contrast: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18M12 7h7M12 11h9M12 15h8",
  help: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 17.5v.5",
  command: "M5 6l5 6-5 6M12 18h7",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  panel: "M4 5h16v14H4zM14 5v14",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  share: "M12 15V3M8 7l4-4 4 4M5 12v8h14v-8",
} as const;

export type IconName = keyof typeof ICONS;

/** An icon; what it means must be said by what it is in. */
export function iconOf(name: IconName): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon", `icon-${name}`);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Offers a file to be saved. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const anchor = element("a", { href: url, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  // The download has its own hold on the content once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 30_000);
}
