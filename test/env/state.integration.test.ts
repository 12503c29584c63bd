/** @file A saved state continues bit for bit: in the air, in contact and while gripping. */

import { describe, expect, it, onTestFinished } from "vitest";
import type { ArmModel } from "../../env/arm/arm-model.ts";
import { ArmEnv } from "../../env/arm-env.ts";
import { planar2 } from "../../env/models/planar2.ts";
import { ENVIRONMENTS, makeArmEnv } from "../../env/registry.ts";
import { ReachTask } from "../../env/tasks/reach.ts";
import type { ReachSettings } from "../../env/tasks/reach-points.ts";
import { loadPhysics } from "../../env/world.ts";
import { sampleBox } from "../../shared/box.ts";
import { parseConfig } from "../../shared/config.ts";
import { InputError } from "../../shared/errors.ts";
import type { GoalEnv } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import { HALF, RATE, ScriptedHand, SPOT, tableWithCube } from "./tasks/scripted-hand.ts";

const physics = await loadPhysics("compat");
const settings = (env: object) => parseConfig({ env }, "test").env;

async function make(env: object) {
  const made = await makeArmEnv(settings(env), 0.95);
  onTestFinished(() => made.dispose());
  return made;
}

/** Plays random steps and returns all results, including the resets of new episodes. */
function playOn(env: GoalEnv, seed: number, steps: number): unknown[] {
  const rng = Rng.fromSeed(seed);
  const results: unknown[] = [];
  for (let i = 0; i < steps; i++) {
    const step = env.step(sampleBox(env.actionSpace, rng));
    results.push(step, step.truncated ? env.reset() : null);
  }
  return results;
}

describe.each(Object.keys(ENVIRONMENTS))("%s", (id) => {
  const config = { id, rewardTerms: { smoothness: 0.1 } };

  it("continues identically from a state, in the same and another environment, beyond the end of the episode", async () => {
    const env = await make(config);
    env.reset({ seed: 1 });
    playOn(env, 2, 30);
    const state = env.saveState();
    const expected = playOn(env, 3, 30);
    const fresh = await make(config);
    for (const other of [env, fresh, fresh]) {
      other.restoreState(state);
      expect(playOn(other, 3, 30)).toEqual(expected);
    }
  });

  it("can be saved before the first episode and after the end of one", async () => {
    const env = await make(config);
    const unused = env.saveState();
    env.reset({ seed: 1 });
    playOn(env, 2, 5);
    env.restoreState(unused);
    expect(() => env.step(env.actionSpace.high)).toThrow("no episode is running; call reset() first");
    env.reset({ seed: 1 });
    for (let i = 0; i < env.maxEpisodeSteps; i++) env.step(env.actionSpace.low);
    const ended = env.saveState();
    const next = env.reset();
    env.restoreState(ended);
    expect(() => env.step(env.actionSpace.high)).toThrow("the episode is over; call reset() first");
    expect(env.reset()).toEqual(next);
  });
});

it.each(["torque", "velocity", "position", "ee"])(
  "continues under %s control with a varied arm and pending delayed actions",
  async (control) => {
    const variation = { mass: [0.8, 1.2], damping: [0.8, 1], torque: [0.9, 1.1], delay: [0.01, 0.06] };
    const config = {
      id: "panda-gripper-reach",
      control,
      variation: { ...variation, observationNoise: 0.01 },
    };
    const env = await make(config);
    env.reset({ seed: 1 });
    playOn(env, 2, 30);
    const state = env.saveState();
    const expected = playOn(env, 3, 30);
    const fresh = await make(config);
    for (const other of [env, fresh]) {
      other.restoreState(state);
      expect(playOn(other, 3, 30)).toEqual(expected);
    }
    const nominal = await make({ ...config, variation: {} });
    expect(() => nominal.restoreState(state)).toThrow(
      `expected a state of panda-gripper-reach (${control}) with gravity compensation`,
    );
  },
);

it("survives a structured clone, as sent to another process", async () => {
  const env = await make({ id: "panda-gripper-reach" });
  env.reset({ seed: 1 });
  const state = structuredClone(env.saveState());
  const expected = playOn(env, 3, 10);
  env.restoreState(state);
  expect(playOn(env, 3, 10)).toEqual(expected);
});

