/** @file Exports the view: a screenshot, a video, an HTML file, a link. */

import { saveFile } from "../page/dom.ts";
import { paint } from "../panel/plot-paint.ts";
import type { PlaybackClock } from "../playback/playback-clock.ts";
import type { PlaybackController } from "../playback/playback-controller.ts";
import { slotColor } from "../scene/palette.ts";
import type { SceneView } from "../scene/scene-view.ts";
import type { PageStore } from "../state/page-state.ts";
import type { ViewData } from "../state/view-data.ts";
import { htmlFile } from "./html-file.ts";
import { recordEpisode } from "./recording.ts";
import { captureVideo } from "./video-capture.ts";

/** Size of pictures and videos, pixels. */
const WIDTH = 1280;
const HEIGHT = 720;
const CAPTION_HEIGHT = 44;
const FRAMES_PER_SECOND = 30;

export interface ExporterParts {
  readonly store: PageStore;
  readonly data: ViewData;
  readonly clock: PlaybackClock;
  readonly scene: SceneView | undefined;
  readonly playback: PlaybackController;
  /** Shows a text for some seconds. */
  readonly notify: (text: string) => void;
}

export class Exporter {
  /** Whether a video is being captured. The clock must not advance then. */
  isBusy = false;
  readonly #parts: ExporterParts;

  constructor(parts: ExporterParts) {
    this.#parts = parts;
  }

  async screenshot(): Promise<void> {
    const { clock, notify } = this.#parts;
    const canvas = createCanvas();
    const { time } = clock;
    const name = this.#fileName();
    const isDrawn = await this.#withPictureSize(() => this.#draw(canvas, time));
    if (isDrawn !== true) return;
    canvas.toBlob((blob) => {
      if (blob === null) return;
      saveFile(blob, `${name}-${time.toFixed(2)}s.png`);
      notify("Screenshot saved");
    }, "image/png");
  }

  async video(): Promise<void> {
    const { data, clock, notify } = this.#parts;
    if (this.isBusy || data.view === undefined) return;
    this.isBusy = true;
    try {
      const canvas = createCanvas();
      const duration = clock.duration / clock.speed;
      let reported = 0;
      const blob = await this.#withPictureSize(() =>
        captureVideo({
          canvas,
          framesPerSecond: FRAMES_PER_SECOND,
          frames: Math.max(2, Math.round(duration * FRAMES_PER_SECOND) + 1),
          draw: (frame) =>
            this.#draw(canvas, Math.min((frame / FRAMES_PER_SECOND) * clock.speed, clock.duration)),
          progress: (share) => {
            if (share - reported < 0.1 && share < 1) return;
            reported = share;
            notify(`Encoding video: ${(share * 100).toFixed(0)} %`);
          },
        }),
      );
      if (blob === undefined) return;
      saveFile(blob, `${this.#fileName()}.webm`);
      notify("Video saved");
    } catch (error) {
      notify(`Video export failed: ${error instanceof Error ? error.message : "unknown error"}`);
    } finally {
      this.isBusy = false;
    }
  }

  /** Saves the episode as an HTML file that plays it. */
  async htmlFile(): Promise<void> {
    const { store, data, notify } = this.#parts;
    const recording = recordEpisode(store, data, location.search.replace(/^\?/, ""));
    const script = document.querySelector<HTMLScriptElement>("script[src]")?.src;
    const style = document.querySelector<HTMLLinkElement>('link[rel="stylesheet"]')?.href;
    if (recording === undefined || script === undefined || style === undefined) {
      notify("HTML export failed: the episode is not loaded yet.");
      return;
    }
    const [html, scriptText, styleText] = await Promise.all(
      [location.pathname, script, style].map(fetchText),
    );
    if (html === undefined || scriptText === undefined || styleText === undefined) {
      notify("HTML export failed: the server is not available.");
      return;
    }
    const names = (data.view?.slots ?? []).map(({ name }) => name).join(" · ");
    const title = `${names}, seed ${store.state.seed}`;
    const file = htmlFile({ html, script: scriptText, style: styleText }, recording, title);
    saveFile(new Blob([file], { type: "text/html" }), `${this.#fileName()}.html`);
    notify("HTML file saved");
  }

  async copyLink(address: string): Promise<void> {
    const link = new URL(address, location.href).href;
    await this.copy(link, "Link copied. It works on this machine while the server runs.");
  }

  /** Copies a text to the clipboard, and notifies. */
  async copy(text: string, done: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.#parts.notify(done);
    } catch {
      this.#parts.notify(`The browser blocked copying. Copy this: ${text}`);
    }
  }

  /** File name without time and extension. */
  #fileName(): string {
    const { view } = this.#parts.data;
    const env = (view?.scene.env ?? "episode").replaceAll(/[^\w-]/g, "_");
    return `steadyarm-${env}-${view?.live === true ? "live-" : ""}seed${view?.seed ?? 0}`;
  }

  /** Calls `work` while the scene has the size of pictures. Without WebGL, notifies and returns undefined. */
  async #withPictureSize<T>(work: () => Promise<T> | T): Promise<T | undefined> {
    const { scene } = this.#parts;
    if (scene !== undefined) return scene.withSize(WIDTH, HEIGHT - CAPTION_HEIGHT, work);
    this.#parts.notify("Pictures and videos need WebGL 2.");
    return undefined;
  }

  /** Draws the scene at a time, with a caption. Returns whether there was a view to draw. */
  #draw(canvas: HTMLCanvasElement, time: number): boolean {
    const { scene, data, playback } = this.#parts;
    const context = canvas.getContext("2d");
    if (scene === undefined || data.view === undefined || context === null) return false;
    scene.show(data.view, time, playback.live.frame);
    scene.render();
    context.drawImage(scene.canvas, 0, 0);
    const { slots, seed, live } = data.view;
    context.fillStyle = paint("--surface");
    context.fillRect(0, HEIGHT - CAPTION_HEIGHT, WIDTH, CAPTION_HEIGHT);
    context.font = "600 17px system-ui, sans-serif";
    context.textBaseline = "middle";
    const middle = HEIGHT - CAPTION_HEIGHT / 2;
    let x = 24;
    slots.forEach(({ name, step }, slot) => {
      context.fillStyle = slotColor(slot);
      context.beginPath();
      context.arc(x, middle, 6, 0, 2 * Math.PI);
      context.fill();
      const label = step === null ? name : `${name} · ${step.toLocaleString("en")} steps`;
      context.fillStyle = paint("--ink");
      context.fillText(label, x + 14, middle);
      x += 14 + context.measureText(label).width + 32;
    });
    context.fillStyle = paint("--muted");
    context.textAlign = "right";
    context.fillText(`${live ? "live · " : ""}seed ${seed} · ${time.toFixed(2)} s`, WIDTH - 24, middle);
    context.textAlign = "left";
    return true;
  }
}

function createCanvas(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  return canvas;
}

async function fetchText(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url);
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
