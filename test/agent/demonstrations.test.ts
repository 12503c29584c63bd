/** @file Demonstrations in the agent: kept in the replay buffer, their share of a batch, the cloning loss. */

import { beforeAll, describe, expect, it } from "vitest";
import { makeBatch } from "../../agent/batch.ts";
import { ddpgUpdate } from "../../agent/ddpg-update.ts";
import type { Engine } from "../../agent/engine/engine.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { FeedArrays } from "../../agent/feeds.ts";
import { initialWeights } from "../../agent/graph/mlp-layout.ts";
import { Memory, taskFacts } from "../../agent/memory.ts";
import { inputNormalizers } from "../../agent/network-inputs.ts";
import { ReplayBuffer, type ReplayState } from "../../agent/replay-buffer.ts";
import { parseConfig } from "../../shared/config.ts";
import { Episode } from "../../shared/episode.ts";
import { Rng } from "../../shared/rng.ts";
import { lineReach } from "../toy-envs.ts";

const TASK = taskFacts(lineReach());
const { sizes } = TASK;

/** Settings with demonstrations. */
function agentConfig(agent: object) {
  return parseConfig({ agent, train: { demos: { folder: "demos" } } }, "test").agent;
}

/** An episode with observations and actions of `x`, whose achieved goal is `x` plus `move` per step; the goal is 0.5. */
function staying(x: number, move = 0): Episode {
  const episode = new Episode(sizes);
  const at = (t: number) => ({
    observation: Float32Array.of(x),
    achievedGoal: Float32Array.of(x + move * t),
    desiredGoal: Float32Array.of(0.5),
  });
  episode.begin(at(0));
  for (let t = 1; t <= sizes.maxSteps; t++) {
    const end = { terminated: false, truncated: t === sizes.maxSteps, isSuccess: false };
    episode.append(Float32Array.of(x), { ...at(t), reward: -1, ...end });
  }
  return episode;
}

describe("a replay buffer with demonstrations", () => {
  const filled = () => {
    const buffer = new ReplayBuffer(4 * sizes.maxSteps, sizes);
    for (const x of [-0.1, -0.2]) buffer.storeDemonstration(staying(x));
    for (const x of [0.1, 0.2, 0.3]) buffer.store(staying(x));
    return buffer;
  };
  const firstOf = (buffer: ReplayBuffer, slot: number) => {
    const observation = new Float32Array(1);
    buffer.readObservation(slot, 0, observation, 0);
    return observation[0];
  };

  it("replaces the oldest other episode, never a demonstration", () => {
    const buffer = filled();
    const stored = [0, 1, 2, 3].map((slot) => firstOf(buffer, slot));
    expect(stored).toEqual([-0.1, -0.2, 0.3, 0.2].map(Math.fround));
    expect([0, 1, 2, 3].map((age) => buffer.slotByAge(age))).toEqual([2, 3, 1, 0]);
  });

  it("continues after its state was saved and restored", () => {
    const buffer = filled();
    const restored = new ReplayBuffer(4 * sizes.maxSteps, sizes);
    restored.setState(buffer.getState(), "test");
    expect(restored.demonstrations).toBe(2);
    expect(restored.store(staying(0.4))).toBe(3);
    expect(restored.store(staying(0.5))).toBe(2);
  });

  it("rejects a saved state with more demonstrations than episodes", () => {
    const state: ReplayState = { ...filled().getState(), demonstrations: 4 };
    const buffer = new ReplayBuffer(4 * sizes.maxSteps, sizes);
    expect(() => buffer.setState(state, "test")).toThrow("test.demonstrations: expected at most 3, got 4");
  });

  it("keeps room for other episodes", () => {
    const buffer = new ReplayBuffer(2 * sizes.maxSteps, sizes);
    buffer.storeDemonstration(staying(0));
    expect(() => buffer.storeDemonstration(staying(0))).toThrow(/^agent.replayCapacity: expected room/);
  });
});

describe("a batch", () => {
  const prepare = (agent: object, others: number, move = 0) => {
    const memory = new Memory(agentConfig(agent), TASK);
    for (const x of [-0.1, -0.2]) memory.storeDemonstration(staying(x, move));
    for (let i = 0; i < others; i++) memory.store(staying(0.9, move));
    const batch = makeBatch(64, sizes);
    memory.sample(batch, 0, Rng.fromSeed(1));
    return { batch, memory };
  };
  const isDemo = (observations: Float32Array) => Array.from(observations, (x) => (x < 0 ? 1 : 0));

  it("has exactly the share of demonstrations, and marks them", () => {
    const { batch } = prepare({ demos: { share: 0.25 } }, 3);
    const expected = Array.from({ length: 64 }, (_, row) => (row < 16 ? 1 : 0));
    expect(isDemo(batch.observations)).toEqual(expected);
    expect([...batch.demonstrated]).toEqual(expected);
  });

  it("has none with a share of less than half a row", () => {
    const { batch } = prepare({ demos: { share: 0.005 } }, 3);
    expect([...batch.demonstrated]).toEqual(new Array(64).fill(0));
  });

  it("has demonstrations in proportion to their transitions without a share", () => {
    const { batch } = prepare({}, 2);
    const count = isDemo(batch.observations).reduce<number>((sum, x) => sum + x, 0);
    expect([...batch.demonstrated]).toEqual(isDemo(batch.observations));
    expect(count).toBeGreaterThan(16);
    expect(count).toBeLessThan(48);
  });

  it("takes no demonstrations into its other shares", () => {
    const { batch } = prepare({ demos: { share: 0.25 }, replay: { movedShare: 0.5 } }, 3, 0.1);
    expect(isDemo(batch.observations).filter((x) => x === 1)).toHaveLength(16);
  });

  it("has demonstrations only until another episode is stored", () => {
    const { batch } = prepare({ demos: { share: 0.25 } }, 0);
    expect([...batch.demonstrated]).toEqual(new Array(64).fill(1));
  });

  it("relabels demonstrated transitions with goals that they achieved", () => {
    const { batch } = prepare({ demos: { share: 1 }, her: { k: 1000 } }, 1);
    const relabelled = [...batch.goals].filter((goal, row) => goal === batch.observations[row]);
    expect(relabelled.length).toBeGreaterThan(60);
    expect(batch.rewards[0]).toBe(0);
  });

  it("is normalised with statistics that count the demonstrations", () => {
    const { memory } = prepare({}, 0);
    const { count, mean } = memory.normalizers.observation.getState();
    expect(count).toBe(2 * (sizes.maxSteps + 1));
    expect(mean[0]).toBeCloseTo(-0.15, 6);
  });
});

