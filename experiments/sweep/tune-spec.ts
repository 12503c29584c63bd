/**
 * @file Definition of a hyperparameter search as data: search space, number of trials, and successive halving.
 *
 * Successive halving (Jamieson & Talwalkar 2016, arXiv:1502.07943) trains many trials for few steps, then the best of
 * them for more. Each round is a sweep, trained from the start, so it can be reported, resumed and distributed as such.
 */

import { z } from "zod";
import { InputError, refuse, show, suggest, unquoted } from "../../shared/errors.ts";
import { isRecord } from "../../shared/is-record.ts";
import type { Rng } from "../../shared/rng.ts";
import { parseSweep, type SweepSpec } from "./sweep-spec.ts";

/** A uniform or log-uniform distribution; a linear range between integers draws integers. */
interface Range {
  readonly low: number;
  readonly high: number;
  readonly scale: "linear" | "log";
}

export interface TuneSpec {
  /** Common to all rounds; the trials are its methods. */
  readonly sweep: SweepSpec;
  /** By setting path: values to choose from, or a range. */
  readonly search: Readonly<Record<string, readonly unknown[] | Range>>;
  /** Number of trials in the first round. */
  readonly trials: number;
  /** Halving factor η: each round keeps 1/η of the trials and trains them for η times the steps. */
  readonly keepOneIn: number;
  /** Minimum steps per run in the first round. */
  readonly firstSteps: number;
  /** Seed of the random search. */
  readonly drawSeed: number;
}

/** One round of successive halving. */
export interface Round {
  readonly trials: number;
  /** Per run. */
  readonly steps: number;
}

const Search = z.record(
  z.string(),
  z.union([
    z.array(z.unknown()).min(1),
    z.strictObject({ low: z.number(), high: z.number(), scale: z.enum(["linear", "log"]).default("linear") }),
  ]),
);

const TuneInput = z.object({
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

/** Keys of a sweep that a search accepts. */
const SWEEP_KEYS = ["name", "about", "preset", "settings", "tasks", "seeds"];

/**
 * Validates a search; its settings are validated when a round is planned.
 *
 * @param where the source of the input, for errors
 * @param name  default of the search's name
 * @throws InputError
 */
export function parseTune(input: unknown, where: string, name: string): TuneSpec {
  if (!isRecord(input)) throw refuse(where, "a search with search and seeds", input);
  const known = [...SWEEP_KEYS, ...Object.keys(EXPECTED)];
  const unknown = Object.keys(input).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new InputError(`${where}: unknown key ${show(unknown)}. ${suggest(unknown, known)}`);
  }
  const parsed = TuneInput.safeParse(input);
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
      throw refuse(`${where}: search.${path}`, "low below high", unquoted(`low ${low} and high ${high}`));
    if (scale === "log" && low <= 0)
      throw refuse(`${where}: search.${path}.low`, "a number > 0 on a log scale", low);
  }
  const rest = Object.fromEntries(Object.entries(input).filter(([key]) => SWEEP_KEYS.includes(key)));
  return { ...parsed.data, sweep: parseSweep(rest, where, name) };
}

/**
 * The rounds of a search. The last round has all steps; each earlier round has 1/keepOneIn of the next one's, down to
 * `firstSteps` or a single trial.
 *
 * @param steps steps of a complete run
 */
export function roundsOf({ trials, keepOneIn, firstSteps }: TuneSpec, steps: number): readonly Round[] {
  let count = 1;
  while (steps / keepOneIn ** count >= firstSteps && trials / keepOneIn ** count >= 1) count += 1;
  return Array.from({ length: count }, (_, i) => ({
    trials: Math.max(1, Math.floor(trials / keepOneIn ** i)),
    steps: Math.max(1, Math.round(steps / keepOneIn ** (count - 1 - i))),
  }));
}

/** One sample of the search space. */
export interface Trial {
  readonly name: string;
  /** By path. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Draws the trials of the first round, all distinct; fewer than requested if the space is too small. */
export function drawTrials({ search, trials }: TuneSpec, rng: Rng): readonly Trial[] {
  const drawn: Trial[] = [];
  const keys = new Set<string>();
  // The limit on attempts ends the search in a small space without new combinations.
  for (let attempt = 0; drawn.length < trials && attempt < 100 * trials; attempt++) {
    const settings = Object.fromEntries(
      Object.entries(search).map(([path, space]) => [path, drawValue(space, rng)] as const),
    );
    const key = JSON.stringify(settings);
    if (keys.has(key)) continue;
    keys.add(key);
    const labels = Object.entries(settings).map(
      ([path, value]) =>
        `${path.slice(path.lastIndexOf(".") + 1)} ${typeof value === "string" ? value : JSON.stringify(value)}`,
    );
    drawn.push({ name: `${drawn.length + 1}: ${labels.join(", ")}`, settings });
  }
  return drawn;
}

function drawValue(space: readonly unknown[] | Range, rng: Rng): unknown {
  if (!("low" in space)) return space[rng.integer(space.length)];
  const { low, high, scale } = space;
  if (scale === "linear" && Number.isInteger(low) && Number.isInteger(high)) {
    return low + rng.integer(high - low + 1);
  }
  const value =
    scale === "log" ? Math.exp(rng.uniformIn(Math.log(low), Math.log(high))) : rng.uniformIn(low, high);
  // Three significant digits are precise enough for a setting, and readable.
  return Math.min(high, Math.max(low, Number(value.toPrecision(3))));
}

/** The sweep of one round. */
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
