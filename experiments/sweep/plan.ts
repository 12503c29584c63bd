/** @file Expands a sweep into its jobs: every task × method × seed, with validated settings. */

import { createHash } from "node:crypto";
import { parseConfig, type RunConfig, setByPath } from "../../shared/config.ts";
import { InputError, refuse, suggest, unquoted } from "../../shared/errors.ts";
import { isRecord } from "../../shared/is-record.ts";
import { PRESETS } from "../../shared/presets.ts";
import { moduleSettings } from "../../training/resolve-settings.ts";
import type { Axis, SweepSpec } from "./sweep-spec.ts";

/** A larger plan is assumed to be a mistake. */
const MAX_JOBS = 100_000;

/** One training run of a sweep. */
export interface SweepJob {
  /** Hash of settings, seed and code version: identical on every machine. */
  readonly id: string;
  readonly task: string;
  readonly method: string;
  readonly seed: number;
  readonly config: RunConfig;
}

/** Settings with their label in tables. */
interface Variant {
  readonly label: string;
  /** Origin in the sweep file, for errors. */
  readonly where: string;
  readonly preset: string | undefined;
  readonly settings: readonly (readonly [path: string, value: unknown])[];
}

/**
 * All jobs of a sweep, ordered by seed, so that an interrupted sweep has compared all methods on fewer seeds.
 *
 * @param where the source of the sweep, for errors
 * @param code  the code version, part of each job id
 * @throws InputError if a setting is unknown or invalid, or two methods have the same settings
 */
export function planJobs(sweep: SweepSpec, where: string, code: string): readonly SweepJob[] {
  const base = toVariant("", sweep.settings, `${where}: settings`);
  checkSeparately(base);
  const defaultPreset = base.preset ?? checkPreset(sweep.preset, `${where}: preset`);
  const tasks = combine(sweep.tasks, `${where}: tasks`);
  const methods = combine(sweep.methods, `${where}: methods`);
  const count = tasks.length * methods.length * sweep.seeds.length;
  if (count > MAX_JOBS) throw refuse(where, `at most ${MAX_JOBS} jobs`, count);

  const resolve = (task: Variant, method: Variant, seed: number): RunConfig => {
    const settings = structuredClone<Record<string, unknown>>(
      presetNamed(method.preset ?? task.preset ?? defaultPreset),
    );
    for (const [path, value] of [...base.settings, ...task.settings, ...method.settings]) {
      setByPath(settings, path, value);
    }
    setByPath(settings, "train.seed", seed);
    for (const [path, value] of moduleSettings(settings)) setByPath(settings, path, value);
    return parseConfig(settings, [where, task.label, method.label].filter((part) => part !== "").join(": "));
  };
  const jobs: SweepJob[] = [];
  const byId = new Map<string, SweepJob>();
  for (const seed of sweep.seeds) {
    for (const task of tasks) {
      for (const method of methods) {
        const config = resolve(task, method, seed);
        const job: SweepJob = {
          id: jobId(config, code),
          task: task.label === "" ? config.env.id : task.label,
          method: method.label === "" ? (method.preset ?? task.preset ?? defaultPreset) : method.label,
          seed,
          config,
        };
        const duplicate = byId.get(job.id);
        if (duplicate !== undefined) {
          throw refuse(
            where,
            "different settings for each task and method",
            unquoted(
              `the same for "${duplicate.task} · ${duplicate.method}" and "${job.task} · ${job.method}"`,
            ),
            "Remove one of them",
          );
        }
        byId.set(job.id, job);
        jobs.push(job);
      }
    }
  }
  return jobs;
}

/** A letter and 15 hexadecimal digits: a hash of the settings (which include the seed) and the code version. */
export function jobId(config: RunConfig, code: string): string {
  const text = `${code} ${canonicalJson(config)}`;
  return `j${createHash("sha256").update(text).digest("hex").slice(0, 15)}`;
}

