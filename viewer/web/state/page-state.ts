/** @file The user's choices and the connection status, as one plain object with change notifications. */

import type { Vec3 } from "../../../shared/vec3.ts";
import type { ConnectionPhase } from "../connection/connection.ts";
import type { BodyView } from "../scene/arm-figure.ts";
import {
  type CompareMode,
  type DeepLink,
  linkedDetails,
  type PanelTab,
  type SlotChoice,
  type ViewMode,
} from "./deep-link.ts";
import type { Layer } from "./inspector-layers.ts";

export type ThemeChoice = "system" | "light" | "dark";

/** The joint whose torque and speed are plotted: an index, all joints, or the one that oscillates most. */
export type JointChoice = number | "all" | "busiest";

export interface PageState {
  readonly connection: ConnectionPhase;
  /** One line about the connection, for display. */
  readonly connectionMessage: string;
  readonly mode: ViewMode;
  readonly compare: CompareMode;
  readonly slots: readonly SlotChoice[];
  /** The comparison that one of its policies was selected from, by its index there; null if all are shown. */
  readonly solo: { readonly index: number; readonly slots: readonly SlotChoice[] } | null;
  /** Seed of the selected episode. */
  readonly seed: number;
  /** Seeds in the list of episodes. */
  readonly seeds: readonly number[];
  /** The goal set by the user, m; null for the one drawn from the seed. */
  readonly goal: Vec3 | null;
  /** Standard deviation of the noise on actions. */
  readonly noise: number;
  readonly theme: ThemeChoice;
  readonly tab: PanelTab;
  readonly joint: JointChoice;
  readonly showTorques: boolean;
  readonly showTrails: boolean;
  /** Whether the camera moves with the tools. */
  readonly followTools: boolean;
  /** What is drawn of the arms. */
  readonly body: BodyView;
  /** What the physics inspector draws. */
  readonly layers: readonly Layer[];
  readonly panelOpen: boolean;
  /** Whether a live view shows the present instead of an earlier moment. */
  readonly following: boolean;
  /** An error or notice for display; empty if there is none. */
  readonly notice: string;
}

type Listener = (state: PageState, changed: ReadonlySet<keyof PageState>) => void;

export class PageStore {
  #state: PageState;
  readonly #listeners: Listener[] = [];

  constructor(initial: PageState) {
    this.#state = initial;
  }

  get state(): PageState {
    return this.#state;
  }

  /** Changes some values and notifies the listeners, unless all values are the same as before. */
  update(patch: Partial<PageState>): void {
    const before = this.#state;
    const after: PageState = { ...before, ...patch };
    const changed = new Set(KEYS.filter((key) => before[key] !== after[key]));
    if (changed.size === 0) return;
    this.#state = after;
    for (const listener of this.#listeners) listener(after, changed);
  }

  subscribe(listener: Listener): void {
    this.#listeners.push(listener);
  }
}

/** Episodes in the list at first. */
const INITIAL_EPISODES = 8;

/** Returns the seeds of the first episodes in the list. */
export function seedsFrom(seed: number): readonly number[] {
  return Array.from({ length: INITIAL_EPISODES }, (_, i) => seed + i);
}

/** Returns the goal of a link, m; null without one. */
export function linkedGoal({ goal }: DeepLink): Vec3 | null {
  const [x, y, z] = goal ?? [];
  return x === undefined || y === undefined || z === undefined ? null : [x, y, z];
}

/** Returns the initial state with the values of a link. */
export function linkedState(link: DeepLink, panelOpen: boolean): PageState {
  const { seed = 1, slots = [], compare = "split", mode = "replay", noise = 0, tab = "episode" } = link;
  return {
    connection: "connecting",
    connectionMessage: "Connecting…",
    mode,
    compare,
    slots,
    solo: null,
    seed,
    seeds: seedsFrom(seed),
    goal: linkedGoal(link),
    noise,
    theme: "system",
    tab,
    joint: "busiest",
    followTools: link.follow ?? false,
    ...linkedDetails(link),
    panelOpen: panelOpen || link.tab !== undefined,
    following: true,
    notice: "",
  };
}

const KEYS: readonly (keyof PageState)[] = [
  "connection",
  "connectionMessage",
  "mode",
  "compare",
  "slots",
  "solo",
  "seed",
  "seeds",
  "goal",
  "noise",
  "theme",
  "tab",
  "joint",
  "showTorques",
  "showTrails",
  "followTools",
  "body",
  "layers",
  "panelOpen",
  "following",
  "notice",
];
