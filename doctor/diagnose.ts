/** @file From a run to its diagnosis: gathers the figures, holds the table of causes against them, ranks what fits. */

import { makeEnv } from "../env/registry.ts";
import { SUCCESS_DISTANCE } from "../env/tasks/reward.ts";
import { isRecord, type RunConfig } from "../shared/config.ts";
import type { Cause, Pattern, Symptom } from "./cause.ts";
import { CAUSES } from "./causes.ts";
import { type ProbeFigures, probeCheckpoint } from "./checkpoint-probe.ts";
import type { Diagnosis, Evidence, Finding } from "./diagnosis.ts";
import { type Figures, gatherFigures } from "./figures.ts";
import type { RunRecord } from "./run-record.ts";

/** The policy holds the goal in nine episodes of ten at both of the two newest evaluations, or at three on average. */
const LEARNED = 0.9;
const NEWEST = 2;

/** What an effect keeps of its sureness once its cause is found. */
const EFFECT = 0.4;

/** Figures without which much cannot be told, and what is missing then. */
const WANTED: readonly (readonly [figure: string, missing: string])[] = [
  [
    "diagnostics/reward_density",
    "whether rewards come (train.diagnostics is off, or nothing was stored yet)",
  ],
  ["train/critic_loss", "anything about updates (there was none before the newest evaluation)"],
  ["probe/input_rms", "what the checkpoint holds: inputs, units, learning rates, exploration"],
  ["doctor/swings", "whether the policy oscillates (too few evaluations since it first did well)"],
];

/** Gathers a run's figures; its environment is made to ask for its bounds. */
export async function figuresOf(record: RunRecord): Promise<Figures> {
  const { config, agent, rows } = record;
  const env = await makeEnv(config.env, config.agent.gamma);
  try {
    const { rewardRange, maxEpisodeSteps, relativeGoal } = env;
    const task = {
      maxSteps: maxEpisodeSteps,
      successDistance: SUCCESS_DISTANCE,
      ...(relativeGoal === undefined ? {} : { relativeGoal }),
    };
    const probe: ProbeFigures = agent === undefined ? {} : probeCheckpoint(agent, config, task);
    const { gamma, tau, targetNetworks, her } = config.agent;
    const [low, high] = rewardRange;
    const sparse = config.env.reward === "sparse" && low === -1 && high === 0;
    return gatherFigures(rows, probe, {
      gamma,
      tau,
      targetNetworks,
      rewardRange,
      sparse,
      hindsight: her.k > 0,
    });
  } finally {
    env.dispose();
  }
}

/**
 * Names the causes why a run's actor does not learn, likeliest first.
 *
 * @throws InputError if its environment cannot be made
 */
export async function diagnose(record: RunRecord): Promise<Diagnosis> {
  const figures = await figuresOf(record);
  const findings = rank(figures, record.config);
  const healthy = isHealthy(figures);
  const named = healthy ? findings.filter(({ cause }) => cause === "noisy-critic") : findings;
  return {
    run: record.run,
    verdict: named[0]?.cause ?? (healthy ? "healthy" : "unexplained"),
    findings: named,
    unknown: [
      ...WANTED.filter(([figure]) => !figures.has(figure)).map(([, missing]) => missing),
      ...record.remarks,
    ],
  };
}

/** Whether the newest evaluations hold the goal. */
function isHealthy(figures: Figures): boolean {
  const success = figures.get("eval/success_rate");
  const newest = success?.trend.slice(-NEWEST) ?? [0];
  return Math.min(...newest) >= LEARNED || (success?.value ?? 0) >= LEARNED;
}

/** The causes whose symptoms are there; effects of others rank lower. */
export function rank(figures: Figures, config: RunConfig): Finding[] {
  const found = CAUSES.flatMap((cause) => {
    const pattern = surest(cause, figures);
    return pattern === undefined ? [] : [weigh(cause, pattern, figures, config)];
  });
  const surer = [...found].sort((a, b) => b.confidence - a.confidence);
  return surer
    .map((finding) => {
      const root = surer.find(
        (other) => other.confidence >= finding.confidence && brings(other.cause).includes(finding.cause),
      );
      if (root === undefined) return finding;
      return { ...finding, confidence: finding.confidence * EFFECT, followsFrom: root.cause };
    })
    .sort((a, b) => b.confidence - a.confidence);
}

const brings = (name: string) => CAUSES.find((cause) => cause.name === name)?.brings ?? [];

function surest({ patterns }: Cause, figures: Figures): Pattern | undefined {
  return patterns
    .filter(({ all }) => all.every((symptom) => shows(symptom, figures)))
    .sort((a, b) => b.sure - a.sure)[0];
}

function shows({ figure, side, threshold }: Symptom, figures: Figures): boolean {
  const value = figures.get(figure)?.value;
  if (value === undefined) return false;
  return side === "over" ? value > threshold : value < threshold;
}

function weigh(cause: Cause, pattern: Pattern, figures: Figures, config: RunConfig): Finding {
  const supports = cause.supports.filter((symptom) => shows(symptom, figures));
  const confidence = supports.reduce((sum, { adds }) => sum + adds, pattern.sure);
  const set = cause.mends
    .filter(([path, value]) => settingAt(config, path) !== value)
    .map(([path, value]) => `${path}=${value}`);
  return {
    cause: cause.name,
    title: cause.title,
    confidence: Math.min(confidence, 1),
    evidence: [...pattern.all, ...supports].map((symptom) => evidence(symptom, figures)),
    explanation: cause.explanation,
    followsFrom: null,
    set,
    remedy: cause.remedy,
  };
}

function evidence({ figure, side, threshold, source }: Symptom, figures: Figures): Evidence {
  const { value, trend } = figures.get(figure) ?? { value: Number.NaN, trend: [] };
  return { metric: figure, value, threshold, side, trend, source };
}

/** The value of a setting by its path. */
function settingAt(config: RunConfig, path: string): unknown {
  return path.split(".").reduce<unknown>((node, key) => (isRecord(node) ? node[key] : undefined), config);
}
