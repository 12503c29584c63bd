/** @file The sixth set of faults of another author: each does what its meaning says. */

import { describe, expect, it } from "vitest";
import * as networks from "../../bench/faults/misconnected-networks.ts";
import * as sensors from "../../bench/faults/mistimed-sensors.ts";
import * as commands from "../../bench/faults/mistranslated-commands.ts";
import * as batch from "../../bench/faults/overwritten-batch.ts";
import { SIXTH_UNSEEN_KINDS } from "../../bench/faults/unseen-kinds-6.ts";
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
    expect(SIXTH_UNSEEN_KINDS).toHaveLength(24);
    expectValid(SIXTH_UNSEEN_KINDS);
  });

  it("is spread evenly over three environments", () => {
    expectSpread(SIXTH_UNSEEN_KINDS);
  });
});

describe("commands", () => {
  it.each([
    ["switch drives on and off", commands.withOnOffDrives, [0.1, -0.5, 0, 1], [1, -1, 0, 1]],
    [
      "are lost in the play of gears",
      commands.withBacklash(2),
      [1, 0.5, -1, -1, -1, 1],
      [1, 0.5, 0, 0, -1, 0],
    ],
    [
      "are applied as differences",
      commands.withCommandsAsDifferences,
      [0.5, 0.75, -1, -1],
      [0.5, 0.25, -1, 0],
    ],
  ])("%s, anew in each episode", async (_, fault, asked, applied) => {
    const both = (x: number) => [x, x];
    const env = fault(await planar());
    const expected = observations(play(await planar(), applied.map(both)));
    for (let episode = 0; episode < 2; episode++)
      expect(observations(play(env, asked.map(both)))).toEqual(expected);
  });

  it("end where the tool leaves a sphere around its start", async () => {
    const env = commands.withFence(0.06)(await planar());
    const intact = await planar();
    const { achievedGoal: start } = intact.reset({ seed: 1 });
    const away = play(intact, repeated([1, 1], 50)).map(({ achievedGoal: [x = 0, z = 0] }) =>
      Math.hypot(x - start[0]!, z - start[1]!),
    );
    const left = away.findIndex((x) => x > 0.06) + 1;
    expect(left).toBeGreaterThan(1);
    const applied = [...repeated([1, 1], left), ...repeated([0, 0], 50 - left)];
    const expected = observations(play(intact, applied));
    for (let episode = 0; episode < 2; episode++)
      expect(observations(play(env, repeated([1, 1], 50)))).toEqual(expected);
  });

  it("come late in evaluations only", async () => {
    const env = commands.withEvaluationsLate(2)(await planar());
    const intact = await planar();
    const actions = [
      [1, 0],
      [0, 1],
      [-1, 0],
    ];
    for (const [training, applied] of [
      [true, actions],
      [
        false,
        [
          [0, 0],
          [0, 0],
          [1, 0],
        ],
      ],
      [
        false,
        [
          [0, 0],
          [0, 0],
          [1, 0],
        ],
      ],
    ] as const)
      expect(observations(play(env, actions, { seed: 1, training }))).toEqual(
        observations(play(intact, applied, { seed: 1, training })),
      );
  });
});

describe("sensors", () => {
  it("report achieved goals of three steps ago", async () => {
    const env = sensors.withLateTracker(3)(await planar());
    const intact = await planar();
    const first = [...intact.reset({ seed: 1 }).achievedGoal];
    const goals = play(intact, repeated([1, 1], 8)).map(({ achievedGoal }) => [...achievedGoal]);
    for (let episode = 0; episode < 2; episode++) {
      const steps = play(env, repeated([1, 1], 8));
      const seen = steps.map(({ achievedGoal }) => [...achievedGoal]);
      expect(seen).toEqual([first, first, first, ...goals.slice(0, 5)]);
    }
    const arrived = play(env, repeated([1, 1], 8), { seed: 1, goal: goals.at(-1)! }).at(-1)!;
    expect(arrived).toMatchObject({ isSuccess: true, reward: -1 });
  });

  it("are polled in turn", async () => {
    const env = sensors.withSensorsInTurn(await planar());
    const intact = await planar();
    for (let episode = 0; episode < 2; episode++) {
      const shown = [...intact.reset({ seed: 1 }).observation];
      expect([...env.reset({ seed: 1 }).observation]).toEqual(shown);
      for (let step = 0; step < 20; step++) {
        const at = step % shown.length;
        shown[at] = intact.step([1, -1]).observation[at]!;
        expect([...env.step([1, -1]).observation]).toEqual(shown);
      }
    }
  });

  it("count from millions in single precision", async () => {
    const env = sensors.withCountsFrom(5e6)(await planar());
    const seen = observations(play(env, repeated([1, -1], 30)));
    const expected = observations(play(await planar(), repeated([1, -1], 30)));
    for (const [step, numbers] of seen.entries())
      for (const [i, x] of numbers.entries()) {
        expect(Number.isInteger(2 * x)).toBe(true);
        expect(Math.abs(x - 5e6 - expected[step]![i]!)).toBeLessThanOrEqual(0.25);
      }
  });

  it("see goals without their height", async () => {
    const env = sensors.withoutHeightOfGoals(await planar());
    const { achievedGoal: tool } = (await planar()).reset({ seed: 1 });
    const seen = env.reset({ seed: 1, goal: tool });
    expect([...seen.desiredGoal]).toEqual([tool[0], 0]);
    const step = env.step([0, 0]);
    expect([...step.desiredGoal]).toEqual([tool[0], 0]);
    expect(step.isSuccess).toBe(true);
  });
});

