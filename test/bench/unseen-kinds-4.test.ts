/** @file The fourth set of faults of another author: each does what its meaning says. */

import { describe, expect, it } from "vitest";
import { actorLayout, criticLayouts, networkSizes } from "../../agent/architecture.ts";
import { Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import * as signals from "../../bench/faults/disturbed-signals.ts";
import * as batch from "../../bench/faults/miscopied-batch.ts";
import * as goals from "../../bench/faults/misjudged-goals.ts";
import * as update from "../../bench/faults/partial-update.ts";
import { withUnscaledActor } from "../../bench/faults/unscaled-weights.ts";
import { FOURTH_UNSEEN_KINDS } from "../../bench/faults/unseen-kinds-4.ts";
import { Rng } from "../../shared/rng.ts";
import { mean } from "../../shared/statistics.ts";
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

it("the list has 20 names of its own and valid settings", () => {
  expect(FOURTH_UNSEEN_KINDS).toHaveLength(20);
  expectValid(FOURTH_UNSEEN_KINDS);
});

describe("signals", () => {
  it("have noise in proportion to the torques", async () => {
    const env = signals.withMotorInterference(2)(await planar());
    const still = observations(play(env, repeated([0, 0], 50)));
    expect(still).toEqual(observations(play(await planar(), repeated([0, 0], 50))));
    const spread = async (action: readonly number[]) => {
      const seen = observations(play(env, repeated(action, 50))).flat();
      const intact = observations(play(await planar(), repeated(action, 50))).flat();
      return Math.sqrt(mean(seen.map((x, i) => (x - intact[i]!) ** 2)));
    };
    expect(await spread([1, -1])).toBeGreaterThan(1.8);
    expect(await spread([1, -1])).toBeLessThan(2.2);
    expect(await spread([0.5, 0])).toBeLessThan(0.6);
  });

  it("are shifted at about half of the steps", async () => {
    const env = signals.withShiftedFrames(0.5)(await planar());
    const seen = observations(play(env, repeated([0.5, -0.5], 50)));
    const intact = observations(play(await planar(), repeated([0.5, -0.5], 50)));
    const whole = seen.filter((numbers, i) => numbers.every((x, at) => x === intact[i]![at])).length;
    expect(whole).toBeGreaterThan(12);
    expect(whole).toBeLessThan(38);
    for (const [i, numbers] of seen.entries()) {
      const places = numbers.length - numbers.indexOf(intact[i]![0]!);
      expect(numbers.map((_, at) => intact[i]![(at + places) % numbers.length])).toEqual(numbers);
    }
  });

  it("are filtered, anew in each episode", async () => {
    const env = signals.withLowPass(0.25)(await planar());
    const start = [...(await planar()).reset({ seed: 1 }).observation];
    const intact = observations(play(await planar(), repeated([1, 1], 2)));
    const first = start.map((x, i) => x + 0.25 * (intact[0]![i]! - x));
    const second = first.map((x, i) => x + 0.25 * (intact[1]![i]! - x));
    for (let episode = 0; episode < 2; episode++) {
      const seen = observations(play(env, repeated([1, 1], 2)));
      expect(seen).toEqual([first, second].map((numbers) => numbers.map((x) => expect.closeTo(x, 5))));
    }
  });

  it("lose most commands", async () => {
    const env = signals.withLostCommands(0.95)(await planar());
    const speeds = observations(play(env, repeated([1, 0], 50))).map((numbers) => numbers[3]!);
    const all = observations(play(await planar(), repeated([1, 0], 50))).map((numbers) => numbers[3]!);
    expect(mean(speeds)).toBeLessThan(0.2 * mean(all));
    const none = observations(play(signals.withLostCommands(1)(await planar()), repeated([1, 1], 20)));
    expect(none).toEqual(observations(play(await planar(), repeated([0, 0], 20))));
  });
});

describe("goals", () => {
  it("are shown rounded and judged exactly", async () => {
    const env = goals.withRoundedGoals(0.3)(await planar());
    const { achievedGoal } = (await planar()).reset({ seed: 1 });
    const seen = env.reset({ seed: 1, goal: achievedGoal });
    const grid = [...seen.desiredGoal].map((x) => x / 0.3);
    expect(grid).toEqual(grid.map((x) => expect.closeTo(Math.round(x), 5)));
    expect(env.isAchieved(achievedGoal, seen.desiredGoal)).toBe(false);
    const step = env.step([0, 0]);
    expect(step).toMatchObject({ isSuccess: true, reward: 0 });
    expect(step.desiredGoal).toEqual(seen.desiredGoal);
  });

  it("are judged by a tracker with the wrong scale", async () => {
    const env = goals.withTrackerScale(0.5)(await planar());
    const { achievedGoal } = (await planar()).reset({ seed: 1 });
    const seen = env.reset({ seed: 1, goal: achievedGoal });
    expect([...seen.achievedGoal]).toEqual([...achievedGoal].map((x) => expect.closeTo(x / 2, 6)));
    expect(env.step([0, 0])).toMatchObject({ isSuccess: false, reward: -1 });
    env.reset({ seed: 1, goal: achievedGoal.map((x) => x / 2) });
    expect(env.step([0, 0])).toMatchObject({ isSuccess: true, reward: 0 });
  });

  it("are paid wherever the arm is", async () => {
    const env = goals.withToleranceInCentimetres(await planar());
    const steps = play(env, repeated([1, 1], 50));
    expect(new Set(steps.map(({ reward }) => reward))).toEqual(new Set([0]));
    expect(steps.some(({ isSuccess }) => !isSuccess)).toBe(true);
  });
});

describe("batches", () => {
  const layouts = smallLayouts(1);
  /** Three rows of one observation, one goal and one action. */
  const feeds = {
    inputs: new Float32Array([1, 10, 2, 20, 3, 30]),
    nextInputs: new Float32Array([4, 40, 5, 50, 6, 60]),
    actions: new Float32Array([-1, 0, 1]),
    rewards: new Float32Array([-1, 0, -1]),
  };

  it.each([
    ["clipped rewards", batch.withRewardsClipped(0, 1), { rewards: [0, 0, 0] }],
    [
      "exchanged states",
      batch.withStatesExchanged,
      { inputs: [...feeds.nextInputs], nextInputs: [...feeds.inputs] },
    ],
    [
      "goals first",
      batch.withGoalsFirst,
      { inputs: [10, 1, 20, 2, 30, 3], nextInputs: [40, 4, 50, 5, 60, 6] },
    ],
    [
      "no successes",
      batch.withoutSuccesses,
      {
        inputs: [1, 10, 3, 30, 3, 30],
        nextInputs: [4, 40, 6, 60, 6, 60],
        actions: [-1, 1, 1],
        rewards: [-1, -1, -1],
      },
    ],
  ])("have %s", async (_, fault, changed) => {
    const { compiled, fed } = await updating(fault, layouts);
    await compiled.run(feeds);
    const expected = Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, [...values]]));
    expect(fed).toEqual([{ ...expected, ...changed }]);
  });

  it("list two numbers of a goal before three of an observation", async () => {
    const wide = { ...layouts, actor: actorLayout(config.agent, { inputs: 5, actions: 1 }) };
    const { compiled, fed } = await updating(
      (engine, given) => batch.withGoalsFirst(engine, given, { observation: 3, goal: 2 }),
      wide,
    );
    await compiled.run({ inputs: new Float32Array([1, 2, 3, 10, 20]) });
    expect(fed).toEqual([{ inputs: [10, 20, 1, 2, 3] }]);
  });
});

