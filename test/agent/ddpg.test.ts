import { beforeAll, describe, expect, it } from "vitest";
import { actorLayout } from "../../agent/architecture.ts";
import { Ddpg } from "../../agent/ddpg.ts";
import type { Engine } from "../../agent/engine/engine.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { evaluate } from "../../agent/graph/evaluate.ts";
import { mlp } from "../../agent/graph/mlp.ts";
import { input, tanh } from "../../agent/graph/ops.ts";
import { taskFacts } from "../../agent/memory.ts";
import { parseConfig } from "../../shared/config.ts";
import { Episode } from "../../shared/episode.ts";
import { Rng } from "../../shared/rng.ts";
import { rollout } from "../../training/rollout.ts";
import { lineReach } from "../toy-envs.ts";

const env = lineReach();
const TASK = taskFacts(env);

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine("onnx");
});

function make(settings: object = {}, seed = 1): Promise<Ddpg> {
  const agent = { hidden: [16], batchSize: 32, warmupSteps: 40, ...settings };
  return Ddpg.create(parseConfig({ agent }, "test").agent, TASK, engine, Rng.fromSeed(seed));
}

async function play(agent: Ddpg, episodes: number, firstSeed = 0): Promise<void> {
  const episode = new Episode(TASK.sizes);
  for (let i = 0; i < episodes; i++) {
    agent.beginEpisode();
    await rollout(env, { seed: firstSeed + i }, agent.explore, episode, () => agent.learn());
    agent.store(episode);
  }
}

