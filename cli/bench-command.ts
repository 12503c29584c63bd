/** @file `steadyarm bench plan | run | report`: many runs, compared. */

import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { makeEnv } from "../env/registry.ts";
import { writeFileAtomically } from "../lab/atomic-file.ts";
import { runOnQueue } from "../lab/queue/run-on-queue.ts";
import { renderMarkdown } from "../lab/report/markdown.ts";
import { renderPage } from "../lab/report/page.ts";
import { codeVersion } from "../lab/sweep/code-version.ts";
import { compare } from "../lab/sweep/comparison.ts";
import { readOutcomes } from "../lab/sweep/outcome.ts";
import { planJobs, type SweepJob, shardOf } from "../lab/sweep/plan.ts";
import { runSweep } from "../lab/sweep/run-sweep.ts";
import { sweepCsv } from "../lab/sweep/sweep-csv.ts";
import { openSweepFolder, readSweepFolder, type SweepFolder } from "../lab/sweep/sweep-folder.ts";
import { reportSweep, summaryLines } from "../lab/sweep/sweep-report.ts";
import type { SweepSpec } from "../lab/sweep/sweep-spec.ts";
import type { JobState } from "../lab/training-pool.ts";
import { launchSteadyarm } from "./launch.ts";
import { openQueue, readQueueAddress } from "./queue-input.ts";
import { catchStopSignals } from "./stop-signals.ts";
import { parseShard, readSweep } from "./sweep-input.ts";
import { SweepProgress } from "./sweep-progress.ts";
import { wholeNumber } from "./whole-number.ts";

/** Where sweeps without a place of their own go. */
const SWEEPS = "sweeps";

const MOST_JOBS_AT_ONCE = 1024;
const MOST_RETRIES = 1_000_000;

/** Milliseconds between looks whether a stop was asked for. */
const STOP_POLL = 200;

export interface BenchFlags {
  readonly out?: string | undefined;
  readonly seeds?: string | undefined;
  readonly shard?: string | undefined;
  readonly jobs?: string | undefined;
  readonly retries?: string;
  readonly retryFailed?: boolean;
  readonly otherCode?: boolean;
  readonly json?: boolean;
  readonly queue?: string | true | undefined;
}

/** Prints what a sweep would run. Throws InputError if the sweep is wrong. */
export async function benchPlanCommand(named: string, flags: BenchFlags): Promise<number> {
  const sweep = readSweep(named, flags.seeds);
  const jobs = chosen(planJobs(sweep, named, codeVersion()), flags);
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
    process.stdout.write(`${cells.join("  ").trimEnd()}\n`);
  }
  process.stdout.write(`\n${describe(sweep, jobs)}\n`);
  return 0;
}

/**
 * Trains what a sweep has not trained yet: in children of this process, or on whoever works for a queue.
 *
 * @returns 0 when every job has a result, 1 when some failed, 128 + signal when it was stopped
 * @throws InputError if the sweep, its folder, a flag or the queue's server is wrong
 */
export async function benchRunCommand(named: string, flags: BenchFlags): Promise<number> {
  const sweep = readSweep(named, flags.seeds);
  const parallel = wholeNumber("--jobs", flags.jobs ?? `${availableParallelism()}`, 1, MOST_JOBS_AT_ONCE);
  const retries = wholeNumber("--retries", flags.retries ?? "2", 0, MOST_RETRIES);
  const address = flags.queue === undefined ? undefined : readQueueAddress(flags.queue);
  const code = codeVersion();
  const planned = chosen(planJobs(sweep, named, code), flags);
  await checkEnvironments(planned);
  const stream = flags.json === true ? process.stderr : process.stdout;
  const progress = new SweepProgress(stream, () => performance.now() / 1000, process.env);
  const say = (line: string) => progress.say(line);
  // Before the folder is made: a server that is not there leaves nothing behind.
  const queue = address === undefined ? undefined : await openQueue(address, code, say);
  const signals = catchStopSignals(
    queue === undefined ? "letting the running jobs save" : "leaving the queue",
  );
  const stop = new AbortController();
  const watch = setInterval(() => {
    if (signals.caught() !== undefined) stop.abort();
  }, STOP_POLL);
  try {
    const path = flags.out ?? join(SWEEPS, sweep.name.replaceAll(/[^\w.+-]+/g, "-"));
    const now = () => new Date().toISOString();
    const otherCode = flags.otherCode === true;
    const folder = openSweepFolder({ path, sweep, where: named, code, otherCode, now: now() });
    const jobs = chosen(folder.jobs, flags);
    const how = address === undefined ? `${parallel} at a time` : `on ${address.shown}`;
    say(`${describe(sweep, jobs)}, ${how} · ${path}`);
    const shared = { folder, jobs, retries, retryFailed: flags.retryFailed === true, stop: stop.signal, now };
    const onChange = (states: readonly JobState[]) => progress.show(states);
    const states =
      queue === undefined
        ? await runSweep({
            ...shared,
            parallel,
            launch: launchSteadyarm,
            onChange,
            onFailure: (job, error, again) =>
              say(`${again ? "will be tried again" : "failed"}  ${job.name}: ${error.split("\n")[0]}`),
          })
        : await runOnQueue({ ...shared, ...queue, code, onChange, say });
    progress.close();
    if (flags.json === true) process.stdout.write(`${JSON.stringify(states.map(plainState))}\n`);
    if (signals.caught() !== undefined) {
      const rest = queue === undefined ? "stopped and saved" : "the other jobs stay in the queue";
      stream.write(`${rest}: ${progress.summary(states)}. The same command goes on\n`);
      return signals.exitCode();
    }
    return conclude(folder, states, progress.summary(states), stream);
  } finally {
    clearInterval(watch);
    signals.release();
    await queue?.server.close();
  }
}

