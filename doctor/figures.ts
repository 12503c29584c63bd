/**
 * @file The figures that symptoms are rules over: metrics as they settled, what follows from two of
 * them, and the checkpoint's. Each is defined in docs/doctor.md.
 */

import { mean, median, standardDeviation } from "../shared/statistics.ts";
import type { MetricRow } from "../storage/metrics.ts";
import type { ProbeFigures } from "./checkpoint-probe.ts";

/** Newest evaluations that a figure's present value is averaged over: single ones swing. */
const SETTLED = 3;

/** A success rate at which a policy has clearly learned something. */
const LEARNED = 0.8;

/** Evaluations since then that oscillation is looked for in. */
const SWINGS = 10;
const FEWEST_SWINGS = 5;

export interface Figure {
  readonly value: number;
  /** At each evaluation, oldest first; empty for figures of the checkpoint. */
  readonly trend: readonly number[];
}

/** Figures by name; one that the run does not have, or that is not finite, is missing. */
export type Figures = ReadonlyMap<string, Figure>;

/** What the derived figures need to know of the run. */
export interface FigureContext {
  readonly gamma: number;
  readonly tau: number;
  readonly targetNetworks: boolean;
  /** Bounds of one step's reward in the run's own environment. */
  readonly rewardRange: readonly [low: number, high: number];
  /** Whether a step is paid in full or not at all, by nothing but the goal. */
  readonly sparse: boolean;
  /** Whether goals are relabelled. */
  readonly hindsight: boolean;
}

/** A figure of one evaluation, from its metrics. */
type FromRow = (metric: (name: string) => number) => number;

/** Gathers all figures of a run. */
export function gatherFigures(
  rows: readonly MetricRow[],
  probe: ProbeFigures,
  context: FigureContext,
): Figures {
  const metrics = new Set(rows.flatMap(({ values }) => Object.keys(values)));
  const figures: [name: string, figure: Figure][] = [
    ...[...metrics].map((name) => named(name, rows, (metric) => metric(name))),
    ...Object.entries(probe).map(([name, value]) => [name, { value, trend: [] }] satisfies [string, Figure]),
    ...ofValues(rows, context),
    ...ofRewards(rows, context),
    ...ofProgress(rows, probe, context),
  ];
  return new Map(figures.filter(([, { value }]) => Number.isFinite(value)));
}

function named(name: string, rows: readonly MetricRow[], from: FromRow): [string, Figure] {
  return [name, settled(rows, from)];
}

/** The mean of the newest evaluations. Before the first update figures tell of the first weights alone: they count only where there are no others. */
function settled(rows: readonly MetricRow[], from: FromRow): Figure {
  const of = ({ values }: MetricRow) => from((metric) => values[metric] ?? Number.NaN);
  const trend = rows.map(of).filter(Number.isFinite);
  const learning = rows.filter(({ values }) => values["train/n_updates"] !== 0).map(of);
  const counted = learning.filter(Number.isFinite);
  return { value: mean((counted.length > 0 ? counted : trend).slice(-SETTLED)), trend };
}

const alone = (name: string, value: number): [string, Figure] => [name, { value, trend: [] }];

const newest = (rows: readonly MetricRow[], name: string) => rows.at(-1)?.values[name] ?? Number.NaN;

/** Where Q is beside what the rewards allow, its targets, and what is earned. */
function ofValues(rows: readonly MetricRow[], { gamma, rewardRange }: FigureContext): [string, Figure][] {
  const [low, high] = rewardRange;
  const farthest = Math.max(Math.abs(low), Math.abs(high)) / (1 - gamma);
  const span = (high - low) / (1 - gamma);
  return [
    named("doctor/value_over_bound", rows, (row) => Math.abs(row("train/q_mean")) / farthest),
    named("doctor/value_lag", rows, (row) => {
      const target = row("train/target_mean");
      return Math.abs(row("train/q_mean") - target) / Math.abs(target);
    }),
    named("doctor/bias_share", rows, (row) => row("diagnostics/q_bias_mean") / span),
  ];
}

/** Whether what is paid agrees with what succeeds, where the goal alone is paid for. */
function ofRewards(
  rows: readonly MetricRow[],
  { sparse, hindsight, rewardRange }: FigureContext,
): [string, Figure][] {
  if (!sparse) return [];
  const [low, high] = rewardRange;
  const { trend } = settled(rows, (row) => row("diagnostics/reward_density_hindsight"));
  return [
    ["doctor/batches_paid", { value: median(trend), trend }],
    named("doctor/pay_without_success", rows, (row) => {
      const paid = (row("eval/mean_reward") / row("eval/mean_ep_length") - low) / (high - low);
      return paid - row("eval/success_once");
    }),
    named("doctor/success_paid", rows, (row) => row("diagnostics/reward_for_success") / (high - low)),
    named("doctor/hindsight_paid", rows, (row) =>
      hindsight ? row("diagnostics/reward_for_success") / (high - low) : Number.NaN,
    ),
  ];
}

/** How long there was to learn, and what came of it. */
function ofProgress(
  rows: readonly MetricRow[],
  probe: ProbeFigures,
  { gamma, tau, targetNetworks }: FigureContext,
): [string, Figure][] {
  const first = rows[0]?.values ?? {};
  const untouched = first["train/n_updates"] === 0;
  const dormant = [first["diagnostics/dormant_actor"], first["diagnostics/dormant_critic"]];
  const updates = newest(rows, "train/n_updates");
  const rates = settled(rows, (row) => row("eval/success_rate")).trend;
  const touched = settled(rows, (row) => row("eval/success_once")).trend;
  const best = Math.max(...rates);
  return [
    alone(
      "doctor/dormant_at_start",
      untouched ? Math.max(...dormant.map((share) => share ?? Number.NaN)) : Number.NaN,
    ),
    alone("doctor/updates", updates),
    alone("doctor/horizon_updates", 1 / ((targetNetworks ? tau : 1) * (1 - gamma)) / updates),
    alone(
      "doctor/episodes_per_stored",
      newest(rows, "time/episodes") / (probe["probe/replay_episodes"] ?? Number.NaN),
    ),
    alone(
      "doctor/overfit",
      newest(rows, "diagnostics/td_error_held_out") / newest(rows, "diagnostics/td_error_replay"),
    ),
    ["doctor/success_best", { value: best, trend: rates }],
    ["doctor/fall", { value: best - (rates.at(-1) ?? Number.NaN), trend: rates }],
    ["doctor/swings", { value: swings(rates), trend: rates }],
    [
      "doctor/rise",
      { value: mean(touched.slice(-SETTLED)) - mean(touched.slice(-2 * SETTLED, -SETTLED)), trend: touched },
    ],
  ];
}

/** Deviation of the success rates since the policy had learned: NaN until there are enough. */
function swings(rates: readonly number[]): number {
  const learned = rates.findIndex((rate) => rate >= LEARNED);
  const since = learned < 0 ? [] : rates.slice(learned).slice(-SWINGS);
  return since.length < FEWEST_SWINGS ? Number.NaN : standardDeviation(since);
}
