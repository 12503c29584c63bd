/** @file What the doctor says: plain data, as `steadyarm doctor --json` prints it. */

import type { CauseName } from "./cause.ts";

/** One figure that speaks for a cause. */
export interface Evidence {
  /** Its name in docs/diagnostics.md or docs/doctor.md. */
  readonly metric: string;
  readonly value: number;
  /** The value it has passed. */
  readonly threshold: number;
  /** On which side of the threshold the value is. */
  readonly side: "over" | "under";
  /** The figure at each evaluation, oldest first; empty where only the newest checkpoint tells it. */
  readonly trend: readonly number[];
  /** Where figure and threshold are from. */
  readonly source: string;
}

/** One cause why the actor does not learn. */
export interface Finding {
  readonly cause: CauseName;
  /** The cause in a few words. */
  readonly title: string;
  /** How sure, in [0, 1]. */
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
  /** One sentence. */
  readonly explanation: string;
  /** The finding that brought this one about, where there is one. */
  readonly followsFrom: CauseName | null;
  /** What to change, as `--set` takes it; empty where no setting mends it. */
  readonly set: readonly string[];
  /** What to do, in words. */
  readonly remedy: string;
}

export interface Diagnosis {
  readonly run: string;
  /** The first finding's cause; `healthy`, or `unexplained` where nothing known fits. */
  readonly verdict: CauseName | "healthy" | "unexplained";
  /** Likeliest first. */
  readonly findings: readonly Finding[];
  /** What could not be told, and why. */
  readonly unknown: readonly string[];
}
