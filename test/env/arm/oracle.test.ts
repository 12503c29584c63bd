/** @file The arms' motion against MuJoCo, an independent engine, with the same models and torques. */

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
  it("is within 5 mm of MuJoCo after 0.5 s of random torques, and closer with finer substeps", async () => {
    let [coarse, fine] = [0, 0];
    for (const seed of [1, 2, 3]) {
      const { distances, displacements } = await difference(model, seed, 1 / 200, false);
      expect(displacements[HALF_SECOND]).toBeGreaterThan(0.02);
      expect(distances[HALF_SECOND]).toBeLessThan(0.005);
      coarse += distances[HALF_SECOND]!;
      fine += (await difference(model, seed, 1 / 1000, false)).distances[HALF_SECOND]!;
    }
    expect(fine).toBeLessThan(coarse / 2);
  });
});

it("applies the reaction of finger forces to the hand like MuJoCo, where they do not cancel", async () => {
  const { gripper } = pandaGripper;
  if (gripper === undefined) throw new Error("panda-gripper has no gripper");
  // Both fingers slide in the same direction, so their reactions on the hand add up.
  const [left, right] = gripper.fingers;
  const sameDirection = { ...right, position: left.position, orientation: left.orientation };
  const model: ArmModel = {
    ...pandaGripper,
    gripper: { ...gripper, fingers: [left, sameDirection], travel: 1 },
  };
  const physicsTimestep = 1 / 1000;
  const rapier = new ArmWorld(await loadPhysics("compat"), model, {
    physicsTimestep,
    gravityCompensation: true,
  });
  const mujoco = await MujocoArm.make(model, { timestep: physicsTimestep, gravityCompensation: true });
  rapier.reset(model.home);
  mujoco.reset(model.home);
  rapier.step(new Float64Array(7), 120, 30);
  mujoco.step([0, 0, 0, 0, 0, 0, 0, 30, 30], 120);
  let maxChange = 0;
  for (const [i, angle] of mujoco.angles.entries()) {
    maxChange = Math.max(maxChange, Math.abs(angle - model.home[i]!));
    expect(rapier.angles[i]!).toBeCloseTo(angle, 3);
  }
  expect(maxChange).toBeGreaterThan(0.01);
  rapier.dispose();
  mujoco.dispose();
});
