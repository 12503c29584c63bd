import { beforeAll, describe, expect, it } from "vitest";
import { ddpgUpdate } from "../../agent/ddpg-update.ts";
import type { Compiled, Engine } from "../../agent/engine/engine.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { initialWeights } from "../../agent/graph/mlp-layout.ts";
import type { UpdateConfig } from "../../agent/update-config.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";

const SIZES = { inputs: 3, actions: 2 };
const BATCH = 8;
const SPARSE = [-1, 0] as const;
const DEFAULTS: UpdateConfig = parseConfig({ agent: { hidden: [16, 16], batchSize: BATCH } }, "test").agent;

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine("onnx");
});

/** A compiled update with initial weights, and a random batch. */
async function prepare(settings: Partial<UpdateConfig> = {}, range: readonly [number, number] = SPARSE) {
  const update = ddpgUpdate({ ...DEFAULTS, ...settings }, SIZES, { rewardRange: range });
  const compiled = await engine.compile(update.program);
  const rng = Rng.fromSeed(3);
  for (const name of ["actor", "critic", "targetActor", "targetCritic"]) {
    const layout = name.endsWith("ctor") ? update.actorLayout : update.criticLayouts[0]!;
    compiled.setState(name, initialWeights(layout, rng.fork(name), 0.3));
  }
  const noise = (n: number) => Float32Array.from({ length: n }, () => rng.uniformIn(-1, 1));
  const feeds = {
    inputs: noise(BATCH * SIZES.inputs),
    nextInputs: noise(BATCH * SIZES.inputs),
    actions: noise(BATCH * SIZES.actions),
    rewards: new Float32Array(BATCH).fill(-1),
    continues: new Float32Array(BATCH).fill(1),
  };
  return { update, compiled, feeds };
}

/** Sets a critic to a constant: all weights 0 except the last bias. */
function constantCritic(compiled: Compiled, name: string, value: number): void {
  const weights = new Float32Array(compiled.state(name).length);
  weights[weights.length - 1] = value;
  compiled.setState(name, weights);
}

describe("ddpgUpdate", () => {
  it("moves each target network by the share τ towards the updated weights", async () => {
    const { compiled, feeds } = await prepare({ tau: 0.25 });
    const before = ["targetActor", "targetCritic"].map((name) => compiled.state(name).slice());
    await compiled.run(feeds);
    for (const [i, name] of ["actor", "critic"].entries()) {
      const online = compiled.state(name);
      const target = compiled.state(i === 0 ? "targetActor" : "targetCritic");
      for (const [j, x] of target.entries())
        expect(x).toBeCloseTo(0.25 * online[j]! + 0.75 * before[i]![j]!, 6);
      expect([...target]).not.toEqual([...before[i]!]);
    }
    compiled.dispose();
  });

  it("fits a repeated batch", async () => {
    const { compiled, feeds } = await prepare();
    await compiled.run(feeds);
    const first = compiled.output("train/critic_loss")[0]!;
    for (let i = 0; i < 600; i++) await compiled.run(feeds);
    expect(compiled.output("train/critic_loss")[0]!).toBeLessThan(first / 20);
    compiled.dispose();
  });

  it.each([
    ["clips a target above the possible returns", true, 100, 0],
    ["clips a target below the possible returns", true, -100, -20],
    ["keeps a target within the possible returns", true, -10, -1 + 0.95 * -10],
    ["keeps any target without clipping", false, 100, -1 + 0.95 * 100],
  ])("%s", async (_name, clipTargets, nextValue, target) => {
    const { compiled, feeds } = await prepare({ clipTargets });
    constantCritic(compiled, "targetCritic", nextValue);
    await compiled.run(feeds);
    expect(compiled.output("train/target_mean")[0]!).toBeCloseTo(target, 4);
    compiled.dispose();
  });

  it("does not clip from below if rewards are unbounded below", async () => {
    const { compiled, feeds } = await prepare({}, [Number.NEGATIVE_INFINITY, 0]);
    constantCritic(compiled, "targetCritic", -1000);
    await compiled.run(feeds);
    expect(compiled.output("train/target_mean")[0]!).toBeCloseTo(-951, 3);
    compiled.dispose();
  });

  it("does not bootstrap from a terminated transition", async () => {
    const { compiled, feeds } = await prepare();
    constantCritic(compiled, "targetCritic", -10);
    feeds.continues.fill(0);
    await compiled.run(feeds);
    expect(compiled.output("train/target_mean")[0]!).toBeCloseTo(-1, 6);
    compiled.dispose();
  });

  it("moves the actor along the critic's slope", async () => {
    const { update, compiled, feeds } = await prepare({ preActivationPenalty: 0, criticLearningRate: 1e-12 });
    // The critic's value grows with the first action: a hidden unit passes it on.
    const critic = new Float32Array(update.criticLayouts[0]!.size);
    const [first, second, last] = [0, 1, 2].map((layer) =>
      update.criticLayouts[0]!.parts.find(({ name }) => name === `${layer}.weight`),
    );
    critic[first!.offset + SIZES.inputs * 16] = 1;
    critic[first!.offset + first!.size] = 5;
    critic[second!.offset] = 1;
    critic[last!.offset] = 1;
    compiled.setState("critic", critic);
    for (let i = 0; i < 400; i++) await compiled.run(feeds);
    expect(compiled.output("train/actor_loss")[0]!).toBeLessThan(-5.95);
    expect(compiled.output("train/action_abs_mean")[0]!).toBeGreaterThan(0.5);
    compiled.dispose();
  });

  it("keeps pre-activations small with a penalty on them", async () => {
    const sizes: number[] = [];
    for (const preActivationPenalty of [0, 10]) {
      const { compiled, feeds } = await prepare({ preActivationPenalty });
      for (let i = 0; i < 300; i++) await compiled.run(feeds);
      sizes.push(compiled.output("train/action_abs_mean")[0]!);
      compiled.dispose();
    }
    expect(sizes[1]!).toBeLessThan(0.1 * sizes[0]!);
  });

  it("reports the losses of its formulas", async () => {
    const { compiled, feeds } = await prepare({ preActivationPenalty: 0 });
    constantCritic(compiled, "critic", -3);
    constantCritic(compiled, "targetCritic", -10);
    await compiled.run(feeds);
    expect(compiled.output("train/critic_loss")[0]!).toBeCloseTo((-3 - -10.5) ** 2, 4);
    expect(compiled.output("train/q_mean")[0]!).toBeCloseTo(-3, 6);
    expect(compiled.output("train/actor_loss")[0]!).toBeCloseTo(3, 6);
    expect(compiled.output("train/actor_grad_norm")[0]!).toBe(0);
    compiled.dispose();
  });
});
