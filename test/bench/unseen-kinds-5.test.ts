/** @file The fifth set of faults of another author: each does what its meaning says. */

import { describe, expect, it } from "vitest";
import { withCriticWithoutAction } from "../../bench/faults/blind-critic.ts";
import * as batch from "../../bench/faults/misassembled-batch.ts";
import * as observed from "../../bench/faults/misconverted-observations.ts";
import * as task from "../../bench/faults/misdeclared-task.ts";
import * as motors from "../../bench/faults/misdriven-motors.ts";
import * as goals from "../../bench/faults/misreported-goals.ts";
import * as update from "../../bench/faults/mistimed-update.ts";
import { FIFTH_UNSEEN_KINDS } from "../../bench/faults/unseen-kinds-5.ts";
import { mean } from "../../shared/statistics.ts";
import {
  expectSpread,
  expectValid,
  observations,
  planar,
  play,
  repeated,
  smallLayouts,
  updating,
} from "./faulty-learner.ts";

describe("the list", () => {
  it("has 24 names of its own and valid settings", () => {
    expect(FIFTH_UNSEEN_KINDS).toHaveLength(24);
    expectValid(FIFTH_UNSEEN_KINDS);
  });

  it("is spread evenly over three environments", () => {
    expectSpread(FIFTH_UNSEEN_KINDS);
  });
});

describe("motors", () => {
  it.each([
    ["add up their forces", motors.withForcesNeverCleared, [0.5, 0.25, 1, -1], [0.5, 0.75, 1, 0.75]],
    ["take every command twice", motors.withBacklog, [1, -1, 0.5, 0.25], [1, 1, -1, -1]],
  ])("%s, anew in each episode", async (_, fault, asked, applied) => {
    const both = (x: number) => [x, x];
    const env = fault(await planar());
    const expected = observations(play(await planar(), applied.map(both)));
    for (let episode = 0; episode < 2; episode++)
      expect(observations(play(env, asked.map(both)))).toEqual(expected);
  });

  it("are exchanged after some steps of training, not of evaluation", async () => {
    const env = motors.withPlugsExchanged(3)(await planar());
    const intact = await planar();
    const actions = repeated([1, 0], 3);
    const same = (training: boolean) => {
      const options = { seed: 1, training };
      return [play(env, actions, options), play(intact, actions, options)].map(observations);
    };
    for (const training of [false, false, true]) {
      const [seen, expected] = same(training);
      expect(seen).toEqual(expected);
    }
    env.reset({ seed: 1, training: true });
    env.step([1, 0]);
    const exchanged = observations(play(intact, repeated([0, 1], 3)));
    expect(observations(play(env, actions, { seed: 1 }))).toEqual(exchanged);
  });
});

it("evaluations reverse actions, training does not", async () => {
  const env = motors.withEvaluationsReversingActions(await planar());
  const intact = await planar();
  for (const [training, sign] of [
    [true, 1],
    [false, -1],
  ] as const) {
    const options = { seed: 1, training };
    const seen = observations(play(env, repeated([1, -0.5], 5), options));
    expect(seen).toEqual(observations(play(intact, repeated([sign, -0.5 * sign], 5), options)));
  }
});

describe("observations", () => {
  it("are integers", async () => {
    const env = observed.withIntegerObservations(await planar());
    const actions = repeated([1, -1], 30);
    const seen = observations(play(env, actions));
    const expected = observations(play(await planar(), actions)).map((numbers) =>
      numbers.map((x) => Math.trunc(x) + 0),
    );
    expect(seen).toEqual(expected);
    expect(new Set(seen.flat()).size).toBeGreaterThan(1);
  });

  it("are standardised by the episode so far", async () => {
    const env = observed.withStatisticsOfEpisode(await planar());
    const intact = await planar();
    for (let episode = 0; episode < 2; episode++) {
      const start = env.reset({ seed: 1 }).observation;
      expect([...start]).toEqual([...start].map(() => 0));
      const raw = [[...intact.reset({ seed: 1 }).observation]];
      for (const action of [
        [1, -1],
        [1, 1],
        [0, 1],
      ]) {
        const seen = [...env.step(action).observation];
        raw.push([...intact.step(action).observation]);
        const expected = seen.map((_, i) => {
          const values = raw.map((numbers) => numbers[i]!);
          const std = Math.sqrt(mean(values.map((x) => (x - mean(values)) ** 2)));
          return expect.closeTo((values.at(-1)! - mean(values)) / std, 3);
        });
        expect(seen).toEqual(expected);
      }
    }
  });
});