describe("updates", () => {
  it("change the critic at every third one only", async () => {
    const { compiled } = await updating(update.withRareUpdates("critic", 3), smallLayouts(1));
    const critic: number[] = [];
    for (let i = 0; i < 6; i++) {
      await compiled.run({});
      critic.push(compiled.state("critic")[0]!);
    }
    expect(critic).toEqual([0, 0, 1, 1, 1, 2]);
    expect(compiled.state("actor")[0]).toBe(6);
  });

  it("leave the second output as it begins", async () => {
    const layouts = smallLayouts(2);
    const { compiled } = await updating(update.withFrozenOutput(1), layouts);
    await compiled.run({});
    const actor = [...compiled.state("actor")];
    const last = (part: string) => {
      const { offset, size } = layouts.actor.parts.find(({ name }) => name === `1.${part}`)!;
      return actor.slice(offset, offset + size);
    };
    expect([last("weight"), last("bias")]).toEqual([
      [1, 0, 1, 0],
      [1, 0],
    ]);
    expect(actor.filter((x) => x === 0)).toHaveLength(3);
    expect(new Set(compiled.state("critic"))).toEqual(new Set([1]));
  });
});

it("the actor's weights start with a standard deviation of 1 in every layer", async () => {
  const facts = taskFacts(await planar());
  const agent = await Ddpg.create(
    config.agent,
    facts,
    await loadEngine(config.agent.engine),
    Rng.fromSeed(1),
  );
  const all = networkSizes(facts.sizes);
  const layouts = { actor: actorLayout(config.agent, all), critic: criticLayouts(config.agent, all)[0]! };
  const before = agent.getState();
  const after = withUnscaledActor(before, layouts);
  agent.setState(after);
  agent.dispose();
  const { vectors } = after.learner;
  for (const { name, offset, size } of layouts.actor.parts) {
    const part = [...vectors["actor"]!.slice(offset, offset + size)];
    if (name.endsWith(".bias"))
      expect(part).toEqual([...before.learner.vectors["actor"]!.slice(offset, offset + size)]);
    else expect(Math.sqrt(mean(part.map((x) => x ** 2)))).toBeCloseTo(1, 0);
  }
  expect(vectors["targetActor"]).toEqual(vectors["actor"]);
  expect(vectors["critic"]).toEqual(before.learner.vectors["critic"]);
});
