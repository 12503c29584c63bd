/** @file Each option of the update against its formula. */

import { beforeAll, describe, expect, it } from "vitest";
import { criticLayouts } from "../../agent/architecture.ts";
import { ddpgUpdate } from "../../agent/ddpg-update.ts";
import type { Compiled, Engine } from "../../agent/engine/engine.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { EXCLUDED_CRITIC } from "../../agent/feeds.ts";
import { evaluate } from "../../agent/graph/evaluate.ts";
import { mlp } from "../../agent/graph/mlp.ts";
import { initialWeights } from "../../agent/graph/mlp-layout.ts";
import { input } from "../../agent/graph/ops.ts";
import { MlpForward } from "../../agent/mlp-forward.ts";
import type { UpdateConfig } from "../../agent/update-config.ts";
import { productOperations } from "../../bench/matrix-products.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";

const SIZES = { inputs: 3, actions: 2 };
const BATCH = 16;

function configOf(settings: object): UpdateConfig {
  return parseConfig({ agent: { hidden: [16], batchSize: BATCH, ...settings } }, "test").agent;
}

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine("onnx");
});

/** A compiled update with initial weights, and a random batch with rewards of −1. */
async function prepare(settings: object) {
  const config = configOf(settings);
  const update = ddpgUpdate(config, SIZES, { rewardRange: [-1, 0] });
  const compiled = await engine.compile(update.program);
  const rng = Rng.fromSeed(3);
  const critic = new Float32Array(update.criticLayouts[0]!.size);
  for (const layout of update.criticLayouts) initialWeights(layout, rng, 0.3, critic);
  const actor = initialWeights(update.actorLayout, rng, 0.3);
  for (const name of ["actor", "targetActor"]) compiled.setState(name, actor);
  for (const name of ["critic", "targetCritic"]) compiled.setState(name, critic);
  const draw: Record<string, () => number> = {
    rewards: () => -1,
    continues: () => 1,
    importanceWeights: () => 1,
  };
  const feeds: Record<string, Float32Array> = {};
  for (const { name, shape } of update.program.feeds) {
    const size = shape.reduce((product, each) => product * each, 1);
    feeds[name] = Float32Array.from({ length: size }, draw[name] ?? (() => rng.uniformIn(-1, 1)));
  }
  return { update, compiled, feeds };
}

/** Sets each critic of a flat vector to a constant: all weights 0 except the last biases. */
function constantCritics(compiled: Compiled, name: string, values: readonly number[]): void {
  const { length } = compiled.state(name);
  const weights = new Float32Array(length);
  for (const [i, value] of values.entries()) weights[((i + 1) * length) / values.length - 1] = value;
  compiled.setState(name, weights);
}

async function targetOf(
  settings: object,
  nextValues: readonly number[],
  change?: (feeds: Record<string, Float32Array>) => void,
) {
  const { compiled, feeds } = await prepare(settings);
  constantCritics(compiled, "targetCritic", nextValues);
  change?.(feeds);
  await compiled.run(feeds);
  const target = compiled.output("train/target_mean")[0]!;
  compiled.dispose();
  return target;
}

