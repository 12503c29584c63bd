/**
 * @file What a sweep is: tasks to learn, methods to compare, seeds to repeat; as data, from a file or built in.
 *
 * Tasks and methods are told apart because the statistics do: results are compared between methods and
 * aggregated over tasks (Agarwal et al. 2021, arXiv:2108.13264).
 */

import { z } from "zod";
import { isRecord } from "../../shared/config.ts";
import { InputError, nearest, refuse, show, suggest, unquoted } from "../../shared/errors.ts";

/** More seeds than anybody means. */
const MOST_SEEDS = 10_000;

/** A list of values of the setting that the axis is named after, or settings by the name they shall go by. */
export type Axis = readonly unknown[] | Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface SweepSpec {
  /** What the report calls it. */
  readonly name: string;
  /** One sentence for the report; "" for none. */
  readonly about: string;
  /** The preset under everything. */
  readonly preset: string;
  /** Settings of every job, by path or by section, as in a config file. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Axis by name: every combination is one task. */
  readonly tasks: Readonly<Record<string, Axis>>;
  /** Axis by name: every combination is one method. */
  readonly methods: Readonly<Record<string, Axis>>;
  /** In the order they are run. */
  readonly seeds: readonly number[];
}

const Axes = z.record(
  z.string(),
  z.union([z.array(z.unknown()), z.record(z.string(), z.record(z.string(), z.unknown()))]),
);

const Written = z.strictObject({
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
  tasks: "axes: a setting's path with a list of values, or a name with settings by name",
  methods: "axes: a setting's path with a list of values, or a name with settings by name",
  seeds: 'integers, as "1-10" or a list',
};

/**
 * Checks what a person wrote. Settings in it are checked when the jobs are planned.
 *
 * @param input an object as parsed from YAML or JSON
 * @param where what it was read from, for the error
 * @param name  what it is called where it does not say
 * @throws InputError with one line for each fault
 */
export function parseSweep(input: unknown, where: string, name: string): SweepSpec {
  if (!isRecord(input)) throw refuse(where, "a sweep: tasks, methods and seeds", input);
  const parsed = Written.safeParse(input);
  if (!parsed.success) {
    const lines = new Set(parsed.error.issues.flatMap((issue) => explain(issue, input, where)));
    throw new InputError([...lines].join("\n"));
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
 * Reads seeds as a person writes them.
 *
 * @param written `1-10`, `1-3,7`, or a list of integers
 * @throws InputError if one is no seed, is there twice, or there is none
 */
export function parseSeeds(written: string | readonly unknown[], where: string): readonly number[] {
  const seeds =
    typeof written === "string" ? written.split(",").flatMap((part) => range(part, where)) : written;
  if (seeds.length === 0) throw refuse(where, "at least one seed", unquoted("none"));
  if (seeds.length > MOST_SEEDS) throw refuse(where, `at most ${MOST_SEEDS} seeds`, seeds.length);
  const seen = new Set<number>();
  for (const seed of seeds) {
    if (typeof seed !== "number" || !Number.isSafeInteger(seed) || seed < 0) {
      throw refuse(where, "integers ≥ 0", seed);
    }
    if (seen.has(seed)) {
      throw refuse(
        where,
        "each seed once",
        unquoted(`${seed} twice`),
        "The same seed gives the same run again",
      );
    }
    seen.add(seed);
  }
  return [...seen];
}

function range(part: string, where: string): number[] {
  const found = /^\s*(\d{1,15})\s*(?:-\s*(\d{1,15})\s*)?$/.exec(part);
  const first = Number(found?.[1]);
  const last = Number(found?.[2] ?? found?.[1]);
  if (found === null || last < first) throw refuse(where, 'integers such as "1-10" or "1-3,7"', part);
  if (last - first >= MOST_SEEDS) throw refuse(where, `at most ${MOST_SEEDS} seeds`, last - first + 1);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function explain(issue: z.core.$ZodIssue, input: Readonly<Record<string, unknown>>, where: string): string[] {
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(EXPECTED);
    return issue.keys.map((key) => `${where}: unknown key ${show(key)}. ${hint(key, known)}`);
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
    return 'Settings of every job go under "settings"';
  }
  return suggest(key, known);
}
