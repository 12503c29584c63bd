/**
 * @file The metrics that symptoms refer to: logged metrics averaged over the newest evaluations,
 * `doctor/…` metrics derived from them, and `probe/…` metrics of the checkpoint. docs/doctor.md defines each.
 */

import { mean, median, standardDeviation } from "../shared/statistics.ts";
import type { MetricRow } from "../storage/metrics.ts";
import type { ProbeMetrics } from "./checkpoint-probe.ts";
import type { HoldProbe } from "./hold-probe.ts";

/** Newest evaluations that a metric is averaged over, because single evaluations fluctuate. */
export const AVERAGED_EVALUATIONS = 3;

/** A success rate at which a policy has learned. */
const LEARNED_RATE = 0.8;

/** A policy with this success rate in so many evaluations in a row has settled. */
const SETTLED_RATE = 0.98;
const SETTLED_EVALUATIONS = 3;
/** Number of evaluations since then in `doctor/swings`. */
const MAX_SWING_EVALUATIONS = 10;
const MIN_SWING_EVALUATIONS = 5;

/** Updates that must be due before their absence means something: some wait for the end of an episode. */
const MIN_DUE_UPDATES = 500;

export interface RunMetric {
  readonly value: number;
  /** The metric at each evaluation, oldest first, or at each second of the roll-out; empty for metrics of the checkpoint. */
  readonly trend: readonly number[];
}

/** Metrics by name; those that are missing or not finite are left out. */
export type RunMetrics = ReadonlyMap<string, RunMetric>;

/** Facts about the run that derived metrics need. */
export interface MetricContext {
  readonly gamma: number;
  /** Factor on rewards in the targets; NaN if it changes during training. */
  readonly rewardScale: number;
  /** Steps of the run as it is set, steps before its first update, and updates per step after that. */
  readonly steps: number;
  readonly warmupSteps: number;
  readonly updatesPerStep: number;
  /** Rate of the running statistics of batch normalisation; NaN without it. */
  readonly normRate: number;
  /** Rate of the averaged actor; 0 without it. */
  readonly averaging: number;
  /** Episodes of an evaluation. */
  readonly evaluationEpisodes: number;
  readonly tau: number;
  readonly targetNetworks: boolean;
  /** Bounds of one step's reward. */
  readonly rewardRange: readonly [low: number, high: number];
  /** Whether the reward is 0 if the goal is achieved and −1 otherwise. */
  readonly sparse: boolean;
  /** Whether goals are relabelled. */
  readonly hindsight: boolean;
}

type NamedMetric = readonly [name: string, metric: RunMetric];

/** Computes a metric of one evaluation from the logged ones; a missing one is NaN. */
type FromRow = (logged: (name: string) => number) => number;

/** Returns all metrics of a run. */
export function collectMetrics(
  rows: readonly MetricRow[],
  probe: ProbeMetrics,
  context: MetricContext,
): RunMetrics {
  const names = new Set(rows.flatMap(({ values }) => Object.keys(values)));
  const metrics: NamedMetric[] = [
    ...[...names].map((name) => averaged(name, rows, (logged) => logged(name))),
    ...Object.entries(probe).map(([name, value]) => single(name, value)),
    ...valueMetrics(rows, context),
    ...rewardMetrics(rows, context),
    ...progressMetrics(rows, probe, context),
  ];
  return new Map(metrics.filter(([, { value }]) => Number.isFinite(value)));
}

/** Returns the metrics with those of the long roll-out. */
export function withHolding(metrics: RunMetrics, hold: HoldProbe): RunMetrics {
  const added: NamedMetric[] = [
    ["doctor/held", { value: hold.held, trend: hold.holdCurve }],
    single("doctor/lost_at_limit", hold.lostAtLimit),
    single("doctor/lost_speed", hold.lostSpeed),
  ];
  return new Map([...metrics, ...added.filter(([, { value }]) => Number.isFinite(value))]);
}

/** A metric averaged over the newest evaluations. */
function averaged(name: string, rows: readonly MetricRow[], from: FromRow): NamedMetric {
  return [name, average(rows, from)];
}

/** A metric without a trend. */
function single(name: string, value: number): NamedMetric {
  return [name, { value, trend: [] }];
}

/** Averages the newest evaluations. Those before the first update count only if there are no others. */
function average(rows: readonly MetricRow[], from: FromRow): RunMetric {
  const metricOf = ({ values }: MetricRow) => from((name) => values[name] ?? Number.NaN);
  const trend = rows.map(metricOf).filter(Number.isFinite);
  const updated = rows.filter(({ values }) => values["train/n_updates"] !== 0).map(metricOf);
  const counted = updated.filter(Number.isFinite);
  return { value: mean((counted.length > 0 ? counted : trend).slice(-AVERAGED_EVALUATIONS)), trend };
}

const newest = (rows: readonly MetricRow[], name: string) => rows.at(-1)?.values[name] ?? Number.NaN;

