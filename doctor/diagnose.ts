/** @file Diagnoses a run: computes its metrics, matches them with the table of causes and ranks the findings. */

import { isOwn, makeEnv } from "../env/registry.ts";
import { SUCCESS_DISTANCE } from "../env/tasks/reward.ts";
import type { RunConfig } from "../shared/config.ts";
import { type EpisodeSizes, episodeSizes } from "../shared/episode.ts";
import { InputError } from "../shared/errors.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { isRecord } from "../shared/is-record.ts";
import type { Cause, CauseName, Origin, Pattern, Symptom } from "./cause.ts";
import { CAUSES } from "./causes.ts";
import { type ProbeMetrics, probeCheckpoint } from "./checkpoint-probe.ts";
import type { Diagnosis, Evidence, Finding } from "./diagnosis.ts";
import { type Examined, examine } from "./examinations/examine.ts";
import { examinedRun } from "./examined-run.ts";
import { probeHolding } from "./hold-probe.ts";
import { collectMetrics, type RunMetrics, withHolding } from "./run-metrics.ts";
import type { RunRecord } from "./run-record.ts";
import { isSameTask, storedSizes } from "./stored-sizes.ts";
import { unusualSettings } from "./unusual-settings.ts";
import { DIFFERS } from "./update-symptoms.ts";

/** Minimum success rate of a healthy run: at each of the newest evaluations, or on average over the settled ones. */
const HEALTHY_RATE = 0.9;
const HEALTHY_EVALUATIONS = 2;

/** Factor on the confidence of a finding that another finding leads to. */
const EFFECT_FACTOR = 0.4;

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

/** A success rate differs from that of the same episodes by rounding at most. */
const REPEATED_RATE = 0.01;

/** Cosine below which two ways of the weights from the same start are not the same. */
const AGREEMENT = 0.9;

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
  const healthy = isHealthy(metrics);
  const hold = healthy && rollOut ? await probeHolding(record.run) : undefined;
  const isProbe = typeof hold === "object";
  const all = rank(isProbe ? withHolding(metrics, hold) : metrics, record.config);
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

/** Returns whether the policy achieves the goal reliably in the newest evaluations. */
function isHealthy(metrics: RunMetrics): boolean {
  const success = metrics.get("eval/success_rate");
  const newest = success?.trend.slice(-HEALTHY_EVALUATIONS) ?? [0];
  return Math.min(...newest) >= HEALTHY_RATE || (success?.value ?? 0) >= HEALTHY_RATE;
}

/** Returns a finding for each cause with a matching pattern, highest confidence first. */
export function rank(metrics: RunMetrics, config: RunConfig): Finding[] {
  const byConfidence = (a: Finding, b: Finding) => b.confidence - a.confidence;
  const origin = provenOrigin(metrics);
  const unusual = origin === "settings" ? unusualSettings(config).map(({ path }) => path) : [];
  const matched = CAUSES.flatMap((cause) => {
    const pattern = matchingPattern(cause, metrics);
    if (pattern === undefined) return [];
    const canBe =
      (origin === undefined || (cause.origins ?? LEARNER).includes(origin)) &&
      isShown(cause, metrics) &&
      (unusual.length === 0 || namesOneOf(unusual, cause)) &&
      (metrics.get(DIFFERS.metric)?.value !== 0 || isInUpdate(pattern) || canBeOfEnvironment(cause));
    return [{ finding: makeFinding(cause, pattern, metrics, config), canBe }];
  });
  // A cause that names the setting says more than that it is unusual.
  const isNamed =
    unusual.length > 0 &&
    matched.some(
      ({ finding, canBe }) => canBe && finding.cause !== "unusual-settings" && finding.confidence > 0.5,
    );
  const findings = matched
    .map(({ finding, canBe }) =>
      canBe && !(isNamed && finding.cause === "unusual-settings")
        ? finding
        : { ...finding, confidence: finding.confidence * EFFECT_FACTOR },
    )
    .sort(byConfidence);
  return findings
    .map((finding) => {
      const root = findings.find(
        (other) => other.confidence >= finding.confidence && effectsOf(other.cause).includes(finding.cause),
      );
      if (root === undefined) return finding;
      return { ...finding, confidence: finding.confidence * EFFECT_FACTOR, followsFrom: root.cause };
    })
    .sort(byConfidence);
}

