/**
 * @file Trains the tasks with objects on several seeds, evaluates each policy on 200 fresh episodes, and prints the
 * tables of docs/manipulation.md.
 *
 *     npm run build && npx tsx bench/manipulation.ts --seeds 1-5 --out manipulation           with demonstrations
 *     npx tsx bench/manipulation.ts --without-demos --tasks push-ee,push-torque --seeds 1-5
 *     npx tsx bench/manipulation.ts --tasks push-torque --seeds 1-5 --figure push.svg
 *
 * Demonstrations are recorded once for each task. Completed runs and evaluations under --out are not repeated, an
 * interrupted run is resumed: use another folder for other settings. Runs take turns; each uses `train.collectors` as
 * `steadyarm train` does.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { lineChart } from "../experiments/report/line-chart.ts";
import { parseSeeds } from "../experiments/sweep/sweep-spec.ts";
import { isRecord } from "../shared/is-record.ts";
import { writeFileAtomically } from "../storage/atomic-file.ts";
import { readResult } from "../storage/run-result.ts";
import { meanSeries, successCurve } from "./run-curves.ts";
import { forEachItem, steadyarm } from "./steadyarm.ts";

interface Task {
  readonly env: string;
  readonly control: string;
  /** Environment steps with demonstrations, and without. */
  readonly steps: readonly [withDemos: number, without: number];
}

const TASKS: Readonly<Record<string, Task>> = {
  "push-ee": { env: "panda-push", control: "ee", steps: [120_000, 250_000] },
  "push-torque": { env: "panda-push", control: "torque", steps: [150_000, 300_000] },
  "pick-and-place-ee": { env: "panda-gripper-pick-and-place", control: "ee", steps: [80_000, 250_000] },
  "pick-and-place-torque": {
    env: "panda-gripper-pick-and-place",
    control: "torque",
    steps: [100_000, 300_000],
  },
  "slide-ee": { env: "panda-slide", control: "ee", steps: [200_000, 300_000] },
  "slide-torque": { env: "panda-slide", control: "torque", steps: [200_000, 300_000] },
};

const { values: flags } = parseArgs({
  options: {
    out: { type: "string", default: "runs/manipulation" },
    tasks: { type: "string", default: Object.keys(TASKS).join() },
    seeds: { type: "string", default: "1-5" },
    "without-demos": { type: "boolean", default: false },
    steps: { type: "string" },
    set: { type: "string", multiple: true, default: [] },
    jobs: { type: "string", default: "1" },
    figure: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const withDemos = !flags["without-demos"];
const seeds = parseSeeds(flags.seeds, "--seeds");
const names = flags.tasks.split(",");

function taskOf(name: string): Task {
  const task = TASKS[name];
  if (task === undefined) throw new Error(`--tasks: expected ${Object.keys(TASKS)}, got ${name}`);
  return task;
}

/** Returns the folder of a task's demonstrations, recorded if they are missing. */
async function demonstrations(name: string): Promise<string> {
  const { env, control } = taskOf(name);
  const folder = join(flags.out, `demos-${name}`);
  if (!existsSync(folder))
    await steadyarm([
      "record",
      "--scripted",
      env,
      "--control",
      control,
      "--episodes",
      "400",
      "--out",
      folder,
    ]);
  return folder;
}

async function train(name: string, seed: number, run: string): Promise<void> {
  if (readResult(run) !== undefined) return;
  if (existsSync(join(run, "manifest.json"))) {
    await steadyarm(["train", "--resume", run]);
    return;
  }
  const { env, control, steps } = taskOf(name);
  await steadyarm([
    ...["train", "--env", env, "--control", control, "--seed", `${seed}`, "--out", run],
    ...["--steps", flags.steps ?? `${steps[withDemos ? 0 : 1]}`],
    ...(withDemos ? ["--demos", await demonstrations(name)] : []),
    ...["train.checkpointEvery=10000", ...flags.set].flatMap((setting) => ["--set", setting]),
  ]);
}

interface Row {
  readonly name: string;
  readonly seed: number;
  readonly run: string;
  readonly steps: number;
  /** Step of the policy that was chosen. */
  readonly policyStep: number;
  readonly minutes: number;
  /** Over 200 episodes that neither training nor the choice of the policy has seen. */
  readonly successRate: number;
}

async function measure(name: string, seed: number): Promise<Row> {
  const run = join(flags.out, withDemos ? name : `${name}-without`, `s${seed}`);
  await train(name, seed, run);
  const path = join(run, "fresh-episodes.json");
  if (!existsSync(path))
    writeFileAtomically(path, await steadyarm(["eval", run, "--episodes", "200", "--seed", "777", "--json"]));
  const evaluation: unknown = JSON.parse(readFileSync(path, "utf8"));
  const result = readResult(run);
  if (result === undefined || !isRecord(evaluation)) throw new Error(`${run} is not complete`);
  const { steps, policyStep = steps, wallSeconds } = result;
  const successRate = Number(evaluation["successRate"]);
  return { name, seed, run, steps, policyStep, minutes: wallSeconds / 60, successRate };
}

const rows: Row[] = [];
const jobs = names.flatMap((name) => seeds.map((seed) => ({ name, seed })));
await forEachItem(jobs, Number(flags.jobs), async ({ name, seed }) => {
  const row = await measure(name, seed);
  rows.push(row);
  process.stderr.write(
    `${name}, seed ${seed}: ${row.successRate.toFixed(3)}, ${row.minutes.toFixed(1)} min\n`,
  );
});

if (flags.json)
  for (const row of rows) console.log(JSON.stringify({ bench: "manipulation", withDemos, ...row }));
else {
  console.log("| task | seed | success of 200 episodes | steps | policy of step | minutes |");
  console.log("|---|---:|---:|---:|---:|---:|");
  for (const { name, seed } of jobs) {
    const row = rows.find((each) => each.name === name && each.seed === seed);
    if (row === undefined) continue;
    const { successRate, steps, policyStep, minutes } = row;
    console.log(
      `| ${name} | ${seed} | ${successRate.toFixed(3)} | ${steps.toLocaleString("en")} | ${policyStep.toLocaleString("en")} | ${minutes.toFixed(1)} |`,
    );
  }
}

if (flags.figure !== undefined) {
  const series = names.map((name) => {
    const runs = rows
      .filter((row) => row.name === name)
      .map(({ seed, run }) => ({
        name: `${name}, seed ${seed}`,
        points: successCurve(run).map(({ step, rate }) => ({ x: step, y: rate })),
      }));
    return meanSeries(name, runs);
  });
  writeFileAtomically(
    flags.figure,
    lineChart({
      title: "Success rate over training",
      description: `Share of evaluation episodes with success at the last step, over environment steps: ${series.map(({ name }) => name).join("; ")}. Faint lines are single seeds, strong lines their mean.`,
      x: { label: "environment steps" },
      y: { label: "success rate at the last step", range: [0, 1] },
      series,
    }),
  );
}
