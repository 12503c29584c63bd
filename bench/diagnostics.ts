/**
 * @file Cost of diagnostics: `npx tsx bench/diagnostics.ts [--pairs 5] [--steps 5000] [--json]`.
 *
 * Trains panda-reach with and without diagnostics in alternating order, after one pair as warm-up.
 * Reports CPU seconds, which vary less than wall-clock seconds on a shared machine.
 */

import "./help.ts";

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadEngine } from "../agent/engine/select.ts";
import { makeEnv } from "../env/registry.ts";
import { parseConfig } from "../shared/config.ts";
import { median } from "../shared/statistics.ts";
import { describeMachine, describeVersions } from "../storage/machine.ts";
import { createRunFolder } from "../storage/run-folder.ts";
import { runTraining } from "../training/training-run.ts";

const { values: flags } = parseArgs({
  options: {
    pairs: { type: "string", default: "5" },
    steps: { type: "string", default: "5000" },
    json: { type: "boolean", default: false },
  },
});

async function cpuSeconds(diagnostics: boolean): Promise<number> {
  const config = parseConfig({ train: { steps: Number(flags.steps), diagnostics } }, "bench");
  const parent = mkdtempSync(join(tmpdir(), "steadyarm-bench-"));
  const engine = await loadEngine(config.agent.engine);
  const env = await makeEnv(config.env, config.agent.gamma);
  const folder = createRunFolder(join(parent, "run"), {
    config,
    seed: config.train.seed,
    engine: engine.name,
    versions: describeVersions(),
    machine: describeMachine(),
    commit: null,
    created: new Date().toISOString(),
  });
  const reporter = { advance() {}, evaluated() {}, print() {} };
  const before = process.cpuUsage();
  await runTraining({ config, folder, env, engine, reporter, resume: false, stopRequested: () => false });
  const { user, system } = process.cpuUsage(before);
  folder.lock.release();
  env.dispose();
  rmSync(parent, { recursive: true, force: true });
  return (user + system) / 1e6;
}

const pairs: { readonly without: number; readonly with: number }[] = [];
for (let i = 0; i <= Number(flags.pairs); i++) {
  const first = await cpuSeconds(i % 2 === 0);
  const second = await cpuSeconds(i % 2 !== 0);
  if (i > 0) pairs.push(i % 2 === 0 ? { with: first, without: second } : { with: second, without: first });
}
const cost = median(pairs.map((pair) => pair.with / pair.without - 1));
const rows = [
  { case: "without", value: median(pairs.map(({ without }) => without)), unit: "s" },
  { case: "with", value: median(pairs.map((pair) => pair.with)), unit: "s" },
  { case: "cost", value: 100 * cost, unit: "%" },
];
for (const row of rows) {
  console.log(
    flags.json
      ? JSON.stringify({ bench: "diagnostics", engine: "onnx", ...row })
      : `${row.case.padEnd(8)} ${row.value.toFixed(2)} ${row.unit}`,
  );
}
