/**
 * @file Trains the tasks with objects on several seeds, evaluates each policy on 200 fresh episodes, and prints the
 * tables of docs/manipulation.md.
 *
 *     npm run build && npx tsx bench/manipulation.ts --seeds 1-5 --out manipulation           with demonstrations
 *     npx tsx bench/manipulation.ts --without-demos --tasks push-ee,push-torque --seeds 1-5
 *     npx tsx bench/plot-curves.ts push.svg push=manipulation/push-torque                        their curves
 *
 * Demonstrations are recorded once for each task. Completed runs and evaluations under --out are not repeated, an
 * interrupted run is resumed: use another folder for other settings. Each run has one thread, so use `--jobs` 2 on two
 * cores.
 */

import "./help.ts";

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseSeeds } from "../experiments/sweep/sweep-spec.ts";
import { isRecord } from "../shared/is-record.ts";
import { writeFileAtomically } from "../storage/atomic-file.ts";
import { readResult } from "../storage/run-result.ts";
import { demosOf, OBJECT_TASKS, recordArgs, trainArgs } from "./object-tasks.ts";
import { forEachItem, steadyarm } from "./steadyarm.ts";

const { values: flags } = parseArgs({
  options: {
    out: { type: "string", default: "runs/manipulation" },
    tasks: { type: "string", default: Object.keys(OBJECT_TASKS).join() },
    seeds: { type: "string", default: "1-5" },
    "without-demos": { type: "boolean", default: false },
    set: { type: "string", multiple: true, default: [] },
    jobs: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const withDemos = !flags["without-demos"];
const seeds = parseSeeds(flags.seeds, "--seeds");
const names = flags.tasks.split(",");

/** Runs `steadyarm <args>` in the folder --out. */
const inFolder = (args: readonly string[]) => steadyarm(args, { cwd: flags.out });

/** Records a task's demonstrations if they are missing. */
async function recordOnce(name: string): Promise<void> {
  const folder = demosOf(name);
  if (!existsSync(join(flags.out, folder))) await inFolder(["record", ...recordArgs(name), "--out", folder]);
}

/** @param run its folder in --out */
async function train(name: string, seed: number, run: string): Promise<void> {
  const path = join(flags.out, run);
  if (readResult(path) !== undefined) return;
  if (existsSync(join(path, "manifest.json"))) {
    await inFolder(["train", "--resume", run]);
    return;
  }
  const settings = flags.set.flatMap((setting) => ["--set", setting]);
  await inFolder(["train", ...trainArgs(name, seed, withDemos), ...settings, "--out", run]);
}

interface Row {
  readonly name: string;
  readonly seed: number;
  readonly steps: number;
  /** Step of the policy that was chosen. */
  readonly policyStep: number;
  readonly minutes: number;
  /** Over 200 episodes that neither training nor the choice of the policy has seen. */
  readonly successRate: number;
}

async function measure(name: string, seed: number): Promise<Row> {
  const run = join(withDemos ? name : `${name}-without`, `s${seed}`);
  await train(name, seed, run);
  const folder = join(flags.out, run);
  const path = join(folder, "fresh-episodes.json");
  if (!existsSync(path))
    writeFileAtomically(path, await inFolder(["eval", run, "--episodes", "200", "--seed", "777", "--json"]));
  const evaluation: unknown = JSON.parse(readFileSync(path, "utf8"));
  const result = readResult(folder);
  if (result === undefined || !isRecord(evaluation)) throw new Error(`${run} is not complete`);
  const { steps, policyStep = steps, wallSeconds } = result;
  const successRate = Number(evaluation["successRate"]);
  return { name, seed, steps, policyStep, minutes: wallSeconds / 60, successRate };
}

mkdirSync(flags.out, { recursive: true });
// Before the runs, two of which could start at the same time.
if (withDemos) for (const name of names) await recordOnce(name);
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
