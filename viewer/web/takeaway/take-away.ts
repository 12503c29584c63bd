/** @file What a person takes away: a picture, a video, one HTML file, a link. */

import { saveFile } from "../dom.ts";
import type { PageStore } from "../page-state.ts";
import { paint } from "../panel/plot.ts";
import type { PlaybackClock } from "../playback-clock.ts";
import { slotColor } from "../scene/palette.ts";
import type { Stage } from "../scene/stage.ts";
import type { ViewData } from "../view-data.ts";
import { htmlFile } from "./html-file.ts";
import { recordEpisode } from "./recording.ts";
import { filmShot, type Shot } from "./video-capture.ts";

/** Pixels of pictures and videos. */
const WIDTH = 1280;
const HEIGHT = 720;
const CAPTION_HEIGHT = 44;
const FRAMES_PER_SECOND = 30;

export interface TakeAwayParts {
  readonly store: PageStore;
  readonly data: ViewData;
  readonly clock: PlaybackClock;
  readonly stage: Stage | undefined;
  readonly announce: (text: string) => void;
  /** Puts the arms where they are at a time, seconds. */
  readonly poseAt: (time: number) => void;
}

export class TakeAway {
  /** Whether the stage is needed for a video now: the clock should stand. */
  busy = false;
  readonly #parts: TakeAwayParts;

  constructor(parts: TakeAwayParts) {
    this.#parts = parts;
  }

  async screenshot(): Promise<void> {
    const canvas = picture();
    const drawn = await this.#framed(() => this.#draw(canvas, this.#parts.clock.time));
    if (drawn !== true) return;
    canvas.toBlob((blob) => {
      if (blob === null) return;
      saveFile(blob, `${this.#name()}-${this.#parts.clock.time.toFixed(2)}s.png`);
      this.#tell("Screenshot saved");
    }, "image/png");
  }

  async video(): Promise<void> {
    const { data, clock, announce } = this.#parts;
    if (this.busy) return;
    if (data.showing === undefined || data.showing.live) {
      this.#tell("A live view has no end to film to: replay the episode, then take the video.");
      return;
    }
    this.busy = true;
    try {
      const canvas = picture();
      const length = clock.duration / clock.speed;
      let told = 0;
      const shot: Shot = {
        canvas,
        framesPerSecond: FRAMES_PER_SECOND,
        frames: Math.max(2, Math.round(length * FRAMES_PER_SECOND) + 1),
        draw: (frame) =>
          this.#draw(canvas, Math.min((frame / FRAMES_PER_SECOND) * clock.speed, clock.duration)),
        progress: (share) => {
          if (share - told < 0.1 && share < 1) return;
          told = share;
          this.#tell(share < 1 ? `Filming: ${(share * 100).toFixed(0)} %` : "");
        },
      };
      const blob = await this.#framed(() => filmShot(shot));
      if (blob === undefined) return;
      saveFile(blob, `${this.#name()}.webm`);
      announce("Video saved");
    } catch (fault) {
      this.#tell(`The video could not be made: ${fault instanceof Error ? fault.message : "unknown reason"}`);
    } finally {
      this.busy = false;
    }
  }

  /** Saves the episode with all that plays it as one file. */
  async htmlFile(): Promise<void> {
    const { store, data, announce } = this.#parts;
    const recording = recordEpisode(store, data, location.search.replace(/^\?/, ""));
    if (recording === undefined) {
      this.#tell("A live view cannot be put in a file: replay the episode first.");
      return;
    }
    const script = document.querySelector<HTMLScriptElement>("script[src]")?.src;
    const style = document.querySelector<HTMLLinkElement>('link[rel="stylesheet"]')?.href;
    if (script === undefined || style === undefined) {
      this.#tell("This page is such a file already: save it as it is.");
      return;
    }
    const [html, scriptText, styleText] = await Promise.all([location.pathname, script, style].map(readText));
    if (html === undefined || scriptText === undefined || styleText === undefined) {
      this.#tell("The server is gone: the file needs the page's parts from it.");
      return;
    }
    const names = (data.showing?.slots ?? []).map(({ name }) => name).join(" · ");
    const file = htmlFile(
      { html, script: scriptText, style: styleText },
      recording,
      `${names}, seed ${store.state.seed}`,
    );
    saveFile(new Blob([file], { type: "text/html" }), `${this.#name()}.html`);
    announce("HTML file saved");
  }

  async copyLink(address: string): Promise<void> {
    const link = new URL(address, location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      this.#tell("Link copied. It works on this machine, while the server runs.");
    } catch {
      this.#tell("The browser did not let the link be copied: it stands in the address bar.");
    }
  }

  #name(): string {
    const { store, data } = this.#parts;
    const env = data.showing?.scene.env ?? "episode";
    return `steadyarm-${env.replaceAll(/[^\w-]/g, "_")}-seed${store.state.seed}`;
  }

  #tell(text: string): void {
    this.#parts.store.update({ notice: text });
    this.#parts.announce(text);
  }

  /** Does something while the stage has the size of pictures; undefined where there is no stage. */
  async #framed<T>(work: () => Promise<T> | T): Promise<T | undefined> {
    const { stage } = this.#parts;
    if (stage !== undefined) return stage.atSize(WIDTH, HEIGHT - CAPTION_HEIGHT, work);
    this.#tell("There is no picture to take: the browser cannot draw the arms.");
    return undefined;
  }

  /** Draws the stage at a time, with a caption of whose arms these are. Returns whether there was anything. */
  #draw(canvas: HTMLCanvasElement, time: number): boolean {
    const { stage, data, poseAt } = this.#parts;
    const context = canvas.getContext("2d");
    if (stage === undefined || data.showing === undefined || context === null) return false;
    poseAt(time);
    stage.render();
    context.drawImage(stage.canvas, 0, 0);
    const { slots, seed } = data.showing;
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
    context.fillText(`seed ${seed} · ${time.toFixed(2)} s`, WIDTH - 24, middle);
    context.textAlign = "left";
    return true;
  }
}

function picture(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  return canvas;
}

async function readText(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url);
    return answer.ok ? await answer.text() : undefined;
  } catch {
    return undefined;
  }
}
