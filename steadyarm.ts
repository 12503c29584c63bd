/**
 * @file The entry of the package, for other programs: makes environments, trains, evaluates, diagnoses.
 *
 * docs/api.md documents its exports, which follow semantic versioning. All other files of the package are internal.
 */

import type { z } from "zod";
import { loadEngine } from "./agent/engine/select.ts";
import { checkPolicyFits } from "./agent/policy.ts";
import { diagnose as diagnoseRecord } from "./doctor/diagnose.ts";
import type { Diagnosis } from "./doctor/diagnosis.ts";
import { readRunRecord } from "./doctor/run-record.ts";
import { importSummary } from "./env/import-lines.ts";
import { makeEnv as makeFromConfig, workerModules } from "./env/registry.ts";
import { parseConfig, type RunConfig } from "./shared/config.ts";
import { episodeSizes } from "./shared/episode.ts";
import { refuse, suggest } from "./shared/errors.ts";
import type { GoalEnv, GoalObservation } from "./shared/goal-env.ts";
import { type LoadedPolicy, readPolicy } from "./storage/policy-file.ts";
import { chosenPolicy } from "./storage/policy-folder.ts";
import type { RunResult } from "./storage/run-result.ts";
import { type Evaluation, evaluate as evaluateActions, evaluationSeeds } from "./training/evaluate.ts";
import { resolveSettings, taskPreset } from "./training/resolve-settings.ts";
import { runTraining } from "./training/training-run.ts";
import { newSession, resumeSession } from "./training/training-session.ts";
import { defaultCollectors } from "./training/worker-pool.ts";

export type { CauseName } from "./doctor/cause.ts";
export type { Diagnosis, Finding as DiagnosisFinding } from "./doctor/diagnosis.ts";
export { checkEnv, type Finding } from "./env/check/check-env.ts";
export { type GoalTask, makeGoalEnv } from "./env/make-goal-env.ts";
export { type Box, box, clipInto, contains, sampleBox, symmetricBox } from "./shared/box.ts";
export type { RunConfig } from "./shared/config.ts";
export { Failure, InputError, refuse } from "./shared/errors.ts";
export type { GoalEnv, GoalObservation, ResetOptions, RewardFunction, Step } from "./shared/goal-env.ts";
export { Rng } from "./shared/rng.ts";
export type { RunResult } from "./storage/run-result.ts";
export type { Evaluation } from "./training/evaluate.ts";

/** Settings of a run, as in a file of `--config`: those left out have their defaults (`steadyarm settings`). */
export type Settings = z.input<typeof RunConfig>;

/**
 * Makes a built-in environment; the caller disposes of it.
 *
 * @param id       see `steadyarm envs`
 * @param settings the section `env` of the settings, such as `{ control: "ee", reward: "dense" }`
 * @param gamma    the agent's discount factor, which the potential-shaped reward uses
 * @throws InputError if there is no such environment or a setting is invalid
 */
export async function makeEnv(
  id: string,
  settings: Omit<NonNullable<Settings["env"]>, "id"> = {},
  gamma?: number,
): Promise<GoalEnv> {
  const agent = gamma === undefined ? {} : { gamma };
  const config = parseConfig({ env: { ...settings, id }, agent }, "makeEnv");
  return makeFromConfig(config.env, config.agent.gamma);
}

export interface TrainOptions {
  /** Id of a built-in environment, or a module or function that makes your own; default `panda-reach`. */
  readonly env?: string | (() => GoalEnv | Promise<GoalEnv>);
  /** Environment steps; default that of the preset. */
  readonly steps?: number;
  /** Seed of all randomness; default 1. */
  readonly seed?: number;
  /** Name of a preset (`steadyarm settings`); default that of the task. */
  readonly preset?: string;
  /** Any other settings, which override the preset: `{ agent: { tau: 0.01 } }`. */
  readonly settings?: Settings;
  /** Run folder to create; default `runs/<env>-<reward>-s<seed>-<n>`. */
  readonly out?: string;
  /** Run folder to resume; then only `env`, for a function, and `steps` may be given. */
  readonly resume?: string;
  /** Called after each evaluation. */
  readonly onEvaluation?: (successRate: number, steps: number) => void;
  /** Receives messages, such as warnings; by default they are not shown. */
  readonly print?: (line: string) => void;
  /** Aborting it saves the run and stops; it can be resumed. */
  readonly signal?: AbortSignal;
}

export interface TrainedRun {
  /** Path of the run folder, which every command takes. */
  readonly run: string;
  /** Undefined if `signal` stopped the training. */
  readonly result: RunResult | undefined;
}

/** Options of `train` that a resumed run may not have. */
const NEW_RUN_OPTIONS = ["seed", "preset", "settings", "out"] as const;
const TRAIN_OPTIONS = [...NEW_RUN_OPTIONS, "env", "steps", "resume", "onEvaluation", "print", "signal"];

/**
 * Trains a run, as `steadyarm train` does, and writes its folder.
 *
 * An environment made by a function is trained in this thread; others in worker threads too, unless
 * `settings.train.collectors` is 0.
 *
 * @throws InputError if an option, a setting or the environment is invalid, the disk is full, or training diverges
 */
