/** @file What stands on the stage instead of arms, or over them: no WebGL, nothing chosen, something went wrong. */

import { button, byId, element } from "./dom.ts";
import type { PageStore } from "./page-state.ts";
import { Stage } from "./scene/stage.ts";
import type { ViewData } from "./view-data.ts";

/** The stage; or undefined, and a note in its place, where the browser has no WebGL 2: figures and plots work without. */
export function makeStage(fine: boolean): Stage | undefined {
  const canvas = byId("picture");
  if (!(canvas instanceof HTMLCanvasElement)) return undefined;
  try {
    return new Stage(canvas, fine);
  } catch {
    canvas.remove();
    const note =
      "This browser cannot draw the arms: WebGL 2 is missing or switched off. Figures and plots work without it.";
    byId("stage").append(element("p", { class: "no-webgl" }, note));
    return undefined;
  }
}

/** The line that tells of trouble, and the invitation where nothing is on stage. */
export class StageNotes {
  readonly #store: PageStore;
  readonly #data: ViewData;
  readonly #line = byId("notice");
  readonly #welcome = byId("welcome");

  constructor(store: PageStore, data: ViewData, choose: () => void) {
    this.#store = store;
    this.#data = data;
    this.#welcome.append(
      element("h2", {}, "Nothing on stage"),
      button({ label: "Choose policies", look: "button primary", onPress: choose }),
    );
  }

  refresh(): void {
    const { notice, connection, connectionTold, slots } = this.#store.state;
    const told = connection === "lost" || connection === "refused" ? connectionTold : notice;
    this.#line.hidden = told === "";
    if (this.#line.textContent !== told) this.#line.textContent = told;
    const { showing, sources } = this.#data;
    this.#welcome.hidden = showing !== undefined || sources.length === 0 || slots.length > 0;
  }
}
