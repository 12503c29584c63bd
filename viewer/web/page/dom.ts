/** @file Creates DOM elements, buttons and icons. Text is inserted as text, never as markup. */

type Child = Node | string;

interface Attributes {
  readonly [name: string]: string | number | boolean | undefined;
}

/** Creates an element with attributes and children. `true` sets an attribute without a value, `false` omits it. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    created.setAttribute(name, value === true ? "" : String(value));
  }
  created.append(...children);
  return created;
}

/** Returns the element of index.html with an id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`internal: the page has no #${id}`);
  return found;
}

export interface ButtonOptions {
  readonly label: string;
  /** Replaces the visible label, which is then the accessible name and the tooltip. */
  readonly icon?: IconName;
  /** The equivalent key, for the tooltip. */
  readonly key?: string;
  /** CSS classes instead of the default. */
  readonly className?: string;
  readonly onPress: () => void;
}

export function button({ label, icon, key, className, onPress }: ButtonOptions): HTMLButtonElement {
  const title = key === undefined ? label : `${label} (${key})`;
  const created = element("button", {
    type: "button",
    class: className ?? (icon === undefined ? "button" : "button icon-only"),
    title: icon === undefined && key === undefined ? undefined : title,
    "aria-label": icon === undefined ? undefined : label,
  });
  created.append(icon === undefined ? label : iconOf(icon));
  created.addEventListener("click", onPress);
  return created;
}

/** SVG paths in a box of 24 × 24, drawn as lines. */
const ICONS = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M8 5v14M16 5v14",
  stepBack: "M18 6l-8 6 8 6zM6 6v12",
  stepForward: "M6 6l8 6-8 6zM18 6v12",
  start: "M19 6l-7 6 7 6M12 6l-7 6 7 6",
  close: "M6 6l12 12M18 6L6 18",
  camera: "M4 8h4l2-3h4l2 3h4v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  film: "M4 5h16v14H4zM8 5v14M16 5v14M4 9h4M4 15h4M16 9h4M16 15h4",
  page: "M6 3h8l4 4v14H6zM14 3v4h4M9 13h6M9 17h6",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  contrast: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18M12 7h7M12 11h9M12 15h8",
  help: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 17.5v.5",
  command: "M5 6l5 6-5 6M12 18h7",
  panel: "M4 5h16v14H4zM14 5v14",
  share: "M12 15V3M8 7l4-4 4 4M5 12v8h14v-8",
} as const;

export type IconName = keyof typeof ICONS;

/** Creates a decorative icon. The element around it must have an accessible name. */
export function iconOf(name: IconName): SVGSVGElement {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon", `icon-${name}`);
  const path = document.createElementNS(namespace, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Downloads content as a file. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const anchor = element("a", { href: url, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  // The download must have started before the URL is revoked.
  setTimeout(() => URL.revokeObjectURL(url), 30_000);
}