describe("Ddpg", () => {
  it("can begin with an actor whose last layer is larger than the critic's, and everything else the same", async () => {
    const [usual, saturated] = [await make(), await make({ actorLastLayerInit: 30 })];
    const [before, after] = [usual, saturated].map((agent) => agent.getState().learner.vectors);
    const actor = after!["actor"]!;
    // 2 inputs and 16 units: the last layer's 16 weights and its bias end the vector.
    const first = actor.length - 17;
    expect(actor.subarray(0, first)).toEqual(before!["actor"]!.subarray(0, first));
    for (let i = first; i < actor.length; i++) {
      expect(actor[i]).toBeCloseTo(before!["actor"]![i]! * (30 / 3e-3), 2);
    }
    expect(after!["critic"]).toEqual(before!["critic"]);
  });

  it("acts as the graph says its actor does", async () => {
    const agent = await make({ hidden: [16, 8], lastLayerInit: 0.5 });
    await play(agent, 5);
    const state = agent.getState();
    const { observation, goal } = state.memory.normalizers;
    const seen = env.reset({ seed: 3 });
    const action = new Float32Array(1);
    agent.act(seen, action);

    const normal = (x: number, { mean, squares, count }: typeof goal) =>
      (x - mean[0]!) / Math.max(Math.sqrt(squares[0]! / count), 0.01);
    const layout = actorLayout(parseConfig({ agent: { hidden: [16, 8] } }, "test").agent, {
      inputs: 2,
      actions: 1,
    });
    const weights = input("actor", [layout.size]);
    const x = input("x", [1, 2]);
    const [expected] = evaluate([tanh(mlp(layout, weights, x).output)], {
      actor: state.learner.vectors["actor"]!,
      x: [normal(seen.observation[0]!, observation), normal(seen.desiredGoal[0]!, goal)],
    });
    expect(action[0]).toBeCloseTo(expected![0]!, 5);
    expect(Math.abs(action[0]!)).toBeGreaterThan(1e-4);
    agent.dispose();
  });

  it.each([
    [1, 60],
    [0.5, 30],
    [2, 120],
    [0, 0],
  ])("does %f updates a step once warm-up is over", async (updatesPerStep, expected) => {
    const agent = await make({ updatesPerStep });
    await play(agent, 5);
    expect(agent.learner.updates).toBe(expected);
    agent.dispose();
  });

  it("waits with updates until there is something to learn from", async () => {
    const agent = await make({ warmupSteps: 0 });
    await play(agent, 2);
    expect(agent.learner.updates).toBe(20);
    agent.dispose();
  });

  it("plays warm-up at random, and its policy with noise after it", async () => {
    const agent = await make({
      exploration: { noiseScale: 0, randomActionProbability: 0, randomActionHold: 1 },
    });
    const seen = env.reset({ seed: 1 });
    const tried = new Float32Array(1);
    const own = new Float32Array(1);
    agent.act(seen, own);
    const random = new Set<number>();
    for (let i = 0; i < 40; i++) {
      agent.explore(seen, tried);
      random.add(tried[0]!);
    }
    expect(random.size).toBeGreaterThan(5);
    agent.explore(seen, tried);
    expect(tried[0]).toBe(own[0]);
    agent.dispose();
  });

  it("reports of an actor that is updated now and then the mean of its own updates", async () => {
    const agent = await make({ actorEvery: 1000 });
    await play(agent, 4);
    expect(agent.learner.updates).toBeGreaterThan(10);
    expect(agent.learner.takeMetrics()).not.toHaveProperty("train/saturation");
    agent.dispose();
    const metrics = async (actorEvery: number) => {
      const each = await make({ actorEvery, actorLearningRate: 1e-12 });
      await play(each, 4);
      const taken = each.learner.takeMetrics();
      each.dispose();
      return taken["train/action_abs_mean"]!;
    };
    expect(Math.abs((await metrics(2)) / (await metrics(1)) - 1)).toBeLessThan(0.2);
  });

  it.each<[string, object]>([
    ["as it is by default", {}],
    [
      "with every switch on",
      {
        critics: { count: 3, targetMin: 2 },
        targetSmoothing: { scale: 0.2 },
        actorEvery: 2,
        gradientClip: { actor: 1, critic: 1 },
        layerNorm: { actor: true, critic: true },
        actionPenalty: 0.1,
        rewardScale: 2,
        normalizeReturns: true,
        nStep: 3,
        replay: { kind: "prioritized" },
        her: { strategy: "episode", skipTrivial: true, goalDither: 0.02 },
        exploration: { noise: "ou", parameterNoise: 0.1, decaySteps: 100 },
      },
    ],
    [
      "with shares and inverted gradients",
      { replay: { rewardingShare: 0.5, movedShare: 0.2 }, invertGradients: true },
    ],
    ["with batch normalisation as CrossQ has it", { batchNorm: { critic: "renorm" }, targetNetworks: false }],
  ])("goes on from a saved state as if never stopped, bit for bit, %s", async (_name, settings) => {
    const agent = await make(settings);
    await play(agent, 6);
    const saved = agent.getState();
    await play(agent, 4, 100);
    const again = await make(settings, 99);
    again.setState(saved);
    await play(again, 4, 100);
    expect(again.getState()).toEqual(agent.getState());
    expect(again.learner.takeMetrics()).toEqual(agent.learner.takeMetrics());
    agent.dispose();
    again.dispose();
  });

  it("gives the same weights for the same seed, and others for another", async () => {
    const [one, same, other] = [await make(), await make(), await make({}, 2)];
    for (const agent of [one, same, other]) await play(agent, 4);
    expect(same.getState()).toEqual(one.getState());
    expect([...other.getState().learner.vectors["actor"]!]).not.toEqual([
      ...one.getState().learner.vectors["actor"]!,
    ]);
    for (const agent of [one, same, other]) agent.dispose();
  });

  it("averages its metrics since they were last taken", async () => {
    const agent = await make();
    await play(agent, 4);
    const metrics = agent.learner.takeMetrics();
    expect(Object.keys(metrics)).toContain("train/critic_loss");
    for (const value of Object.values(metrics)) expect(Number.isFinite(value)).toBe(true);
    expect(agent.learner.takeMetrics()).toEqual({});
    agent.dispose();
  });

  it("stops with a name and a remedy when training diverges", async () => {
    const agent = await make();
    await play(agent, 3);
    const state = agent.getState();
    const { vectors } = state.learner;
    const broken = { ...vectors, critic: vectors["critic"]!.map(() => 1e30) };
    agent.setState({ ...state, learner: { ...state.learner, vectors: broken } });
    await expect(play(agent, 1)).rejects.toThrow(
      /training diverged: train\/\w+ is (NaN|-?Infinity) at update \d+\. Lower/,
    );
    agent.dispose();
  });

  it("refuses the state of another architecture, naming the vector", async () => {
    const agent = await make();
    const wider = await make({ hidden: [32] });
    expect(() => agent.setState(wider.getState())).toThrow(
      /checkpoint: \S+: expected \d+ numbers for agent\.hidden \[16\], got \d+/,
    );
    agent.dispose();
    wider.dispose();
  });
});
