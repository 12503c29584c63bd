/** @file What a person has chosen to see: one plain object, and whoever wants to know when it changes. */

import type { Vec3 } from "../../shared/vec3.ts";
import type { ConnectionPhase } from "./connection.ts";
import type { CompareMode, SeeingMode, SlotChoice } from "./deep-link.ts";

export type ThemeChoice = "system" | "light" | "dark";
export type PanelTab = "episode" | "training" | "hands" | "findings";

/** Whose torque and speed are drawn: a joint's by index, all joints', or that of the one that changes its mind most. */
export type JointChoice = number | "all" | "busiest";

export interface PageState {
  readonly connection: ConnectionPhase;
  /** One line about the connection, for people. */
  readonly connectionTold: string;
  readonly mode: SeeingMode;
  readonly compare: CompareMode;
  readonly slots: readonly SlotChoice[];
  /** Of the episode on screen, or wanted there. */
  readonly seed: number;
  /** Seeds in the list of episodes, in the order they were asked for. */
  readonly seeds: readonly number[];
  /** Where the goal was put by hand, m; null for the one drawn for the seed. */
  readonly goal: Vec3 | null;
  /** Deviation of the noise on actions. */
  readonly noise: number;
  readonly theme: ThemeChoice;
  readonly tab: PanelTab;
  readonly joint: JointChoice;
  readonly showTorques: boolean;
  readonly showTrails: boolean;
  /** Whether the panel of plots is open. */
  readonly panelOpen: boolean;
  /** Whether a live view shows the present, not a moment before. */
  readonly following: boolean;
  /** Something that went wrong, for people; empty for nothing. */
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

  /** Changes some of it; listeners hear which keys have another value now. */
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

/** How many episodes are in the list at first. */
const FIRST_EPISODES = 8;

/** A page before anything was chosen. */
export function initialState(seed: number): PageState {
  return {
    connection: "connecting",
    connectionTold: "Connecting…",
    mode: "replay",
    compare: "split",
    slots: [],
    seed,
    seeds: Array.from({ length: FIRST_EPISODES }, (_, i) => seed + i),
    goal: null,
    noise: 0,
    theme: "system",
    tab: "episode",
    joint: "busiest",
    showTorques: true,
    showTrails: true,
    panelOpen: true,
    following: true,
    notice: "",
  };
}

const KEYS: readonly (keyof PageState)[] = [
  "connection",
  "connectionTold",
  "mode",
  "compare",
  "slots",
  "seed",
  "seeds",
  "goal",
  "noise",
  "theme",
  "tab",
  "joint",
  "showTorques",
  "showTrails",
  "panelOpen",
  "following",
  "notice",
];