describe("goals", () => {
  it("are exchanged, and success is that of the right ones", async () => {
    const env = goals.withGoalsExchanged(await planar());
    const { achievedGoal: tool } = (await planar()).reset({ seed: 1 });
    const goal = tool.map((x) => x + 0.1);
    const seen = env.reset({ seed: 1, goal });
    expect([seen.achievedGoal, seen.desiredGoal]).toEqual([goal, tool]);
    const step = env.step([0, 0]);
    expect(step.achievedGoal).toEqual(goal);
    expect(step.isSuccess).toBe(false);
    env.reset({ seed: 1, goal: tool });
    expect(env.step([0, 0]).isSuccess).toBe(true);
  });

  it("are displacements from the start of their episode", async () => {
    const env = goals.withGoalsFromStart(await planar());
    for (const seed of [1, 2]) {
      const { achievedGoal: tool } = (await planar()).reset({ seed });
      const seen = env.reset({ seed, goal: tool });
      expect([...seen.desiredGoal]).toEqual([...tool].map(() => 0));
      expect(seen.achievedGoal).toEqual(tool);
      const step = env.step([1, 1]);
      expect(step.desiredGoal).toEqual(seen.desiredGoal);
      expect(step.isSuccess).toBe(true);
      expect(env.computeReward(step.achievedGoal, step.desiredGoal, tool)).toBe(-1);
    }
  });

  it("jitter from step to step", async () => {
    const env = goals.withJitteringGoals(0.3)(await planar());
    const { achievedGoal: goal } = (await planar()).reset({ seed: 1 });
    const steps = play(env, repeated([0, 0], 50), { seed: 1, goal });
    const errors = steps.flatMap(({ desiredGoal }) => [...desiredGoal].map((x, i) => x - goal[i]!));
    expect(new Set(errors).size).toBe(100);
    expect(Math.sqrt(mean(errors.map((x) => x ** 2)))).toBeCloseTo(0.3, 1);
    expect(steps.every(({ isSuccess, reward }) => isSuccess && reward === 0)).toBe(true);
  });
});

describe("tasks", () => {
  it("reward where the arm is, whatever was achieved", async () => {
    const env = task.withRewardOfPresentTool(await planar());
    const { achievedGoal: tool } = env.reset({ seed: 1 });
    const elsewhere = tool.map((x) => x + 1);
    expect(env.computeReward(elsewhere, tool, elsewhere)).toBe(0);
    expect(env.computeReward(tool, elsewhere, tool)).toBe(-1);
    const moved = play(env, repeated([1, 1], 20)).at(-1)!.achievedGoal;
    expect(env.computeReward(tool, moved, tool)).toBe(0);
    expect(env.computeReward(tool, tool, tool)).toBe(-1);
  });

  it("reward with 0 and 1, and declare −1 to 0", async () => {
    const env = task.withRewardsAboveRange(await planar());
    const { achievedGoal: tool } = (await planar()).reset({ seed: 1 });
    env.reset({ seed: 1, goal: tool });
    expect(env.step([0, 0])).toMatchObject({ isSuccess: true, reward: 1 });
    expect(
      env.computeReward(
        tool,
        tool.map((x) => x + 1),
        tool,
      ),
    ).toBe(0);
    expect(env.rewardRange).toEqual([-1, 0]);
  });

  it("truncate after five steps, in each episode", async () => {
    const env = task.withTimeLimit(5)(await planar());
    for (let episode = 0; episode < 2; episode++) {
      const steps = play(env, repeated([0, 0], 5));
      expect(steps.map(({ truncated }) => truncated)).toEqual([false, false, false, false, true]);
      expect(steps.some(({ terminated }) => terminated)).toBe(false);
    }
  });
});

