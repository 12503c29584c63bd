/** @file The first set of faults of another author: each does what its meaning says. */

import { describe, expect, it } from "vitest";
import { Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import { inputNormalizers } from "../../agent/network-inputs.ts";
import { withFeeds } from "../../bench/faults/broken-learner.ts";
import * as arm from "../../bench/faults/miswired-arm.ts";
import * as learner from "../../bench/faults/miswired-learner.ts";
import * as task from "../../bench/faults/miswired-task.ts";
import { UNSEEN_KINDS } from "../../bench/faults/unseen-kinds.ts";
import type { GoalEnv } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import {
  config,
  expectValid,
  observations,
  planar,
  play,
  repeated,
  smallLayouts,
  updating,
} from "./faulty-learner.ts";

describe("the list", () => {
  it("has names of its own and valid settings", () => {
    expectValid(UNSEEN_KINDS);
  });
});

describe("motors", () => {
  const intact = async (actions: readonly (readonly number[])[]) => {
    const env = await planar();
    return observations(play(env, actions));
  };
  const faulty = async (fault: (env: GoalEnv) => GoalEnv, actions: readonly (readonly number[])[]) => {
    const env = fault(await planar());
    return observations(play(env, actions));
  };

  it("in parallel all receive the first action", async () => {
    expect(await faulty(arm.withMotorsInParallel, [[0.5, -1]])).toEqual(await intact([[0.5, 0.5]]));
  });

  it("keep or reverse their signs for an episode", async () => {
    const env = arm.withSignsDrawnAtReset(await planar());
    const moves = Array.from({ length: 20 }, () => [...play(env, [[1, 1]])[0]!.observation]);
    const signed = [
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
    ];
    const possible = await Promise.all(signed.map((action) => intact([action])));
    expect(new Set(moves.map((move) => move.join()))).toEqual(new Set(possible.map(([x]) => x!.join())));
  });

  it("hold an action", async () => {
    const actions = [
      [1, 0],
      [0, 1],
      [-1, 1],
    ];
    const held = [
      [1, 0],
      [1, 0],
      [-1, 1],
    ];
    expect(await faulty(arm.withHeldActions(2), actions)).toEqual(await intact(held));
  });
});

describe("sensors", () => {
  it("drift across resets", async () => {
    const env = arm.withDrift(0.25)(await planar());
    const intact = await planar();
    const first = env.reset({ seed: 1 }).observation;
    const second = env.reset({ seed: 1 }).observation;
    const { observation } = intact.reset({ seed: 1 });
    expect([first[0]! - observation[0]!, second[0]! - observation[0]!]).toEqual([
      expect.closeTo(0.25, 5),
      expect.closeTo(0.5, 5),
    ]);
    expect(second[1]! - observation[1]!).toBeCloseTo(-0.5, 5);
  });

  it("have offsets that last for an episode", async () => {
    const env = arm.withOffsetsDrawnAtReset(1)(await planar());
    const intact = await planar();
    const offsets = [1, 2].map(() => {
      const before = env.reset({ seed: 1 }).observation[2]! - intact.reset({ seed: 1 }).observation[2]!;
      const after = env.step([1, 1]).observation[2]! - intact.step([1, 1]).observation[2]!;
      expect(after).toBeCloseTo(before, 5);
      return before;
    });
    expect(offsets[0]).not.toBeCloseTo(offsets[1]!, 3);
  });

  it("show the episode before", async () => {
    const env = arm.withObservationsOfLastEpisode(await planar());
    const first = play(env, repeated([1, 0], 4), { seed: 1 });
    const second = play(env, repeated([-1, 0], 4), { seed: 2 });
    expect(second.map(({ observation }) => [...observation])).toEqual(
      first.map(({ observation }) => [...observation]),
    );
    expect([...second[3]!.desiredGoal]).not.toEqual([...first[3]!.desiredGoal]);
  });
});

describe("goals and rewards", () => {
  it("a wandering goal decides on success unseen", async () => {
    const env = task.withWanderingGoal(1)(await planar());
    const { achievedGoal } = env.reset({ seed: 1 });
    const { desiredGoal } = env.reset({ seed: 1, goal: achievedGoal });
    const step = env.step([0, 0]);
    expect(step).toMatchObject({ desiredGoal, isSuccess: false, reward: -1 });
  });

  it("desired goals are turned, and success is not", async () => {
    const env = task.withGoalInTurnedFrame(await planar());
    const goal = env.reset({ seed: 1 }).achievedGoal;
    const turned = [-goal[1]!, goal[0]!];
    expect([...env.reset({ seed: 1, goal }).desiredGoal]).toEqual(turned);
    const step = env.step([0, 0]);
    expect([...step.desiredGoal]).toEqual(turned);
    expect(step.isSuccess).toBe(true);
  });

  it("one axis is rewarded", async () => {
    const at = (x: number, y: number) => new Float32Array([x, y]);
    const axis = task.withRewardForOneAxis(await planar());
    expect(axis.computeReward(at(0.04, 9), at(0, 0), at(0, 0))).toBe(0);
    expect(axis.computeReward(at(0.06, 0), at(0, 0), at(0, 0))).toBe(-1);
  });
});

describe("ends", () => {
  it("a safety stop terminates fast movements", async () => {
    const env = task.withSafetyStop(0.02)(await planar());
    expect(play(env, [[0, 0]])[0]!.terminated).toBe(false);
    expect(play(env, repeated([1, 1], 5)).some(({ terminated }) => terminated)).toBe(true);
  });
});

describe("learners", () => {
  // Two rows of one observation, one goal and one action.
  const layouts = smallLayouts(1);
  const feeds = {
    inputs: new Float32Array([1, 10, 2, 20]),
    nextInputs: new Float32Array([3, 30, 4, 40]),
    actions: new Float32Array([5, 6]),
    continues: new Float32Array([1, 1]),
  };

  it.each([
    [
      "goals of other rows",
      learner.withGoalsOfOtherRows,
      { inputs: [1, 20, 2, 10], nextInputs: [3, 40, 4, 30] },
    ],
    ["actions of other rows", learner.withActionsOfOtherRows, { actions: [6, 5] }],
    [
      "another discount",
      withFeeds((name, values) => (name === "continues" ? values.map((x) => 2 * x) : undefined)),
      { continues: [2, 2] },
    ],
  ])("feed %s", async (_, fault, changed) => {
    const { compiled, fed } = await updating(fault, layouts);
    await compiled.run(feeds);
    const expected = Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, [...values]]));
    expect(fed).toEqual([{ ...expected, ...changed }]);
  });

  it("feed the first batch for ever", async () => {
    const { compiled, fed } = await updating(learner.withFirstBatchOnly, layouts);
    const actions = new Float32Array([1, 2]);
    await compiled.run({ actions });
    actions.fill(7);
    await compiled.run({ actions });
    expect(fed).toEqual([{ actions: [1, 2] }, { actions: [1, 2] }]);
  });

  it("reverse an update, of a network or of a layer", async () => {
    const { compiled: whole } = await updating(learner.withReversedUpdate("actor"), layouts);
    await whole.run(feeds);
    expect(new Set(whole.state("actor"))).toEqual(new Set([-1]));
    const { compiled: layer } = await updating(learner.withReversedUpdate("critic", 1), layouts);
    await layer.run(feeds);
    const { offset } = layouts.critic.parts.find(({ name }) => name === "1.weight")!;
    expect([layer.state("critic")[0], layer.state("critic")[offset]]).toEqual([1, -1]);
  });

  it("normalise by statistics that stay", async () => {
    const facts = taskFacts(await planar());
    const engine = await loadEngine(config.agent.engine);
    const agent = await Ddpg.create(config.agent, facts, engine, Rng.fromSeed(1));
    const { memory } = learner.withForeignStatistics(10, 100)(agent.getState());
    agent.dispose();
    const normalizers = inputNormalizers(config.agent, facts.sizes, memory.normalizers);
    normalizers.goal.observe(new Float32Array(2000), 1000);
    const normalised = new Float32Array(2);
    normalizers.goal.apply(new Float32Array([10, 110]), 1, normalised, 2, 0);
    expect(normalised[0]).toBeCloseTo(0, 3);
    expect(normalised[1]).toBeCloseTo(1, 3);
  });

  it("restart a network", async () => {
    const { compiled: restarting } = await updating(learner.withRestarts("actor", 2), layouts);
    const values: number[] = [];
    for (let i = 0; i < 3; i++) {
      await restarting.run(feeds);
      values.push(restarting.state("actor")[0]!);
    }
    expect(values).toEqual([1, 0, 1]);
  });
});
