/** @file The arm for live viewing: equal to the environment without disturbance, and to mechanics with it. */

import { describe, expect, it, onTestFinished } from "vitest";
import { ENVIRONMENTS, makeEnv, makeInteractive } from "../../env/registry.ts";
import { sampleBox, symmetricBox } from "../../shared/box.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";
import { cross, dot, subtract, type Vec3 } from "../../shared/vec3.ts";

function config(id: string, more: object = {}) {
  return parseConfig({ env: { id, ...more } }, "test").env;
}

async function interactive(id: string, more: object = {}) {
  const arm = await makeInteractive(config(id, more), 0.95);
  onTestFinished(() => arm.dispose());
  return arm;
}

function vec3(from: ArrayLike<number>, i: number): Vec3 {
  return [from[3 * i]!, from[3 * i + 1]!, from[3 * i + 2]!];
}

describe.each(Object.keys(ENVIRONMENTS))("the interactive arm of %s", (id) => {
  it("equals the environment's episode bit for bit without disturbance", async () => {
    for (const seed of [3, 4]) {
      const env = await makeEnv(config(id), 0.95);
      onTestFinished(() => env.dispose());
      const arm = await interactive(id);
      const rng = Rng.fromSeed(seed);
      const { observation, achievedGoal, desiredGoal } = env.reset({ seed });
      expect(arm.reset({ seed })).toEqual({ observation, achievedGoal, desiredGoal });
      for (let step = 0; step < env.maxEpisodeSteps; step++) {
        const action = sampleBox(env.actionSpace, rng);
        const expected = env.step(action);
        arm.act(action);
        // In small pieces, like the viewer.
        for (let left = arm.timing.substeps; left > 0; left -= 2) arm.advance(Math.min(2, left));
        const { observation, achievedGoal, desiredGoal, reward, isSuccess } = expected;
        expect({ ...arm.observe(), ...arm.outcome() }).toEqual({
          observation,
          achievedGoal,
          desiredGoal,
          reward,
          isSuccess,
        });
      }
    }
  });

  it("moves as if never posed after a posture that it has already", async () => {
    const [posed, plain] = [await interactive(id), await interactive(id)];
    const space = symmetricBox(plain.sizes.action, 1);
    const rng = Rng.fromSeed(8);
    for (const arm of [posed, plain]) arm.reset({ seed: 6 });
    posed.pose([...posed.angles]);
    for (let step = 0; step < 20; step++) {
      const action = sampleBox(space, rng);
      for (const arm of [posed, plain]) {
        arm.act(action);
        arm.advance(arm.timing.substeps);
      }
      expect({ ...posed.observe(), ...posed.outcome() }).toEqual({ ...plain.observe(), ...plain.outcome() });
    }
  });

  it("is posed in motion: at rest, within its limits, with time, goal and objects as they were", async () => {
    const arm = await interactive(id);
    const { observation } = arm.reset({ seed: 2 });
    arm.act(new Float32Array(arm.sizes.action).fill(1));
    arm.advance(3 * arm.timing.substeps);
    const objects = () => arm.objects.map(({ position, rotation }) => [[...position], [...rotation]]);
    const before = [arm.time, arm.goal, objects()];
    const [opening] = arm.openings;
    const middle = arm.model.links.map(({ limits }) => (limits === null ? 0.3 : (limits[0] + limits[1]) / 2));
    for (const invalid of [middle.slice(1), [...middle, 0], middle.with(0, Number.NaN)]) {
      const angles = [...arm.angles];
      expect(() => arm.pose(invalid)).toThrow(/ pose( of \S+)?: expected /);
      expect([...arm.angles]).toEqual(angles);
    }
    arm.pose(middle);
    expect([...arm.angles]).toEqual(middle);
    expect([...arm.speeds].every((speed) => speed === 0)).toBe(true);
    arm.pose(middle.map(() => 100));
    expect([...arm.angles]).toEqual(arm.model.links.map(({ limits }) => limits?.[1] ?? 100));
    expect([arm.time, arm.goal, objects()]).toEqual(before);
    for (const each of arm.openings) expect(each).toBe(opening);
    expect(arm.observe().observation).toHaveLength(observation.length);
  });

  it("moves its goal at once, and rejects one outside the goal space", async () => {
    const arm = await interactive(id);
    arm.reset({ seed: 1 });
    const [x, y, z] = arm.goal;
    arm.setGoal([x + 0.1, y, z]);
    expect(arm.observe().desiredGoal[0]).toBeCloseTo(x + 0.1, 6);
    expect(() => arm.setGoal([9, 0, 0])).toThrow(/goal: expected .* coordinates/);
  });

  it("reacts to a push like to the equivalent joint torques", async () => {
    const pushed = await interactive(id, { torqueScale: 1 });
    const driven = await interactive(id, { torqueScale: 1 });
    const link = pushed.model.links.length - 1;
    const force: Vec3 = [5, 3, -7];
    const push = { link, point: pushed.model.endEffector, force };
    const still = new Float32Array(pushed.sizes.action);
    pushed.reset({ seed: 5 });
    driven.reset({ seed: 5 });
    pushed.act(still);
    pushed.setPush(push);
    for (let substep = 0; substep < 40; substep++) {
      // Jᵀ F: the moment of the force about each joint axis.
      const { positions, axes } = driven.kinematics;
      const point = driven.toWorld(link, push.point);
      const torques = driven.model.links.map(({ torqueLimit }, i) => {
        const moment = cross(subtract(point, vec3(positions, i)), force);
        return dot(vec3(axes, i), moment) / torqueLimit;
      });
      driven.act([...torques, ...still.subarray(torques.length)]);
      pushed.advance(1);
      driven.advance(1);
    }
    const moved = Math.max(...pushed.angles.map((angle, i) => Math.abs(angle - pushed.model.home[i]!)));
    expect(moved).toBeGreaterThan(0.025);
    for (const [i, angle] of pushed.angles.entries()) expect(angle).toBeCloseTo(driven.angles[i]!, 3);
  });

  it("moves as if never pushed after a push that ended before the first substep or the reset", async () => {
    const free = await interactive(id);
    const released = await interactive(id);
    for (const arm of [free, released]) arm.reset({ seed: 6 });
    released.setPush({ link: 1, point: [0, 0, 0], force: [5, 0, 0] });
    released.setPush(undefined);
    const action = sampleBox(symmetricBox(free.sizes.action, 1), Rng.fromSeed(1));
    for (const arm of [free, released]) {
      arm.act(action);
      arm.advance(80);
    }
    expect([...released.angles]).toEqual([...free.angles]);
    const { angles } = released;
    const before = [...angles];
    released.setPush({ link: 1, point: [0, 0, 0], force: [5, 0, 0] });
    released.advance(8);
    released.setPush(undefined);
    released.reset({ seed: 6 });
    released.act(action);
    released.advance(80);
    expect([...released.angles]).toEqual(before);
  });

  it("rejects a push on a missing link", async () => {
    const arm = await interactive(id);
    arm.reset({ seed: 1 });
    expect(() => arm.setPush({ link: 40, point: [0, 0, 0], force: [1, 0, 0] })).toThrow(
      /push: expected a link index below \d, got 40/,
    );
  });
});
