/** @file Each diagnostic on a case with a known answer. */

import { describe, expect, it } from "vitest";
import { Ddpg } from "../../../agent/ddpg.ts";
import { loadEngine } from "../../../agent/engine/select.ts";
import { mlpLayout } from "../../../agent/graph/mlp-layout.ts";
import { Memory, taskFacts } from "../../../agent/memory.ts";
import { Normalizer } from "../../../agent/normalizer.ts";
import { Policy } from "../../../agent/policy.ts";
import { parseConfig } from "../../../shared/config.ts";
import { Episode } from "../../../shared/episode.ts";
import { Rng } from "../../../shared/rng.ts";
import { gradientAgreement } from "../../../training/diagnostics/gradient-agreement.ts";
import { HeldOutTransitions } from "../../../training/diagnostics/held-out-transitions.ts";
import {
  dormantShare,
  NetworkHealthMeter,
  signChanges,
  stableRank,
} from "../../../training/diagnostics/network-health.ts";
import { ReplayDiagnostics } from "../../../training/diagnostics/replay-diagnostics.ts";
import { ValueBiasMeter } from "../../../training/diagnostics/value-bias.ts";
import { Evaluations } from "../../../training/evaluations.ts";
import { METRIC_NAMES } from "../../../training/metric-names.ts";
import { PolicyEvaluator } from "../../../training/policy-evaluator.ts";
import { rollout } from "../../../training/rollout.ts";
import { TrainingProgress } from "../../../training/training-progress.ts";
import { lineReach } from "../../toy-envs.ts";

const SIZES = { observation: 1, goal: 1, action: 2, maxSteps: 8 };

/**
 * Returns a policy with constant `action` and constant `values`, one per critic.
 *
 * @param slope derivative of the values by the first action component
 */
function constantPolicy(action: number, values: readonly number[], slope = 0): Policy {
  const actorLayout = mlpLayout([2, 2, 2]);
  const criticLayout = mlpLayout([4, 2, 1]);
  const actor = new Float32Array(actorLayout.size);
  actor.fill(Math.atanh(action), actorLayout.size - 2);
  const critics = values.map((value) => {
    const [weight, bias, last] = criticLayout.parts;
    const critic = new Float32Array(criticLayout.size);
    // The first hidden unit passes the first action component through, on the linear side of its ReLU.
    critic[weight!.offset + 2 * 2] = 1;
    critic[bias!.offset] = 50;
    critic[last!.offset] = slope;
    critic[criticLayout.size - 1] = value - 50 * slope;
    return { layout: criticLayout, weights: () => critic };
  });
  const normalizers = { observation: new Normalizer(1, 99), goal: new Normalizer(1, 99) };
  return new Policy(normalizers, { layout: actorLayout, weights: () => actor }, critics, "tanh");
}

function episodeOf(actions: readonly (readonly number[])[]): Episode {
  const episode = new Episode(SIZES);
  const observation = {
    observation: Float32Array.of(0),
    achievedGoal: Float32Array.of(0),
    desiredGoal: Float32Array.of(1),
  };
  episode.begin(observation);
  for (const action of actions) {
    episode.append(Float32Array.from(action), {
      ...observation,
      reward: -1,
      terminated: false,
      truncated: false,
      isSuccess: false,
    });
  }
  return episode;
}

describe("value bias", () => {
  it("is 0 for a critic that predicts the return, and its error otherwise", () => {
    const episode = episodeOf(Array.from({ length: 8 }, () => [0, 0]));
    for (const [value, bias, scale] of [
      [-10, 0, 1],
      [-4, 6, 1],
      // A scaled reward changes Q, but not what is right.
      [-10, 0, 100],
      [-4, 6, 0.01],
    ] as const) {
      const meter = new ValueBiasMeter(
        constantPolicy(0, [scale * value]),
        { gamma: 0.9, scale },
        {
          reward: () => -1,
          rewardRange: [-1, 0],
        },
      );
      meter.observe(episode);
      const { mean, std, outOfRange, spread } = meter.compute();
      // The return bootstraps from the critic, which scales a constant error by 1 − γ^(T−t).
      const expected = [0, 1, 2, 3].map((t) => bias * (1 - 0.9 ** (8 - t)));
      expect(mean).toBeCloseTo(expected.reduce((a, b) => a + b) / 4, 4);
      expect(std).toBeLessThan(1);
      expect(outOfRange).toBe(0);
      expect(spread).toBe(0);
    }
  });

  it("counts values outside the possible returns and measures the spread of critics", () => {
    const meter = new ValueBiasMeter(
      constantPolicy(0, [2, 4]),
      { gamma: 0.9, scale: 1 },
      {
        reward: () => -1,
        rewardRange: [-1, 0],
      },
    );
    meter.observe(
      episodeOf([
        [0, 0],
        [0, 0],
      ]),
    );
    expect(meter.compute().outOfRange).toBe(1);
    expect(meter.compute().spread).toBeCloseTo(1 / 3, 5);
  });
});