export async function train(options: TrainOptions = {}): Promise<TrainedRun> {
  refuseUnknown("train", options, TRAIN_OPTIONS);
  const { resume, print = () => {}, onEvaluation = () => {}, signal } = options;
  const own = typeof options.env === "function" ? await options.env() : undefined;
  let env = own;
  try {
    const session = resume === undefined ? startedRun(options, own) : resumedRun(resume, options);
    if ("complete" in session) return { run: session.path, result: session.complete };
    const { config } = session;
    const engine = await loadEngine(config.agent.engine);
    env ??= await makeFromConfig(config.env, config.agent.gamma);
    const folder = session.openFolder(engine, print);
    for (const line of [...importSummary(config.env), ...session.notes]) print(line);
    try {
      const result = await runTraining({
        config,
        folder,
        env,
        ...(own === undefined ? workerModules(config.env, config.agent.gamma) : {}),
        engine,
        reporter: { advance: () => {}, evaluated: onEvaluation, print },
        resume: session.isResumed,
        stopRequested: () => signal?.aborted === true,
      });
      return { run: folder.path, result };
    } finally {
      folder.lock.release();
    }
  } finally {
    env?.dispose();
  }
}

function startedRun(
  { env, steps, seed, preset, settings = {}, out }: TrainOptions,
  own: GoalEnv | undefined,
) {
  const given = { "env.id": own?.id ?? env, "train.steps": steps, "train.seed": seed };
  const assignments = Object.entries(given).filter(([, value]) => value !== undefined);
  const resolved = resolveSettings(settings, {
    where: "train",
    preset: preset ?? taskPreset(settings, assignments),
    assignments,
    chosen: { "train.collectors": own === undefined ? defaultCollectors() : 0 },
  });
  return newSession(resolved, out);
}

function resumedRun(path: string, options: TrainOptions) {
  const other = NEW_RUN_OPTIONS.find((name) => options[name] !== undefined);
  if (other !== undefined)
    throw refuse(
      `train ${other}`,
      "no such option with resume",
      options[other],
      "A resumed run keeps its settings",
    );
  return resumeSession(path, options.steps);
}

/** A policy that was read from a file. */
export interface TrainedPolicy extends LoadedPolicy {
  /** Path of its file. */
  readonly path: string;
  /** Returns the action [A] for an observation, without noise; each number is in [−1, 1]. */
  predict(observation: GoalObservation): Float32Array;
}

/**
 * Reads a policy.
 *
 * @param path a run folder, a policy file, or `zoo/<name>` for a policy that comes with steadyarm
 * @throws InputError if there is none or it is damaged
 */
export function loadPolicy(path: string): TrainedPolicy {
  const file = chosenPolicy(path);
  const loaded = readPolicy(file);
  return {
    ...loaded,
    path: file,
    predict: (observation) => {
      const action = new Float32Array(loaded.sizes.action);
      loaded.policy.act(observation, action);
      return action;
    },
  };
}

export interface EvaluateOptions {
  /** Default 100. */
  readonly episodes?: number;
  /** Seed of starts and goals; default 1. */
  readonly seed?: number;
  /** Needed for a policy of an environment that a function made. The caller disposes of it. */
  readonly env?: GoalEnv;
}

/**
 * Plays episodes with a policy, without noise, as `steadyarm eval` does, and returns the means.
 *
 * @param policy from `loadPolicy`, or a path that it takes
 * @throws InputError if the policy or an option is invalid, or the policy does not fit the environment
 */
export async function evaluate(
  policy: string | TrainedPolicy,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  refuseUnknown("evaluate", options, ["episodes", "seed", "env"]);
  const { episodes = 100, seed = 1 } = options;
  if (!(Number.isInteger(episodes) && episodes >= 1))
    throw refuse("evaluate episodes", "an integer ≥ 1", episodes);
  const { path, config, sizes, policy: loaded } = typeof policy === "string" ? loadPolicy(policy) : policy;
  const env = options.env ?? (await makeFromConfig(config.env, config.agent.gamma));
  try {
    checkPolicyFits(sizes, episodeSizes(env), path, env.id);
    return await evaluateActions(env, loaded.act, evaluationSeeds(seed, "final", episodes));
  } finally {
    if (options.env === undefined) env.dispose();
  }
}

/**
 * Diagnoses why a run's actor does not learn or its policy does not hold its goal, as `steadyarm doctor` does.
 *
 * @param run             run folder
 * @param options.rollOut whether to test if a policy that succeeds holds its goal, about three seconds; default true
 * @throws InputError if it is not a run, or has no evaluation yet
 */
export async function diagnose(
  run: string,
  options: { readonly rollOut?: boolean } = {},
): Promise<Diagnosis> {
  refuseUnknown("diagnose", options, ["rollOut"]);
  return diagnoseRecord(readRunRecord(run), options);
}

/** Throws InputError for an option that does not exist: JavaScript would ignore it. */
function refuseUnknown(where: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) throw refuse(where, "known options", unknown, suggest(unknown, known));
}
