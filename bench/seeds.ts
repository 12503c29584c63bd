/**
 * @file Trains one configuration on many seeds, each as a separate `steadyarm train`, and prints a table. Those in
 * docs/ddpg.md:
 *
 *     npm run build && npx tsx bench/seeds.ts --preset ddpg-her --seeds 1-10
 *     npx tsx bench/seeds.ts --preset ddpg-her --seeds 1-10 --set agent.her.k=0      without hindsight
 *
 * The default preset is steady; --steps defaults to that of the preset.
 *
 * Runs are written to a temporary folder, or kept under --out, where completed runs are not repeated: use another folder
 * for other settings.
 */

import "./help.ts";

import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseSeeds } from "../experiments/sweep/sweep-spec.ts";
import { median } from "../shared/statistics.ts";
import { type RunResult, readResult } from "../storage/run-result.ts";
import { lowestAfter } from "./run-curves.ts";
import { forEachItem, steadyarm } from "./steadyarm.ts";

/** Period at the end of training over which the minimum success rate is taken. */
const LAST_STEPS = 5000;

const { values: flags } = parseArgs({
  options: {
    seeds: { type: "string", default: "1-5" },
    jobs: { type: "string", default: String(availableParallelism()) },
    env: { type: "string", default: "panda-reach" },
    reward: { type: "string", default: "sparse" },
    steps: { type: "string" },
    preset: { type: "string", default: "steady" },
    set: { type: "string", multiple: true, default: [] },
    out: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

interface Row {
  readonly seed: number;
  readonly result: RunResult;
  /** Minimum success rate of the evaluations in the last steps. */
  readonly lowestLate: number;
}

async function trainSeed(seed: number, folder: string): Promise<void> {
  const run = join(folder, `s${seed}`);
  const { env, reward, steps, preset } = flags;
  const options = {
    env,
    reward,
    preset,
    ...(steps === undefined ? {} : { steps }),
    seed: `${seed}`,
    out: run,
  };
  const args = existsSync(join(run, "manifest.json"))
    ? ["--resume", run]
    : [
        ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
        // Each job has one core.
        ...["train.collectors=0", ...flags.set].flatMap((setting) => ["--set", setting]),
      ];
  await steadyarm(["train", ...args]);
}

function readRow(seed: number, folder: string): Row {
  const run = join(folder, `s${seed}`);
  const result = readResult(run);
  if (result === undefined) throw new Error(`${run} has no result`);
  return { seed, result, lowestLate: lowestAfter(run, result.steps - LAST_STEPS) };
}

const count = (n: number | null) => (n === null ? "never" : n.toLocaleString("en"));

function print(rows: readonly Row[]): void {
  if (flags.json) {
    for (const { seed, result, lowestLate } of rows) {
      console.log(JSON.stringify({ bench: "seeds", case: `seed ${seed}`, ...result, lowestLate }));
    }
    return;
  }
  console.log(
    `| seed | success | success once | steps to 0.95 | minimum in the last ${count(LAST_STEPS)} steps | seconds |`,
  );
  console.log("|---|---|---|---|---|---|");
  for (const { seed, result, lowestLate } of rows) {
    const { successRate, successOnce, stepsTo95, wallSeconds } = result;
    console.log(
      `| ${seed} | ${successRate.toFixed(2)} | ${successOnce.toFixed(2)} | ${count(stepsTo95)} | ${lowestLate.toFixed(2)} | ${wallSeconds.toFixed(0)} |`,
    );
  }
  const solved = rows.filter(({ result }) => result.successRate >= 0.95).length;
  const steps = median(rows.map(({ result }) => result.stepsTo95 ?? Number.POSITIVE_INFINITY));
  const seconds = median(rows.map(({ result }) => result.wallSeconds));
  console.log(
    `\n${solved} of ${rows.length} seeds end at 0.95 or above; median steps to 0.95: ${Number.isFinite(steps) ? count(steps) : "never"}; median time: ${seconds.toFixed(0)} s`,
  );
}

const folder = flags.out ?? mkdtempSync(join(tmpdir(), "steadyarm-seeds-"));
mkdirSync(folder, { recursive: true });
const seeds = parseSeeds(flags.seeds, "--seeds");
await forEachItem(seeds, Number(flags.jobs), async (seed) => {
  await trainSeed(seed, folder);
  if (!flags.json) process.stderr.write(`seed ${seed} done\n`);
});
print(seeds.map((seed) => readRow(seed, folder)));
if (flags.out === undefined) rmSync(folder, { recursive: true, force: true });