/** Whether a part of the repeated episodes differs in which the cause would show; true if no episode differs. */
function isShown({ differsIn }: Cause, metrics: RunMetrics): boolean {
  const figure = (name: string) => metrics.get(`exam/other_${name}`)?.value ?? 0;
  return differsIn === undefined || figure("episodes") === 0 || differsIn.some((part) => figure(part) > 0);
}

/** Whether a cause is in one of these settings: where nothing else can be wrong, others are what follows from them. */
function namesOneOf(paths: readonly string[], { name, fixes }: Cause): boolean {
  return name === "unusual-settings" || fixes.some(([path]) => paths.includes(path));
}

/** An environment's reward, say, also makes the updates differ. */
const canBeOfEnvironment = ({ origins }: Cause) => origins?.includes("environment") === true;

/** Whether a pattern has what differs in the update after the checkpoint: where one does, all else can follow from it. */
const isInUpdate = ({ all }: Pattern) => all.some(({ metric }) => metric === DIFFERS.metric);

/** Where most causes can lie. */
const LEARNER: readonly Origin[] = ["updates", "settings"];

/** The part of a run that is proven not to be as its settings say, or the settings if all parts are; undefined if unknown. */
function provenOrigin(metrics: RunMetrics): Origin | undefined {
  const figure = (name: string) => metrics.get(`exam/${name}`)?.value;
  const [episodes, evaluation] = [figure("other_episodes"), figure("other_evaluation")];
  if (episodes !== undefined && episodes > 0) return "environment";
  if ((evaluation ?? 0) > REPEATED_RATE || figure("other_rewards") === 1) return "environment";
  const [weights, actor, critic] = [figure("other_weights"), figure("actor_agrees"), figure("critic_agrees")];
  if (weights === 1 || (actor ?? 1) < AGREEMENT || (critic ?? 1) < AGREEMENT) return "updates";
  if (figure("update_agrees") === 0) return "updates";
  return episodes === 0 && actor !== undefined ? "settings" : undefined;
}

const effectsOf = (name: string) => CAUSES.find((cause) => cause.name === name)?.effects ?? [];

/** Returns the present pattern with the highest confidence. */
function matchingPattern({ patterns }: Cause, metrics: RunMetrics): Pattern | undefined {
  return patterns
    .filter(({ all }) => all.every((symptom) => isPresent(symptom, metrics)))
    .sort((a, b) => b.confidence - a.confidence)[0];
}

function isPresent({ metric, side, threshold }: Symptom, metrics: RunMetrics): boolean {
  const value = metrics.get(metric)?.value;
  if (value === undefined) return false;
  return side === "over" ? value > threshold : value < threshold;
}

function makeFinding(cause: Cause, pattern: Pattern, metrics: RunMetrics, config: RunConfig): Finding {
  const supports = cause.supports.filter((symptom) => isPresent(symptom, metrics));
  const confidence = supports.reduce((sum, { adds }) => sum + adds, pattern.confidence);
  const fixes =
    cause.name === "unusual-settings"
      ? unusualSettings(config).map(({ path, usual }) => `${path}=${usual}`)
      : cause.fixes
          .filter(([path, value]) => settingAt(config, path) !== value)
          .map(([path, value]) => `${path}=${value}`);
  return {
    cause: cause.name,
    title: cause.title,
    confidence: Math.min(confidence, 1),
    evidence: [...pattern.all, ...supports].map((symptom) => evidence(symptom, metrics)),
    explanation: cause.explanation,
    followsFrom: null,
    set: fixes,
    remedy: cause.remedy,
  };
}

function evidence({ metric, side, threshold, source }: Symptom, metrics: RunMetrics): Evidence {
  const { value, trend } = metrics.get(metric) ?? { value: Number.NaN, trend: [] };
  return { metric, value, threshold, side, trend, source };
}

/** Returns the value of a setting by its path. */
function settingAt(config: RunConfig, path: string): unknown {
  return path.split(".").reduce<unknown>((node, key) => (isRecord(node) ? node[key] : undefined), config);
}
