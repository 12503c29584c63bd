/** @file The arms move as MuJoCo says: an engine that shares nothing with ours, the same model and torques. */

import { describe, expect, it } from "vitest";
import { MujocoArm } from "../../../bench/mujoco-arm.ts";
import { difference, TIMES } from "../../../bench/oracle.ts";
import type { ArmModel } from "../../../env/arm/arm-model.ts";
import { ArmWorld } from "../../../env/arm/arm-world.ts";
import { pandaGripper } from "../../../env/models/panda-gripper.ts";
import { ENVIRONMENTS } from "../../../env/registry.ts";
import { loadPhysics } from "../../../env/world.ts";

const ARMS = new Map(Object.values(ENVIRONMENTS).map(({ arm }) => [arm.name, arm]));
const HALF_SECOND = TIMES.indexOf(0.5);

describe.each([...ARMS])("%s", (_name, model) => {
  it("is within 5 mm of MuJoCo after 0.5 s of random torques, and nearer at finer substeps", async () => {
    let [coarse, fine] = [0, 0];
    for (const seed of [1, 2, 3]) {
      const { distances, ways } = await difference(model, seed, 1 / 200, false);
      expect(ways[HALF_SECOND]).toBeGreaterThan(0.02);
      expect(distances[HALF_SECOND]).toBeLessThan(0.005);
      coarse += distances[HALF_SECOND]!;
      fine += (await difference(model, seed, 1 / 1000, false)).distances[HALF_SECOND]!;
    }
    expect(fine).toBeLessThan(coarse / 2);
  });
});

it("lets the hand feel its fingers' forces as MuJoCo does, where they do not cancel", async () => {
  const { gripper } = pandaGripper;
  if (gripper === undefined) throw new Error("panda-gripper has no gripper");
  // Both fingers slide the same way, far: what pushes them pushes the hand back twice.
  const [left, right] = gripper.fingers;
  const sameWay = { ...right, position: left.position, orientation: left.orientation };
  const model: ArmModel = { ...pandaGripper, gripper: { ...gripper, fingers: [left, sameWay], travel: 1 } };
  const physicsTimestep = 1 / 1000;
  const ours = new ArmWorld(await loadPhysics("compat"), model, {
    physicsTimestep,
    gravityCompensation: true,
  });
  const theirs = await MujocoArm.make(model, { timestep: physicsTimestep, gravityCompensation: true });
  ours.reset(model.home);
  theirs.reset(model.home);
  ours.step(new Float64Array(7), 120, 30);
  theirs.step([0, 0, 0, 0, 0, 0, 0, 30, 30], 120);
  let moved = 0;
  for (const [i, angle] of theirs.angles.entries()) {
    moved = Math.max(moved, Math.abs(angle - model.home[i]!));
    expect(ours.angles[i]!).toBeCloseTo(angle, 3);
  }
  expect(moved).toBeGreaterThan(0.01);
  ours.dispose();
  theirs.dispose();
});