describe("critic ensembles", () => {
  it("bootstrap from the minimum over critics", async () => {
    const critics = { count: 3, targetMin: 3 };
    expect(await targetOf({ critics }, [-4, -9, -6])).toBeCloseTo(-1 + 0.95 * -9, 4);
  });

  it("bootstrap from the minimum over the drawn critics", async () => {
    const critics = { count: 3, targetMin: 2 };
    const drawn = (feeds: Record<string, Float32Array>) => feeds["criticMask"]?.set([0, EXCLUDED_CRITIC, 0]);
    expect(await targetOf({ critics }, [-4, -9, -6], drawn)).toBeCloseTo(-1 + 0.95 * -6, 4);
  });

  it.each([
    ["first", 5],
    ["mean", 7],
    ["least", 9],
  ])("have the actor maximise the %s", async (actorUses, loss) => {
    const { compiled, feeds } = await prepare({
      critics: { count: 3, targetMin: 3, actorUses },
      preActivationPenalty: 0,
    });
    constantCritics(compiled, "critic", [-5, -9, -7]);
    await compiled.run(feeds);
    expect(compiled.output("train/actor_loss")[0]!).toBeCloseTo(loss, 5);
    compiled.dispose();
  });

  it("compute the actor's gradient from the first critic alone with TD3", () => {
    const operations = (actorUses: string) => {
      const config = configOf({ critics: { count: 2, targetMin: 2, actorUses } });
      return productOperations(ddpgUpdate(config, SIZES, { rewardRange: [-1, 0] }).program);
    };
    // One hidden layer of 16: its products forwards, and its products down to the actions backwards.
    const [forwards, backwards] = [(3 + 2) * 16 + 16, 16 * 2];
    expect(operations("mean") - operations("first")).toBe(2 * BATCH * (forwards + backwards));
  });

  it("train each critic independently", async () => {
    const one = await prepare({});
    const two = await prepare({ critics: { count: 2, targetMin: 2 } });
    const single = one.compiled.state("critic").slice();
    const both = new Float32Array(2 * single.length);
    both.set(single);
    both.set(single, single.length);
    for (const name of ["critic", "targetCritic"]) two.compiled.setState(name, both);
    two.compiled.setState("targetActor", one.compiled.state("targetActor").slice());
    await one.compiled.run(one.feeds);
    await two.compiled.run({ ...two.feeds, ...one.feeds });
    const trained = two.compiled.state("critic");
    for (const [i, x] of one.compiled.state("critic").entries()) {
      expect(trained[i]).toBeCloseTo(x, 6);
      expect(trained[i + single.length]).toBeCloseTo(x, 6);
    }
    one.compiled.dispose();
    two.compiled.dispose();
  });

  it("have consecutive layouts in one vector", () => {
    const layouts = criticLayouts(configOf({ critics: { count: 3 } }), SIZES);
    const indices = layouts.flatMap(({ parts }) =>
      parts.flatMap(({ offset, size }) => Array.from({ length: size }, (_, i) => offset + i)),
    );
    expect(indices).toEqual(Array.from({ length: layouts[0]!.size }, (_, i) => i));
  });
});

describe("target policy smoothing", () => {
  it("adds clipped noise to the target action, and has no noise feed when off", async () => {
    const without = await prepare({});
    expect(without.feeds["smoothingNoise"]).toBeUndefined();
    const targets: number[] = [];
    for (const noise of [0, 1, 100]) {
      const { compiled, feeds } = await prepare({
        targetSmoothing: { scale: 0.5, clip: 0.5 },
        clipTargets: false,
      });
      feeds["smoothingNoise"]!.fill(noise);
      await compiled.run(feeds);
      targets.push(compiled.output("train/target_mean")[0]!);
      compiled.dispose();
    }
    expect(targets[1]).not.toBe(targets[0]);
    expect(targets[2]).toBeCloseTo(targets[1]!, 6);
    without.compiled.dispose();
  });
});

describe("a policy delay", () => {
  it("skips the actor and all target networks, but not the critic", async () => {
    const { compiled, feeds } = await prepare({ actorEvery: 2 });
    const { compiled: undelayed } = await prepare({ actorEvery: 1 });
    const delayed = ["actor", "targetActor", "targetCritic"];
    const before = Object.fromEntries(
      [...delayed, "critic"].map((name) => [name, compiled.state(name).slice()]),
    );
    await compiled.run(feeds, { skipDelayed: true });
    await undelayed.run(feeds);
    for (const name of delayed) expect(compiled.state(name)).toEqual(before[name]);
    expect(compiled.state("critic")).not.toEqual(before["critic"]);
    expect(compiled.state("critic")).toEqual(undelayed.state("critic"));
    await compiled.run(feeds);
    for (const name of delayed) expect(compiled.state(name)).not.toEqual(before[name]);
    compiled.dispose();
    undelayed.dispose();
  });
});

describe("an averaged actor", () => {
  it("moves by its share towards the updated actor, and changes nothing else", async () => {
    const { compiled, feeds } = await prepare({ actorAveraging: 0.25 });
    const { compiled: other } = await prepare({});
    compiled.setState("averagedActor", new Float32Array(compiled.state("actor").length).fill(2));
    await compiled.run(feeds);
    await other.run(feeds);
    const actor = compiled.state("actor");
    for (const [i, x] of compiled.state("averagedActor").entries()) {
      expect(x).toBeCloseTo(2 + 0.25 * (actor[i]! - 2), 6);
    }
    for (const name of ["actor", "critic", "targetActor"])
      expect(compiled.state(name)).toEqual(other.state(name));
    compiled.dispose();
    other.dispose();
  });

  it("waits with the actor for a policy delay", async () => {
    const { compiled, feeds } = await prepare({ actorAveraging: 0.25, actorEvery: 2 });
    const before = compiled.state("averagedActor").slice();
    await compiled.run(feeds, { skipDelayed: true });
    expect(compiled.state("averagedActor")).toEqual(before);
    compiled.dispose();
  });
});

