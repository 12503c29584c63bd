/** @file Writes runs, zoo entries and policies of untrained agents for the viewer's tests. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ddpg } from "../../../agent/ddpg.ts";
import { loadEngine } from "../../../agent/engine/select.ts";
import { taskFacts } from "../../../agent/memory.ts";
import { makeEnv } from "../../../env/registry.ts";
import { parseConfig } from "../../../shared/config.ts";
import { Rng } from "../../../shared/rng.ts";
import { openJsonlSink } from "../../../storage/jsonl-sink.ts";
import type { MetricRow } from "../../../storage/metrics.ts";
import { writePolicy } from "../../../storage/policy-file.ts";
import { policyPath } from "../../../storage/policy-folder.ts";
import { createRunFolder } from "../../../storage/run-folder.ts";
import { takeSnapshot } from "../../../training/policy-snapshot.ts";
import { manifestOf } from "../../storage/run-manifest.ts";

/** Settings of a small planar arm, which is fast to simulate. */
export function sampleConfig(seed: number, env: object = { id: "planar2-reach" }) {
  return parseConfig({ env, agent: { hidden: [8] }, train: { seed } }, "test");
}

/** Writes an untrained policy as if it had trained for some steps. */
export async function writeSamplePolicy(
  path: string,
  seed: number,
  step: number,
  config = sampleConfig(seed),
): Promise<void> {
  const env = await makeEnv(config.env, config.agent.gamma);
  const task = taskFacts(env);
  const agent = await Ddpg.create(config.agent, task, await loadEngine("onnx"), Rng.fromSeed(seed + step));
  writePolicy(path, takeSnapshot(agent, step), config, task.sizes);
  env.dispose();
}

/** Writes a run folder with policies of some steps. */
export async function writeSampleRun(
  path: string,
  seed: number,
  steps: readonly number[],
  config = sampleConfig(seed),
): Promise<void> {
  const folder = createRunFolder(path, { ...manifestOf(seed), config });
  for (const step of steps) await writeSamplePolicy(policyPath(folder.policies, step), seed, step, config);
  folder.lock.release();
}

/** Writes a zoo entry whose card contains markup. */
export async function writeSampleZoo(path: string, seed: number, steps: readonly number[]): Promise<void> {
  mkdirSync(join(path, "policies"), { recursive: true });
  const card = {
    title: "steady <b>one</b>",
    successRate: 0.97,
    command: "steadyarm train",
    results: { held: 97 },
  };
  writeFileSync(join(path, "card.json"), JSON.stringify(card));
  for (const step of steps) {
    await writeSamplePolicy(policyPath(join(path, "policies"), step), seed, step);
  }
}

/** Appends rows to a run's metrics at `resumeAt`, the file length that the last call returned. */
export function addMetricRows(run: string, rows: readonly MetricRow[], resumeAt?: number): number {
  const sink = openJsonlSink({ folder: run, resumeAt });
  for (const row of rows) sink.write(row);
  const length = sink.flush();
  sink.close();
  return length;
}
