/**
 * @file All settings of a run: `RunConfig`, and `parseConfig`, which checks them and fills in the defaults.
 *
 * The settings themselves are declared in three files, one for each section:
 *
 *     env.…     env-config.ts     arm, task, reward, control, randomisation
 *     agent.…   agent-config.ts   networks, updates, exploration, replay
 *     train.…   train-config.ts   seed, steps, evaluations, checkpoints
 *
 * Each declaration (setting.ts) has type, range, default, meaning and origin. It validates config files and flags, is
 * printed by `steadyarm settings`, and is stored in each run's manifest.
 */

import { z } from "zod";
import { AgentConfig } from "./agent-config.ts";
import { EnvConfig } from "./env-config.ts";
import { InputError, MAX_FAULTS, nearest, refuse, shorten, show, suggest } from "./errors.ts";
import { isRecord } from "./is-record.ts";
import { notes, type SettingNote } from "./setting.ts";
import { TrainConfig } from "./train-config.ts";

/** All settings of a run. Strict: a misspelt key is an error, rather than training with a default. */
export const RunConfig = z.strictObject({
  env: EnvConfig.prefault({}),
  agent: AgentConfig.prefault({}),
  train: TrainConfig.prefault({}),
});
export type RunConfig = z.infer<typeof RunConfig>;
export type { EnvConfig } from "./env-config.ts";
export type { TrainConfig } from "./train-config.ts";

/** One setting, as `steadyarm settings` lists it. */
export interface Setting extends SettingNote {
  /** `agent.her.k` */
  readonly path: string;
  readonly defaultValue: unknown;
}

/** Lists every setting, in the order of declaration. */
export function settings(): readonly Setting[] {
  const found: Setting[] = [];
  const visit = (schema: unknown, value: unknown, path: string) => {
    const note = schema instanceof z.ZodType ? notes.get(schema) : undefined;
    if (note !== undefined) {
      found.push({ path, defaultValue: value, ...note });
      return;
    }
    const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
    if (!(inner instanceof z.ZodObject)) return;
    for (const [key, child] of Object.entries(inner.shape)) {
      visit(child, isRecord(value) ? value[key] : undefined, path === "" ? key : `${path}.${key}`);
    }
  };
  visit(RunConfig, RunConfig.parse({}), "");
  return found;
}

/**
 * Validates settings and fills in the defaults.
 *
 * @param input an object parsed from YAML, JSON or flags; sections and settings may be missing
 * @param where the file or flag it was read from, for error messages
 * @returns a new, deeply frozen config
 * @throws InputError with a line for every invalid setting
 */
export function parseConfig(input: unknown, where: string): RunConfig {
  const result = RunConfig.safeParse(input);
  if (!result.success) throw new InputError(faultLines(result.error.issues, input, where));
  const conflicts = conflictsIn(result.data);
  if (conflicts.length > 0) throw new InputError(conflicts.map((line) => `${where}: ${line}`));
  return deepFreeze(result.data);
}

/** Returns an error line for each pair of settings that are valid one by one but not together. */
function conflictsIn(config: RunConfig): string[] {
  const lines: string[] = [];
  const { agent, train } = config;
  if (train.holdSeconds > 0 && train.holdSeconds < 3) {
    lines.push(
      `train.holdSeconds ${train.holdSeconds} is less than the 3 s that an arm has to reach its goal; use at least 3, or 0 for no test`,
    );
  }
  if (agent.batchSize > agent.replayCapacity) {
    lines.push(
      `agent.batchSize ${agent.batchSize} exceeds agent.replayCapacity ${agent.replayCapacity}; lower one or raise the other`,
    );
  }
  const { critics } = agent;
  for (const network of ["actor", "critic"] as const) {
    if (agent.layerNorm[network] && agent.batchNorm[network] !== "off") {
      lines.push(
        `agent.layerNorm.${network} and agent.batchNorm.${network} normalise the same layers; turn one off`,
      );
    }
  }
  if (agent.batchNorm.actor !== "off" && agent.exploration.parameterNoise > 0) {
    lines.push(
      "agent.exploration.parameterNoise would perturb the running statistics of agent.batchNorm.actor; turn one off",
    );
  }
  if (critics.targetMin > critics.count) {
    lines.push(
      `agent.critics.targetMin ${critics.targetMin} exceeds agent.critics.count ${critics.count}; lower one or raise the other`,
    );
  }
  const { rewardingShare, movedShare } = agent.replay;
  const shares = rewardingShare + movedShare + agent.demos.share;
  if (shares > 1) {
    lines.push(
      `agent.replay.rewardingShare ${rewardingShare}, agent.replay.movedShare ${movedShare} and agent.demos.share ${agent.demos.share} add up to more than 1`,
    );
  }
  if (agent.replay.kind === "prioritized" && shares > 0) {
    lines.push(
      "agent.replay.kind prioritized samples by TD error only; set agent.replay.rewardingShare, agent.replay.movedShare and agent.demos.share to 0",
    );
  }
  if (config.train.demos.folder === "" && (agent.demos.share > 0 || agent.demos.bcWeight > 0)) {
    lines.push(
      "agent.demos needs demonstrations: name their folder with --demos, or set agent.demos.share and agent.demos.bcWeight to 0",
    );
  }
  return lines;
}

