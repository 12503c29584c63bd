/** @file What is on screen, as a link: which policies, which seed, when, seen from where. */

import { type CameraPose, decodeCamera, encodeCamera } from "./camera-presets.ts";

/** A policy to show: a source's id, and the training step where it is not the last. */
export interface SlotChoice {
  readonly source: string;
  readonly step?: number;
}

export type CompareMode = "split" | "ghost";
export type SeeingMode = "replay" | "live";

/** All that a link holds; what is missing is as the page chooses. */
export interface DeepLink {
  readonly slots?: readonly SlotChoice[];
  readonly seed?: number;
  /** Where the goal was put by hand, metres. */
  readonly goal?: readonly number[];
  /** Seconds into the episode. */
  readonly time?: number;
  readonly compare?: CompareMode;
  readonly mode?: SeeingMode;
  readonly camera?: CameraPose;
  /** Draw as finely as possible, however slow: for pictures. */
  readonly fine?: boolean;
}

/** Policies that fit on a screen. */
export const MOST_SLOTS = 4;

/** A link's query, without the question mark. */
export function encodeLink(link: DeepLink): string {
  const query = new URLSearchParams();
  for (const { source, step } of link.slots ?? []) {
    query.append("slot", encodeSlot(source, step));
  }
  if (link.seed !== undefined) query.set("seed", String(link.seed));
  if (link.goal !== undefined) query.set("goal", link.goal.map((x) => x.toFixed(3)).join("_"));
  if (link.time !== undefined) query.set("t", link.time.toFixed(2));
  if (link.compare !== undefined) query.set("compare", link.compare);
  if (link.mode !== undefined) query.set("mode", link.mode);
  if (link.camera !== undefined) query.set("cam", encodeCamera(link.camera));
  if (link.fine === true) query.set("fine", "1");
  return query.toString();
}

/** What a link's query asks for; whatever is not understood is left out. */
export function decodeLink(search: string): DeepLink {
  const query = new URLSearchParams(search);
  const slots = query
    .getAll("slot")
    .filter((text) => text !== "")
    .slice(0, MOST_SLOTS)
    .map(decodeSlot);
  const seed = wholeNumber(query.get("seed"));
  const goal = numbers(query.get("goal"));
  const time = numbers(query.get("t"))?.[0];
  const compare = query.get("compare");
  const mode = query.get("mode");
  const camera = decodeCamera(query.get("cam") ?? "");
  return {
    ...(slots.length > 0 ? { slots } : {}),
    ...(seed === undefined ? {} : { seed }),
    ...(goal === undefined ? {} : { goal }),
    ...(time === undefined || time < 0 ? {} : { time }),
    ...(compare === "split" || compare === "ghost" ? { compare } : {}),
    ...(mode === "replay" || mode === "live" ? { mode } : {}),
    ...(camera === undefined ? {} : { camera }),
    ...(query.get("fine") === "1" ? { fine: true } : {}),
  };
}

/** `source@step`; a name that ends as if a step followed gets a bare `@` to end it. */
function encodeSlot(source: string, step: number | undefined): string {
  if (step !== undefined) return `${source}@${step}`;
  return /@\d*$/.test(source) ? `${source}@` : source;
}

function decodeSlot(text: string): SlotChoice {
  const [, source, step] = /^(.+)@(\d{0,12})$/s.exec(text) ?? [];
  if (source === undefined) return { source: text };
  return step === undefined || step === "" ? { source } : { source, step: Number(step) };
}

function wholeNumber(text: string | null): number | undefined {
  if (text === null || !/^\d{1,16}$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}

function numbers(text: string | null): number[] | undefined {
  if (text === null || !/^-?\d{1,5}(\.\d{1,6})?(_-?\d{1,5}(\.\d{1,6})?){0,2}$/.test(text)) return undefined;
  return text.split("_").map(Number);
}