it("is rejected by another environment, build of Rapier or gravity setting, and by a disposed environment", async () => {
  const env = await make({ id: "planar2-reach" });
  env.reset({ seed: 1 });
  const state = env.saveState();
  const others = [
    { id: "planar3-reach" },
    { id: "planar2-reach", physics: "deterministic" },
    { id: "planar2-reach", gravityCompensation: false },
  ];
  for (const other of others) {
    const different = await make(other);
    const start = different.reset({ seed: 2 });
    expect(() => different.restoreState(state)).toThrow(InputError);
    expect(() => different.restoreState(state)).toThrow(
      /restoreState: expected a state of .*, got planar2-reach/,
    );
    expect(different.reset({ seed: 2 })).toEqual(start);
  }
  env.dispose();
  expect(() => env.saveState()).toThrow("disposed of");
  expect(() => env.restoreState(state)).toThrow("disposed of");
});

it("is rejected by the same arm with other parameters", () => {
  const changed: ArmModel = {
    ...planar2,
    links: planar2.links.map((link) => ({ ...link, damping: link.damping / 2 })),
  };
  const reach: ReachSettings = { reachable: { center: [0, 0, 0], radius: 0.78 } };
  const [env, other] = [planar2, changed].map((model) => {
    const made = new ArmEnv(physics, {
      ...settings({ id: "planar2-reach" }),
      gamma: 0.95,
      model,
      task: new ReachTask(model, reach),
      timing: { physicsTimestep: 1 / 200, substeps: 8, maxEpisodeSteps: 50 },
    });
    onTestFinished(() => made.dispose());
    return made;
  });
  env!.reset({ seed: 1 });
  expect(() => other!.restoreState(env!.saveState())).toThrow("expected a state of planar2-reach");
});

it("is rejected if its snapshot is damaged, and the running episode continues", async () => {
  const env = await make({ id: "planar2-reach" });
  env.reset({ seed: 1 });
  const state = env.saveState();
  const expected = playOn(env, 3, 5);
  env.restoreState(state);
  const { world } = state.episode;
  if (world === null) throw new Error("no world in the state");
  const cut = { ...world, snapshot: world.snapshot.slice(0, -5) };
  const damaged = { ...state, episode: { ...state.episode, world: cut } };
  expect(() => env.restoreState(damaged)).toThrow(
    /^snapshot: expected bytes written by .*Rapier, got other bytes/,
  );
  expect(playOn(env, 3, 5)).toEqual(expected);
});

describe("a hand above a table with a cube", () => {
  const [x, y] = SPOT;
  const moments: [string, (hand: ScriptedHand) => void][] = [
    ["in the air", (hand) => hand.go([x, y, 0.15], 8, 1)],
    ["pressing the closed hand on the cube", (hand) => hand.go([x, y, HALF + 0.02], 20, -1)],
    ["pushing the cube aside", (hand) => hand.go([x, y + 0.05, HALF], 16, 1)],
    ["gripping", (hand) => hand.lift(0.15)],
  ];

  it.each(moments)("continues bit for bit when saved %s", (_when, play) => {
    const hand = new ScriptedHand(physics, tableWithCube(0.1, 1));
    const other = new ScriptedHand(physics, tableWithCube(0.1, 1));
    onTestFinished(() => {
      hand.arm.dispose();
      other.arm.dispose();
    });
    hand.reset();
    play(hand);
    const state = hand.arm.saveState();
    const numbersOf = ({ cube, arm }: ScriptedHand) => {
      const { position, rotation, velocity, spin } = cube;
      const { angles, speeds, openings } = arm;
      return [position, rotation, velocity, spin, angles, speeds, openings].map((array) => [...array]);
    };
    const moveOn = (moved: ScriptedHand) => {
      moved.go([x + 0.03, y, 0.1], 10, -1);
      return numbersOf(moved);
    };
    const expected = moveOn(hand);
    for (const restored of [hand, other]) {
      restored.arm.restoreState(state);
      expect(restored.arm.time).toBe(state.substeps / RATE);
      expect(moveOn(restored)).toEqual(expected);
    }
  });
});
