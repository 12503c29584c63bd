/** @file The environment registry: names, errors for unknown names, settings that reach the physics, descriptions. */

import { describe, expect, it } from "vitest";
import { CONTROL_MODES } from "../../env/control/action-meaning.ts";
import { describeEnvironments, ENVIRONMENTS, makeEnv } from "../../env/registry.ts";
import { loadPhysics } from "../../env/world.ts";
import { sizeOf } from "../../shared/box.ts";
import { parseConfig } from "../../shared/config.ts";

function envConfig(settings: Record<string, unknown> = {}) {
  return parseConfig({ env: settings }, "test").env;
}

describe("makeEnv", () => {
  it("suggests the nearest name for a misspelt one, and lists all names for an unknown one", async () => {
    await expect(makeEnv(envConfig({ id: "panda-reech" }), 0.95)).rejects.toThrow(
      /^env\.id: expected an environment's name, got "panda-reech"\. Did you mean "panda-reach"\?$/,
    );
    for (const id of ["chess", "constructor", "__proto__"]) {
      await expect(makeEnv(envConfig({ id }), 0.95)).rejects.toThrow(
        `got "${id}". Available: panda-reach, panda-push, panda-slide, panda-gripper-reach, panda-gripper-pick-and-place, planar2-reach, planar3-reach, arm3-reach, arm3-push`,
      );
    }
  });

  it.each(["velocity", "position"])("rejects the slide task under %s control", async (control) => {
    await expect(makeEnv(envConfig({ id: "panda-slide", control }), 0.95)).rejects.toThrow(
      `env.control: expected torque or ee for panda-slide, got "${control}"`,
    );
  });

  it("makes environments of 2 s at 25 Hz", async () => {
    const env = await makeEnv(envConfig(), 0.95);
    expect(env.id).toBe("panda-reach");
    expect(env.controlTimestep).toBeCloseTo(1 / 25, 12);
    expect(env.maxEpisodeSteps).toBe(50);
    env.dispose();
  });

  it("reports the share of an episode in which a joint was at a limit", async () => {
    const env = await makeEnv(envConfig(), 0.95);
    env.reset({ seed: 1 });
    const limited = () => env.episodeMetrics?.()["joint_limit_time"];
    expect(limited()).toBe(0);
    // At full torque, the sixth joint soon reaches its limit and stays there.
    const push = Float32Array.of(0, 0, 0, 0, 0, 1, 0);
    for (let i = 0; i < 50; i++) env.step(push);
    expect(limited()).toBeGreaterThan(0.3);
    expect(limited()).toBeLessThan(1);
    env.reset();
    env.step(new Float32Array(7));
    expect(limited()).toBe(0);
    env.dispose();
  });

  it("starts at rest at a given configuration, 0.05 rad inside the joint limits, with the goal of the seed", async () => {
    const env = await makeEnv(envConfig(), 0.95);
    const seeded = env.reset({ seed: 3 });
    for (let i = 0; i < 10; i++) env.step(new Float32Array(7).fill(1));
    const configuration = env.configuration?.() ?? new Float64Array(0);
    const { observation, desiredGoal } = env.reset({ seed: 3, configuration });
    expect([...observation.subarray(0, 14)]).toEqual([
      ...new Float32Array([...configuration, 0, 0, 0, 0, 0, 0, 0]),
    ]);
    expect(desiredGoal).toEqual(seeded.desiredGoal);
    env.reset({ configuration: new Float64Array(7).fill(-10) });
    const lowest = [-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973].map((low) => low + 0.05);
    for (const [i, angle] of (env.configuration?.() ?? []).entries())
      expect(angle).toBeCloseTo(lowest[i]!, 9);
    expect(() => env.reset({ configuration: [1, Number.NaN] })).toThrow(
      "panda-reach.reset configuration: expected 7 joint angles in rad, got [1,null]",
    );
    env.dispose();
  });

  it("offers no configuration for a task with objects", async () => {
    const env = await makeEnv(envConfig({ id: "arm3-push" }), 0.95);
    expect(env.configuration).toBeUndefined();
    expect(() => env.reset({ configuration: [0, 0, 0] })).toThrow(
      "arm3-push.reset configuration: expected no configuration: this task samples its starts, got [0,0,0]",
    );
    env.dispose();
  });

  it("lets the arm fall only when gravity is not compensated", async () => {
    const drop = async (gravityCompensation: boolean) => {
      const env = await makeEnv(envConfig({ gravityCompensation }), 0.95);
      const start = env.reset({ seed: 1 }).achievedGoal;
      for (let i = 0; i < 24; i++) env.step(new Float32Array(7));
      const end = env.step(new Float32Array(7)).achievedGoal;
      env.dispose();
      return start[2]! - end[2]!;
    };
    expect(Math.abs(await drop(true))).toBeLessThan(1e-6);
    expect(await drop(false)).toBeGreaterThan(0.1);
  });

  it("scales torques: an action of 0.5 at torqueScale 1 equals an action of 1 at 0.5", async () => {
    const observe = async (torqueScale: number, action: number) => {
      const env = await makeEnv(envConfig({ torqueScale }), 0.95);
      env.reset({ seed: 1 });
      const { observation } = env.step(new Float32Array(7).fill(action));
      env.dispose();
      return observation;
    };
    expect(await observe(1, 0.5)).toEqual(await observe(0.5, 1));
    expect(await observe(1, 0.5)).not.toEqual(await observe(1, 1));
  });
});

