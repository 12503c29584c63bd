/** @file The result of a diagnosis, as `steadyarm doctor --json` prints it. */

import type { CauseName } from "./cause.ts";
import type { HoldProbe } from "./hold-probe.ts";

/** One metric that indicates a cause. */
export interface Evidence {
  /** Its name in docs/diagnostics.md or docs/doctor.md. */
  readonly metric: string;
  readonly value: number;
  readonly threshold: number;
  /** Side of the threshold on which the value is. */
  readonly side: "over" | "under";
  /** The metric at each evaluation, oldest first, or at each second of the long roll-out; empty for metrics of the newest checkpoint. */
  readonly trend: readonly number[];
  /** Reason for the threshold. */
  readonly source: string;
}

/** One cause found in the run. */
export interface Finding {
  readonly cause: CauseName;
  /** The cause in a few words. */
  readonly title: string;
  /** In [0, 1]; above 0.6 only if it is proven. */
  readonly confidence: number;
  /** Whether its evidence has its right values by definition, and only this cause is known to give these. */
  readonly proven: boolean;
  readonly evidence: readonly Evidence[];
  /** Why the actor does not learn, in one sentence. */
  readonly explanation: string;
  /** The finding that leads to this one, or null. */
  readonly followsFrom: CauseName | null;
  /** Settings that fix it, as `--set` accepts them; empty if none does. */
  readonly set: readonly string[];
  /** The remedy in words. */
  readonly remedy: string;
}

export interface Diagnosis {
  readonly run: string;
  /** The first finding's cause, `healthy`, or `unexplained` without findings. */
  readonly verdict: CauseName | "healthy" | "unexplained";
  /** The likeliest first. */
  readonly findings: readonly Finding[];
  /** Results of the examinations, `exam/…`, also of those that no symptom uses; NaN where one cannot be computed. */
  readonly examinations: Readonly<Record<string, number>>;
  /** The long roll-out of a policy that succeeds; absent if there was none. */
  readonly hold?: HoldProbe;
  /** Checks that could not run, and why. */
  readonly unknown: readonly string[];
}
