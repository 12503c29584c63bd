/**
 * @file How many more jobs an hour a sweep does on two cores than on one: the built-in suite `quick`.
 *
 *     npm run build && npx tsx bench/sweep.ts [--cores 1,2] [--steps N] [--json]
 *
 * Each row is `steadyarm bench run quick` from its start to its end, in a folder of its own, confined by `taskset`
 * to so many cores, as it would be on a machine that has no more: V8 compiles and collects garbage on threads
 * of its own, so a job that is alone on two cores takes a tenth more than one of them. Without `taskset`
 * (only Linux has it) rows differ in `--jobs` alone, which is said. `--steps` shortens every run.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const MAIN = join(import.meta.dirname, "../dist/cli/main.js");

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

let alone: number | undefined;
if (!flags.json) {
  if (!confined) console.log("not confined: there is no taskset here, so one job may use two cores\n");
  console.log("| cores | seconds | jobs an hour | against one |\n|---|---|---|---|");
}
for (const cores of flags.cores.split(",").map(Number)) {
  const begun = performance.now();
  const words = [MAIN, "bench", "run", suite, "--jobs", `${cores}`, "--out", `cores-${cores}`];
  const [program, before] = confined
    ? ["taskset", ["--cpu-list", cores === 1 ? "0" : `0-${cores - 1}`, process.execPath]]
    : [process.execPath, []];
  const { status } = spawnSync(program, [...before, ...words], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`bench run ended with ${status}`);
  const seconds = (performance.now() - begun) / 1000;
  const hourly = (jobs * 3600) / seconds;
  alone ??= hourly;
  const speedup = hourly / alone;
  if (flags.json) {
    console.log(
      JSON.stringify({ bench: "sweep", case: `${cores} cores`, confined, seconds, hourly, speedup }),
    );
  } else {
    console.log(`| ${cores} | ${seconds.toFixed(1)} | ${hourly.toFixed(0)} | ${speedup.toFixed(2)} × |`);
  }
}
rmSync(folder, { recursive: true, force: true });
