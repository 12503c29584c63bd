/**
 * @file Effect of each remedy on the plain preset, as one table with paired differences.
 *
 *     npm run build && npx tsx bench/remedies.ts --out sweeps/remedies [--seeds 5] [--jobs 2] [--only name,…]
 *
 * A row is `--preset plain` with one remedy (experiments/cases/remedies.ts), on `panda-reach` with joint torques and,
 * except in the rows that change it, sparse rewards, for 20,000 steps. Metrics: steps to the first evaluation at 0.95
 * (the run's length if there is none), success over 100 episodes after training, and oscillation, the standard
 * deviation of the evaluations in the last half. Each has its paired difference from plain with its 95 % Student interval.
 *
 * `--into docs/why-actors-fail.md` inserts table and figures into the document; `--json` prints a line per row.
 * Completed runs under --out are not repeated and unfinished ones are resumed; `--no-train` uses the existing runs only.
 */

import "./help.ts";

import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { effectChart } from "../experiments/cases/arm-charts.ts";
import {
  OSCILLATION,
  openArmRuns,
  RUN_METRICS,
  STEPS_TO_95,
  SUCCESS,
} from "../experiments/cases/arm-runs.ts";
import { PLAIN, REMEDIES, type Remedy, remedyConfig, remedyRun } from "../experiments/cases/remedies.ts";
import { differenceText } from "../experiments/cases/verdict-rules.ts";
import { fixed } from "../experiments/report/number-text.ts";
import { mean } from "../shared/statistics.ts";
import { writeFileAtomically } from "../storage/atomic-file.ts";
import { startProgram, trainAll } from "../training/training-pool.ts";
import { replaceMarked } from "./marked-text.ts";
import { MAIN } from "./steadyarm.ts";

const STEPS = 20_000;

const { values: flags } = parseArgs({
  allowNegative: true,
  options: {
    out: { type: "string", default: "sweeps/remedies" },
    seeds: { type: "string", default: "5" },
    jobs: { type: "string", default: String(availableParallelism()) },
    only: { type: "string" },
    train: { type: "boolean", default: true },
    into: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const seeds = Array.from({ length: Number(flags.seeds) }, (_, i) => i + 1);
const selected = flags.only?.split(",");
const remedies: readonly Remedy[] = Object.values(REMEDIES).filter(
  ({ name }) => selected?.includes(name) ?? true,
);

if (flags.train) {
  const jobs = [PLAIN, ...remedies].flatMap((remedy) =>
    seeds.map((seed) => ({
      name: `${remedy.name}, seed ${seed}`,
      config: remedyConfig(remedy, seed, STEPS),
      run: remedyRun(flags.out, remedy, seed),
    })),
  );
  let reported = -1;
  const states = await trainAll(jobs, {
    parallel: Number(flags.jobs),
    launch: startProgram(MAIN),
    onChange: (all) => {
      const ended = all.filter(({ status }) => status === "done" || status === "failed").length;
      if (ended > reported) process.stderr.write(`${ended}/${jobs.length} runs\n`);
      reported = ended;
    },
  });
  for (const { status, job, error } of states) {
    if (status === "failed") process.stderr.write(`${job.name}: ${error}\n`);
  }
}

const arm = openArmRuns(flags.out, seeds, STEPS);
const metrics = [STEPS_TO_95, SUCCESS, OSCILLATION];
const header = metrics.flatMap(({ name }) => [name, "against plain [95 %]"]);
const lines = [`| remedy | runs | ${header.join(" | ")} |`, `|---|${"---:|".repeat(header.length + 1)}`];
const trained = remedies.filter((remedy) => flags.train || arm.of(remedy).length > 0);
for (const remedy of [PLAIN, ...trained]) {
  const runs = arm.of(remedy);
  if (flags.json) {
    console.log(
      JSON.stringify({
        bench: "remedies",
        case: remedy.name,
        set: remedy.settings,
        runs: runs.map((run) => [run.seed, ...RUN_METRICS.map((metric) => metric.of(run))]),
        differences: RUN_METRICS.map((metric) => arm.compare(remedy, PLAIN, metric).difference),
      }),
    );
  }
  const cells = metrics.flatMap((metric) => [
    fixed(mean(runs.map(metric.of)), metric.decimals),
    remedy === PLAIN ? "" : differenceText(arm.compare(remedy, PLAIN, metric), metric),
  ]);
  lines.push(`| ${remedy.name} | ${runs.length}/${seeds.length} | ${cells.join(" | ")} |`);
}
if (flags.into === undefined) {
  if (!flags.json) console.log(lines.join("\n"));
} else {
  replaceMarked(flags.into, "remedies", lines.join("\n"));
  for (const metric of [STEPS_TO_95, OSCILLATION]) {
    const file = `remedies-${metric.name.replaceAll(/[^a-z0-9]+/gi, "-")}.svg`;
    const path = join(dirname(flags.into), "images", file);
    writeFileAtomically(
      path,
      effectChart(arm, `Effect of each remedy on ${metric.name}`, trained, PLAIN, metric),
    );
  }
}
