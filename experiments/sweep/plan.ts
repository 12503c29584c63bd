/** @file From a sweep to its jobs: every task × method × seed, each with settings that have been checked. */

import { createHash } from "node:crypto";
import { isRecord, parseConfig, type RunConfig, setByPath } from "../../shared/config.ts";
import { InputError, refuse, suggest, unquoted } from "../../shared/errors.ts";
import { PRESETS } from "../../shared/presets.ts";
import type { Axis, SweepSpec } from "./sweep-spec.ts";

/** More jobs than a plan can reasonably mean. */
const MOST_JOBS = 100_000;

/** One training of a sweep. */
export interface SweepJob {
  /** A letter and hexadecimal digits: a function of settings, seed and code, so the same job has it anywhere. */
  readonly id: string;
  readonly task: string;
  readonly method: string;
  readonly seed: number;
  readonly config: RunConfig;
}

/** Settings under the name that a table shows. */
interface Variant {
  readonly label: string;
  /** Where it was written, for errors. */
  readonly where: string;
  readonly preset: string | undefined;
  /** By path. */
  readonly settings: readonly (readonly [path: string, value: unknown])[];
}

/**
 * All jobs of a sweep, seed by seed: a sweep that is cut short has compared everything on fewer seeds.
 *
 * @param where what the sweep was read from, for errors
 * @param code  the code's version, part of each job's id
 * @throws InputError if settings are unknown or wrong, or two methods are the same
 */
export function planJobs(sweep: SweepSpec, where: string, code: string): readonly SweepJob[] {
  const base = toVariant("", sweep.settings, `${where}: settings`);
  checkAlone(base);
  const bottom = base.preset ?? checkPreset(sweep.preset, `${where}: preset`);
  const tasks = combine(sweep.tasks, `${where}: tasks`);
  const methods = combine(sweep.methods, `${where}: methods`);
  const count = tasks.length * methods.length * sweep.seeds.length;
  if (count > MOST_JOBS) throw refuse(where, `at most ${MOST_JOBS} jobs`, count);

  const resolve = (task: Variant, method: Variant, seed: number): RunConfig => {
    const settings = structuredClone<Record<string, unknown>>(
      presetNamed(method.preset ?? task.preset ?? bottom),
    );
    for (const [path, value] of [...base.settings, ...task.settings, ...method.settings]) {
      setByPath(settings, path, value);
    }
    setByPath(settings, "train.seed", seed);
    return parseConfig(settings, [where, task.label, method.label].filter((part) => part !== "").join(": "));
  };
  const jobs: SweepJob[] = [];
  const known = new Map<string, SweepJob>();
  for (const seed of sweep.seeds) {
    for (const task of tasks) {
      for (const method of methods) {
        const config = resolve(task, method, seed);
        const job: SweepJob = {
          id: jobId(config, code),
          task: task.label === "" ? config.env.id : task.label,
          method: method.label === "" ? (method.preset ?? task.preset ?? bottom) : method.label,
          seed,
          config,
        };
        const twin = known.get(job.id);
        if (twin !== undefined) {
          throw new InputError(
            `${where}: "${twin.task} · ${twin.method}" and "${job.task} · ${job.method}" are the same settings. Leave one out`,
          );
        }
        known.set(job.id, job);
        jobs.push(job);
      }
    }
  }
  return jobs;
}

/** The same for the same settings, seed and code. */
export function jobId(config: RunConfig, code: string): string {
  const text = `${code} ${canonicalJson(config)}`;
  return `j${createHash("sha256").update(text).digest("hex").slice(0, 15)}`;
}

/** One line that names a job to a person. */
export function jobName({ task, method, seed }: Pick<SweepJob, "task" | "method" | "seed">): string {
  return `${task} · ${method} · seed ${seed}`;
}

/**
 * The jobs of one of `of` equal parts, dealt out in turn.
 *
 * @param part from 1
 */
export function shardOf<T>(jobs: readonly T[], part: number, of: number): readonly T[] {
  return jobs.filter((_, index) => index % of === part - 1);
}

/** JSON with keys in order, so that equal values are equal texts. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? "null";
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join(",")}}`;
}

/** Every combination of one value from each axis; a single nameless one if there is no axis. */
function combine(axes: Readonly<Record<string, Axis>>, where: string): readonly Variant[] {
  let combined: readonly Variant[] = [{ label: "", where, preset: undefined, settings: [] }];
  for (const [name, axis] of Object.entries(axes)) {
    const variants = variantsOf(name, axis, `${where}.${name}`);
    for (const variant of variants) checkAlone(variant);
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
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) throw refuse(where, "each combination once", unquoted(`"${twice}" twice`));
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

/** A word speaks for itself; of a number or switch one must know whose. */
function labelOf(path: string, value: unknown): string {
  if (typeof value === "string") return value;
  return `${path.slice(path.lastIndexOf(".") + 1)} ${JSON.stringify(value)}`;
}

function toVariant(label: string, written: Readonly<Record<string, unknown>>, where: string): Variant {
  const settings: (readonly [string, unknown])[] = [];
  const visit = (node: Readonly<Record<string, unknown>>, above: string) => {
    for (const [key, value] of Object.entries(node)) {
      const path = above === "" ? key : `${above}.${key}`;
      if (path === "preset") continue;
      if (path === "train.seed") throw new InputError(`${where}: train.seed is set by "seeds", not here`);
      if (isRecord(value)) visit(value, path);
      else settings.push([path, value]);
    }
  };
  visit(written, "");
  const { preset } = written;
  return {
    label,
    where,
    settings,
    preset: preset === undefined ? undefined : checkPreset(preset, `${where}: preset`),
  };
}

/** Faults that can be seen without the rest are told where they were written. */
function checkAlone({ settings, where, preset }: Variant): void {
  const alone = structuredClone<Record<string, unknown>>(preset === undefined ? {} : presetNamed(preset));
  for (const [path, value] of settings) setByPath(alone, path, value);
  try {
    parseConfig(alone, where);
  } catch (error) {
    // What contradicts a default may suit the rest of the sweep; wrong names and values never do.
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
