/** @file Encodes a view as the query of a link: policies, seed, goal, noise, time, mode, camera, tab and what is drawn. */

import { MAX_SLOTS } from "../../../shared/protocol.ts";
import type { BodyView } from "../scene/arm-figure.ts";
import { type CameraPose, decodeCamera, encodeCamera } from "../scene/camera-presets.ts";
import { type Layer, parseLayers } from "./inspector-layers.ts";

/** A policy to show. */
export interface SlotChoice {
  /** Id of the source. */
  readonly source: string;
  /** Training step of the policy; the newest if absent. */
  readonly step?: number;
}

/** Side by side, or overlaid. */
export type CompareMode = "split" | "ghost";
export type ViewMode = "replay" | "live";

/** Parts of the panel. */
export const PANEL_TABS = ["episode", "training", "interact", "physics", "findings"] as const;
export type PanelTab = (typeof PANEL_TABS)[number];
/** What is drawn around an arm unless a link hides it. */
const HIDEABLE = ["torques", "trails"] as const;
export const BODY_VIEWS: readonly BodyView[] = ["visual", "collision", "both"];

/** The contents of a link. The page chooses values for absent fields. */
export interface DeepLink {
  readonly slots?: readonly SlotChoice[];
  readonly seed?: number;
  /** The goal set by the user, metres. */
  readonly goal?: readonly number[];
  /** Standard deviation of the noise on actions. */
  readonly noise?: number;
  /** Seconds into the episode. */
  readonly time?: number;
  readonly compare?: CompareMode;
  readonly mode?: ViewMode;
  readonly camera?: CameraPose;
  /** What the physics inspector draws. */
  readonly layers?: readonly Layer[];
  /** What is not drawn around the arms. */
  readonly hide?: readonly (typeof HIDEABLE)[number][];
  /** What is drawn of the arms. */
  readonly body?: BodyView;
  /** Whether the camera moves with the tools. */
  readonly follow?: boolean;
  /** The open tab of the panel. */
  readonly tab?: PanelTab;
  /** Draw at the highest quality, however slowly: for screenshots. */
  readonly fine?: boolean;
}

/** Returns the query of a link, without the question mark. */
export function encodeLink(link: DeepLink): string {
  const query = new URLSearchParams();
  for (const { source, step } of link.slots ?? []) {
    query.append("slot", encodeSlot(source, step));
  }
  if (link.seed !== undefined) query.set("seed", String(link.seed));
  if (link.goal !== undefined) query.set("goal", link.goal.map((x) => x.toFixed(3)).join("_"));
  if (link.noise !== undefined) query.set("noise", link.noise.toFixed(2));
  if (link.time !== undefined) query.set("t", link.time.toFixed(2));
  if (link.compare !== undefined) query.set("compare", link.compare);
  if (link.mode !== undefined) query.set("mode", link.mode);
  if (link.camera !== undefined) query.set("cam", encodeCamera(link.camera));
  if (link.layers !== undefined && link.layers.length > 0) query.set("inspect", link.layers.join("_"));
  if (link.hide !== undefined && link.hide.length > 0) query.set("hide", link.hide.join("_"));
  if (link.body !== undefined) query.set("body", link.body);
  if (link.follow === true) query.set("follow", "1");
  if (link.tab !== undefined) query.set("tab", link.tab);
  if (link.fine === true) query.set("fine", "1");
  return query.toString();
}

/** Parses the query of a link. Omits invalid values. */
export function decodeLink(search: string): DeepLink {
  const query = new URLSearchParams(search);
  const slots = query
    .getAll("slot")
    .filter((text) => text !== "")
    .slice(0, MAX_SLOTS)
    .map(decodeSlot);
  const seed = parseInteger(query.get("seed"));
  const goal = parseNumbers(query.get("goal"));
  const noise = parseNumbers(query.get("noise"))?.[0];
  const time = parseNumbers(query.get("t"))?.[0];
  const compare = query.get("compare");
  const mode = query.get("mode");
  const camera = decodeCamera(query.get("cam") ?? "");
  const layers = parseLayers(query.get("inspect") ?? "");
  const hidden = query.get("hide")?.split("_") ?? [];
  const hide = HIDEABLE.filter((each) => hidden.includes(each));
  const body = BODY_VIEWS.find((each) => each === query.get("body"));
  const tab = PANEL_TABS.find((each) => each === query.get("tab"));
  return {
    ...(slots.length > 0 ? { slots } : {}),
    ...(seed === undefined ? {} : { seed }),
    ...(goal === undefined ? {} : { goal }),
    ...(noise === undefined || noise < 0 || noise > 1 ? {} : { noise }),
    ...(time === undefined || time < 0 ? {} : { time }),
    ...(compare === "split" || compare === "ghost" ? { compare } : {}),
    ...(mode === "replay" || mode === "live" ? { mode } : {}),
    ...(camera === undefined ? {} : { camera }),
    ...(layers === undefined ? {} : { layers }),
    ...(hide.length === 0 ? {} : { hide }),
    ...(body === undefined ? {} : { body }),
    ...(tab === undefined ? {} : { tab }),
    ...(query.get("follow") === "1" ? { follow: true } : {}),
    ...(query.get("fine") === "1" ? { fine: true } : {}),
  };
}

/** What is drawn, by the names of the page's state. */
interface Details {
  readonly showTorques: boolean;
  readonly showTrails: boolean;
  readonly body: BodyView;
  readonly layers: readonly Layer[];
}

/** Returns what a link says is drawn. */
export function linkedDetails({ hide = [], body = "visual", layers = [] }: DeepLink): Details {
  return { showTorques: !hide.includes("torques"), showTrails: !hide.includes("trails"), body, layers };
}

/** Returns the fields of a link to what is drawn. */
export function detailsLink({ showTorques, showTrails, body, layers }: Details): DeepLink {
  const shown = { torques: showTorques, trails: showTrails };
  return { layers, hide: HIDEABLE.filter((each) => !shown[each]), ...(body === "visual" ? {} : { body }) };
}

/** Returns `source@step`. A source that itself ends like a step gets a final `@`, so that it stays unambiguous. */
function encodeSlot(source: string, step: number | undefined): string {
  if (step !== undefined) return `${source}@${step}`;
  return /@\d*$/.test(source) ? `${source}@` : source;
}

function decodeSlot(text: string): SlotChoice {
  const [, source, step] = /^(.+)@(\d{0,12})$/s.exec(text) ?? [];
  if (source === undefined) return { source: text };
  return step === undefined || step === "" ? { source } : { source, step: Number(step) };
}

function parseInteger(text: string | null): number | undefined {
  if (text === null || !/^\d{1,16}$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Parses one to three numbers, separated by `_`. */
function parseNumbers(text: string | null): number[] | undefined {
  if (text === null || !/^-?\d{1,5}(\.\d{1,6})?(_-?\d{1,5}(\.\d{1,6})?){0,2}$/.test(text)) return undefined;
  return text.split("_").map(Number);
}