describe("the builds of Rapier", () => {
  it("have the same version, and each repeats an episode exactly", async () => {
    const play = async (physics: string) => {
      const env = await makeEnv(envConfig({ physics }), 0.95);
      env.reset({ seed: 3 });
      let last = env.step(env.actionSpace.high);
      for (let i = 1; i < 50; i++) last = env.step(i % 2 === 0 ? env.actionSpace.high : env.actionSpace.low);
      env.dispose();
      return last;
    };
    for (const physics of ["compat", "deterministic"])
      expect(await play(physics)).toEqual(await play(physics));
    const [compat, deterministic] = await Promise.all([loadPhysics("compat"), loadPhysics("deterministic")]);
    expect(compat).toBe(await loadPhysics("compat"));
    expect([compat.name, compat.version]).toEqual(["@dimforge/rapier3d-compat", "0.21.0"]);
    expect([deterministic.name, deterministic.version]).toEqual([
      "@dimforge/rapier3d-deterministic-compat",
      "0.21.0",
    ]);
  });
});

describe("describeEnvironments", () => {
  it("lists an environment only under control modes that can solve it", () => {
    const listed = CONTROL_MODES.flatMap((control) => describeEnvironments(envConfig({ control })));
    const slides = listed.filter(({ id }) => id === "panda-slide").map(({ control }) => control);
    expect(slides).toEqual(["torque", "ee"]);
    expect(listed).toHaveLength(34);
  });

  it("gives the sizes of the environments, and the meaning of ±1 in newton metres", async () => {
    const summaries = describeEnvironments(envConfig());
    expect(summaries.map(({ id }) => id)).toEqual(Object.keys(ENVIRONMENTS));
    const others = CONTROL_MODES.flatMap((control) => describeEnvironments(envConfig({ control })));
    for (const summary of [...summaries, ...others]) {
      const env = await makeEnv(envConfig({ id: summary.id, control: summary.control }), 0.95);
      expect(summary.observationSize).toBe(sizeOf(env.observationSpace));
      expect(summary.goalSize).toBe(sizeOf(env.goalSpace));
      expect(summary.actionSize).toBe(sizeOf(env.actionSpace));
      expect(summary.actions.length).toBe(summary.actionSize);
      expect(summary.controlTimestep).toBe(env.controlTimestep);
      env.dispose();
    }
    const [panda] = summaries;
    expect(panda).toMatchObject({
      arm: "panda",
      task: "reach",
      control: "torque",
      rewards: ["sparse", "dense", "potential"],
    });
    const torque = { quantity: "torque", unit: "N m" };
    expect(panda?.actions[0]).toEqual({ ...torque, moves: "panda_joint1", amount: 21.75 });
    expect(panda?.actions[6]).toEqual({ ...torque, moves: "panda_joint7", amount: 3 });
    expect(describeEnvironments(envConfig({ torqueScale: 1 }))[0]?.actions[0]?.amount).toBe(87);
  });
});
