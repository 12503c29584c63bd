/** @file Validation of arm models: each fault is reported with the name of its link. */

import { describe, expect, it } from "vitest";
import { type ArmLink, type ArmModel, armReach, checkArmModel } from "../../../env/arm/arm-model.ts";
import { planar2 } from "../../../env/models/planar2.ts";
import { ENVIRONMENTS } from "../../../env/registry.ts";
import { InputError } from "../../../shared/errors.ts";

function withForearm(changes: Partial<ArmLink>): ArmModel {
  const [upperArm, forearm] = planar2.links;
  return { ...planar2, links: [upperArm!, { ...forearm!, ...changes }] };
}

function faultsOf(model: ArmModel): string[] {
  try {
    checkArmModel(model, 1 / 200);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message.split("\n");
  }
}

describe("checkArmModel", () => {
  it("accepts the arms of every environment at its timestep", () => {
    for (const { arm, timing } of Object.values(ENVIRONMENTS)) checkArmModel(arm, timing.physicsTimestep);
  });

  it.each<[string, Partial<ArmLink>]>([
    ["mass: expected more than 0 kg, got 0", { mass: 0 }],
    ["axis: expected a unit vector, got length 2", { axis: [0, 0, 2] }],
    ["orientation: expected a unit quaternion, got length 2", { orientation: [0, 0, 0, 2] }],
    [
      "inertia: expected a positive-definite matrix, got principal moments [-1.00, 1.00, 3.00] kg m²",
      { inertia: [1, 1, 1, 2, 0, 0] },
    ],
    [
      "inertia: expected two principal moments to add up to at least the third, got [1.00, 1.00, 3.00] kg m²",
      { inertia: [1, 1, 3, 0, 0, 0] },
    ],
    ["torque limit: expected more than 0 N m, got 0", { torqueLimit: 0 }],
    ["armature: expected at least 0 kg m², got -1", { armature: -1 }],
    ["limits: expected the lower limit first, got [1, -2] rad", { limits: [1, -2] }],
    ["limits: expected less than 2π between them, got [-4, 4] rad", { limits: [-4, 4] }],
    ["home: expected an angle in [0, 1] rad, got -1.3", { limits: [0, 1] }],
    ["damping: expected at least 0 N m s/rad, got -1", { damping: -1 }],
    [
      "damping: expected less than 3.68 N m s/rad, half its inertia over the timestep of 0.005 s, got 5",
      { damping: 5 },
    ],
    ["mass: expected finite numbers, got NaN", { mass: Number.NaN }],
    ["centre of mass: expected finite numbers, got 0, Infinity, 0", { centerOfMass: [0, Infinity, 0] }],
    ["name: expected a unique name, got a second upper_arm", { name: "upper_arm" }],
  ])("reports: %s", (fault, changes) => {
    const name = changes.name ?? "forearm";
    const expected = expect.stringContaining(`planar2: link ${name}: ${fault}`);
    expect(faultsOf(withForearm(changes))).toEqual([expected]);
  });

  it("reports all faults of links and of the arm at once", () => {
    const faults = faultsOf({
      ...withForearm({ mass: -1, torqueLimit: -1 }),
      home: [0],
      endEffector: [Number.NaN, 0, 0],
    });
    expect(faults).toEqual([
      "planar2: link forearm: mass: expected more than 0 kg, got -1",
      "planar2: link forearm: torque limit: expected more than 0 N m, got -1",
      "planar2: home: expected 2 angles, got 1",
      "planar2: end effector: expected three finite numbers, got NaN, 0, 0",
    ]);
    expect(faultsOf({ ...planar2, links: [], home: [] })).toEqual([
      "planar2: links: expected at least one, got none",
    ]);
  });
});

describe("armReach", () => {
  it("is the length of the straight arm", () => {
    expect(armReach(planar2)).toBeCloseTo(0.8, 12);
  });
});
