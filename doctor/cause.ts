/** @file The type of a cause: why an actor does not learn, the symptoms that indicate it, and its remedy. */

/** The causes in the table of causes.ts. */
export type CauseName =
  | "noisy-sensors"
  | "faulty-sensors"
  | "dead-motor"
  | "action-delay"
  | "wrong-wiring"
  | "strong-actions"
  | "changed-environment"
  | "evaluation-differs"
  | "weak-actions"
  | "goal-not-seen"
  | "unreachable-goals"
  | "unpaid-success"
  | "wrong-goals"
  | "wrong-achieved-goal"
  | "early-termination"
  | "trivial-hindsight"
  | "too-few-updates"
  | "frozen-network"
  | "network-too-small"
  | "targets-too-slow"
  | "wrong-targets"
  | "horizon-too-short"
  | "actor-does-nothing"
  | "actor-against-critic"
  | "vanishing-weights"
  | "average-too-slow"
  | "misaligned-batch"
  | "untracked-statistics"
  | "costs-outweigh-goal"
  | "wrong-reward-sign"
  | "relabelling-fault"
  | "credit-starvation"
  | "bad-normalisation"
  | "coarse-inputs"
  | "too-little-exploration"
  | "replay-too-small"
  | "dead-units"
  | "divergence"
  | "critic-rate-too-high"
  | "critic-rate-too-low"
  | "actor-rate-too-high"
  | "actor-rate-too-low"
  | "saturated-actor"
  | "noisy-critic"
  | "over-estimation"
  | "horizon-too-long"
  | "changed-updates"
  | "unusual-settings"
  | "under-trained"
  | "no-hold";

/** A metric beyond a threshold. A missing metric is never a symptom. */
export interface Symptom {
  /** A metric of docs/diagnostics.md, or a `probe/…` or `doctor/…` metric of docs/doctor.md. */
  readonly metric: string;
  readonly side: "over" | "under";
  readonly threshold: number;
  /** Reason for the threshold; printed with the evidence. */
  readonly source: string;
}

/** Symptoms that together indicate a cause. */
export interface Pattern {
  readonly all: readonly Symptom[];
  /** Confidence in the cause if all symptoms are present, in [0, 1]. */
  readonly confidence: number;
  /** A symptom with which the others show something else. */
  readonly unless?: Symptom;
  /** Where the cause can lie if it shows like this; default its own origins. */
  readonly origins?: readonly Origin[];
  /** Whether its figures have their right values by definition, and only this cause is known to give these. */
  readonly proves?: boolean;
}

/** Where a cause can lie. */
export type Origin = "environment" | "updates" | "settings";

/** A part of an episode that an environment determines, as in `exam/other_<part>`. */
export type EpisodePart = "goals" | "sensors" | "tracker" | "motion" | "ends";

export interface Cause {
  readonly name: CauseName;
  /** The parts of an episode, one of which differs when it is played again; default any. */
  readonly differsIn?: readonly EpisodePart[];
  /** Where it can lie; default updates or settings. */
  readonly origins?: readonly Origin[];
  /** The cause in a few words. */
  readonly title: string;
  /** Each pattern is sufficient; of those present, the one with the highest confidence counts. */
  readonly patterns: readonly Pattern[];
  /** Symptoms that raise the confidence but do not indicate the cause alone. */
  readonly supports: readonly (Symptom & { readonly adds: number })[];
  /** Causes that this one leads to: their findings rank lower. */
  readonly effects: readonly CauseName[];
  /** Why the actor does not learn, in one sentence. */
  readonly explanation: string;
  /** Settings that fix it; those that the run already has are left out. */
  readonly fixes: readonly (readonly [path: string, value: unknown])[];
  /** The remedy in words, without a final full stop. */
  readonly remedy: string;
}

/** What follows from any cause that keeps an actor from learning. */
export const DOWNSTREAM: readonly CauseName[] = [
  "changed-environment",
  "misaligned-batch",
  "credit-starvation",
  "too-little-exploration",
  "saturated-actor",
  "noisy-critic",
  "over-estimation",
  "horizon-too-long",
  "under-trained",
];

/** Returns the symptom of a metric over a threshold. */
export const over = (metric: string, threshold: number, source: string): Symptom => ({
  metric,
  side: "over",
  threshold,
  source,
});

/** Returns the symptom of a metric under a threshold. */
export const under = (metric: string, threshold: number, source: string): Symptom => ({
  metric,
  side: "under",
  threshold,
  source,
});

/** Source of a threshold that was tuned on injected faults. */
export const CHOSEN = "chosen on seed 1, bench/doctor.ts";