describe("batches", () => {
  const layouts = smallLayouts(1);
  /** Three rows of one observation, one goal and one action. */
  const feeds = {
    inputs: new Float32Array([1, 10, 2, 20, 3, 30]),
    nextInputs: new Float32Array([4, 40, 5, 50, 6, 60]),
    actions: new Float32Array([-1, 0, 1]),
    rewards: new Float32Array([-1, 0, -0.5]),
  };

  it.each([
    [
      "copies of one row",
      batch.withCopiesOfOneRow,
      {
        inputs: [1, 10, 1, 10, 1, 10],
        nextInputs: [4, 40, 4, 40, 4, 40],
        actions: [-1, -1, -1],
        rewards: [-1, -1, -1],
      },
    ],
    [
      "reshaped inputs",
      batch.withInputsReshaped,
      { inputs: [1, 2, 3, 10, 20, 30], nextInputs: [4, 5, 6, 40, 50, 60] },
    ],
    ["next goals of other rows", batch.withNextGoalsOfOtherRows, { nextInputs: [4, 60, 5, 40, 6, 50] }],
  ])("have %s", async (_, fault, changed) => {
    const { compiled, fed } = await updating(fault, layouts);
    await compiled.run(feeds);
    const expected = Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, [...values]]));
    expect(fed).toEqual([{ ...expected, ...changed }]);
  });

  it("have noisy inputs", async () => {
    const { compiled, fed } = await updating(batch.withNoisyInputs(1.5), layouts);
    await compiled.run({ ...feeds, inputs: new Float32Array(1000) });
    const seen = fed[0]!;
    expect(Math.sqrt(mean(seen["inputs"]!.map((x) => x ** 2)))).toBeCloseTo(1.5, 0);
    expect(seen["actions"]).toEqual([...feeds.actions]);
  });
});

describe("updates", () => {
  it("come three updates late", async () => {
    const { compiled } = await updating(update.withLateUpdates(3), smallLayouts(1), (i) => i);
    const seen: number[][] = [];
    for (let i = 0; i < 5; i++) {
      await compiled.run({});
      seen.push([...compiled.state("actor").slice(0, 3)]);
    }
    expect(seen).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [0, 1, 2],
      [0, 2, 4],
    ]);
    expect(compiled.state("targetActor")[1]).toBe(5);
  });

  it("leave the policy with the weights that were set", async () => {
    const { compiled } = await updating(update.withPolicyCopiedOnce, smallLayouts(1));
    const start = new Float32Array(compiled.state("actor").length).fill(7);
    compiled.setState("actor", start);
    await compiled.run({});
    expect(compiled.state("actor")).toEqual(start);
    expect(compiled.state("critic")[0]).toBe(1);
    expect(compiled.state("targetActor")[0]).toBe(1);
  });

  it("leave the critic without its weights of the action", async () => {
    const layouts = smallLayouts(2);
    const { compiled } = await updating(withCriticWithoutAction, layouts);
    await compiled.run({});
    const { offset, shape } = layouts.critic.parts.find(({ name }) => name === "0.weight")!;
    expect(shape).toEqual([4, 2]);
    for (const name of ["critic", "targetCritic"]) {
      const weights = [...compiled.state(name)];
      expect(weights.slice(offset, offset + 8)).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
      expect(weights.filter((x) => x === 0)).toHaveLength(4);
    }
  });
});