describe("behaviour cloning", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadEngine("onnx");
  });
  const BATCH = 4;
  const SIZES = { inputs: 2, actions: 2 };

  /** Runs one update in which the actor is 0 everywhere, and Q(s, a) = slope · a₀. */
  async function update(demos: object, slope: number) {
    const config = agentConfig({ hidden: [8], batchSize: BATCH, preActivationPenalty: 0, demos });
    const built = ddpgUpdate(config, SIZES, { rewardRange: [-1, 0] });
    const compiled = await engine.compile(built.program);
    const layout = built.criticLayouts[0]!;
    const critic = new Float32Array(layout.size);
    // One hidden unit, relu(a₀ + 1), and its output weight.
    const [first, bias, last] = layout.parts;
    critic[first!.offset + 2 * 8] = 1;
    critic[bias!.offset] = 1;
    critic[last!.offset] = slope;
    const actor = initialWeights(built.actorLayout, Rng.fromSeed(1), 0.1);
    actor.fill(0, built.actorLayout.parts.at(-2)!.offset);
    for (const name of ["actor", "targetActor"]) compiled.setState(name, actor);
    for (const name of ["critic", "targetCritic"]) compiled.setState(name, critic);
    const batch = makeBatch(BATCH, { ...sizes, observation: 1, goal: 1, action: 2 });
    batch.actions.set([0.5, 0, -0.5, 1, 0.25, 0.25, 1, 1]);
    batch.demonstrated.set([1, 1, 0, 0]);
    const normalizers = inputNormalizers(config, sizes);
    const feeds = new FeedArrays(built.feeds).fill({
      batch,
      normalizers,
      returnScale: 1,
      updates: 0,
      rng: Rng.fromSeed(1),
    });
    await compiled.run(feeds);
    const outputs = Object.fromEntries(
      built.program.outputs.map(({ name }) => [name, compiled.output(name)[0]!]),
    );
    const nodes = built.program.outputs.length;
    compiled.dispose();
    return { outputs, nodes, feeds };
  }

  it("adds the mean of ‖μ(s) − a‖² over demonstrated rows to the actor's loss", async () => {
    const [off, on] = [await update({}, 1), await update({ bcWeight: 2, qFilter: false }, 1)];
    // ‖(0.5, 0)‖² and ‖(−0.5, 1)‖².
    const expected = (0.25 + 1.25) / 2;
    expect(on.outputs["train/bc_loss"]).toBeCloseTo(expected, 5);
    expect(on.outputs["train/bc_cloned"]).toBeCloseTo(1, 6);
    expect(on.outputs["train/actor_loss"]! - off.outputs["train/actor_loss"]!).toBeCloseTo(2 * expected, 5);
  });

  it("clones with the Q-filter only actions that the critic values higher than the policy's", async () => {
    const up = await update({ bcWeight: 1 }, 1);
    expect(up.outputs["train/bc_loss"]).toBeCloseTo(0.25 / 2, 5);
    expect(up.outputs["train/bc_cloned"]).toBeCloseTo(0.5, 6);
    const down = await update({ bcWeight: 1 }, -1);
    expect(down.outputs["train/bc_loss"]).toBeCloseTo(1.25 / 2, 5);
  });

  it("adds no feed and no output when off", async () => {
    const { outputs, feeds } = await update({ share: 0.5 }, 1);
    expect(feeds["cloningWeights"]).toBeUndefined();
    expect(Object.keys(outputs).filter((name) => name.includes("bc"))).toEqual([]);
  });

  it("counts as 0 in a batch without demonstrations", () => {
    const config = agentConfig({ batchSize: BATCH, demos: { bcWeight: 1 } });
    const { feeds } = ddpgUpdate(config, SIZES, { rewardRange: [-1, 0] });
    const batch = makeBatch(BATCH, { ...sizes, action: 2 });
    const normalizers = inputNormalizers(config, sizes);
    const filled = new FeedArrays(feeds).fill({
      batch,
      normalizers,
      returnScale: 1,
      updates: 0,
      rng: Rng.fromSeed(1),
    });
    expect([...filled["cloningWeights"]!]).toEqual([0, 0, 0, 0]);
  });
});

describe("settings of demonstrations", () => {
  it("need a folder", () => {
    expect(() => parseConfig({ agent: { demos: { share: 0.5 } } }, "test")).toThrow(
      "agent.demos needs demonstrations: name their folder with --demos",
    );
  });

  it("have shares of at most a batch, and none with prioritised replay", () => {
    expect(() => agentConfig({ demos: { share: 0.6 }, replay: { movedShare: 0.5 } })).toThrow("more than 1");
    expect(() => agentConfig({ demos: { share: 0.6 }, replay: { kind: "prioritized" } })).toThrow(
      "agent.replay.kind prioritized",
    );
  });
});
