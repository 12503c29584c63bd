/** @file Tests a finding's remedy: plans runs with and without it on the same seeds, and compares their results. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseConfig, type RunConfig, setByPath } from "../shared/config.ts";
import { refuse, unquoted } from "../shared/errors.ts";
import { type Difference, mean, standardDeviation } from "../shared/statistics.ts";
import { studentDifference } from "../shared/student-interval.ts";
import { readMetricRows } from "../storage/jsonl-reader.ts";
import { JSONL_FILE } from "../storage/jsonl-sink.ts";
import { readIntactResult } from "../storage/run-result.ts";
import type { TrainingJob } from "../training/training-pool.ts";
import type { CauseName } from "./cause.ts";
import type { Finding } from "./diagnosis.ts";
import type { RunRecord } from "./run-record.ts";

/** One seed, trained with the run's settings and with the remedy. */
export interface CurePair {
  readonly seed: number;
  readonly before: TrainingJob;
  readonly after: TrainingJob;
}

/** Effect of a remedy. */
export interface CureOutcome {
  readonly cause: CauseName;
  readonly set: readonly string[];
  /** Seeds for which both runs are complete. */
  readonly seeds: readonly number[];
  /** Final success rate. */
  readonly success: Change;
  /** Standard deviation of the success rates in the last half of the evaluations. */
  readonly oscillation: Change;
  /** Share of goals held (`hold.held` of the results); absent if the runs did not test it. */
  readonly held?: Change;
}

/** Means over seeds, and the mean paired difference with Student's 95 % confidence interval. */
export interface Change {
  readonly before: number;
  readonly after: number;
  readonly difference: Difference;
}

/**
 * Plans the runs: the run's own seed and the next ones, under `cure/` in the run's folder.
 *
 * Each runs in one thread, since the pool trains several at a time. A complete run that did so is its own seed's run
 * without the remedy.
 *
 * @throws InputError if no setting fixes the finding
 */
export function planCure({ run, config }: RunRecord, { cause, set }: Finding, seeds: number): CurePair[] {
  if (set.length === 0) {
    throw refuse(
      "--cure",
      "a finding that a setting fixes",
      unquoted(cause),
      `See its remedy: steadyarm doctor ${run}`,
    );
  }
  const measured = cause === "no-hold" && config.train.holdSeconds === 0 ? ["train.holdSeconds=20"] : [];
  return Array.from({ length: seeds }, (_, i) => {
    const seed = config.train.seed + i;
    const reuse = i === 0 && config.train.collectors === 0 && isMeasured(run, cause);
    return {
      seed,
      before: {
        name: `original, seed ${seed}`,
        config: withSettings(config, seed, measured),
        run: reuse ? run : join(run, "cure", "as-it-was", `s${seed}`),
      },
      after: {
        name: `remedy of ${cause}, seed ${seed}`,
        config: withSettings(config, seed, [...measured, ...set]),
        run: join(run, "cure", cause, `s${seed}`),
      },
    };
  });
}

/** Returns whether a run is complete, with all that a comparison of the cause's remedy needs. */
function isMeasured(run: string, cause: CauseName): boolean {
  const result = readIntactResult(run);
  return result !== undefined && (cause !== "no-hold" || result.hold !== undefined);
}

/** Compares the complete pairs; undefined if there is none. */
export function compareCure(pairs: readonly CurePair[], { cause, set }: Finding): CureOutcome | undefined {
  const complete = pairs.flatMap(({ seed, before, after }) => {
    const [original, remedied] = [outcomeOf(before), outcomeOf(after)];
    return original === undefined || remedied === undefined
      ? []
      : [{ seed, before: original, after: remedied }];
  });
  if (complete.length === 0) return undefined;
  const change = (of: (outcome: RunOutcome) => number): Change => {
    const before = complete.map((pair) => of(pair.before));
    const after = complete.map((pair) => of(pair.after));
    return { before: mean(before), after: mean(after), difference: studentDifference(after, before) };
  };
  const isTested = complete.some(({ before, after }) => (before.held ?? after.held) !== undefined);
  return {
    cause,
    set,
    seeds: complete.map(({ seed }) => seed),
    success: change(({ success }) => success),
    oscillation: change(({ oscillation }) => oscillation),
    // A policy that rarely succeeds is not tested: it holds nothing.
    ...(isTested ? { held: change(({ held }) => held ?? 0) } : {}),
  };
}

interface RunOutcome {
  readonly success: number;
  readonly oscillation: number;
  /** Undefined if it was not tested. */
  readonly held: number | undefined;
}

function outcomeOf({ run }: TrainingJob): RunOutcome | undefined {
  const result = existsSync(run) ? readIntactResult(run) : undefined;
  if (result === undefined) return undefined;
  const rates = readMetricRows(join(run, JSONL_FILE)).flatMap(
    ({ values }) => values["eval/success_rate"] ?? [],
  );
  return {
    success: result.successRate,
    held: result.hold?.held,
    oscillation: standardDeviation(rates.slice(Math.floor(rates.length / 2))),
  };
}

/** Returns the config with another seed and the finding's settings. */
function withSettings(config: RunConfig, seed: number, set: readonly string[]): RunConfig {
  const settings: Record<string, unknown> = structuredClone(config);
  setByPath(settings, "train.seed", seed);
  setByPath(settings, "train.collectors", 0);
  for (const assignment of set) {
    const [path = "", value = ""] = assignment.split("=");
    setByPath(settings, path, JSON.parse(value));
  }
  return parseConfig(settings, "--cure");
}