/** Returns an error line for each invalid setting; those that will not be shown are not explained. */
function faultLines(issues: readonly z.core.$ZodIssue[], input: unknown, where: string): string[] {
  // By path, because a number that breaks two rules (too large and not an integer) has two issues.
  const faults = new Map<string, Fault>();
  for (const issue of issues) {
    const path = issue.path.map(String);
    const unknownKeys = issue.code === "unrecognized_keys" ? issue.keys : [undefined];
    for (const unknownKey of unknownKeys) {
      const full = unknownKey === undefined ? path : [...path, unknownKey];
      faults.set(JSON.stringify(full), { path, unknownKey });
    }
  }
  const known = settings();
  return [...faults.values()].map((fault, i) => (i < MAX_FAULTS ? explain(fault, input, where, known) : ""));
}

/** An invalid value at a path, or an unknown key in the section at the path. */
interface Fault {
  readonly path: readonly string[];
  readonly unknownKey: string | undefined;
}

function explain(
  { path, unknownKey }: Fault,
  input: unknown,
  where: string,
  all: readonly Setting[],
): string {
  if (unknownKey !== undefined) {
    const known = all.map((setting) => setting.path);
    const siblings = known
      .filter((name) => path.length === 0 || name.startsWith(`${path.join(".")}.`))
      .map((name) => name.split(".")[path.length] ?? name);
    const full = [...path, unknownKey].join(".");
    const suggestion = suggestSetting(full, unknownKey, [...new Set(siblings)], known);
    return `${where}: unknown setting ${shorten(full)}. ${suggestion}`;
  }
  const value = path.reduce<unknown>(
    (node, key) => (isRecord(node) || Array.isArray(node) ? Reflect.get(node, key) : undefined),
    input,
  );
  const full = path.join(".");
  const note = all.find(({ path: name }) => full === name || full.startsWith(`${name}.`));
  const expected = note?.expected ?? "a mapping of settings";
  return `${where}: ${full || "config"}: expected ${expected}, got ${show(value)}`;
}

function suggestSetting(
  full: string,
  key: string,
  siblings: readonly string[],
  known: readonly string[],
): string {
  if (key === "polyak") return 'Did you mean "agent.tau", which is 1 − polyak?';
  const sibling = nearest(key, siblings);
  if (sibling !== undefined) {
    return `Did you mean "${full.slice(0, full.length - key.length)}${sibling}"?`;
  }
  const elsewhere = known.find((name) => name.endsWith(`.${key}`)) ?? nearest(full, known);
  return elsewhere === undefined ? suggest(key, siblings) : `Did you mean "${elsewhere}"?`;
}

/**
 * Sets one setting in a tree of settings, creating sections as needed.
 *
 * @param path `agent.her.k`
 * @throws InputError if the path is invalid or leads through a value that is not a section
 */
export function setByPath(settings: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split(".");
  if (keys.some((key) => key === "" || key === "__proto__" || key === "constructor" || key === "prototype")) {
    throw refuse(`--set ${path}`, "a setting's path such as agent.her.k", path);
  }
  let node = settings;
  for (const key of keys.slice(0, -1)) {
    const next = Object.hasOwn(node, key) ? node[key] : undefined;
    if (next === undefined) {
      const section: Record<string, unknown> = {};
      node[key] = section;
      node = section;
    } else if (isRecord(next)) node = next;
    else throw new InputError(`--set ${path}: ${key} is a value, not a section`);
  }
  node[keys[keys.length - 1]!] = value;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}
