/**
 * @file Time of one DDPG update: `npx tsx bench/update.ts [--part engines,critics,stabilisers] [--json]`.
 *
 * Batch 256, 26 inputs, 7 actions. `engines` compares both engines, which run the same graph, with the update written by
 * hand in TensorFlow.js (plain-tfjs.ts). GFLOP/s is the rate of an update's matrix products, as if it did nothing else,
 * compared with the peak rate of this processor, that of a single product of 512 × 512 matrices. `critics` and
 * `stabilisers` measure the cost of options on the default engine. Implementations take turns within one process, so
 * that other load on the machine affects all of them. Values are medians over rounds, after a warm-up.
 */

import "./help.ts";

import { parseArgs } from "node:util";
import { ddpgUpdate } from "../agent/ddpg-update.ts";
import type { Compiled, Engine } from "../agent/engine/engine.ts";
import { loadEngine } from "../agent/engine/select.ts";
import { initialWeights } from "../agent/graph/mlp-layout.ts";
import { elementCount } from "../agent/graph/node.ts";
import type { Program } from "../agent/graph/program.ts";
import type { AgentConfig } from "../shared/agent-config.ts";
import { parseConfig } from "../shared/config.ts";
import { presetSettings } from "../shared/presets.ts";
import { Rng } from "../shared/rng.ts";
import { median } from "../shared/statistics.ts";
import { productOperations, singleProduct } from "./matrix-products.ts";
import { plainTfjsUpdate } from "./plain-tfjs.ts";

const SIZES = { inputs: 26, actions: 7 };
const ROUNDS = 15;
/** For options: short turns, so that other load affects all variants alike. */
const OPTION_ROUNDS = 200;
const WARM_UP_ROUNDS = 2;
/** Updates before the first round: until the kernels are compiled with optimisations. */
const WARM_UP_UPDATES = 100;

/** Hidden layers, and updates per round for each implementation: enough to exceed the resolution of the clock. */
const SHAPES = [
  { name: "2×64", hidden: [64, 64], updates: { onnx: 100, tfjs: 5, plain: 5 } },
  { name: "2×256", hidden: [256, 256], updates: { onnx: 20, tfjs: 2, plain: 1 } },
  { name: "3×256", hidden: [256, 256, 256], updates: { onnx: 10, tfjs: 1, plain: 1 } },
] as const;

const LAYER_NORM = { layerNorm: { critic: true } };
const TWO_CRITICS = { count: 2, targetMin: 2 };

/** A layer-normalised critic, two critics whose minimum is the target, and both; the actor maximises the mean or the first. */
const CRITICS: readonly (readonly [name: string, agent: object])[] = [
  ["plain", presetSettings("plain").agent],
  ["layerNorm", { ...presetSettings("plain").agent, ...LAYER_NORM }],
  ["twin", { ...presetSettings("plain").agent, critics: TWO_CRITICS }],
  ["twin, first", { ...presetSettings("plain").agent, critics: { ...TWO_CRITICS, actorUses: "first" } }],
  ["both", { ...presetSettings("plain").agent, ...LAYER_NORM, critics: TWO_CRITICS }],
  [
    "both, first",
    { ...presetSettings("plain").agent, ...LAYER_NORM, critics: { ...TWO_CRITICS, actorUses: "first" } },
  ],
];

/** Stabilisers added to plain DDPG; the last entry has all that can be combined. */
const STABILISERS: readonly (readonly [name: string, agent: object])[] = [
  ["plain", presetSettings("plain").agent],
  ["steady", presetSettings("steady").agent],
  ["twin critics", { ...presetSettings("plain").agent, critics: TWO_CRITICS }],
  ["td3", presetSettings("td3").agent],
  ["layer norm, both", { layerNorm: { actor: true, critic: true } }],
  ["batch norm, critic", { batchNorm: { critic: "batch" } }],
  [
    "all combined",
    {
      critics: { count: 2, targetMin: 2, actorUses: "least" },
      targetSmoothing: { scale: 0.2 },
      actorEvery: 2,
      gradientClip: { actor: 1, critic: 1 },
      layerNorm: { actor: true, critic: true },
      actionPenalty: 0.1,
      rewardScale: 2,
      normalizeReturns: true,
      replay: { kind: "prioritized" },
    },
  ],
];

interface Implementation {
  readonly name: string;
  /** Updates per round. */
  readonly updates: number;
  readonly run: () => Promise<void> | void;
}

const PARTS = ["engines", "critics", "stabilisers"];
const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    part: { type: "string", default: PARTS.join() },
  },
});
const parts = options.part.split(",");
const unknown = parts.find((part) => !PARTS.includes(part));
if (unknown !== undefined) {
  console.error(`--part: expected some of ${PARTS.join(", ")}, got ${unknown}`);
  process.exit(2);
}
const onnxEngine = await loadEngine("onnx");
if (!options.json) console.log("one DDPG update, batch 256, 26 inputs, 7 actions");
if (parts.includes("engines")) await compareEngines();
if (parts.includes("critics")) {
  await compareOptions("2×64", [64, 64], 2, CRITICS);
  await compareOptions("2×128", [128, 128], 1, CRITICS);
}
if (parts.includes("stabilisers")) {
  await compareOptions("2×64", [64, 64], 2, STABILISERS);
  await compareOptions("2×256", [256, 256], 2, STABILISERS);
}