describe("gradient clipping", () => {
  it("bounds the step of one update", async () => {
    const maxSteps: number[] = [];
    for (const limit of [0, 1e-30]) {
      const { compiled, feeds } = await prepare({ gradientClip: { critic: limit } });
      const before = compiled.state("critic").slice();
      await compiled.run(feeds);
      maxSteps.push(Math.max(...compiled.state("critic").map((x, i) => Math.abs(x - before[i]!))));
      expect(compiled.output("train/critic_grad_norm")[0]!).toBeGreaterThan(0.1);
      compiled.dispose();
    }
    expect(maxSteps[0]).toBeGreaterThan(9e-4);
    expect(maxSteps[1]).toBeLessThan(1e-5);
  });
});

describe("falling learning rates", () => {
  it("multiply the steps of actor and critic alike", async () => {
    const steps: Record<string, number[]> = { actor: [], critic: [] };
    for (const scale of [1, 0.25]) {
      const { compiled, feeds } = await prepare({ learningRateDecay: { updates: 100 } });
      const before = { actor: compiled.state("actor").slice(), critic: compiled.state("critic").slice() };
      feeds["learningRateScale"]!.fill(scale);
      await compiled.run(feeds);
      for (const name of ["actor", "critic"] as const)
        steps[name]!.push(compiled.state(name).at(-1)! - before[name].at(-1)!);
      compiled.dispose();
    }
    for (const [whole, quarter] of Object.values(steps)) {
      expect(Math.abs(whole!)).toBeCloseTo(0.001, 4);
      expect(quarter).toBeCloseTo(whole! / 4, 6);
    }
  });
});

describe("no target networks", () => {
  it("bootstraps from the online critic, without a gradient through the target", async () => {
    const { compiled, feeds } = await prepare({ targetNetworks: false, clipTargets: false });
    constantCritics(compiled, "critic", [-10]);
    constantCritics(compiled, "targetCritic", [-3]);
    await compiled.run(feeds);
    expect(compiled.output("train/target_mean")[0]!).toBeCloseTo(-10.5, 4);
    // Only the last bias changes a constant critic: by −0.001, Adam's step towards a fixed target of −10.5.
    expect(compiled.state("critic").at(-1)).toBeCloseTo(-10.001, 5);
    compiled.dispose();
  });
});

describe("reward scaling", () => {
  it("scales rewards and the bounds of targets alike", async () => {
    expect(await targetOf({ rewardScale: 3 }, [-10])).toBeCloseTo(-3 + 0.95 * -10, 4);
    expect(await targetOf({ rewardScale: 3 }, [-100])).toBeCloseTo(-60, 3);
  });

  it("multiplies rewards and bounds by the return scale", async () => {
    const by = (scale: number) => (feeds: Record<string, Float32Array>) => feeds["returnScale"]?.fill(scale);
    expect(await targetOf({ normalizeReturns: true }, [-2], by(0.25))).toBeCloseTo(-0.25 + 0.95 * -2, 4);
    expect(await targetOf({ normalizeReturns: true }, [-100], by(0.25))).toBeCloseTo(-5, 4);
    expect(await targetOf({ normalizeReturns: true, clipTargets: false }, [-100], by(0.25))).toBeCloseTo(
      -95.25,
      3,
    );
  });
});

describe("the actor's loss", () => {
  it("penalises the mean squared action", async () => {
    const losses: number[] = [];
    for (const actionPenalty of [0, 2]) {
      const { compiled, feeds } = await prepare({ actionPenalty, preActivationPenalty: 0 });
      constantCritics(compiled, "critic", [0]);
      await compiled.run(feeds);
      losses.push(compiled.output("train/actor_loss")[0]!);
      compiled.dispose();
    }
    expect(losses[0]).toBe(0);
    expect(losses[1]).toBeGreaterThan(1e-4);
  });

  it("moves an actor back inside its bounds with inverted gradients", async () => {
    const { update, compiled, feeds } = await prepare({
      invertGradients: true,
      preActivationPenalty: 0,
      criticLearningRate: 1e-12,
    });
    // A critic whose value grows with the first action.
    const critic = new Float32Array(update.criticLayouts[0]!.size);
    const [first, last] = [update.criticLayouts[0]!.parts[0]!, update.criticLayouts[0]!.parts[2]!];
    critic[first.offset + SIZES.inputs * 16] = 1;
    critic[update.criticLayouts[0]!.parts[1]!.offset] = 50;
    critic[last.offset] = 1;
    compiled.setState("critic", critic);
    const actor = compiled.state("actor").slice();
    actor[actor.length - 2] = 3;
    compiled.setState("actor", actor);
    for (let i = 0; i < 3000; i++) await compiled.run(feeds);
    const forward = new MlpForward(update.actorLayout);
    forward.input.set(feeds["inputs"]!.subarray(0, 3));
    expect(forward.run(compiled.state("actor"))[0]).toBeGreaterThan(0.9);
    expect(forward.run(compiled.state("actor"))[0]).toBeLessThan(1.1);
    compiled.dispose();
  });
});