describe("network health", () => {
  it("measures the critic's slope at the policy's actions and at random actions", () => {
    for (const slope of [0, 3]) {
      const policy = constantPolicy(0.5, [-5], slope);
      const meter = new NetworkHealthMeter(policy, policy, 0.04, Rng.fromSeed(1));
      meter.observe(episodeOf([[0, 0]]));
      expect(meter.compute().slopeAtPolicy).toBeCloseTo(slope, 2);
      expect(meter.compute().slopeAtRandom).toBeCloseTo(slope, 2);
    }
  });

  it("measures the drift of the policy from its target network", () => {
    const meter = new NetworkHealthMeter(
      constantPolicy(0.5, [0]),
      constantPolicy(0.2, [0]),
      0.04,
      Rng.fromSeed(1),
    );
    meter.observe(episodeOf([[0, 0]]));
    expect(meter.compute().drift).toBeCloseTo(0.3, 5);
  });

  it("counts sign changes per joint and second", () => {
    const chatter = episodeOf([
      [1, 1],
      [-1, 1],
      [1, 1],
      [-1, 1],
    ]);
    expect(signChanges(chatter)).toBe(1.5);
    const policy = constantPolicy(0, [0]);
    const meter = new NetworkHealthMeter(policy, policy, 0.5, Rng.fromSeed(1));
    meter.observe(chatter);
    expect(meter.compute().signChanges).toBeCloseTo(1.5 / 2, 9);
  });

  it("counts units that are dormant relative to their layer", () => {
    expect(dormantShare([Float64Array.of(1, 1, 0, 0.05), Float64Array.of(2, 2)])).toBeCloseTo(2 / 6, 9);
    expect(dormantShare([])).toBe(0);
  });

  it("computes a stable rank between 1 and the number of directions", () => {
    const row = (...x: number[]) => Float64Array.from(x);
    expect(stableRank([row(1, 0, 0), row(2, 0, 0)])).toBeCloseTo(1, 6);
    expect(stableRank([row(1, 0, 0), row(0, 1, 0), row(0, 0, 1)])).toBeCloseTo(3, 6);
    expect(stableRank([row(2, 0, 0), row(0, 1, 0)])).toBeCloseTo(1.25, 6);
    expect(stableRank([row(0, 0)])).toBe(0);
  });
});

describe("gradient agreement", () => {
  it("has cosine 1 for equal gradients and −1 for opposite ones", () => {
    const g = Float32Array.of(3, 4);
    expect(gradientAgreement([g, g, g])).toEqual({ cosine: 1, signalToNoise: 0 });
    expect(gradientAgreement([g, g.map((x) => -x)]).cosine).toBe(-1);
  });

  it("estimates the signal-to-noise ratio without bias", () => {
    const rng = Rng.fromSeed(1);
    const draw = (signal: number) =>
      Array.from({ length: 60 }, () =>
        Float32Array.from({ length: 400 }, (_, i) => (i === 0 ? signal : 0) + rng.normal() / 20),
      );
    // ‖signal‖² over tr Σ = 400/400.
    expect(gradientAgreement(draw(2)).signalToNoise).toBeCloseTo(4, 0);
    expect(gradientAgreement(draw(0)).signalToNoise).toBeLessThan(0.01);
    expect(Math.abs(gradientAgreement(draw(0)).cosine)).toBeLessThan(0.02);
  });
});

