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

async function train(agent: Ddpg, episodes: number, firstSeed = 0): Promise<void> {
  const episode = new Episode(TASK.sizes);
  for (let i = 0; i < episodes; i++) {
    agent.beginEpisode();
    await rollout(env, { seed: firstSeed + i }, agent.explore, episode, () => agent.learn());
    agent.store(episode);
  }
}

describe("Ddpg", () => {
  it("applies actorLastLayerInit to the actor's last layer only", async () => {
    const [standard, saturated] = [await make(), await make({ actorLastLayerInit: 30 })];
    const [before, after] = [standard, saturated].map((agent) => agent.getState().learner.vectors);
    const actor = after!["actor"]!;
    // The last layer's 16 weights and its bias are the end of the vector.
    const lastLayer = actor.length - 17;
    expect(actor.subarray(0, lastLayer)).toEqual(before!["actor"]!.subarray(0, lastLayer));
    for (let i = lastLayer; i < actor.length; i++) {
      expect(actor[i]).toBeCloseTo(before!["actor"]![i]! * (30 / 3e-3), 2);
    }
    expect(after!["critic"]).toEqual(before!["critic"]);
  });

  it("explores with the online actor, and acts with the averaged one if averaging is on", async () => {
    const settings = { lastLayerInit: 0.5, exploration: { noiseScale: 0, randomActionProbability: 0 } };
    const [averaged, plain] = [await make({ ...settings, actorAveraging: 0.01 }), await make(settings)];
    for (const agent of [averaged, plain]) await train(agent, 5);
    const { vectors } = averaged.getState().learner;
    expect(vectors["actor"]).toEqual(plain.getState().learner.vectors["actor"]);
    expect(averaged.policyActor).toEqual(vectors["averagedActor"]);
    expect(averaged.policyActor).not.toEqual(vectors["actor"]);
    const actionOf = (act: Ddpg["act"]) => {
      const action = new Float32Array(1);
      act(env.reset({ seed: 3 }), action);
      return action[0];
    };
    expect(actionOf(averaged.explore)).toBe(actionOf(plain.explore));
    expect(actionOf(averaged.act)).not.toBe(actionOf(plain.act));
    const resumed = await make({ ...settings, actorAveraging: 0.01 }, 2);
    resumed.setState(structuredClone(averaged.getState()));
    for (const agent of [averaged, resumed]) await train(agent, 2, 50);
    expect(resumed.getState()).toEqual(averaged.getState());
    for (const agent of [averaged, plain, resumed]) agent.dispose();
  });

  it("acts as its actor's graph does", async () => {
    const agent = await make({ hidden: [16, 8], lastLayerInit: 0.5 });
    await train(agent, 5);
    const state = agent.getState();
    const { observation, goal } = state.memory.normalizers;
    const start = env.reset({ seed: 3 });
    const action = new Float32Array(1);
    agent.act(start, action);

    const normalise = (x: number, { mean, squares, count }: typeof goal) =>
      (x - mean[0]!) / Math.max(Math.sqrt(squares[0]! / count), 0.01);
    const layout = actorLayout(parseConfig({ agent: { hidden: [16, 8] } }, "test").agent, {
      inputs: 2,
      actions: 1,
    });
    const weights = input("actor", [layout.size]);
    const x = input("x", [1, 2]);
    const [expected] = evaluate([tanh(mlp(layout, weights, x).output)], {
      actor: state.learner.vectors["actor"]!,
      x: [normalise(start.observation[0]!, observation), normalise(start.desiredGoal[0]!, goal)],
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
  ])("does %f updates per step after warm-up", async (updatesPerStep, expected) => {
    const agent = await make({ updatesPerStep });
    await train(agent, 5);
    expect(agent.learner.updates).toBe(expected);
    agent.dispose();
  });

  it("does no update before the first episode is stored", async () => {
    const agent = await make({ warmupSteps: 0 });
    await train(agent, 2);
    expect(agent.learner.updates).toBe(20);
    agent.dispose();
  });

  it("explores at random during warm-up, and with its policy plus noise afterwards", async () => {
    const agent = await make({
      exploration: { noiseScale: 0, randomActionProbability: 0, randomActionHold: 1 },
    });
    const observation = env.reset({ seed: 1 });
    const explored = new Float32Array(1);
    const action = new Float32Array(1);
    agent.act(observation, action);
    const random = new Set<number>();
    for (let i = 0; i < 40; i++) {
      agent.explore(observation, explored);
      random.add(explored[0]!);
    }
    expect(random.size).toBeGreaterThan(5);
    agent.explore(observation, explored);
    expect(explored[0]).toBe(action[0]);
    agent.dispose();
  });

  it("averages the metrics of a delayed actor over the actor's own updates", async () => {
    const agent = await make({ actorEvery: 1000 });
    await train(agent, 4);
    expect(agent.learner.updates).toBeGreaterThan(10);
    expect(agent.learner.takeMetrics()).not.toHaveProperty("train/saturation");
    agent.dispose();
    const actionSize = async (actorEvery: number) => {
      const each = await make({ actorEvery, actorLearningRate: 1e-12 });
      await train(each, 4);
      const metrics = each.learner.takeMetrics();
      each.dispose();
      return metrics["train/action_abs_mean"]!;
    };
    expect(Math.abs((await actionSize(2)) / (await actionSize(1)) - 1)).toBeLessThan(0.2);
  });

  it.each<[string, object]>([
    ["with default settings", {}],
    [
      "with every option",
      {
        critics: { count: 3, targetMin: 2 },
        targetSmoothing: { scale: 0.2 },
        actorEvery: 2,
        gradientClip: { actor: 1, critic: 1 },
        layerNorm: { actor: true, critic: true },
        actionPenalty: 0.1,
        learningRateDecay: { updates: 50, to: 0.1 },
        rewardScale: 2,
        normalizeReturns: true,
        nStep: 3,
        replay: { kind: "prioritized" },
        her: { strategy: "episode", skipTrivial: true, goalDither: 0.02 },
        exploration: { noise: "ou", parameterNoise: 0.1, decaySteps: 100 },
      },
    ],
    [
      "with replay shares and inverted gradients",
      { replay: { rewardingShare: 0.5, movedShare: 0.2 }, invertGradients: true },
    ],
    ["with CrossQ's batch normalisation", { batchNorm: { critic: "renorm" }, targetNetworks: false }],
  ])("continues from a saved state bit for bit %s", async (_name, settings) => {
    const agent = await make(settings);
    await train(agent, 6);
    const saved = agent.getState();
    await train(agent, 4, 100);
    const resumed = await make(settings, 99);
    resumed.setState(saved);
    await train(resumed, 4, 100);
    expect(resumed.getState()).toEqual(agent.getState());
    expect(resumed.learner.takeMetrics()).toEqual(agent.learner.takeMetrics());
    agent.dispose();
    resumed.dispose();
  });

  it("looks one update ahead, and takes it back", async () => {
    const settings = { replay: { kind: "prioritized" }, targetSmoothing: { scale: 0.2 } };
    const agent = await make(settings);
    expect(await agent.learner.lookAhead()).toBeUndefined();
    await train(agent, 6);
    agent.learner.takeMetrics();
    const before = agent.getState();
    const ahead = await agent.learner.lookAhead();
    expect(agent.getState()).toEqual(before);
    await agent.learner.lookAhead((feeds) => feeds["rewards"]?.fill(7));
    expect(agent.getState()).toEqual(before);
    await agent.learner.update(1);
    expect(ahead?.vectors).toEqual(agent.getState().learner.vectors);
    expect(ahead?.metrics).toEqual(agent.learner.takeMetrics());
    agent.dispose();
  });

  it("depends only on the seed", async () => {
    const [one, same, other] = [await make(), await make(), await make({}, 2)];
    for (const agent of [one, same, other]) await train(agent, 4);
    expect(same.getState()).toEqual(one.getState());
    expect([...other.getState().learner.vectors["actor"]!]).not.toEqual([
      ...one.getState().learner.vectors["actor"]!,
    ]);
    for (const agent of [one, same, other]) agent.dispose();
  });

  it("averages metrics since the last takeMetrics", async () => {
    const agent = await make();
    await train(agent, 4);
    const metrics = agent.learner.takeMetrics();
    expect(Object.keys(metrics)).toContain("train/critic_loss");
    for (const value of Object.values(metrics)) expect(Number.isFinite(value)).toBe(true);
    expect(agent.learner.takeMetrics()).toEqual({});
    agent.dispose();
  });

  it("fails with the metric and a remedy if training diverges", async () => {
    const agent = await make();
    await train(agent, 3);
    const state = agent.getState();
    const { vectors } = state.learner;
    const broken = { ...vectors, critic: vectors["critic"]!.map(() => 1e30) };
    agent.setState({ ...state, learner: { ...state.learner, vectors: broken } });
    await expect(train(agent, 1)).rejects.toThrow(
      /training diverged: expected a finite train\/\w+ at update \d+, got (NaN|-?Infinity)\. Lower agent\./,
    );
    agent.dispose();
  });

  it("rejects the state of another architecture", async () => {
    const agent = await make();
    const wider = await make({ hidden: [32] });
    expect(() => agent.setState(wider.getState())).toThrow(
      /checkpoint: \S+: expected \d+ numbers for agent\.hidden \[16\], got \d+/,
    );
    agent.dispose();
    wider.dispose();
  });
});
