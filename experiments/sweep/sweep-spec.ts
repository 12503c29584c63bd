/**
 * @file Definition of a sweep as data: tasks, methods to compare, and seeds; from a file or built in.
 *
 * Tasks and methods are separate because the statistics compare methods and aggregate over tasks
 * (Agarwal et al. 2021, arXiv:2108.13264).
 */

import { z } from "zod";
import { InputError, MAX_FAULTS, nearest, refuse, show, suggest, unquoted } from "../../shared/errors.ts";
import { isRecord } from "../../shared/is-record.ts";

/** A longer list is assumed to be a mistake. */
const MAX_SEEDS = 10_000;

/** A list of values for the setting that the axis is named after, or a mapping from labels to settings. */
export type Axis = readonly unknown[] | Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface SweepSpec {
  /** Title of the report. */
  readonly name: string;
  /** One sentence for the report; may be empty. */
  readonly about: string;
  /** Default preset. */
  readonly preset: string;
  /** Settings of all jobs, by path or by section, as in a config file. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Axes by name; each combination is one task. */
  readonly tasks: Readonly<Record<string, Axis>>;
  /** Axes by name; each combination is one method. */
  readonly methods: Readonly<Record<string, Axis>>;
  /** In the order of execution. */
  readonly seeds: readonly number[];
}

const Axes = z.record(
  z.string(),
  z.union([z.array(z.unknown()), z.record(z.string(), z.record(z.string(), z.unknown()))]),
);

const SweepInput = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  about: z.string().max(1000).default(""),
  preset: z.string().default("steady"),
  settings: z.record(z.string(), z.unknown()).default({}),
  tasks: Axes.default({}),
  methods: Axes.default({}),
  seeds: z.union([z.string(), z.array(z.unknown())]),
});

const EXPECTED: Readonly<Record<string, string>> = {
  name: "a name of 1 to 100 characters",
  about: "a sentence",
  preset: "a preset's name",
  settings: "a mapping of settings, as in a config file",
  tasks: "axes: a setting's path with a list of values, or a name with settings by label",
  methods: "axes: a setting's path with a list of values, or a name with settings by label",
  seeds: 'integers, as "1-10" or a list',
};

/**
 * Validates a sweep; its settings are validated when the jobs are planned.
 *
 * @param input the object parsed from YAML or JSON
 * @param where the source of the input, for errors
 * @param name  default of the sweep's name
 * @throws InputError with one line per error
 */
export function parseSweep(input: unknown, where: string, name: string): SweepSpec {
  if (!isRecord(input)) throw refuse(where, "a sweep with tasks, methods and seeds", input);
  const parsed = SweepInput.safeParse(input);
  if (!parsed.success) {
    const lines = new Set(parsed.error.issues.flatMap((issue) => explain(issue, input, where)));
    throw new InputError([...lines]);
  }
  const { seeds, tasks, methods, ...rest } = parsed.data;
  for (const [kind, axes] of Object.entries({ tasks, methods })) {
    for (const [axis, values] of Object.entries(axes)) {
      const count = Array.isArray(values) ? values.length : Object.keys(values).length;
      if (count === 0) throw refuse(`${where}: ${kind}.${axis}`, "at least one value", unquoted("none"));
    }
  }
  return {
    ...rest,
    name: rest.name ?? name,
    tasks,
    methods,
    seeds: parseSeeds(seeds, `${where}: seeds`),
  };
}

/**
 * Parses a list of seeds.
 *
 * @param input `1-10`, `1-3,7`, or a list of integers
 * @throws InputError if the list is empty or a seed is invalid or repeated
 */
export function parseSeeds(input: string | readonly unknown[], where: string): readonly number[] {
  const seeds = typeof input === "string" ? input.split(",").flatMap((part) => range(part, where)) : input;
  if (seeds.length === 0) throw refuse(where, "at least one seed", unquoted("none"));
  if (seeds.length > MAX_SEEDS) throw refuse(where, `at most ${MAX_SEEDS} seeds`, seeds.length);
  const unique = new Set<number>();
  for (const seed of seeds) {
    if (typeof seed !== "number" || !Number.isSafeInteger(seed) || seed < 0) {
      throw refuse(where, "integers ≥ 0", seed);
    }
    if (unique.has(seed)) {
      throw refuse(
        where,
        "each seed once",
        unquoted(`${seed} twice`),
        "The same seed would repeat the same run",
      );
    }
    unique.add(seed);
  }
  return [...unique];
}

function range(part: string, where: string): number[] {
  const match = /^\s*(\d{1,15})\s*(?:-\s*(\d{1,15})\s*)?$/.exec(part);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || last < first) throw refuse(where, 'integers such as "1-10" or "1-3,7"', part);
  if (last - first >= MAX_SEEDS) throw refuse(where, `at most ${MAX_SEEDS} seeds`, last - first + 1);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function explain(issue: z.core.$ZodIssue, input: Readonly<Record<string, unknown>>, where: string): string[] {
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(EXPECTED);
    // Further ones are counted only: InputError shows no more.
    return issue.keys.map((key, i) =>
      i < MAX_FAULTS ? `${where}: unknown key ${show(key)}. ${hint(key, known)}` : key,
    );
  }
  const key = String(issue.path[0] ?? "");
  const got = issue.path.reduce<unknown>(
    (node, part) => (isRecord(node) || Array.isArray(node) ? Reflect.get(node, part) : undefined),
    input,
  );
  return [`${where}: ${issue.path.join(".")}: expected ${EXPECTED[key] ?? "a sweep"}, got ${show(got)}`];
}

function hint(key: string, known: readonly string[]): string {
  const section = ["env", "agent", "train"].find((each) => key === each || key.startsWith(`${each}.`));
  if (section !== undefined && nearest(key, known) === undefined) {
    return 'Settings of all jobs belong under "settings"';
  }
  return suggest(key, known);
}