/** Display name: `panda-reach · steady · seed 1`. */
export function jobName({ task, method, seed }: Pick<SweepJob, "task" | "method" | "seed">): string {
  return `${task} · ${method} · seed ${seed}`;
}

/**
 * Every `of`-th job, starting with job number `part`.
 *
 * @param part 1 to `of`
 */
export function shardOf<T>(jobs: readonly T[], part: number, of: number): readonly T[] {
  return jobs.filter((_, index) => index % of === part - 1);
}

/** JSON with sorted keys, so that equal values have equal text. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? "null";
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join(",")}}`;
}

/** The Cartesian product of the axes; a single variant with an empty label if there is no axis. */
function combine(axes: Readonly<Record<string, Axis>>, where: string): readonly Variant[] {
  let combined: readonly Variant[] = [{ label: "", where, preset: undefined, settings: [] }];
  for (const [name, axis] of Object.entries(axes)) {
    const variants = variantsOf(name, axis, `${where}.${name}`);
    for (const variant of variants) checkSeparately(variant);
    combined = combined.flatMap((left) =>
      variants.map((right) => ({
        label: [left.label, right.label].filter((part) => part !== "").join(", "),
        where,
        preset: right.preset ?? left.preset,
        settings: [...left.settings, ...right.settings],
      })),
    );
  }
  const labels = combined.map(({ label }) => label);
  const repeated = labels.find((label, i) => labels.indexOf(label) !== i);
  if (repeated !== undefined) throw refuse(where, "each combination once", unquoted(`"${repeated}" twice`));
  return combined;
}

function variantsOf(name: string, axis: Axis, where: string): Variant[] {
  if (isList(axis)) {
    return axis.map((value) => toVariant(labelOf(name, value), { [name]: value }, where));
  }
  return Object.entries(axis).map(([label, settings]) => toVariant(label, settings, `${where}.${label}`));
}

function isList(axis: Axis): axis is readonly unknown[] {
  return Array.isArray(axis);
}

/** Text is its own label; other values are preceded by the setting's name: `tau 0.1`. */
function labelOf(path: string, value: unknown): string {
  if (typeof value === "string") return value;
  return `${path.slice(path.lastIndexOf(".") + 1)} ${JSON.stringify(value)}`;
}

function toVariant(label: string, input: Readonly<Record<string, unknown>>, where: string): Variant {
  const settings: (readonly [string, unknown])[] = [];
  const visit = (node: Readonly<Record<string, unknown>>, parent: string) => {
    for (const [key, value] of Object.entries(node)) {
      const path = parent === "" ? key : `${parent}.${key}`;
      if (path === "preset") continue;
      if (path === "train.seed") throw new InputError(`${where}: train.seed is set by "seeds", not here`);
      if (isRecord(value)) visit(value, path);
      else settings.push([path, value]);
    }
  };
  visit(input, "");
  const { preset } = input;
  return {
    label,
    where,
    settings,
    preset: preset === undefined ? undefined : checkPreset(preset, `${where}: preset`),
  };
}

/** Validates a variant by itself where possible, so that the error names its place in the file. */
function checkSeparately({ settings, where, preset }: Variant): void {
  const input = structuredClone<Record<string, unknown>>(preset === undefined ? {} : presetNamed(preset));
  for (const [path, value] of settings) setByPath(input, path, value);
  try {
    parseConfig(input, where);
  } catch (error) {
    // A conflict with a default may be resolved by other settings of the sweep; an unknown name or invalid value cannot.
    if (!(error instanceof InputError) || !/: (unknown setting|\S+: expected)/.test(error.message)) return;
    throw error;
  }
}

function checkPreset(name: unknown, where: string): string {
  const names = PRESETS.map((preset) => preset.name);
  if (typeof name === "string" && names.includes(name)) return name;
  const remedy = typeof name === "string" ? suggest(name, names) : `Available: ${names.join(", ")}`;
  throw refuse(where, "a preset's name", name, remedy);
}

function presetNamed(name: string): Record<string, unknown> {
  return { ...PRESETS.find((preset) => preset.name === name)?.settings };
}
