/** @file The third set of faults of another author: each does what its meaning says. */

import { describe, expect, it } from "vitest";
import { actorLayout, criticLayouts, networkSizes } from "../../agent/architecture.ts";
import { Ddpg } from "../../agent/ddpg.ts";
import type { Compiled } from "../../agent/engine/engine.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { adamDirection } from "../../agent/graph/adam.ts";
import { input } from "../../agent/graph/ops.ts";
import { taskFacts } from "../../agent/memory.ts";
import * as start from "../../bench/faults/foreign-start.ts";
import * as motors from "../../bench/faults/limited-motors.ts";
import * as update from "../../bench/faults/misapplied-update.ts";
import * as batch from "../../bench/faults/misfed-batch.ts";
import * as task from "../../bench/faults/misread-task.ts";
import { NEWEST_UNSEEN_KINDS } from "../../bench/faults/unseen-kinds-3.ts";
import { makeEnv } from "../../env/registry.ts";
import { parseConfig, setByPath } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";
import {
  config,
  expectValid,
  observations,
  planar,
  play,
  repeated,
  sizes,
  smallLayouts,
  updating,
} from "./faulty-learner.ts";

describe("the list", () => {
  it("has 24 names of its own and valid settings", () => {
    expect(NEWEST_UNSEEN_KINDS).toHaveLength(24);
    expectValid(NEWEST_UNSEEN_KINDS);
  });

  it("has environments that can be made", async () => {
    for (const { name, set } of NEWEST_UNSEEN_KINDS) {
      const changes = Object.entries(set).filter(([key]) => key.startsWith("env."));
      if (changes.length === 0) continue;
      const settings: Record<string, unknown> = {};
      for (const [key, value] of [["env.id", "planar2-reach"] as const, ...changes])
        setByPath(settings, key, value);
      const parsed = parseConfig(settings, name);
      const made = await makeEnv(parsed.env, parsed.agent.gamma);
      const steps = play(made, repeated([1, -1], made.maxEpisodeSteps));
      made.dispose();
      expect(steps.at(-1)!.truncated).toBe(true);
    }
  });
});

describe("motors", () => {
  it.each([
    ["ramp up and down", motors.withRamp(0.25), [1, 1, -1, -1], [0.25, 0.5, 0.25, 0]],
    ["are switched off when hot", motors.withThermalCutout(0.3), [0.5, 0.5, 1, 1], [0.5, 0.5, 0, 0]],
  ])("%s, anew in each episode", async (_, fault, asked, applied) => {
    const both = (x: number) => [x, x];
    const env = fault(await planar());
    const expected = observations(play(await planar(), applied.map(both)));
    for (let episode = 0; episode < 2; episode++) {
      expect(observations(play(env, asked.map(both)))).toEqual(expected);
    }
  });

  it("have noise within their limits", async () => {
    const first = async (std: number) =>
      observations(play(motors.withMotorNoise(std)(await planar()), [[0, 0]]))[0]!;
    const [intact, noisy] = [await first(0), await first(3)];
    expect(intact).toEqual(observations(play(await planar(), [[0, 0]]))[0]);
    expect(noisy).not.toEqual(intact);
    const corners = [
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
    ];
    const speeds = await Promise.all(
      corners.map(async (action) => observations(play(await planar(), [action]))[0]![3]!),
    );
    expect(noisy[3]).toBeGreaterThanOrEqual(Math.min(...speeds));
    expect(noisy[3]).toBeLessThanOrEqual(Math.max(...speeds));
    expect(await first(3)).toEqual(noisy);
  });

  it("apply an action for several steps, until the time limit", async () => {
    const env = motors.withFrameSkip(10)(await planar());
    const intact = observations(play(await planar(), repeated([0.5, -0.5], 50)));
    const steps = play(env, repeated([0.5, -0.5], 5));
    expect(observations(steps)).toEqual([9, 19, 29, 39, 49].map((i) => intact[i]!));
    expect(steps.map(({ truncated }) => truncated)).toEqual([false, false, false, false, true]);
  });
});

describe("sensors, rewards and ends", () => {
  it("numbers overflow", async () => {
    const actions = repeated([1, 1], 10);
    const seen = observations(play(task.withOverflow(0.05)(await planar()), actions)).flat();
    const intact = observations(play(await planar(), actions)).flat();
    for (const [i, x] of seen.entries()) {
      expect(Math.abs(x)).toBeLessThanOrEqual(0.05 + 1e-6);
      expect((intact[i]! - x) / 0.1).toBeCloseTo(Math.round((intact[i]! - x) / 0.1), 3);
    }
  });

  it("a tracker beside the tool decides on rewards, the tool on success", async () => {
    const env = task.withTrackerOffset(0.1)(await planar());
    const { achievedGoal } = await planar().then((intact) => intact.reset({ seed: 1 }));
    const seen = env.reset({ seed: 1, goal: achievedGoal });
    expect([...seen.achievedGoal]).toEqual([...achievedGoal].map((x) => expect.closeTo(x + 0.1, 5)));
    expect(env.step([0, 0])).toMatchObject({ isSuccess: true, reward: -1 });
    env.reset({ seed: 1, goal: seen.achievedGoal });
    expect(env.step([0, 0])).toMatchObject({ isSuccess: false, reward: 0 });
  });

  it("dense rewards are whole metres", async () => {
    const dense = parseConfig({ env: { id: "planar2-reach", reward: "dense" } }, "test");
    const { computeReward } = task.withIntegerReward(await makeEnv(dense.env, dense.agent.gamma));
    const at = (x: number) => new Float32Array([x, 0]);
    expect(computeReward(at(0.7), at(0), at(0))).toBe(0);
    expect(computeReward(at(1.3), at(0), at(0))).toBe(-1);
  });

  it("a watchdog terminates each episode", async () => {
    const env = task.withWatchdog(3)(await planar());
    for (let episode = 0; episode < 2; episode++) {
      const steps = play(env, repeated([0, 0], 3));
      expect(steps.map(({ terminated }) => terminated)).toEqual([false, false, true]);
    }
  });
});

