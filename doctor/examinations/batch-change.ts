/** @file Changes of a batch that a faulty learner may make, to be tried one at a time on an intact one. */

import type { ExaminedRun } from "../examined-run.ts";
import type { Figures } from "./examination.ts";

type Feeds = Readonly<Record<string, Float32Array>>;

/** The parts of a batch, and the values that the targets are computed from. */
const PARTS = ["actions", "rewards", "ends", "next_states", "states", "goals", "scale", "targets"] as const;
export type Part = (typeof PARTS)[number];

export interface BatchChange {
  readonly part: Part;
  /** Changes the update's feeds in place. */
  readonly apply: (feeds: Feeds) => void;
}

/** Factors that units, signs and repeated scaling give. */
const FACTORS = [-1, 0, 0.01, 0.1, 0.2, 0.25, 0.5, 2, 3, 4, 5, 10, 100] as const;

/** `exam/changed_<part>`, 1 for this part and 0 for the others. */
export function changedFigures(changed: Part | undefined): Figures {
  return Object.fromEntries(PARTS.map((part) => [`exam/changed_${part}`, part === changed ? 1 : 0]));
}

/** All changes that are tried. */
export function batchChanges({ sizes, config }: ExaminedRun): BatchChange[] {
  const { batchSize } = config.agent;
  const rowsOf = (feeds: Feeds, name: string) => {
    const values = feeds[name] ?? new Float32Array(0);
    return { values, width: values.length / batchSize };
  };
  const scaled = (part: Part, names: readonly string[], factors: readonly number[]): BatchChange[] =>
    factors.map((factor) => ({
      part,
      apply: (feeds) => {
        for (const name of names) changeEach(feeds[name], (x) => factor * x);
      },
    }));
  const shifted = (part: Part, name: string, columns: (width: number) => readonly [number, number]) =>
    [-1, 1].map((by) => ({
      part,
      apply: (feeds: Feeds) => {
        const { values, width } = rowsOf(feeds, name);
        shiftRows(values, width, columns(width), by);
      },
    }));
  const all = (width: number) => [0, width] as const;
  const goalColumns = [sizes.observation, sizes.observation + sizes.goal] as const;
  const blankGoals = (names: readonly string[]): BatchChange => ({
    part: "goals",
    apply: (feeds) => {
      for (const name of names) {
        const { values, width } = rowsOf(feeds, name);
        for (let i = 0; i < values.length; i++)
          if (i % width >= goalColumns[0] && i % width < goalColumns[1]) values[i] = 0;
      }
    },
  });
  return [
    ...scaled("rewards", ["rewards"], FACTORS),
    ...[-1, 1].map((added) => ({
      part: "rewards" as const,
      apply: (feeds: Feeds) => changeEach(feeds["rewards"], (x) => x + added),
    })),
    ...shifted("rewards", "rewards", all),
    ...scaled("ends", ["continues"], [0, 0.5, 0.9]),
    ...scaled("actions", ["actions"], FACTORS),
    ...shifted("actions", "actions", all),
    ...[1, -1].map((by) => ({
      part: "actions" as const,
      apply: (feeds: Feeds) => {
        const { values, width } = rowsOf(feeds, "actions");
        turnColumns(values, width, by);
      },
    })),
    {
      part: "next_states",
      apply: (feeds) => {
        if (feeds["inputs"] !== undefined) feeds["nextInputs"]?.set(feeds["inputs"]);
      },
    },
    ...shifted("next_states", "nextInputs", all),
    ...shifted("states", "inputs", all),
    {
      part: "states",
      apply: (feeds) => {
        if (feeds["nextInputs"] !== undefined) feeds["inputs"]?.set(feeds["nextInputs"]);
      },
    },
    blankGoals(["inputs", "nextInputs"]),
    blankGoals(["inputs"]),
    ...[-1, 1].map((by) => ({
      part: "goals" as const,
      apply: (feeds: Feeds) => {
        for (const name of ["inputs", "nextInputs"]) {
          const { values, width } = rowsOf(feeds, name);
          shiftRows(values, width, goalColumns, by);
        }
      },
    })),
    ...scaled("scale", ["inputs", "nextInputs"], FACTORS),
    ...scaled("scale", ["inputs"], FACTORS),
  ];
}

function changeEach(values: Float32Array = new Float32Array(0), change: (x: number) => number): void {
  for (const [i, x] of values.entries()) values[i] = change(x);
}

/** Moves columns [from, to) of each row to another row. */
function shiftRows(
  values: Float32Array,
  width: number,
  [from, to]: readonly [number, number],
  by: number,
): void {
  const before = values.slice();
  const rows = values.length / width;
  for (let row = 0; row < rows; row++) {
    const source = (row + by + rows) % rows;
    for (let column = from; column < to; column++)
      values[row * width + column] = before[source * width + column]!;
  }
}

/** Moves each row's columns by one, in a circle. */
function turnColumns(values: Float32Array, width: number, by: number): void {
  const before = values.slice();
  for (let i = 0; i < values.length; i++) {
    const column = i % width;
    values[i] = before[i - column + ((column + by + width) % width)]!;
  }
}
