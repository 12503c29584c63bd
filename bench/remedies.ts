/**
 * @file What each remedy does to the plain, oscillating actor: one table, each row on the same seeds.
 *
 *     npm run build && npx tsx bench/remedies.ts --out sweeps/remedies [--seeds 5] [--jobs 2] [--only name,…]
 *
 * A row is `--preset plain` with one remedy (experiments/cases/remedies.ts), on `panda-reach`, joint torques, 20,000 steps,
 * sparse but for the dense row. Its three figures: steps to the first evaluation at 0.95 (the run's length where
 * there was none), success at the end over 100 fresh episodes, and oscillation, the standard deviation of the
 * evaluations in the last half. Each comes with the difference from plain, seed by seed, and that difference's
 * 95 % bootstrap interval. `--into docs/why-actors-fail.md` puts table and figures into the chapter; `--json` prints
 * a line a row.
 * Runs stay under --out; complete ones are not made again, others are gone on with; `--train=false` takes what is there.
 */

import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { effectChart } from "../experiments/cases/arm-charts.ts";
import { FIGURES, OSCILLATION, openArmRuns, STEPS_TO_95, SUCCESS } from "../experiments/cases/arm-runs.ts";
import { PLAIN, REMEDIES, type Remedy, remedyConfig, remedyRun } from "../experiments/cases/remedies.ts";
import { differenceText } from "../experiments/cases/verdict-rules.ts";
import { fixed } from "../experiments/report/number-text.ts";
import { mean } from "../shared/statistics.ts";
import { writeFileAtomically } from "../storage/atomic-file.ts";
import { startProgram, trainAll } from "../training/training-pool.ts";
import { fillIn } from "./marked-text.ts";

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
const wanted = flags.only?.split(",");
const remedies: readonly Remedy[] = Object.values(REMEDIES).filter(
  ({ name }) => wanted?.includes(name) ?? true,
);

if (flags.train) {
  const jobs = [PLAIN, ...remedies].flatMap((remedy) =>
    seeds.map((seed) => ({
      name: `${remedy.name}, seed ${seed}`,
      config: remedyConfig(remedy, seed, STEPS),
      run: remedyRun(flags.out, remedy, seed),
    })),
  );
  let ended = -1;
  const states = await trainAll(jobs, {
    parallel: Number(flags.jobs),
    launch: startProgram(join(import.meta.dirname, "../dist/cli/main.js")),
    onChange: (all) => {
      const now = all.filter(({ status }) => status === "done" || status === "failed").length;
      if (now > ended) process.stderr.write(`${now}/${jobs.length} runs\n`);
      ended = now;
    },
  });
  // A run that diverges has no result: it is shown as missing, not hidden.
  for (const { status, job, error } of states) {
    if (status === "failed") process.stderr.write(`${job.name}: ${error}\n`);
  }
}

const arm = openArmRuns(flags.out, seeds, STEPS);
const shown = [STEPS_TO_95, SUCCESS, OSCILLATION];
const header = shown.flatMap(({ name }) => [name, "against plain [95 %]"]);
const lines = [`| plain, and | runs | ${header.join(" | ")} |`, `|---|${"---:|".repeat(header.length + 1)}`];
const trained = remedies.filter((remedy) => flags.train || arm.of(remedy).length > 0);
for (const remedy of [PLAIN, ...trained]) {
  const runs = arm.of(remedy);
  if (flags.json) {
    const differences = FIGURES.map((figure) => arm.compare(remedy, PLAIN, figure).difference);
    const figures = runs.map((run) => [run.seed, ...FIGURES.map((figure) => figure.of(run))]);
    console.log(
      JSON.stringify({
        bench: "remedies",
        case: remedy.name,
        set: remedy.settings,
        runs: figures,
        differences,
      }),
    );
  }
  const cells = shown.flatMap((figure) => [
    fixed(mean(runs.map(figure.of)), figure.decimals),
    remedy === PLAIN ? "" : differenceText(arm.compare(remedy, PLAIN, figure), figure),
  ]);
  lines.push(`| ${remedy.name} | ${runs.length}/${seeds.length} | ${cells.join(" | ")} |`);
}
if (flags.into === undefined) {
  if (!flags.json) console.log(lines.join("\n"));
} else {
  fillIn(flags.into, "remedies", lines.join("\n"));
  for (const figure of [STEPS_TO_95, OSCILLATION]) {
    const file = `remedies-${figure.name.replaceAll(/[^a-z0-9]+/gi, "-")}.svg`;
    const title = `What each remedy does to ${figure.name}`;
    const path = join(dirname(flags.into), "images", file);
    writeFileAtomically(path, effectChart(arm, title, trained, PLAIN, figure));
  }
}