function conclude(
  folder: SweepFolder,
  states: readonly JobState[],
  summary: string,
  stream: NodeJS.WritableStream,
): number {
  const failed = states.filter(({ status }) => status === "failed").length;
  for (const line of summaryLines(compare(readOutcomes(folder)))) stream.write(`${line}\n`);
  stream.write(`${summary} · report: steadyarm bench report ${folder.path}\n`);
  if (failed === 0) return 0;
  stream.write(`${failed} failed: --retry-failed tries them again; failures/ has what they said\n`);
  return 1;
}

/** Writes report.html, report.md, runs.csv and the figures into the sweep's folder. */
export async function benchReportCommand(path: string, flags: BenchFlags): Promise<number> {
  const folder = readSweepFolder(path);
  const outcomes = readOutcomes(folder);
  const { page, figures } = reportSweep(folder, outcomes, compare(outcomes));
  const out = flags.out ?? path;
  mkdirSync(join(out, "figures"), { recursive: true });
  const files = new Map([...figures].map(([name, svg]) => [svg, `figures/${name}.svg`] as const));
  for (const [svg, file] of files) writeFileAtomically(join(out, file), svg);
  writeFileAtomically(join(out, "runs.csv"), sweepCsv(outcomes));
  writeFileAtomically(
    join(out, "report.md"),
    renderMarkdown(page, (svg) => files.get(svg)),
  );
  writeFileAtomically(join(out, "report.html"), renderPage(page));
  process.stdout.write(`${page.lead}\n${join(out, "report.html")} · report.md · runs.csv · figures/\n`);
  return 0;
}

function chosen(jobs: readonly SweepJob[], { shard }: BenchFlags): readonly SweepJob[] {
  if (shard === undefined) return jobs;
  const { part, of } = parseShard(shard);
  return shardOf(jobs, part, of);
}

/** An environment's name is no part of the settings' schema: making one of each finds the misspelt. */
async function checkEnvironments(jobs: readonly SweepJob[]): Promise<void> {
  const distinct = new Map(jobs.map(({ config }) => [JSON.stringify(config.env), config] as const));
  for (const { env, agent } of distinct.values()) (await makeEnv(env, agent.gamma)).dispose();
}

function describe(sweep: SweepSpec, jobs: readonly SweepJob[]): string {
  const count = (of: (job: SweepJob) => unknown, what: string) => {
    const n = new Set(jobs.map(of)).size;
    return `${n} ${what}${n === 1 ? "" : "s"}`;
  };
  const steps = jobs.reduce((sum, { config }) => sum + config.train.steps, 0);
  const parts = [
    count(({ task }) => task, "task"),
    count(({ method }) => method, "method"),
    count(({ seed }) => seed, "seed"),
  ];
  return `${sweep.name}: ${jobs.length} jobs (${parts.join(" × ")}), ${steps.toLocaleString("en")} steps`;
}

function plainState({ job, status, steps, result, error }: JobState) {
  return { name: job.name, run: job.run, status, steps, result, error };
}