/** Q relative to the possible returns, its targets and the actual returns. */
function valueMetrics(
  rows: readonly MetricRow[],
  { gamma, rewardRange, rewardScale }: MetricContext,
): NamedMetric[] {
  const [low, high] = rewardRange;
  const maxReturnSize = (rewardScale * Math.max(Math.abs(low), Math.abs(high))) / (1 - gamma);
  const returnRange = (high - low) / (1 - gamma);
  return [
    averaged("doctor/value_over_bound", rows, (logged) => Math.abs(logged("train/q_mean")) / maxReturnSize),
    averaged("doctor/value_lag", rows, (logged) => {
      const target = logged("train/target_mean");
      return Math.abs(logged("train/q_mean") - target) / Math.abs(target);
    }),
    averaged(
      "doctor/slope_share",
      rows,
      (logged) => logged("diagnostics/action_slope_policy") / logged("diagnostics/action_slope_random"),
    ),
    averaged(
      "doctor/batch_gap",
      rows,
      (logged) => logged("diagnostics/td_error_replay") / logged("train/critic_loss"),
    ),
    averaged("doctor/bias_share", rows, (logged) => logged("diagnostics/q_bias_mean") / returnRange),
  ];
}

/** Agreement of rewards with success; for sparse rewards only. */
function rewardMetrics(
  rows: readonly MetricRow[],
  { sparse, hindsight, rewardRange }: MetricContext,
): NamedMetric[] {
  if (!sparse) return [];
  const [low, high] = rewardRange;
  const { trend } = average(rows, (logged) => logged("diagnostics/reward_density_hindsight"));
  return [
    ["doctor/batches_paid", { value: median(trend), trend }],
    averaged("doctor/pay_without_success", rows, (logged) => {
      const meanReward = logged("eval/mean_reward") / logged("eval/mean_ep_length");
      return (meanReward - low) / (high - low) - logged("eval/success_once");
    }),
    averaged(
      "doctor/success_paid",
      rows,
      (logged) => logged("diagnostics/reward_for_success") / (high - low),
    ),
    averaged("doctor/own_success_paid", rows, (logged) => {
      const unpaid = low * logged("eval/mean_ep_length");
      // A goal that is held at the last step is paid for at least once.
      return (logged("eval/mean_reward") - unpaid) / (high - low) / logged("eval/success_rate");
    }),
    averaged("doctor/hindsight_paid", rows, (logged) =>
      hindsight ? logged("diagnostics/reward_for_success") / (high - low) : Number.NaN,
    ),
  ];
}

/** Amount of training, and the course of success. */
function progressMetrics(
  rows: readonly MetricRow[],
  probe: ProbeMetrics,
  {
    gamma,
    tau,
    targetNetworks,
    steps,
    warmupSteps,
    updatesPerStep,
    normRate,
    averaging,
    evaluationEpisodes,
  }: MetricContext,
): NamedMetric[] {
  const first = rows[0]?.values ?? {};
  const beforeUpdates = first["train/n_updates"] === 0;
  const dormant = [first["diagnostics/dormant_actor"], first["diagnostics/dormant_critic"]];
  const updates = newest(rows, "train/n_updates");
  const due = Math.max(0, (rows.at(-1)?.step ?? 0) - warmupSteps) * updatesPerStep;
  const rates = average(rows, (logged) => logged("eval/success_rate")).trend;
  const onceRates = average(rows, (logged) => logged("eval/success_once")).trend;
  const best = Math.max(...rates);
  const rise =
    mean(onceRates.slice(-AVERAGED_EVALUATIONS)) -
    mean(onceRates.slice(-2 * AVERAGED_EVALUATIONS, -AVERAGED_EVALUATIONS));
  return [
    single(
      "doctor/dormant_at_start",
      beforeUpdates ? Math.max(...dormant.map((share) => share ?? Number.NaN)) : Number.NaN,
    ),
    single("doctor/updates", updates),
    single("doctor/planned_updates", (Math.max(0, steps - warmupSteps) * updatesPerStep) / steps),
    single("doctor/updates_done", due >= MIN_DUE_UPDATES ? updates / due : Number.NaN),
    single("doctor/average_updates", averaging > 0 ? averaging * updates : Number.NaN),
    single("doctor/norm_updates", normRate * updates),
    single("doctor/horizon_steps", 1 / (1 - gamma)),
    single("doctor/horizon_updates", 1 / ((targetNetworks ? tau : 1) * (1 - gamma)) / updates),
    single(
      "doctor/episodes_per_stored",
      newest(rows, "time/episodes") / (probe["probe/replay_episodes"] ?? Number.NaN),
    ),
    single(
      "doctor/overfit",
      newest(rows, "diagnostics/td_error_held_out") / newest(rows, "diagnostics/td_error_replay"),
    ),
    ["doctor/success_best", { value: best, trend: rates }],
    ["doctor/fall", { value: best - (rates.at(-1) ?? Number.NaN), trend: rates }],
    ["doctor/swings", { value: swings(rates, evaluationEpisodes), trend: rates }],
    ["doctor/rise", { value: rise, trend: onceRates }],
  ];
}

/** Returns the standard deviation of the success rates since the policy learned; NaN for too few of them. */
/** @param episodes of an evaluation: so few vary by sampling alone, by √(p (1 − p) / episodes) */
function swings(rates: readonly number[], episodes: number): number {
  const learned = rates.findIndex((rate) => rate >= LEARNED_RATE);
  const since = learned < 0 ? [] : rates.slice(learned).slice(-MAX_SWING_EVALUATIONS);
  const newest = since.slice(-SETTLED_EVALUATIONS);
  // The early stop of the presets takes such a policy as learned, whatever came before.
  if (newest.length === SETTLED_EVALUATIONS && Math.min(...newest) >= SETTLED_RATE) return 0;
  if (since.length < MIN_SWING_EVALUATIONS) return Number.NaN;
  const sampling = mean(since.map((rate) => (rate * (1 - rate)) / episodes));
  return Math.sqrt(Math.max(standardDeviation(since) ** 2 - sampling, 0));
}