describe("batches", () => {
  const layouts = smallLayouts(1);
  /** Two rows of one observation, one goal and one action. */
  const feeds = {
    inputs: new Float32Array([1, 10, 2, 20]),
    nextInputs: new Float32Array([3, 30, 4, 40]),
    actions: new Float32Array([-1, 0.5]),
    rewards: new Float32Array([-1, 0]),
  };

  it.each([
    [
      "one target for all rows",
      batch.withTargetsBroadcast,
      { rewards: [-0.5, -0.5], nextInputs: [3, 30, 3, 30] },
    ],
    ["actions in [0, 1]", batch.withActionsRescaled, { actions: [0, 0.75] }],
    ["scaled inputs", batch.withInputsScaled(0.5), { inputs: [0.5, 5, 1, 10], nextInputs: [1.5, 15, 2, 20] }],
  ])("have %s", async (_, fault, changed) => {
    const { compiled, fed } = await updating(fault, layouts);
    await compiled.run(feeds);
    const expected = Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, [...values]]));
    expect(fed).toEqual([{ ...expected, ...changed }]);
  });
});

describe("updates", () => {
  const layouts = smallLayouts(1);

  it("follow the sum of all gradients", async () => {
    const state: Record<string, Float32Array> = {
      "actor/sum": new Float32Array(1),
      "critic/sum": new Float32Array(1),
    };
    // Adam's sum for a gradient of 1.
    const summing: Compiled = {
      run: async () => {
        for (const values of Object.values(state)) values[0] = 0.9 * values[0]! + 1;
      },
      state: (name) => state[name]!,
      setState: (name, values) => state[name]!.set(values),
      output: () => new Float32Array(1),
      dispose() {},
    };
    const engine = { name: "", version: "", libraries: {}, reason: "", compile: async () => summing };
    const sum = input("actor/sum", [1]);
    const program = { feeds: [], state: [{ current: sum, next: sum }], outputs: [] };
    const compiled = await update.withGradientsNeverZeroed(engine, layouts, sizes).compile(program);
    for (let i = 0; i < 5; i++) await compiled.run({});
    expect([state["actor/sum"]![0], state["critic/sum"]![0]]).toEqual([
      expect.closeTo(5, 4),
      expect.closeTo(5, 4),
    ]);
  });

  it("average the online networks with targets that stay", async () => {
    const { compiled } = await updating(update.withPolyakSwapped(0.25), layouts);
    for (let i = 0; i < 2; i++) await compiled.run({});
    const first = ["actor", "critic", "targetActor", "targetCritic"].map((name) => compiled.state(name)[0]);
    expect(first).toEqual([1.3125, 1.3125, 0, 0]);
  });

  it("leave noise in the actor", async () => {
    const { compiled } = await updating(update.withNoiseLeftInActor(0.5), layouts, () => 0);
    await compiled.run({});
    const once = compiled.state("actor").slice();
    await compiled.run({});
    expect(new Set(once).size).toBe(once.length);
    expect(compiled.state("actor")).not.toEqual(once);
    expect(new Set(compiled.state("critic"))).toEqual(new Set([0]));
  });
});

describe("initial states", () => {
  const changed = async (fault: (typeof NEWEST_UNSEEN_KINDS)[number]["networks"]) => {
    const facts = taskFacts(await planar());
    const engine = await loadEngine(config.agent.engine);
    const agent = await Ddpg.create(config.agent, facts, engine, Rng.fromSeed(1));
    const all = networkSizes(facts.sizes);
    const layouts = { actor: actorLayout(config.agent, all), critic: criticLayouts(config.agent, all)[0]! };
    const before = agent.getState();
    const after = fault!(before, layouts);
    agent.setState(after);
    agent.dispose();
    return { before: before.learner.vectors, after: after.learner.vectors, layouts };
  };

  it("have squared gradients that make a step tiny", async () => {
    const { before, after } = await changed(start.withForeignOptimiser(300));
    for (const network of ["actor", "critic"]) {
      const [count = 0, squareCount = 0] = after[`${network}/count`]!;
      const gradient = 0.1;
      const direction = adamDirection(gradient, after[`${network}/squareSum`]![0]!, [count, squareCount]);
      expect(direction).toBeCloseTo(gradient / 10 / 300, 6);
      expect(after[network]).toEqual(before[network]);
    }
  });

  it("have a critic whose output is high", async () => {
    const { before, after, layouts } = await changed(start.withCriticStartingAt(1000));
    const { offset } = layouts.critic.parts.find(({ name }) => name === "2.bias")!;
    for (const name of ["critic", "targetCritic"]) {
      const different = [...after[name]!].flatMap((x, i) => (x === before[name]![i] ? [] : [i]));
      expect(different).toEqual([offset]);
      expect(after[name]![offset]).toBe(1000);
    }
    expect(after["actor"]).toEqual(before["actor"]);
  });
});
