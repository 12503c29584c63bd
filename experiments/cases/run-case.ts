/** @file Runs a case: trains the arm's runs, measures the miniature, decides the claims, writes page and numbers. */

import type { Engine } from "../../agent/engine/engine.ts";
import { type JobState, type Launch, type TrainingJob, trainAll } from "../../training/training-pool.ts";
import { fixed } from "../report/number-text.ts";
import type { Term, VerdictBox } from "../report/page.ts";
import { type ArmRuns, openArmRuns, RUN_METRICS } from "./arm-runs.ts";
import { type CaseFolder, writeCase } from "./case-folder.ts";
import { casePage } from "./case-page.ts";
import type { CaseStudy } from "./case-study.ts";
import { type Remedy, remedyConfig, remedyRun } from "./remedies.ts";
import { MIN_SEEDS } from "./verdict-rules.ts";

export interface CaseOptions {
  /** An unfinished case in it is resumed. */
  readonly folder: CaseFolder;
  readonly seeds: readonly number[];
  readonly steps: number;
  readonly engine: Engine;
  /** Concurrent runs. */
  readonly parallel: number;
  readonly launch: Launch;
  readonly stop: AbortSignal;
  readonly onChange: (states: readonly JobState[]) => void;
  /** Called when all runs are complete, before the miniature is measured. */
  readonly onTrained: () => void;
  /** Provenance for the page: command, date, versions. */
  readonly facts: readonly Term[];
}

/** A completed case. */
export interface CaseOutcome {
  readonly page: string;
  readonly numbers: object;
  readonly verdicts: readonly VerdictBox[];
  readonly failed: readonly JobState[];
}

/**
 * Runs a case; completed runs are not repeated.
 *
 * @returns undefined if it was stopped; calling it again resumes the case
 * @throws InputError if the folder holds runs with other settings; nothing is trained then
 */
export async function runCase(study: CaseStudy, options: CaseOptions): Promise<CaseOutcome | undefined> {
  const { folder, seeds, steps, engine, parallel, launch, stop, onChange } = options;
  const jobs = plan(study, folder.runs, seeds, steps);
  const states = await trainAll(jobs, { parallel, launch, stop, onChange });
  if (stop.aborted && states.some(({ status }) => status !== "done" && status !== "failed")) return undefined;
  options.onTrained();
  const measured = await study.measure(engine);

  const arm = openArmRuns(folder.runs, seeds, steps);
  const report = measured.report(arm);
  const failed = states.filter(({ status }) => status === "failed");
  const numbers = {
    seeds,
    steps,
    verdicts: report.verdicts,
    miniature: measured.numbers,
    arm: study.remedies.map((remedy) => armNumbers(arm, remedy, study.remedies[0]!)),
    failed: failed.map(({ job, error }) => ({ run: job.name, error })),
  };
  const page = casePage(study, report, arm, {
    facts: options.facts,
    caution: caution(seeds.length, steps),
    failures: failed.map(({ job, error }) => ({ term: job.name, text: error ?? "" })),
  });
  writeCase(folder, study.name, numbers, page);
  return { page: folder.page, numbers, verdicts: report.verdicts, failed };
}

/** Jobs ordered by seed, so that an interrupted case can compare all remedies on fewer seeds. */
function plan(study: CaseStudy, root: string, seeds: readonly number[], steps: number): TrainingJob[] {
  return seeds.flatMap((seed) =>
    study.remedies.map((remedy) => ({
      name: `${remedy.name}, seed ${seed}`,
      config: remedyConfig(remedy, seed, steps),
      run: remedyRun(root, remedy, seed),
    })),
  );
}

/** Steps that the plain preset needs to learn. */
const MIN_STEPS = 20_000;

function caution(seeds: number, steps: number): string {
  const reasons: string[] = [];
  if (seeds < MIN_SEEDS) reasons.push(`${seeds} ${seeds === 1 ? "seed" : "seeds"} (minimum ${MIN_SEEDS})`);
  if (steps < MIN_STEPS) reasons.push(`${fixed(steps)} steps (the plain preset needs ${fixed(MIN_STEPS)})`);
  return reasons.length === 0 ? "" : `Not conclusive: ${reasons.join("; ")}.`;
}

function armNumbers(arm: ArmRuns, remedy: Remedy, base: Remedy): object {
  return {
    remedy: remedy.name,
    settings: remedy.settings,
    runs: arm.of(remedy).map(({ seed, success, stepsTo95, oscillation }) => ({
      seed,
      success,
      stepsTo95,
      oscillation,
    })),
    differences: RUN_METRICS.map((metric) => {
      const { difference, seeds } = arm.compare(remedy, base, metric);
      return { figure: metric.name, against: base.name, seeds, ...difference };
    }),
  };
}