it("rewards are paid at rest", async () => {
  const env = sensors.withRewardAtRest(5e-4)(await planar());
  const { achievedGoal: tool } = env.reset({ seed: 1 });
  const beside = tool.map((x) => x + 0.001);
  expect(env.computeReward(tool, beside, tool)).toBe(0);
  expect(env.computeReward(tool, beside, beside)).toBe(-1);
  expect(
    env.computeReward(
      tool,
      tool.map((x) => x + 1),
      tool,
    ),
  ).toBe(-1);
  env.reset({ seed: 1, goal: tool });
  expect(env.step([1, 1])).toMatchObject({ isSuccess: true, reward: -1 });
});

describe("batches", () => {
  /** Three rows of one observation, one goal and two actions. */
  const feeds = {
    inputs: new Float32Array([1, 10, 2, 20, 3, 30]),
    nextInputs: new Float32Array([4, 40, 5, 50, 6, 60]),
    actions: new Float32Array([-1, 0, 1, 0.5, -0.5, 0.25]),
    rewards: new Float32Array([-1, 0, -0.5]),
    continues: new Float32Array([1, 1, 1]),
  };
  const given = Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, [...values]]));

  it.each([
    ["reversed actions", batch.withActionColumnsReversed, { actions: [0, -1, 0.5, 1, 0.25, -0.5] }],
    ["ends at missed goals", batch.withMissesTerminal, { continues: [0, 1, 0] }],
    [
      "one state",
      batch.withStatesOfOneArray,
      { inputs: [4, 10, 4, 20, 4, 30], nextInputs: [4, 40, 4, 50, 4, 60] },
    ],
  ])("have %s", async (_, fault, changed) => {
    const { compiled, fed } = await updating(fault, smallLayouts(2));
    await compiled.run(feeds);
    expect(fed).toEqual([{ ...given, ...changed }]);
  });

  it("have rewards that become smaller at each update", async () => {
    const { compiled, fed } = await updating(batch.withRewardsMultipliedInPlace(0.5), smallLayouts(2));
    for (let i = 0; i < 2; i++) await compiled.run(feeds);
    expect(fed).toEqual([
      { ...given, rewards: [-0.5, 0, -0.25] },
      { ...given, rewards: [-0.25, 0, -0.125] },
    ]);
  });
});

describe("networks", () => {
  const layouts = smallLayouts(2);

  it("of the critic lose units in updates, and keep their weights", async () => {
    const given: Float32Array[] = [];
    const { compiled } = await updating(
      (engine, ...others) =>
        networks.withDropoutInCritic(0.5)(
          {
            ...engine,
            compile: async (program) => {
              const intact = await engine.compile(program);
              return {
                ...intact,
                run: (feeds, options) => {
                  given.push(intact.state("critic").slice());
                  return intact.run(feeds, options);
                },
              };
            },
          },
          ...others,
        ),
      layouts,
    );
    const { offset, size } = layouts.critic.parts.find(({ name }) => name === "1.weight")!;
    for (let i = 0; i < 20; i++) {
      compiled.setState("critic", new Float32Array(layouts.critic.size).fill(3));
      await compiled.run({});
      expect(new Set(compiled.state("critic"))).toEqual(new Set([4]));
    }
    const outputs = given.flatMap((weights) => [...weights.subarray(offset, offset + size)]);
    expect(new Set(outputs)).toEqual(new Set([0, 6]));
    expect(given.every((weights) => weights.filter((x) => x === 3).length === weights.length - size)).toBe(
      true,
    );
  });

  it("of the actor are averaged with those of an idle worker", async () => {
    const { compiled } = await updating(networks.withIdleWorker(0.25), layouts);
    await compiled.run({});
    expect(compiled.state("actor")[0]).toBe(0.75);
    await compiled.run({});
    expect(compiled.state("actor")[0]).toBe(1.3125);
    expect(compiled.state("critic")[0]).toBe(2);
  });

  it("of targets follow in the output layer only", async () => {
    const { compiled } = await updating(networks.withTargetOutputsOnly, layouts);
    await compiled.run({});
    for (const [name, { parts }] of [
      ["targetActor", layouts.actor],
      ["targetCritic", layouts.critic],
    ] as const)
      for (const { name: part, offset, size } of parts) {
        const expected = part.startsWith("1.") ? 1 : 0;
        expect(new Set(compiled.state(name).subarray(offset, offset + size))).toEqual(new Set([expected]));
      }
    expect(new Set(compiled.state("actor"))).toEqual(new Set([1]));
  });

  it("of the actor have no weights of the goal", async () => {
    const { compiled } = await updating(networks.withActorWithoutGoal, layouts);
    await compiled.run({});
    const { offset, shape } = layouts.actor.parts.find(({ name }) => name === "0.weight")!;
    expect(shape).toEqual([2, 2]);
    for (const name of ["actor", "targetActor"]) {
      const weights = [...compiled.state(name)];
      expect(weights.slice(offset, offset + 4)).toEqual([1, 1, 0, 0]);
      expect(weights.filter((x) => x === 0)).toHaveLength(2);
    }
    expect(new Set(compiled.state("critic"))).toEqual(new Set([1]));
  });
});
