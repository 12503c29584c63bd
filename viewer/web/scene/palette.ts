/** @file Colours of the scene in light and dark mode, and one colour for each slot. */

export type Theme = "light" | "dark";

/**
 * Colours of the slots in both themes, distinguishable with common colour vision deficiencies (after Okabe & Ito
 * 2008). The style sheet defines them as --slot-1 … --slot-4.
 */
export const SLOT_COLORS: readonly string[] = ["#e8623d", "#1f9bb4", "#8a6ff0", "#c9962b"];

export function slotColor(slot: number): string {
  return SLOT_COLORS[slot % SLOT_COLORS.length] ?? "#888888";
}

export interface SceneColors {
  readonly background: string;
  readonly ground: string;
  readonly gridLine: string;
  readonly table: string;
  readonly tableLine: string;
  /** Darkness of shadows on the floor, 0 to 1. */
  readonly shadow: number;
  readonly shell: string;
  readonly joint: string;
  /** Movable objects: blue, the most distinct from the goal's amber with common colour vision deficiencies. */
  readonly object: string;
  readonly goal: string;
  readonly reached: string;
  readonly warning: string;
  /** Lines and ticks of the inspector's scales. */
  readonly ink: string;
  readonly axis: string;
  readonly inertia: string;
  readonly contact: string;
  /** Intensities of lights and reflections. */
  readonly keyLight: number;
  readonly fillLight: number;
  readonly reflections: number;
}

export const SCENE_COLORS: Readonly<Record<Theme, SceneColors>> = {
  light: {
    background: "#eceae5",
    ground: "#e2dfd8",
    gridLine: "#c9c4ba",
    table: "#d3ccbf",
    tableLine: "#b3aa9a",
    shadow: 0.3,
    shell: "#f6f4f0",
    joint: "#33373f",
    object: "#2f6db5",
    goal: "#d99a00",
    reached: "#1f9d57",
    warning: "#d92d20",
    ink: "#20242b",
    axis: "#0e8fa8",
    inertia: "#b0308f",
    contact: "#c2185b",
    keyLight: 2.3,
    fillLight: 0.55,
    reflections: 0.62,
  },
  dark: {
    background: "#14161a",
    ground: "#1d2026",
    gridLine: "#343943",
    table: "#3c434e",
    tableLine: "#58616f",
    shadow: 0.55,
    shell: "#dfe1e6",
    joint: "#2a2d34",
    object: "#5a9be8",
    goal: "#f2b632",
    reached: "#3ecf7f",
    warning: "#ff6b5e",
    ink: "#f2f4f7",
    axis: "#4cc9e0",
    inertia: "#f27bd0",
    contact: "#ff7bac",
    keyLight: 2.1,
    fillLight: 0.28,
    reflections: 0.42,
  },
};
