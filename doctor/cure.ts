/** @file Tries a finding's remedy: the same run with and without it, seed by seed, and what that changed. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseConfig, type RunConfig, setByPath } from "../shared/config.ts";
import { refuse, unquoted } from "../shared/errors.ts";
import { Rng } from "../shared/rng.ts";
import { type Difference, mean, pairedDifference, standardDeviation } from "../shared/statistics.ts";
import { readMetricRows } from "../storage/jsonl-reader.ts";
import { JSONL_FILE } from "../storage/jsonl-sink.ts";
import { RESULT_FILE, readResult } from "../storage/run-result.ts";
import type { TrainingJob } from "../training/training-pool.ts";
import type { CauseName } from "./cause.ts";
import type { Finding } from "./diagnosis.ts";
import type { RunRecord } from "./run-record.ts";

/** One seed, trained as the run was and with the remedy. */
export interface CurePair {
  readonly seed: number;
  readonly before: TrainingJob;
  readonly after: TrainingJob;
}

/** What a remedy did. */
export interface CureOutcome {
  readonly cause: CauseName;
  readonly set: readonly string[];
  /** Seeds of which both runs are complete. */
  readonly seeds: readonly number[];
  /** Success at the end, over fresh episodes. */
  readonly success: Change;
  /** Deviation of the success rates in the last half of the evaluations. */
  readonly oscillation: Change;
}

/** Means over seeds, and the mean difference with its 95 % interval. */
export interface Change {
  readonly before: number;
  readonly after: number;
  readonly difference: Difference;
}

/**
 * Plans a cure: the run's own seed and those after it, under `cure/` in the run's folder.
 *
 * The run itself serves as its own seed's uncured run if it is complete.
 *
 * @throws InputError if no setting mends the finding
 */
export function planCure({ run, config }: RunRecord, { cause, set }: Finding, seeds: number): CurePair[] {
  if (set.length === 0) {
    throw refuse(
      "--cure",
      "a finding that a setting mends",
      unquoted(cause),
      "`steadyarm doctor` says what to do instead",
    );
  }
  return Array.from({ length: seeds }, (_, i) => {
    const seed = config.train.seed + i;
    const own = i === 0 && existsSync(join(run, RESULT_FILE));
    return {
      seed,
      before: {
        name: `as it was, seed ${seed}`,
        config: changed(config, seed, []),
        run: own ? run : join(run, "cure", "as-it-was", `s${seed}`),
      },
      after: {
        name: `${cause} mended, seed ${seed}`,
        config: changed(config, seed, set),
        run: join(run, "cure", cause, `s${seed}`),
      },
    };
  });
}

/** Compares what is complete; undefined where no pair is. */
export function compareCure(pairs: readonly CurePair[], { cause, set }: Finding): CureOutcome | undefined {
  const complete = pairs.flatMap(({ seed, before, after }) => {
    const figures = [figuresOf(before), figuresOf(after)] as const;
    return figures[0] === undefined || figures[1] === undefined
      ? []
      : [{ seed, before: figures[0], after: figures[1] }];
  });
  if (complete.length === 0) return undefined;
  const change = (figure: "success" | "oscillation"): Change => {
    const before = complete.map((pair) => pair.before[figure]);
    const after = complete.map((pair) => pair.after[figure]);
    const difference = pairedDifference(after, before, Rng.fromSeed(1).fork(figure));
    return { before: mean(before), after: mean(after), difference };
  };
  return {
    cause,
    set,
    seeds: complete.map(({ seed }) => seed),
    success: change("success"),
    oscillation: change("oscillation"),
  };
}

function figuresOf({ run }: TrainingJob): { success: number; oscillation: number } | undefined {
  const result = existsSync(run) ? readResult(run) : undefined;
  if (result === undefined) return undefined;
  const rates = readMetricRows(join(run, JSONL_FILE)).flatMap(
    ({ values }) => values["eval/success_rate"] ?? [],
  );
  return {
    success: result.successRate,
    oscillation: standardDeviation(rates.slice(Math.floor(rates.length / 2))),
  };
}

function changed(config: RunConfig, seed: number, set: readonly string[]): RunConfig {
  const settings: Record<string, unknown> = structuredClone(config);
  setByPath(settings, "train.seed", seed);
  for (const assignment of set) {
    const [path = "", value = ""] = assignment.split("=");
    setByPath(settings, path, JSON.parse(value));
  }
  return parseConfig(settings, "--cure");
}
