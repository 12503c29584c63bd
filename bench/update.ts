/**
 * @file How long one DDPG update takes, on each engine: `npx tsx bench/update.ts [--json]`.
 *
 * Batch 256, 26 numbers into the actor, 7 actions. Beside the two engines, which run the same graph,
 * stands the same update as one would write it with TensorFlow.js (plain-tfjs.ts). All take turns
 * within one process, so that what else the machine does falls on each; medians over rounds, after
 * warm-up.
 */

import { parseArgs } from "node:util";
import { ddpgUpdate } from "../agent/ddpg-update.ts";
import type { Compiled } from "../agent/engine/engine.ts";
import { loadEngine } from "../agent/engine/select.ts";
import { initialWeights } from "../agent/graph/mlp.ts";
import { elementCount } from "../agent/graph/node.ts";
import type { Program } from "../agent/graph/program.ts";
import { parseConfig } from "../shared/config.ts";
import { Rng } from "../shared/rng.ts";
import { plainTfjsUpdate } from "./plain-tfjs.ts";

/** Hidden layers, and how many updates of each engine make a round: enough to be well above the clock's grain. */
const CASES = [
  { name: "2×64", hidden: [64, 64], updates: { onnx: 100, tfjs: 5, plain: 5 } },
  { name: "2×256", hidden: [256, 256], updates: { onnx: 20, tfjs: 2, plain: 1 } },
  { name: "3×256", hidden: [256, 256, 256], updates: { onnx: 10, tfjs: 1, plain: 1 } },
] as const;
const ROUNDS = 15;
const WARM_UP_ROUNDS = 2;
const ENGINES = ["onnx", "tfjs"] as const;
const SIDES = [...ENGINES, "plain"] as const;
type Side = (typeof SIDES)[number];

interface Result {
  readonly case: string;
  readonly engine: string;
  readonly value: number;
  readonly unit: "ms" | "×";
}

const { values: options } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const engines = { onnx: await loadEngine("onnx"), tfjs: await loadEngine("tfjs") };
const results: Result[] = [];
for (const { name, hidden, updates } of CASES) {
  const settings = { ...parseConfig({}, "bench").agent, hidden: [...hidden], batchSize: 256 };
  const { program, actor, critics } = ddpgUpdate(settings, { inputs: 26, actions: 7 }, [-1, 0]);
  const feeds = drawFeeds(program);
  const compiled = { onnx: await engines.onnx.compile(program), tfjs: await engines.tfjs.compile(program) };
  for (const engine of ENGINES) {
    const rng = Rng.fromSeed(2);
    setBoth(compiled[engine], "actor", "targetActor", initialWeights(actor, rng, 3e-3));
    setBoth(compiled[engine], "critic", "targetCritic", initialWeights(critics[0]!, rng, 3e-3));
  }
  const plain = await plainTfjsUpdate(settings, { inputs: 26, actions: 7 }, feeds);
  const update: Record<Side, () => Promise<void> | void> = {
    onnx: () => compiled.onnx.run(feeds),
    tfjs: () => compiled.tfjs.run(feeds),
    plain: () => plain.run(),
  };
  const times: Record<Side, number[]> = { onnx: [], tfjs: [], plain: [] };
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const side of SIDES) {
      const start = performance.now();
      for (let i = 0; i < updates[side]; i++) await update[side]();
      if (round >= WARM_UP_ROUNDS) times[side].push((performance.now() - start) / updates[side]);
    }
  }
  const names: Record<Side, string> = {
    onnx: engines.onnx.name,
    tfjs: engines.tfjs.name,
    plain: "tfjs by hand",
  };
  for (const side of SIDES)
    results.push({ case: name, engine: names[side], value: median(times[side]), unit: "ms" });
  for (const side of ["tfjs", "plain"] as const) {
    // Ratios within a round are steadier than the ratio of medians: both sides had the same neighbours.
    const ratios = times[side].map((time, round) => time / (times.onnx[round] ?? Number.NaN));
    results.push({ case: name, engine: `${names[side]} / ${names.onnx}`, value: median(ratios), unit: "×" });
  }
  for (const engine of ENGINES) compiled[engine].dispose();
}
if (options.json) {
  for (const result of results) console.log(JSON.stringify({ bench: "update", ...result }));
} else {
  console.log(
    `one DDPG update, batch 256, 26 inputs, 7 actions; ${engines.tfjs.name}: ${engines.tfjs.reason}`,
  );
  for (const { case: name, engine, value, unit } of results) {
    console.log(`${name.padEnd(6)} ${engine.padEnd(20)} ${value.toFixed(2).padStart(8)} ${unit}`);
  }
}

function drawFeeds(program: Program): Record<string, Float32Array> {
  const rng = Rng.fromSeed(1);
  return Object.fromEntries(
    program.feeds.map(({ name, shape }) => {
      const draw = { rewards: () => -rng.integer(2), continues: () => 1 }[name] ?? (() => rng.normal());
      return [name, Float32Array.from({ length: elementCount(shape) }, draw)];
    }),
  );
}

function setBoth(update: Compiled, online: string, target: string, weights: Float32Array): void {
  update.setState(online, weights);
  update.setState(target, weights);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