describe("importance weights", () => {
  it("weight the rows of the loss, and TD errors are reported per row", async () => {
    const { compiled, feeds } = await prepare({ replay: { kind: "prioritized" } });
    constantCritics(compiled, "critic", [-3]);
    constantCritics(compiled, "targetCritic", [-10]);
    feeds["importanceWeights"]!.fill(0);
    feeds["importanceWeights"]![0] = 1;
    await compiled.run(feeds);
    expect(compiled.output("train/critic_loss")[0]!).toBeCloseTo(7.5 ** 2 / BATCH, 3);
    expect([...compiled.output("tdErrors")].every((error) => Math.abs(error - 7.5) < 1e-4)).toBe(true);
    compiled.dispose();
  });
});

describe("batch normalisation", () => {
  const batchNorm = { critic: "batch", actor: "off" };

  it("moves the critic's running moments by the rate towards the batch's", async () => {
    const { update, compiled, feeds } = await prepare({ batchNorm: { ...batchNorm, rate: 0.5 } });
    const named = new Map(update.criticLayouts[0]!.parts.map((part) => [part.name, part]));
    const read = (name: string) => {
      const { offset, size } = named.get(name)!;
      return compiled.state("critic").slice(offset, offset + size);
    };
    const rows = Array.from({ length: BATCH }, (_, row) => [
      ...feeds["inputs"]!.subarray(3 * row, 3 * row + 3),
      ...feeds["actions"]!.subarray(2 * row, 2 * row + 2),
    ]);
    const [weight, bias] = [read("0.weight"), read("0.bias")];
    const sums = rows.map((row) => row.reduce((total, x, i) => total + x * weight[i * 16]!, bias[0]!));
    const mean = sums.reduce((total, x) => total + x, 0) / BATCH;
    const variance = sums.reduce((total, x) => total + (x - mean) ** 2, 0) / BATCH;
    await compiled.run(feeds);
    expect(read("0.mean")[0]).toBeCloseTo(0.5 * mean, 5);
    expect(read("0.variance")[0]).toBeCloseTo(0.5 + 0.5 * variance, 5);
    compiled.dispose();
  });

  it("normalises states and next states jointly without target networks, and separately with them", async () => {
    // Only a joint batch has moments that depend on the next states.
    const meanValue = async (targetNetworks: boolean, far: number) => {
      const { compiled, feeds } = await prepare({ batchNorm, targetNetworks });
      feeds["nextInputs"]!.fill(far);
      await compiled.run(feeds);
      const value = compiled.output("train/q_mean")[0]!;
      compiled.dispose();
      return value;
    };
    expect(await meanValue(true, 50)).toBe(await meanValue(true, 0));
    expect(await meanValue(false, 50)).not.toBeCloseTo(await meanValue(false, 0), 3);
  });

  it("uses the running moments when acting", async () => {
    const { update, compiled, feeds } = await prepare({ batchNorm: { critic: "renorm", actor: "renorm" } });
    for (let i = 0; i < 3; i++) await compiled.run(feeds);
    const forward = new MlpForward(update.actorLayout);
    forward.input.set(feeds["inputs"]!.subarray(0, 3));
    const w = input("w", [update.actorLayout.size]);
    const weights = compiled.state("actor").slice();
    const [rows] = evaluate([mlp(update.actorLayout, w, input("x", [BATCH, 3])).output], {
      w: weights,
      x: feeds["inputs"]!,
    });
    for (const [i, value] of forward.run(weights).entries()) expect(value).toBeCloseTo(rows![i]!, 4);
    compiled.dispose();
  });
});
