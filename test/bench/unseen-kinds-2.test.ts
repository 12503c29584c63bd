/** @file The second set of faults of another author: each does what its meaning says. */

import { describe, expect, it } from "vitest";
import { actorLayout, criticLayouts, networkSizes } from "../../agent/architecture.ts";
import { Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import * as impaired from "../../bench/faults/impaired-env.ts";
import * as learner from "../../bench/faults/impaired-learner.ts";
import { LATER_UNSEEN_KINDS } from "../../bench/faults/unseen-kinds-2.ts";
import { Rng } from "../../shared/rng.ts";
import { config, expectValid, observations, planar, play, smallLayouts, updating } from "./faulty-learner.ts";

describe("the list", () => {
  it("has 24 names of its own and valid settings", () => {
    expect(LATER_UNSEEN_KINDS).toHaveLength(24);
    expectValid(LATER_UNSEEN_KINDS);
  });
});

describe("motors", () => {
  it.each([
    ["have a dead zone", impaired.withDeadZone(0.5), [[0.4, -0.6]], [[0, -0.6]]],
    [
      "fade",
      impaired.withFadingMotors(1),
      [
        [1, 1],
        [1, -1],
      ],
      [
        [1, 1],
        [0.5, -0.5],
      ],
    ],
    ["push one way", impaired.withOneWayMotors, [[0.5, -0.5]], [[0.5, 0]]],
  ])("%s", async (_, fault, asked, applied) => {
    expect(observations(play(fault(await planar()), asked))).toEqual(
      observations(play(await planar(), applied)),
    );
  });

  it("move by an action that is then cleared", async () => {
    const env = impaired.withActionOverwritten(await planar());
    env.reset({ seed: 1 });
    const action = new Float32Array([1, -1]);
    const { observation } = env.step(action);
    expect([...observation]).toEqual(observations(play(await planar(), [[1, -1]]))[0]);
    expect([...action]).toEqual([0, 0]);
  });
});

describe("observations", () => {
  it("lose a share of their numbers", async () => {
    const actions = Array.from({ length: 50 }, () => [1, 1]);
    const seen = observations(play(impaired.withDropouts(0.25)(await planar()), actions)).flat();
    const intact = observations(play(await planar(), actions)).flat();
    const share = seen.filter((x, i) => x === 0 && intact[i] !== 0).length / seen.length;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.35);
    expect(seen.every((x, i) => x === 0 || x === intact[i])).toBe(true);
  });

  it("are reversed in evaluations only", async () => {
    const env = impaired.withEvaluationsReversed(await planar());
    const intact = observations(play(await planar(), [[1, 0]]))[0]!;
    expect(observations(play(env, [[1, 0]], { seed: 1, training: true }))[0]).toEqual(intact);
    expect(observations(play(env, [[1, 0]]))[0]).toEqual(intact.toReversed());
  });
});

describe("episodes", () => {
  it("go on after silent resets, and end at the time limit", async () => {
    const env = impaired.withSilentResets(8)(await planar());
    const steps = play(
      env,
      Array.from({ length: env.maxEpisodeSteps }, () => [1, 1]),
    );
    const restarts = steps.flatMap(({ observation }, i) =>
      observation[3] === 0 && observation[4] === 0 ? [i + 1] : [],
    );
    expect(restarts).toEqual([8, 16, 24, 32, 40, 48]);
    expect(steps.map(({ truncated }) => truncated).indexOf(true)).toBe(env.maxEpisodeSteps - 1);
    expect(new Set(steps.map(({ desiredGoal }) => desiredGoal.join())).size).toBe(1);
  });
});

