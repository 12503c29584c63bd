/**
 * @file A search for better settings, as data: what may vary and how widely, and how the field is narrowed.
 *
 * Successive halving (Jamieson & Talwalkar 2016, arXiv:1502.07943): many trials for few steps, the best share of
 * them for more, until the best few have had all steps. Each round is a sweep, trained from the start, so it is
 * reported, killed, gone on with and spread over machines like any other.
 */

import { z } from "zod";
import { isRecord } from "../../shared/config.ts";
import { InputError, refuse, show, suggest, unquoted } from "../../shared/errors.ts";
import type { Rng } from "../../shared/rng.ts";
import { parseSweep, type SweepSpec } from "./sweep-spec.ts";

/** A range to draw from, evenly or evenly in the logarithm; integers where both ends are, and not logarithmic. */
interface Range {
  readonly low: number;
  readonly high: number;
  readonly scale: "linear" | "log";
}

export interface TuneSpec {
  /** What every round has in common; its methods are the trials. */
  readonly sweep: SweepSpec;
  /** Setting's path → values to choose from, or a range. */
  readonly search: Readonly<Record<string, readonly unknown[] | Range>>;
  /** In the first round. */
  readonly trials: number;
  /** One in so many goes on, for so many times the steps. */
  readonly keepOneIn: number;
  /** Steps of a run in the first round, at least. */
  readonly firstSteps: number;
  /** Trials are drawn from this. */
  readonly drawSeed: number;
}

/** A round: how many trials, for how long. */
export interface Round {
  readonly trials: number;
  readonly steps: number;
}

const Search = z.record(
  z.string(),
  z.union([
    z.array(z.unknown()).min(1),
    z.strictObject({ low: z.number(), high: z.number(), scale: z.enum(["linear", "log"]).default("linear") }),
  ]),
);

const Own = z.object({
  search: Search,
  trials: z.int().min(2).max(100_000).default(27),
  keepOneIn: z.int().min(2).max(100).default(3),
  firstSteps: z.int().min(1).default(1000),
  drawSeed: z.int().min(0).default(1),
});

const EXPECTED: Readonly<Record<string, string>> = {
  search: "setting paths, each with a list of values or {low, high, scale: linear or log}",
  trials: "an integer in [2, 100000]",
  keepOneIn: "an integer in [2, 100]",
  firstSteps: "an integer ≥ 1",
  drawSeed: "an integer ≥ 0",
};

/** Of a sweep's own keys, those that a search takes over. */
const SWEEP_KEYS = ["name", "about", "preset", "settings", "tasks", "seeds"];

/**
 * Checks what a person wrote; whether the settings exist is seen when a round is planned.
 *
 * @throws InputError with one line for each fault
 */
export function parseTune(input: unknown, where: string, name: string): TuneSpec {
  if (!isRecord(input)) throw refuse(where, "a search: what may vary, and seeds", input);
  const known = [...SWEEP_KEYS, ...Object.keys(EXPECTED)];
  const unknown = Object.keys(input).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new InputError(`${where}: unknown key ${show(unknown)}. ${suggest(unknown, known)}`);
  }
  const parsed = Own.safeParse(input);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path ?? [];
    const got = path.reduce<unknown>((node, key) => (isRecord(node) ? node[String(key)] : undefined), input);
    throw refuse(`${where}: ${path.join(".")}`, EXPECTED[String(path[0])] ?? "a search", got);
  }
  const { search } = parsed.data;
  if (Object.keys(search).length === 0)
    throw refuse(`${where}: search`, "at least one setting", unquoted("none"));
  for (const [path, space] of Object.entries(search)) {
    if (Array.isArray(space)) continue;
    const { low, high, scale } = space;
    if (!(low < high))
      throw refuse(`${where}: search.${path}`, "low below high", unquoted(`${low} and ${high}`));
    if (scale === "log" && low <= 0)
      throw refuse(`${where}: search.${path}.low`, "a number > 0 on a log scale", low);
  }
  const rest = Object.fromEntries(Object.entries(input).filter(([key]) => SWEEP_KEYS.includes(key)));
  return { ...parsed.data, sweep: parseSweep(rest, where, name) };
}

/**
 * The rounds of a search: the last has all steps, each before it a share, down to `firstSteps` or one trial.
 *
 * @param steps of a whole run
 */
export function roundsOf({ trials, keepOneIn, firstSteps }: TuneSpec, steps: number): readonly Round[] {
  let count = 1;
  while (steps / keepOneIn ** count >= firstSteps && trials / keepOneIn ** count >= 1) count += 1;
  return Array.from({ length: count }, (_, i) => ({
    trials: Math.max(1, Math.floor(trials / keepOneIn ** i)),
    steps: Math.max(1, Math.round(steps / keepOneIn ** (count - 1 - i))),
  }));
}

/** A trial: its name, and its settings by path. */
export interface Trial {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** All trials of the first round, no two the same as far as the space has so many. */
export function drawTrials({ search, trials }: TuneSpec, rng: Rng): readonly Trial[] {
  const drawn: Trial[] = [];
  const seen = new Set<string>();
  // A small space runs out of new combinations: then there are fewer trials.
  for (let attempt = 0; drawn.length < trials && attempt < 100 * trials; attempt++) {
    const settings = Object.fromEntries(
      Object.entries(search).map(([path, space]) => [path, drawValue(space, rng)] as const),
    );
    const key = JSON.stringify(settings);
    if (seen.has(key)) continue;
    seen.add(key);
    const words = Object.entries(settings).map(
      ([path, value]) =>
        `${path.slice(path.lastIndexOf(".") + 1)} ${typeof value === "string" ? value : JSON.stringify(value)}`,
    );
    drawn.push({ name: `${drawn.length + 1}: ${words.join(", ")}`, settings });
  }
  return drawn;
}

function drawValue(space: readonly unknown[] | Range, rng: Rng): unknown {
  if (!("low" in space)) return space[rng.integer(space.length)];
  const { low, high, scale } = space;
  if (scale === "linear" && Number.isInteger(low) && Number.isInteger(high)) {
    return low + rng.integer(high - low + 1);
  }
  const drawn =
    scale === "log" ? Math.exp(rng.uniformIn(Math.log(low), Math.log(high))) : rng.uniformIn(low, high);
  // Three digits: nobody needs more of a setting, and a person can type them.
  return Math.min(high, Math.max(low, Number(drawn.toPrecision(3))));
}

/** A round as a sweep. */
export function roundSweep(
  { sweep }: TuneSpec,
  index: number,
  steps: number,
  trials: readonly Trial[],
): SweepSpec {
  return {
    ...sweep,
    name: `${sweep.name}, round ${index + 1}`,
    settings: { ...sweep.settings, "train.steps": steps },
    methods: { trial: Object.fromEntries(trials.map(({ name, settings }) => [name, settings])) },
  };
}
