/**
 * @file Throughput of a sweep by the number of cores: jobs per hour of the built-in suite `quick`.
 *
 *     npm run build && npx tsx bench/sweep.ts [--cores 1,2] [--steps N] [--json]
 *
 * Each row is a complete `steadyarm bench run quick`, confined to the given number of cores by `taskset`: V8 compiles and
 * collects garbage on additional threads, so a single job without confinement uses 10 % more than one core. Without
 * `taskset` (Linux only) the rows differ only in `--jobs`, and a line says so. `--steps` shortens every run.
 */

import "./help.ts";

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { MAIN } from "./steadyarm.ts";

const { values: flags } = parseArgs({
  options: {
    cores: { type: "string", default: `1,${availableParallelism()}` },
    steps: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

const confined = spawnSync("taskset", ["--cpu-list", "0", "true"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "steadyarm-sweep-"));
let suite = "quick";
if (flags.steps !== undefined) {
  suite = "shortened.json";
  const spec = {
    settings: { "train.steps": Number(flags.steps) },
    tasks: { "env.id": ["planar2-reach", "panda-reach"] },
    methods: { preset: ["steady", "plain"] },
    seeds: "1-3",
  };
  writeFileSync(join(folder, suite), JSON.stringify(spec));
}
const jobs = 12;

let baseline: number | undefined;
if (!flags.json) {
  if (!confined) console.log("taskset is not available: a job may use more than one core\n");
  console.log("| cores | seconds | jobs per hour | speedup |\n|---|---|---|---|");
}
for (const cores of flags.cores.split(",").map(Number)) {
  const start = performance.now();
  const args = [MAIN, "bench", "run", suite, "--jobs", `${cores}`, "--out", `cores-${cores}`];
  const [program, prefix] = confined
    ? ["taskset", ["--cpu-list", cores === 1 ? "0" : `0-${cores - 1}`, process.execPath]]
    : [process.execPath, []];
  const { status } = spawnSync(program, [...prefix, ...args], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`bench run ended with ${status}`);
  const seconds = (performance.now() - start) / 1000;
  const hourly = (jobs * 3600) / seconds;
  baseline ??= hourly;
  const speedup = hourly / baseline;
  if (flags.json) {
    console.log(
      JSON.stringify({ bench: "sweep", case: `${cores} cores`, confined, seconds, hourly, speedup }),
    );
  } else {
    console.log(`| ${cores} | ${seconds.toFixed(1)} | ${hourly.toFixed(0)} | ${speedup.toFixed(2)} × |`);
  }
}
rmSync(folder, { recursive: true, force: true });