describe("goals and rewards", () => {
  it("desired goals are in millimetres", async () => {
    const [metres, millimetres] = [await planar(), impaired.withGoalsInMillimetres(await planar())].map(
      (env) => play(env, [[0, 0]])[0]!.desiredGoal,
    );
    expect(millimetres![0]! / metres![0]!).toBeCloseTo(1000, 1);
  });

  it("a frozen tracker decides on success", async () => {
    const env = impaired.withFrozenTracker(await planar());
    const { achievedGoal } = env.reset({ seed: 1 });
    env.reset({ seed: 1, goal: achievedGoal });
    const last = Array.from({ length: 20 }, () => env.step([1, 1])).at(-1)!;
    expect(last).toMatchObject({ achievedGoal, isSuccess: true, reward: 0 });
  });

  it("standing still is rewarded, whatever the goal", async () => {
    const at = (x: number) => new Float32Array([x, 0]);
    const { computeReward } = impaired.withRewardOfPrevious(await planar());
    expect(computeReward(at(9), at(0), at(9))).toBe(0);
    expect(computeReward(at(0), at(0), at(9))).toBe(-1);
  });

  it("rewards have noise around the true one", async () => {
    const { computeReward } = impaired.withRewardNoise(1)(await planar());
    const at = new Float32Array(2);
    const rewards = Array.from({ length: 1000 }, () => computeReward(at, at, at));
    expect(Math.abs(rewards.reduce((sum, x) => sum + x, 0) / rewards.length)).toBeLessThan(0.2);
    expect(new Set(rewards).size).toBe(rewards.length);
  });
});

describe("learners", () => {
  const layouts = smallLayouts(2);
  /** Two rows of an observation and a goal. */
  const feeds = { inputs: new Float32Array([1, 10, 2, 20]), nextInputs: new Float32Array([3, 30, 4, 40]) };

  it.each([
    ["next states that are the present ones", learner.withNextStateOfPresent, [1, 10, 2, 20], [1, 10, 2, 20]],
    ["blank goals", learner.withBlankGoalsInBatches, [1, 0, 2, 0], [3, 0, 4, 0]],
  ])("feed %s", async (_, fault, inputs, nextInputs) => {
    const { compiled, fed } = await updating(fault, layouts);
    await compiled.run(feeds);
    expect(fed).toEqual([{ inputs, nextInputs }]);
  });

  it("decay", async () => {
    const { compiled } = await updating(learner.withDecay(0.25), layouts);
    await compiled.run(feeds);
    expect([compiled.state("actor")[0], compiled.state("targetActor")[0]]).toEqual([0.75, 1]);
  });

  it("round their weights", async () => {
    const { compiled } = await updating(learner.withRoundedWeights(0.5), layouts, () => 0.2);
    for (let i = 0; i < 5; i++) await compiled.run(feeds);
    expect(compiled.state("critic")[0]).toBe(0);
  });

  it("repel their target networks", async () => {
    const { compiled } = await updating(learner.withTargetsRepelled, layouts);
    await compiled.run(feeds);
    expect([compiled.state("targetCritic")[0], compiled.state("critic")[0]]).toEqual([-1, 1]);
  });

  it("apply updates of an output to the next one", async () => {
    const { compiled } = await updating(learner.withUpdatesOfOtherMotors, layouts, (i) => i);
    await compiled.run(feeds);
    const { offset, size } = layouts.actor.parts.find(({ name }) => name === "1.weight")!;
    const moved = [...compiled.state("actor").subarray(offset, offset + size)];
    expect(moved).toEqual([offset + 1, offset, offset + 3, offset + 2]);
    expect(compiled.state("actor")[0]).toBe(0);
  });

  it("start with equal weights in each layer", async () => {
    const facts = taskFacts(await planar());
    const engine = await loadEngine(config.agent.engine);
    const agent = await Ddpg.create(config.agent, facts, engine, Rng.fromSeed(1));
    const all = networkSizes(facts.sizes);
    const layout = { actor: actorLayout(config.agent, all), critic: criticLayouts(config.agent, all)[0]! };
    const { vectors } = learner.withEqualWeights(agent.getState(), layout).learner;
    agent.dispose();
    for (const name of ["actor", "critic"] as const) {
      expect(new Set(vectors[name]).size).toBeLessThanOrEqual(layout[name].parts.length);
      expect(vectors[name === "actor" ? "targetActor" : "targetCritic"]).toEqual(vectors[name]);
    }
  });
});
