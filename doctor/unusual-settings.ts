/** @file Settings unlike those of every preset: what to put back first in a run that does not learn. */

import { parseConfig, type RunConfig } from "../shared/config.ts";
import { isRecord } from "../shared/is-record.ts";
import { PRESETS, presetSettings } from "../shared/presets.ts";
import { taskPreset } from "../training/resolve-settings.ts";

export interface UnusualSetting {
  readonly path: string;
  /** The value in the preset of the task, as `--set` accepts it. */
  readonly usual: string;
  /** How far beyond the presets' values it is, as a factor; above `UNUSUAL_FACTOR`. */
  readonly factor: number;
}

/** A number beyond the presets' by less is a choice. */
export const UNUSUAL_FACTOR = 8;

/** The factor of a word or a switch that no preset has, and of a number where all presets have 0. */
const OTHER_FACTOR = 10;

/** The factor of 0 where no preset has it, which is any factor. */
const ZERO_FACTOR = 1000;

/** Settings of the task itself, and of what does not change learning. */
const LEFT_OUT = [
  /^env\.(id|reward|control|physics|solverIterations|urdf|module)(\.|$)/,
  /^agent\.(engine|replayCapacity|demos)(\.|$)/,
  /^train\.(?!carryOver)/,
];

/** Returns the unusual settings, those with the largest factor first. */
export function unusualSettings(config: RunConfig): UnusualSetting[] {
  const ofTask = presetSettings(taskPreset({ env: { id: config.env.id } }));
  const presets = [ofTask, ...PRESETS.map(({ settings }) => settings)].map((settings) =>
    leaves(parseConfig(structuredClone(settings), "preset")),
  );
  return [...leaves(config)]
    .flatMap(([path, value]) => {
      if (LEFT_OUT.some((pattern) => pattern.test(path))) return [];
      const others = presets.flatMap((preset) => (preset.has(path) ? [preset.get(path)] : []));
      const factor = others.length === 0 ? 1 : factorOf(path, value, others);
      const usual = typeof others[0] === "string" ? others[0] : JSON.stringify(others[0]);
      return factor <= UNUSUAL_FACTOR ? [] : [{ path, usual, factor }];
    })
    .sort((a, b) => b.factor - a.factor);
}

/** Settings by path; arrays are values. */
function leaves(node: unknown, path = ""): Map<string, unknown> {
  if (!isRecord(node)) return new Map([[path, node]]);
  return new Map(
    Object.entries(node).flatMap(([key, value]) => [...leaves(value, path === "" ? key : `${path}.${key}`)]),
  );
}

function factorOf(path: string, value: unknown, others: readonly unknown[]): number {
  const [numbers, range] = [numbersOf(path, value), others.flatMap((other) => numbersOf(path, other) ?? [])];
  if (numbers === undefined || range.length === 0) {
    const isKnown = others.some((other) => JSON.stringify(other) === JSON.stringify(value));
    return isKnown ? 1 : OTHER_FACTOR;
  }
  return Math.max(...numbers.map((x) => beyond(x, Math.min(...range), Math.max(...range))));
}

/** A setting's numbers on the scale on which factors count; undefined for words and switches. */
function numbersOf(path: string, value: unknown): number[] | undefined {
  const numbers = Array.isArray(value) ? value : [value];
  if (!numbers.every((x) => typeof x === "number")) return undefined;
  // Of a discount the horizon, 1 / (1 − γ).
  return path === "agent.gamma" ? numbers.map((x) => 1 / (1 - x)) : numbers;
}

function beyond(x: number, low: number, high: number): number {
  if (x >= low && x <= high) return 1;
  if (low === 0 && high === 0) return OTHER_FACTOR * Math.max(1, Math.abs(x));
  if (x > high) return high > 0 ? x / high : OTHER_FACTOR;
  return x > 0 ? low / x : ZERO_FACTOR;
}