async function compareEngines(): Promise<void> {
  const engines = { onnx: onnxEngine, tfjs: await loadEngine("tfjs") };
  if (!options.json) console.log(`${engines.tfjs.name}: ${engines.tfjs.reason}`);
  for (const { name, hidden, updates } of SHAPES) {
    const settings = { ...parseConfig({}, "bench").agent, hidden: [...hidden], batchSize: 256 };
    const [onnx, tfjs] = [await prepare(settings, engines.onnx), await prepare(settings, engines.tfjs)];
    const plain = await plainTfjsUpdate(settings, SIZES, onnx.feeds);
    const product = await singleProduct(engines.onnx);
    const times = await takeTurns([
      { name: engines.onnx.name, updates: updates.onnx, run: () => onnx.compiled.run(onnx.feeds) },
      { name: engines.tfjs.name, updates: updates.tfjs, run: () => tfjs.compiled.run(tfjs.feeds) },
      { name: "hand-written tfjs", updates: updates.plain, run: () => plain.run() },
      { name: "one product", updates: updates.onnx, run: product.run },
    ]);
    const { "one product": productTimes = [], ...updateTimes } = Object.fromEntries(times);
    print(name, new Map(Object.entries(updateTimes)));
    const rate = (operations: number, milliseconds: readonly number[] = []) =>
      operations / (1e6 * median(milliseconds));
    printRow(
      name,
      `${engines.onnx.name}, products of an update`,
      rate(onnx.operations, times.get(engines.onnx.name)),
      "GFLOP/s",
    );
    printRow(
      name,
      `${engines.onnx.name}, one product of 512 × 512`,
      rate(product.operations, productTimes),
      "GFLOP/s",
    );
    for (const each of [onnx.compiled, tfjs.compiled, product]) each.dispose();
  }
}

/** Times variants of the agent's settings, `updates` at a time. */
async function compareOptions(
  shape: string,
  hidden: readonly number[],
  updates: number,
  variants: readonly (readonly [name: string, agent: object])[],
): Promise<void> {
  const implementations = await Promise.all(
    variants.map(async ([name, agent]) => {
      const config = parseConfig({ agent: { ...agent, hidden: [...hidden], batchSize: 256 } }, "bench").agent;
      const { compiled, feeds } = await prepare(config, onnxEngine);
      let done = 0;
      const run = () => compiled.run(feeds, { skipDelayed: ++done % config.actorEvery !== 0 });
      return { name, updates, run, compiled };
    }),
  );
  for (const { run } of implementations) for (let i = 0; i < WARM_UP_UPDATES; i++) await run();
  print(shape, await takeTurns(implementations, OPTION_ROUNDS));
  for (const { compiled } of implementations) compiled.dispose();
}

async function prepare(
  settings: AgentConfig,
  engine: Engine,
): Promise<{
  readonly compiled: Compiled;
  readonly feeds: Record<string, Float32Array>;
  readonly operations: number;
}> {
  const { program, actorLayout, criticLayouts } = ddpgUpdate(settings, SIZES, { rewardRange: [-1, 0] });
  const compiled = await engine.compile(program);
  const rng = Rng.fromSeed(2);
  const actorWeights = initialWeights(actorLayout, rng, 3e-3);
  const criticWeights = new Float32Array(criticLayouts[0]?.size ?? 0);
  for (const layout of criticLayouts) initialWeights(layout, rng, 3e-3, criticWeights);
  for (const network of ["actor", "targetActor"]) compiled.setState(network, actorWeights);
  for (const network of ["critic", "targetCritic"]) compiled.setState(network, criticWeights);
  return { compiled, feeds: drawFeeds(program), operations: productOperations(program) };
}

function drawFeeds(program: Program): Record<string, Float32Array> {
  const rng = Rng.fromSeed(1);
  const one = () => 1;
  const draws: Readonly<Record<string, () => number>> = {
    rewards: () => -rng.integer(2),
    continues: one,
    importanceWeights: one,
    returnScale: one,
    criticMask: () => 0,
  };
  return Object.fromEntries(
    program.feeds.map(({ name, shape }) => {
      return [name, Float32Array.from({ length: elementCount(shape) }, draws[name] ?? (() => rng.normal()))];
    }),
  );
}

/** Milliseconds per update of each implementation and round. */
async function takeTurns(
  implementations: readonly Implementation[],
  rounds = ROUNDS,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const times = new Map<string, number[]>(implementations.map(({ name }) => [name, []]));
  for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
    for (const { name, updates, run } of implementations) {
      const start = performance.now();
      for (let i = 0; i < updates; i++) await run();
      if (round >= WARM_UP_ROUNDS) times.get(name)?.push((performance.now() - start) / updates);
    }
  }
  return times;
}

/** Prints the milliseconds of each implementation, then the ratios to the first. */
function print(shape: string, times: ReadonlyMap<string, readonly number[]>): void {
  const [[first, firstTimes] = ["", []], ...others] = times;
  const rows = [
    ...[...times].map(([engine, each]) => ({ engine, value: median(each), unit: "ms" })),
    // Ratios within a round vary less than the ratio of medians, because both saw the same load.
    ...others.map(([other, each]) => ({
      engine: `${other} / ${first}`,
      value: median(each.map((time, round) => time / (firstTimes[round] ?? Number.NaN))),
      unit: "×",
    })),
  ];
  for (const { engine, value, unit } of rows) printRow(shape, engine, value, unit);
}

function printRow(shape: string, engine: string, value: number, unit: string): void {
  if (options.json) console.log(JSON.stringify({ bench: "update", case: shape, engine, value, unit }));
  else console.log(`${shape.padEnd(6)} ${engine.padEnd(34)} ${value.toFixed(2).padStart(8)} ${unit}`);
}
