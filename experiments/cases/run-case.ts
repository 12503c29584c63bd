/** @file A case from beginning to end: train the arms, measure the miniature, judge, and write it all down. */

import type { Engine } from "../../agent/engine/engine.ts";
import { type JobState, type Launch, type TrainingJob, trainAll } from "../../training/training-pool.ts";
import { fixed } from "../report/number-text.ts";
import type { Term, VerdictBox } from "../report/page.ts";
import { type ArmRuns, FIGURES, openArmRuns } from "./arm-runs.ts";
import { type CaseFolder, writeCase } from "./case-folder.ts";
import { casePage } from "./case-page.ts";
import type { CaseStudy } from "./case-study.ts";
import { type Remedy, remedyConfig, remedyRun } from "./remedies.ts";
import { FEWEST_SEEDS } from "./verdict-rules.ts";

export interface CaseOptions {
  /** One that was begun is gone on with. */
  readonly folder: CaseFolder;
  readonly seeds: readonly number[];
  readonly steps: number;
  readonly engine: Engine;
  /** Runs at a time. */
  readonly parallel: number;
  readonly launch: Launch;
  readonly stop: AbortSignal;
  readonly onChange: (states: readonly JobState[]) => void;
  /** Told when all runs are there and the miniature's turn has come. */
  readonly onTrained: () => void;
  /** For the page's head: command, date, versions. */
  readonly facts: readonly Term[];
}

/** A finished case. */
export interface CaseOutcome {
  readonly page: string;
  readonly numbers: object;
  readonly verdicts: readonly VerdictBox[];
  readonly failed: readonly JobState[];
}

/**
 * Runs a case; runs that are complete are not made again.
 *
 * @returns undefined if it was stopped: the same call goes on
 * @throws InputError if the folder holds runs of other settings, before anything is begun
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
    caution: caution(seeds, steps),
    failures: failed.map(({ job, error }) => ({ term: job.name, text: error ?? "" })),
  });
  writeCase(folder, study.name, numbers, page);
  return { page: folder.page, numbers, verdicts: report.verdicts, failed };
}

/** Seed by seed rather than remedy by remedy: whenever it is stopped, what is there can be compared. */
function plan(study: CaseStudy, root: string, seeds: readonly number[], steps: number): TrainingJob[] {
  return seeds.flatMap((seed) =>
    study.remedies.map((remedy) => ({
      name: `${remedy.name}, seed ${seed}`,
      config: remedyConfig(remedy, seed, steps),
      run: remedyRun(root, remedy, seed),
    })),
  );
}

/** Steps by which the plain actor has usually learned. */
const USUAL_STEPS = 20_000;

function caution(seeds: readonly number[], steps: number): string {
  const few =
    seeds.length < FEWEST_SEEDS
      ? [`${seeds.length === 1 ? "one seed is" : `${seeds.length} seeds are`} too few to conclude from`]
      : [];
  const short = steps < USUAL_STEPS ? [`${fixed(steps)} steps are fewer than the plain actor needs`] : [];
  const parts = [...few, ...short];
  return parts.length === 0 ? "" : `Mind that ${parts.join(", and ")}.`;
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
    differences: FIGURES.map((figure) => {
      const { difference, seeds } = arm.compare(remedy, base, figure);
      return { figure: figure.name, against: base.name, seeds, ...difference };
    }),
  };
}
