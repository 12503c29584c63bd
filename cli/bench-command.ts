/** @file `steadyarm bench plan | run | report`: trains and compares many runs. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { renderMarkdown } from "../experiments/report/markdown.ts";
import { figuresOf, renderPage } from "../experiments/report/page.ts";
import { codeVersion } from "../experiments/sweep/code-version.ts";
import { compare } from "../experiments/sweep/comparison.ts";
import { readOutcomes } from "../experiments/sweep/outcome.ts";
import { planJobs } from "../experiments/sweep/plan.ts";
import { sweepCsv } from "../experiments/sweep/sweep-csv.ts";
import { readSweepFolder } from "../experiments/sweep/sweep-folder.ts";
import { reportSweep, summaryLines } from "../experiments/sweep/sweep-report.ts";
import { writeFileAtomically } from "../storage/atomic-file.ts";
import type { JobState } from "../training/training-pool.ts";
import { printLines } from "./output.ts";
import { readSweep } from "./sweep-input.ts";
import {
  checkEnvironments,
  chosenJobs,
  describeSweep,
  openSweepSession,
  type SweepFlags,
} from "./sweep-session.ts";

/** Parent of sweep folders without --out. */
const SWEEPS = "sweeps";

export interface BenchFlags extends SweepFlags {
  readonly out?: string | undefined;
  readonly seeds?: string | undefined;
}

/** Lists the jobs of a sweep. Throws InputError if the sweep is invalid. */
export async function benchPlanCommand(nameOrPath: string, flags: BenchFlags): Promise<number> {
  const sweep = readSweep(nameOrPath, flags.seeds);
  const jobs = chosenJobs(planJobs(sweep, nameOrPath, codeVersion()), flags.shard);
  await checkEnvironments(jobs);
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify(jobs, null, 2)}\n`);
    return 0;
  }
  const rows = jobs.map(({ id, task, method, seed, config }) => [
    id,
    task,
    method,
    `${seed}`,
    `${config.train.steps}`,
  ]);
  const table = [["job", "task", "method", "seed", "steps"], ...rows];
  const widths = [0, 1, 2, 3, 4].map((i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
  for (const row of table) {
    const cells = row.map((cell, i) => (i < 3 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)));
    printLines(process.stdout, [cells.join("  ").trimEnd()]);
  }
  printLines(process.stdout, ["", describeSweep(sweep, jobs)]);
  return 0;
}

/**
 * Trains the incomplete jobs of a sweep, in child processes or on the workers of a queue.
 *
 * @returns 0 if every job has a result, 1 if some failed, 128 + signal if stopped
 * @throws InputError if the sweep, its folder or a flag is invalid, or the queue's server cannot be reached
 */
export async function benchRunCommand(nameOrPath: string, flags: BenchFlags): Promise<number> {
  const sweep = readSweep(nameOrPath, flags.seeds);
  // Before the sweep folder is created, so that an unreachable server leaves no folder behind.
  const session = await openSweepSession(flags, { sweep, where: nameOrPath });
  try {
    const path = flags.out ?? join(SWEEPS, sweep.name.replaceAll(/[^\w.+-]+/g, "-"));
    const { folder, states, summary } = await session.train(sweep, nameOrPath, path);
    const { stream, signals } = session;
    if (flags.json === true) process.stdout.write(`${JSON.stringify(states.map(plainState))}\n`);
    if (signals.stop.aborted) {
      const state =
        flags.queue === undefined ? "stopped and saved" : "stopped; unfinished jobs stay in the queue";
      printLines(stream, [`${state}: ${summary}. The same command resumes`]);
      return signals.exitCode();
    }
    printLines(stream, [
      ...summaryLines(compare(readOutcomes(folder))),
      `${summary} · report: steadyarm bench report ${path}`,
    ]);
    const failed = states.filter(({ status }) => status === "failed").length;
    if (failed === 0) return 0;
    printLines(stream, [
      `${failed} failed: --retry-failed retries them; their errors are in ${join(path, "failures")}`,
    ]);
    return 1;
  } finally {
    await session.close();
  }
}

/** Writes report.html, report.md, runs.csv and the figures, by default into the sweep's folder. */
export async function benchReportCommand(path: string, flags: BenchFlags): Promise<number> {
  const folder = readSweepFolder(path);
  const outcomes = readOutcomes(folder);
  const damaged = outcomes.flatMap(({ damage }) => damage ?? []);
  printLines(
    process.stderr,
    damaged.map((line) => `${line}. It counts as missing; "steadyarm bench run" makes it again`),
  );
  const page = reportSweep(folder, outcomes, compare(outcomes));
  const out = flags.out ?? path;
  mkdirSync(join(out, "figures"), { recursive: true });
  for (const { id, svg } of figuresOf(page.sections)) {
    writeFileAtomically(join(out, "figures", `${id}.svg`), svg);
  }
  writeFileAtomically(join(out, "runs.csv"), sweepCsv(outcomes));
  writeFileAtomically(join(out, "report.md"), renderMarkdown(page, "figures"));
  writeFileAtomically(join(out, "report.html"), renderPage(page));
  printLines(process.stdout, [page.lead, `${join(out, "report.html")} · report.md · runs.csv · figures/`]);
  return 0;
}

function plainState({ job, status, steps, result, error }: JobState) {
  return { name: job.name, run: job.run, status, steps, result, error };
}
