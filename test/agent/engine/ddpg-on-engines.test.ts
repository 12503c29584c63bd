/** @file The DDPG update on both engines: equal results, determinism, no leaks. */

import * as web from "onnxruntime-web";
import { beforeAll, describe, expect, it } from "vitest";
import { ddpgUpdate } from "../../../agent/ddpg-update.ts";
import type { Compiled, Engine } from "../../../agent/engine/engine.ts";
import { onnxModel } from "../../../agent/engine/onnx.ts";
import { inputName, nextName, outputName } from "../../../agent/engine/onnx-lowering.ts";
import { loadEngine } from "../../../agent/engine/select.ts";
import { loadTensorflow } from "../../../agent/engine/tfjs-backend.ts";
import { initialWeights } from "../../../agent/graph/mlp-layout.ts";
import { elementCount } from "../../../agent/graph/node.ts";
import { parseConfig } from "../../../shared/config.ts";
import { Rng } from "../../../shared/rng.ts";

const settings = parseConfig({ agent: { hidden: [24, 16], batchSize: 32 } }, "test").agent;
const { program, actorLayout, criticLayouts } = ddpgUpdate(
  settings,
  { inputs: 9, actions: 3 },
  { rewardRange: [-1, 0] },
);

function start(update: Compiled): void {
  const rng = Rng.fromSeed(1);
  const [actorWeights, criticWeights] = [
    initialWeights(actorLayout, rng, 3e-3),
    initialWeights(criticLayouts[0]!, rng, 3e-3),
  ];
  for (const name of ["actor", "targetActor"]) update.setState(name, actorWeights);
  for (const name of ["critic", "targetCritic"]) update.setState(name, criticWeights);
}

/** Random batches with rewards of −1 and 0. */
function* batches(seed: number): Generator<Record<string, Float32Array>, never> {
  const rng = Rng.fromSeed(seed);
  const draw = { rewards: () => -rng.integer(2), continues: () => 1, actions: () => rng.uniformIn(-1, 1) };
  for (;;) {
    yield Object.fromEntries(
      program.feeds.map(({ name, shape }) => {
        const next = Object.entries(draw).find(([key]) => key === name)?.[1] ?? (() => rng.normal());
        return [name, Float32Array.from({ length: elementCount(shape) }, next)];
      }),
    );
  }
}

async function runUpdates(update: Compiled, count: number, seed = 2): Promise<void> {
  const feeds = batches(seed);
  for (let i = 0; i < count; i++) await update.run(feeds.next().value);
}

function values(update: Compiled): Record<string, Float32Array> {
  return Object.fromEntries([
    ...program.state.map(({ current: { name } }) => [nextName(name), update.state(name).slice()]),
    ...program.outputs.map(({ name }) => [outputName(name), update.output(name).slice()]),
  ]);
}

/** Maximum difference between two runs' state and outputs, relative to the larger of 1 and the number. */
function gap(a: Record<string, Float32Array>, b: Record<string, Float32Array>): number {
  let max = 0;
  for (const [name, x] of Object.entries(a)) {
    x.forEach((each, i) => {
      const difference = Math.abs(each - b[name]![i]!) / Math.max(1, Math.abs(each));
      // Negated, so that a NaN counts as a difference.
      if (!(difference <= max)) max = difference;
    });
  }
  return max;
}

describe("the DDPG update", () => {
  let onnx: Engine;
  let tfjs: Engine;
  beforeAll(async () => {
    [onnx, tfjs] = [await loadEngine("onnx"), await loadEngine("tfjs")];
  });

  it.each([
    [1, 1e-5],
    [100, 1e-3],
  ])("is equal on both engines after %i updates, within %f", async (count, tolerance) => {
    const results: Record<string, Float32Array>[] = [];
    for (const engine of [onnx, tfjs]) {
      const update = await engine.compile(program);
      start(update);
      const before = update.state("actor").slice();
      await runUpdates(update, count);
      expect(update.state("actor")).not.toEqual(before);
      results.push(values(update));
      update.dispose();
    }
    expect(gap(results[0]!, results[1]!)).toBeLessThan(tolerance);
  });

  it.each(["onnx", "tfjs"] as const)("is equal bit for bit when %s repeats it", async (name) => {
    const engine = name === "onnx" ? onnx : tfjs;
    const [one, other] = [await engine.compile(program), await engine.compile(program)];
    start(one);
    start(other);
    await runUpdates(one, 20);
    await runUpdates(other, 20);
    expect(values(other)).toEqual(values(one));
    await runUpdates(other, 1, 3);
    expect(values(other)).not.toEqual(values(one));
    one.dispose();
    other.dispose();
  });

  it("continues from a copied state bit for bit", async () => {
    const [uninterrupted, resumed] = [await onnx.compile(program), await onnx.compile(program)];
    start(uninterrupted);
    await runUpdates(uninterrupted, 10, 4);
    for (const { name } of program.state.map(({ current }) => current))
      resumed.setState(name, uninterrupted.state(name));
    await runUpdates(uninterrupted, 10, 5);
    await runUpdates(resumed, 10, 5);
    expect(values(resumed)).toEqual(values(uninterrupted));
    uninterrupted.dispose();
    resumed.dispose();
  });

  it("leaks no tensor in TensorFlow.js, even when a run throws", async () => {
    const { tf } = await loadTensorflow();
    const update = await tfjs.compile(program);
    start(update);
    await runUpdates(update, 1);
    const before = tf.memory().numTensors;
    await runUpdates(update, 5);
    expect(tf.memory().numTensors).toBe(before);
    const feeds = batches(6).next().value;
    const unreadable = new Proxy(feeds["actions"]!, {
      get(array, key) {
        if (key === "length") return array.length;
        throw new Error("cannot be read");
      },
    });
    await expect(update.run({ ...feeds, actions: unreadable })).rejects.toThrow("values passed to tensor");
    expect(tf.memory().numTensors).toBe(before);
  });

  it("gives the same results in onnxruntime-web", async () => {
    web.env.wasm.numThreads = 1;
    web.env.logLevel = "error";
    const session = await web.InferenceSession.create(onnxModel(program), { executionProviders: ["wasm"] });
    const update = await onnx.compile(program);
    start(update);
    const feeds = batches(7).next().value;
    const tensors = Object.fromEntries(
      [
        ...program.state.map(({ current }) => [current, update.state(current.name).slice()] as const),
        ...program.feeds.map((node) => [node, feeds[node.name]!] as const),
      ].map(([node, data]) => [inputName(node.name), new web.Tensor("float32", data, node.shape)]),
    );
    const results = await session.run(tensors);
    await update.run(feeds);
    const webValues: Record<string, Float32Array> = {};
    for (const [name, { data }] of Object.entries(results)) {
      if (!(data instanceof Float32Array)) throw new Error(`${name} holds no float32`);
      webValues[name] = data;
    }
    expect(gap(values(update), webValues)).toBeLessThan(1e-5);
    await session.release();
    update.dispose();
  });
});
