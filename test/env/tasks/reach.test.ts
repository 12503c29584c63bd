/** @file The reach task: goals are reachable, around home, and not achieved at the start. */

import { describe, expect, it } from "vitest";
import type { ArmModel } from "../../../env/arm/arm-model.ts";
import { ArmKinematics } from "../../../env/arm/kinematics.ts";
import { planar2 } from "../../../env/models/planar2.ts";
import { ENVIRONMENTS } from "../../../env/registry.ts";
import { ReachTask } from "../../../env/tasks/reach.ts";
import { InputError } from "../../../shared/errors.ts";
import { Rng } from "../../../shared/rng.ts";
import { distance } from "../../../shared/vec3.ts";

/** Returns how close the tool gets to a goal from home within the limits, by Jacobian-transpose steps, metres. */
function closestDistance(model: ArmModel, goal: ArrayLike<number>): number {
  const kinematics = new ArmKinematics(model);
  const angles: number[] = [...model.home];
  const velocity = new Float64Array(3);
  const tool = () => model.toolAxes.map((axis) => kinematics.endEffector[axis]!);
  for (let iteration = 0; iteration < 300; iteration++) {
    kinematics.update(angles);
    const error = tool().map((x, i) => goal[i]! - x);
    const gradient = angles.map((_, joint) => {
      kinematics.endEffectorVelocity(
        angles.map((__, i) => (i === joint ? 1 : 0)),
        velocity,
      );
      return model.toolAxes.reduce<number>((sum, axis, i) => sum + velocity[axis]! * error[i]!, 0);
    });
    kinematics.endEffectorVelocity(gradient, velocity);
    const displacement = model.toolAxes.map((axis) => velocity[axis]!);
    const squared = displacement.reduce((sum, x) => sum + x * x, 0);
    const along = displacement.reduce((sum, x, i) => sum + x * error[i]!, 0);
    if (squared < 1e-20) break;
    for (const [i, { limits }] of model.links.entries()) {
      const [low, high] = limits ?? [-Infinity, Infinity];
      angles[i] = Math.min(Math.max(angles[i]! + (along / squared) * gradient[i]!, low), high);
    }
  }
  kinematics.update(angles);
  return distance(goal, tool());
}

const REACHES = Object.entries(ENVIRONMENTS).filter(([, { task }]) => task === "reach");

describe.each(REACHES)("the goals of %s", (_id, { arm, reachable }) => {
  const task = new ReachTask(arm, { reachable });
  const kinematics = new ArmKinematics(arm);
  kinematics.update(arm.home);
  const home = task.achievedGoal({ kinematics });
  const rng = Rng.fromSeed(1);
  const goals = Array.from({ length: 300 }, () => task.drawGoal(rng, home));

  it("can be reached within the joint limits", () => {
    for (const goal of goals) expect(closestDistance(arm, goal)).toBeLessThan(0.01);
  });

  it("lie around home, up to 15 cm away along each axis, above the base", () => {
    for (const [i, axis] of arm.toolAxes.entries()) {
      const offsets = goals.map((goal) => goal[i]! - home[i]!);
      expect(Math.max(...offsets.map(Math.abs))).toBeLessThan(0.15 + 1e-6);
      expect(Math.min(...offsets)).toBeLessThan(-0.1);
      expect(Math.max(...offsets)).toBeGreaterThan(0.1);
      if (axis === 2) expect(Math.min(...goals.map((goal) => goal[i]!))).toBeGreaterThanOrEqual(0);
    }
  });

  it("are not achieved at home", () => {
    for (const goal of goals) expect(distance(goal, home)).toBeGreaterThanOrEqual(0.05);
  });
});

describe("the goals of an arm that starts low", () => {
  it("stay above its base", () => {
    const low: ArmModel = { ...planar2, home: [0.5, -1] };
    const task = new ReachTask(low, { reachable: { center: [0, 0, 0], radius: 0.78 } });
    const rng = Rng.fromSeed(2);
    const heights = Array.from({ length: 300 }, () => task.drawGoal(rng, new Float32Array(2))[1]!);
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(0);
    expect(Math.min(...heights)).toBeLessThan(0.01);
  });
});

describe("a reach task whose goals are out of reach", () => {
  it("throws an error instead of drawing goals forever", () => {
    const task = new ReachTask(planar2, { reachable: { center: [0, 0, 0], radius: 0.01 } });
    const draw = () => task.drawGoal(Rng.fromSeed(1), new Float32Array(2));
    expect(draw).toThrow(InputError);
    expect(draw).toThrow(/^reach with planar2: expected a goal in reach, .*, got none in 1000 draws$/);
  });
});
