/**
 * @file Speed of training by `train.collectors`, on the default job and on a task with contacts.
 *
 *     npm run build && npx tsx bench/collectors.ts [--rounds 3] [--collectors 0,1,2] [--seed 1] [--json]
 *     npx tsx bench/collectors.ts --baseline ../other-clone/dist/cli/main.js
 *
 * Each run is `steadyarm train` in its own process, from its start to its end. Variants alternate within each round.
 * Ratios compare medians with the baseline's, or with collectors 0 if there is no --baseline. By default, the numbers of
 * collectors are those of 0, 1, 2, 4 and 8 that are at most the number of cores. Run it on a quiet machine.
 */

import "./help.ts";

import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { median } from "../shared/statistics.ts";
import { readMetricRows } from "../storage/jsonl-reader.ts";
import { JSONL_FILE } from "../storage/jsonl-sink.ts";
import { readResult } from "../storage/run-result.ts";
import { MAIN, steadyarm } from "./steadyarm.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    collectors: { type: "string", default: "0,1,2,4,8" },
    seed: { type: "string", default: "1" },
    jobs: { type: "string", default: "main,contact" },
    steps: { type: "string", default: "20000" },
    "contact-env": { type: "string", default: "panda-push" },
    "contact-steps": { type: "string", default: "5000" },
    baseline: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

interface Job {
  readonly name: string;
  readonly args: readonly string[];
}

interface Variant {
  readonly name: string;
  readonly main: string;
  readonly args: readonly string[];
}

interface Timing {
  /** Seconds from the start of the process to its end. */
  readonly wall: number;
  /** Environment steps per second of training and its evaluations. */
  readonly stepsPerSecond: number;
  /** Seconds of training until the first evaluation at 0.95 started; infinite without one. */
  readonly toSolved: number;
  readonly successRate: number;
}

const JOBS: readonly Job[] = [
  { name: "main", args: ["--steps", flags.steps] },
  {
    name: "contact",
    args: ["--env", flags["contact-env"], "--preset", "objects", "--steps", flags["contact-steps"]],
  },
];

function variants(): Variant[] {
  const cores = availableParallelism();
  const counts = flags.collectors.split(",").map(Number);
  const own = counts
    .filter((count) => count <= cores)
    .map((count) => ({ name: `${count}`, main: MAIN, args: ["--set", `train.collectors=${count}`] }));
  return flags.baseline === undefined
    ? own
    : [{ name: "baseline", main: resolve(flags.baseline), args: [] }, ...own];
}

async function timeRun(job: Job, { name, main, args }: Variant, folder: string): Promise<Timing> {
  const run = join(folder, "run");
  const start = performance.now();
  await steadyarm(["train", ...job.args, "--seed", flags.seed, ...args, "--out", run], { main });
  const wall = (performance.now() - start) / 1000;
  const result = readResult(run);
  if (result === undefined) throw new Error(`${job.name}, ${name}: the run has no result`);
  const solved = readMetricRows(join(run, JSONL_FILE)).find(({ step }) => step === result.stepsTo95);
  rmSync(run, { recursive: true });
  return {
    wall,
    stepsPerSecond: result.steps / result.wallSeconds,
    toSolved: solved?.values["time/time_elapsed"] ?? Number.POSITIVE_INFINITY,
    successRate: result.successRate,
  };
}

function report(job: Job, timings: ReadonlyMap<Variant, readonly Timing[]>): void {
  const medianOf = (each: readonly Timing[], of: (timing: Timing) => number) => median(each.map(of));
  const [reference = []] = timings.values();
  if (!flags.json) {
    console.log(`\n${job.name}: steadyarm train ${job.args.join(" ")} --seed ${flags.seed}\n`);
    console.log("| collectors | seconds | × | steps/s | × | seconds to 0.95 | × | success |");
    console.log("|---|---:|---:|---:|---:|---:|---:|---:|");
  }
  for (const [{ name }, each] of timings) {
    const figures = (["wall", "stepsPerSecond", "toSolved"] as const).map((figure) => {
      const value = medianOf(each, (timing) => timing[figure]);
      return { figure, value, ratio: value / medianOf(reference, (timing) => timing[figure]) };
    });
    const success = medianOf(each, ({ successRate }) => successRate);
    if (flags.json) {
      const medians = Object.fromEntries(figures.map(({ figure, value }) => [figure, value]));
      const ratios = Object.fromEntries(figures.map(({ figure, ratio }) => [`${figure}Ratio`, ratio]));
      const row = { bench: "collectors", job: job.name, collectors: name, cores: availableParallelism() };
      console.log(JSON.stringify({ ...row, rounds: each.length, ...medians, ...ratios, success }));
    } else {
      const cells = figures.map(({ value, ratio }) =>
        Number.isFinite(value) ? `${value.toFixed(1)} | ${ratio.toFixed(2)}` : "never | –",
      );
      console.log(`| ${name} | ${cells.join(" | ")} | ${success.toFixed(2)} |`);
    }
  }
}

const folder = mkdtempSync(join(tmpdir(), "steadyarm-collectors-"));
for (const job of JOBS.filter(({ name }) => flags.jobs.split(",").includes(name))) {
  const timings = new Map<Variant, Timing[]>(variants().map((variant) => [variant, []]));
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const [variant, each] of timings) each.push(await timeRun(job, variant, folder));
  }
  report(job, timings);
}
rmSync(folder, { recursive: true, force: true });
