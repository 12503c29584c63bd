/** @file Diagnoses a run: computes its metrics, and ranks the causes that they indicate. */

import { isOwn, makeEnv } from "../env/registry.ts";
import { SUCCESS_DISTANCE } from "../env/tasks/reward.ts";
import type { RunConfig } from "../shared/config.ts";
import { type EpisodeSizes, episodeSizes } from "../shared/episode.ts";
import { InputError } from "../shared/errors.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import type { CauseName } from "./cause.ts";
import { type ProbeMetrics, probeCheckpoint } from "./checkpoint-probe.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { type Examined, examine } from "./examinations/examine.ts";
import { examinedRun } from "./examined-run.ts";
import { probeHolding } from "./hold-probe.ts";
import { isHealthy } from "./is-healthy.ts";
import { rank } from "./rank.ts";
import { collectMetrics, type RunMetrics, withHolding } from "./run-metrics.ts";
import type { RunRecord } from "./run-record.ts";
import { withStatedConfidence } from "./stated-confidence.ts";
import { isSameTask, storedSizes } from "./stored-sizes.ts";
import { unusualSettings } from "./unusual-settings.ts";

/** Important metrics, and what cannot be examined without them. */
const EXPECTED_METRICS: readonly (readonly [metric: string, unknown: string])[] = [
  [
    "diagnostics/reward_density",
    "rewards, gradients and goal coverage: train.diagnostics is off, or no episode was stored yet",
  ],
  ["train/critic_loss", "updates: there were none before the newest evaluation"],
  ["probe/input_rms", "inputs, dead units, learning rates and exploration: no usable checkpoint"],
  ["doctor/swings", "oscillation: fewer than 5 evaluations since success first reached 0.8"],
];

const NOT_EXAMINED: Examined = { figures: {}, skipped: [] };

/** Computes a run's metrics and examines it, beside its environment if there is one. */
async function metricsOf(record: RunRecord): Promise<{ metrics: RunMetrics } & Examined> {
  const { run, config, agent, rows } = record;
  const stored = agent === undefined ? undefined : storedSizes(run, agent.memory.replay);
  const made = await intactEnv(config, stored);
  const env = typeof made === "string" ? undefined : made;
  try {
    const sizes = env === undefined ? stored : episodeSizes(env);
    const examined =
      agent === undefined || sizes === undefined ? undefined : examinedRun(record, agent, sizes, env);
    const successDistance = env === undefined || isOwn(config.env) ? Number.NaN : SUCCESS_DISTANCE;
    const probe: ProbeMetrics = examined === undefined ? {} : probeCheckpoint(examined, successDistance);
    const { figures, skipped } = examined === undefined ? NOT_EXAMINED : await examine(examined);
    const rewardRange = env?.rewardRange ?? ([Number.NaN, Number.NaN] as const);
    const { gamma, tau, targetNetworks, her, rewardScale, normalizeReturns } = config.agent;
    const { warmupSteps, updatesPerStep, batchNorm } = config.agent;
    const hasBatchNorm = batchNorm.actor !== "off" || batchNorm.critic !== "off";
    const [low, high] = rewardRange;
    const sparse = config.env.reward === "sparse" && low === -1 && high === 0;
    const metrics = collectMetrics(
      rows,
      { ...probe, ...figures, "doctor/unusual_factor": unusualSettings(config)[0]?.factor ?? 1 },
      {
        gamma,
        rewardScale: normalizeReturns ? Number.NaN : rewardScale,
        steps: config.train.steps,
        warmupSteps,
        updatesPerStep,
        averaging: config.agent.actorAveraging,
        evaluationEpisodes: config.train.evaluationEpisodes,
        normRate: hasBatchNorm ? batchNorm.rate : Number.NaN,
        tau,
        targetNetworks,
        rewardRange,
        sparse,
        hindsight: her.k > 0,
      },
    );
    const remarks = typeof made === "string" ? [`environment: ${made}`] : [];
    return { metrics, figures, skipped: [...remarks, ...skipped] };
  } finally {
    env?.dispose();
  }
}

/** Returns the environment that a run's settings name, or why there is none. */
async function intactEnv(config: RunConfig, stored: EpisodeSizes | undefined): Promise<GoalEnv | string> {
  try {
    const env = await makeEnv(config.env, config.agent.gamma);
    if (stored === undefined || isSameTask(episodeSizes(env), stored)) return env;
    env.dispose();
    return `the run was not of ${config.env.id}, but of a task with other observations, goals or actions`;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** Causes that a run with a high success rate can have. */
const HEALTHY_CAUSES: readonly CauseName[] = ["noisy-critic", "no-hold"];

/**
 * Returns the causes why a run's actor does not learn or its policy does not hold, highest confidence first.
 *
 * @param options.rollOut whether to test if a policy that succeeds holds its goal, about three seconds
 * @throws InputError if its networks do not fit its config
 */
export async function diagnose(
  record: RunRecord,
  { rollOut = true }: { readonly rollOut?: boolean } = {},
): Promise<Diagnosis> {
  const { metrics, figures, skipped } = await metricsOf(record);
  const healthy = isHealthy(metrics.get("eval/success_rate"), record.config.train.evaluationEpisodes);
  const hold = healthy && rollOut ? await probeHolding(record.run) : undefined;
  const isProbe = typeof hold === "object";
  const all = withStatedConfidence(rank(isProbe ? withHolding(metrics, hold) : metrics, record.config));
  const findings = healthy ? all.filter(({ cause }) => HEALTHY_CAUSES.includes(cause)) : all;
  return {
    run: record.run,
    verdict: findings[0]?.cause ?? (healthy ? "healthy" : "unexplained"),
    findings,
    examinations: figures,
    ...(isProbe ? { hold } : {}),
    unknown: [
      ...EXPECTED_METRICS.filter(([metric]) => !metrics.has(metric)).map(([, unknown]) => unknown),
      ...skipped,
      ...(typeof hold === "string" ? [hold] : []),
      ...record.remarks,
    ],
  };
}