describe("held-out transitions", () => {
  it("are sampled from the stored episodes, with relabelled goals", () => {
    const { agent } = parseConfig({ agent: { her: { k: 1_000 } } }, "test");
    const task = { sizes: SIZES, rewardRange: [-1, 0] as const, reward, isAchieved };
    const heldOut = new HeldOutTransitions(agent, task, 2, 128);
    heldOut.store(episodeOf([[0.25, 0]]));
    const batch = heldOut.sample(Rng.fromSeed(1));
    expect(new Set(batch.actions)).toEqual(new Set([0.25, 0]));
    const achieved = batch.rewards.filter((each) => each === 0).length;
    expect(achieved / batch.size).toBeGreaterThan(0.9);
  });
});

const isAchieved = (achieved: Float32Array, desired: Float32Array) =>
  Math.abs(achieved[0]! - desired[0]!) < 0.5;
const reward = (achieved: Float32Array, desired: Float32Array) => (isAchieved(achieved, desired) ? 0 : -1);

describe("goal coverage", () => {
  it("is the share of desired goals that some stored achieved goal satisfies", () => {
    const { agent } = parseConfig({}, "test");
    const memory = new Memory(agent, { sizes: SIZES, rewardRange: [-1, 0], reward, isAchieved });
    // All episodes stay at 0. Three of ten have a goal within reach of it, the others at 1.
    for (let i = 0; i < 10; i++) {
      const episode = episodeOf([[0, 0]]);
      episode.desiredGoal[0] = i < 3 ? 0.2 : 1;
      memory.store(episode);
    }
    expect(memory.goalCoverage(2000, 50, Rng.fromSeed(1))).toBeCloseTo(0.3, 1);
  });
});

describe("the diagnostics of an evaluation", () => {
  it("do not change training, are repeatable and have only named metrics", async () => {
    const env = lineReach();
    const config = parseConfig({ agent: { hidden: [16], batchSize: 32, warmupSteps: 40 } }, "test");
    const task = taskFacts(env);
    const engine = await loadEngine("onnx");
    const make = () => Ddpg.create(config.agent, task, engine, Rng.fromSeed(1));
    const [diagnosed, control] = [await make(), await make()];
    const replayDiagnostics = await ReplayDiagnostics.create(diagnosed, config.agent, task, engine);
    const progress = new TrainingProgress(1);
    const evaluator = new PolicyEvaluator(env, config);
    let row: Readonly<Record<string, number>> = {};
    const evaluations = new Evaluations({
      agent: diagnosed,
      progress,
      evaluator: { isConcurrent: false, evaluate: (snapshot) => evaluator.evaluate(snapshot) },
      seed: 1,
      replayDiagnostics,
      onRow: (_step, values) => {
        row = values;
      },
    });
    const diagnose = async () => {
      await evaluations.start();
      return Object.fromEntries(
        Object.entries(row).filter(
          ([name]) => name.startsWith("diagnostics/") && name !== "diagnostics/success_spread",
        ),
      );
    };
    expect(Object.keys(await diagnose())).not.toContain("diagnostics/reward_density");
    const episode = new Episode(task.sizes);
    for (let i = 0; i < 5; i++) {
      for (const agent of [diagnosed, control]) {
        agent.beginEpisode();
        await rollout(env, { seed: i }, agent.explore, episode, () => agent.learn());
        agent.store(episode);
      }
      progress.countEpisode(episode);
      if (i === 2) await diagnose();
    }
    const metrics = await diagnose();
    control.learner.takeMetrics();
    expect(diagnosed.getState()).toEqual(control.getState());
    expect(await diagnose()).toEqual(metrics);
    expect(METRIC_NAMES).toEqual(expect.arrayContaining(Object.keys(metrics)));
    for (const [name, value] of Object.entries(metrics)) expect(Number.isFinite(value), name).toBe(true);
    expect(Object.keys(metrics)).toContain("diagnostics/td_error_held_out");
    expect(metrics["diagnostics/reward_density_hindsight"]).toBeGreaterThan(
      metrics["diagnostics/reward_density"]!,
    );
    expect(metrics["diagnostics/reward_for_success"]).toBe(1);
    expect(metrics["diagnostics/actor_grad_cosine"]).toBeGreaterThan(0);
    replayDiagnostics.dispose();
    diagnosed.dispose();
    control.dispose();
  });
});
