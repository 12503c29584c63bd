/** @file Texts over the 3D picture: errors, the connection, no selected policy, missing WebGL, and the legend. */

import { SceneView } from "../scene/scene-view.ts";
import type { PageStore } from "../state/page-state.ts";
import type { ViewData } from "../state/view-data.ts";
import { button, byId, element } from "./dom.ts";
import { Legend } from "./legend.ts";

/** Creates the 3D picture. Without WebGL 2, shows a notice in its place and returns undefined. */
export function createSceneView(fine: boolean): SceneView | undefined {
  const canvas = byId("picture");
  if (!(canvas instanceof HTMLCanvasElement)) return undefined;
  try {
    return new SceneView(canvas, fine);
  } catch {
    canvas.remove();
    const text = "The arms cannot be drawn: WebGL 2 is missing in this browser. Plots and values still work.";
    byId("scene").append(element("p", { class: "no-webgl" }, text));
    return undefined;
  }
}

export class SceneNotices {
  readonly #store: PageStore;
  readonly #data: ViewData;
  readonly #notice = byId("notice");
  readonly #emptyView = byId("empty-view");
  readonly #emptyTitle = element("h2", {});
  readonly #legend = new Legend();

  constructor(store: PageStore, data: ViewData, choosePolicies: () => void) {
    this.#store = store;
    this.#data = data;
    byId("scene").append(this.#legend.object);
    this.#emptyView.append(
      this.#emptyTitle,
      button({ label: "Choose policies", className: "button primary", onPress: choosePolicies }),
    );
  }

  refresh(): void {
    const { notice, connection, connectionMessage, slots } = this.#store.state;
    const isUnusable = connection === "lost" || connection === "refused" || connection === "stalled";
    const text = isUnusable ? connectionMessage : notice;
    this.#notice.hidden = text === "";
    if (this.#notice.textContent !== text) this.#notice.textContent = text;
    const { view, sources } = this.#data;
    this.#legend.refresh(this.#store.state);
    this.#legend.object.hidden = view === undefined || text !== "";
    const isRejected = slots.length > 0 && notice !== "";
    this.#emptyView.hidden = view !== undefined || sources.length === 0 || (slots.length > 0 && !isRejected);
    const title = !this.#data.haveArms(slots)
      ? "No arm to draw"
      : isRejected
        ? "This view cannot be shown"
        : "No policy selected";
    if (this.#emptyTitle.textContent !== title) this.#emptyTitle.textContent = title;
  }
}
