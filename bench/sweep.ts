/**
 * @file How much faster a sweep is on two cores than on one: the built-in suite `quick`, shortened, by jobs an hour.
 *
 *     npm run build && npx tsx bench/sweep.ts [--jobs 1,2] [--steps 2000] [--json]
 *
 * Each row is `steadyarm bench run` with so many jobs at a time, from its start to its end, in a folder of its
 * own. Runs keep one core busy each; what is lost is starting them and what they share: memory and cache.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const MAIN = join(import.meta.dirname, "../dist/cli/main.js");

const { values: flags } = parseArgs({
  options: {
    jobs: { type: "string", default: `1,${availableParallelism()}` },
    steps: { type: "string", default: "2000" },
    json: { type: "boolean", default: false },
  },
});

const folder = mkdtempSync(join(tmpdir(), "steadyarm-sweep-"));
const sweep = {
  settings: { "train.steps": Number(flags.steps) },
  tasks: { "env.id": ["planar2-reach", "panda-reach"] },
  methods: { preset: ["steady", "plain"] },
  seeds: "1-3",
};
writeFileSync(join(folder, "quick.json"), JSON.stringify(sweep));
const jobs = 12;

let alone: number | undefined;
if (!flags.json) console.log("| jobs at a time | seconds | jobs an hour | against one |\n|---|---|---|---|");
for (const parallel of flags.jobs.split(",").map(Number)) {
  const begun = performance.now();
  const words = ["bench", "run", "quick.json", "--jobs", `${parallel}`, "--out", `jobs-${parallel}`];
  const { status } = spawnSync(process.execPath, [MAIN, ...words], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`bench run ended with ${status}`);
  const seconds = (performance.now() - begun) / 1000;
  const hourly = (jobs * 3600) / seconds;
  alone ??= hourly;
  const speedup = hourly / alone;
  if (flags.json) {
    console.log(JSON.stringify({ bench: "sweep", case: `${parallel} at a time`, seconds, hourly, speedup }));
  } else {
    console.log(`| ${parallel} | ${seconds.toFixed(1)} | ${hourly.toFixed(0)} | ${speedup.toFixed(2)} × |`);
  }
}
rmSync(folder, { recursive: true, force: true });
