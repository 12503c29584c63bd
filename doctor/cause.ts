/** @file What a cause is: a mechanism, the symptoms that show it, and what mends it. All causes are tables of this. */

/** Every cause there is a table entry for. */
export type CauseName =
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
  | "under-trained";

/** A figure beyond a threshold; a figure that is missing is no symptom. */
export interface Symptom {
  /** A metric of docs/diagnostics.md, or a `probe/…` or `doctor/…` figure of docs/doctor.md. */
  readonly figure: string;
  readonly side: "over" | "under";
  readonly threshold: number;
  /** Where the threshold is from. */
  readonly source: string;
}

/** Symptoms that together show a cause. */
export interface Pattern {
  readonly all: readonly Symptom[];
  /** How sure the cause is when all are there, in [0, 1]. */
  readonly sure: number;
}

export interface Cause {
  readonly name: CauseName;
  /** A few words for people. */
  readonly title: string;
  /** Any one of these is enough; the surest that fits counts. */
  readonly patterns: readonly Pattern[];
  /** Symptoms that add to how sure it is, but show nothing alone. */
  readonly supports: readonly (Symptom & { readonly adds: number })[];
  /** What it leads to: those findings are then effects, and rank lower. */
  readonly brings: readonly CauseName[];
  /** One sentence: why the actor does not learn. */
  readonly explanation: string;
  /** Settings that mend it, the first first; those that the run has already are left out. */
  readonly mends: readonly (readonly [path: string, value: unknown])[];
  /** What to do where no setting mends it, or beside the settings. */
  readonly remedy: string;
}

/** A symptom over a threshold. */
export const over = (figure: string, threshold: number, source: string): Symptom => ({
  figure,
  side: "over",
  threshold,
  source,
});

/** A symptom under a threshold. */
export const under = (figure: string, threshold: number, source: string): Symptom => ({
  figure,
  side: "under",
  threshold,
  source,
});

/** Origin of a threshold that was set by looking at injected faults. */
export const CHOSEN = "chosen on seed 1, bench/doctor.ts";
