/** @file URDF import: two public robots against known kinematics and dynamics; merging of links by hand calculation. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ArmModel, checkArmModel } from "../../../env/arm/arm-model.ts";
import { ArmWorld } from "../../../env/arm/arm-world.ts";
import { ArmKinematics } from "../../../env/arm/kinematics.ts";
import { panda } from "../../../env/models/panda.ts";
import { importUrdf, type UrdfOptions } from "../../../env/urdf/import-urdf.ts";
import { reachableOf } from "../../../env/urdf/imported-goals.ts";
import { loadPhysics } from "../../../env/world.ts";
import { Rng } from "../../../shared/rng.ts";
import { quatFromAxisAngle, rotate } from "../../../shared/vec3.ts";
import { DEFAULT_OPTIONS } from "./arm-urdf.ts";

const file = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");
const read = (text: string, options: Partial<UrdfOptions> = {}) =>
  importUrdf(text, "x.urdf", { ...DEFAULT_OPTIONS, damping: 2, ...options });

/** Expects each number to be within a tolerance. */
function expectNear(
  got: readonly number[],
  expected: readonly number[],
  tolerance: number,
  what: string,
): void {
  expect(got.length, what).toBe(expected.length);
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(got[i]! - value), `${what}[${i}]: ${got[i]} for ${value}`).toBeLessThanOrEqual(tolerance);
  }
}

describe("the Panda's URDF", () => {
  const { model, leftOut } = read(file("panda.urdf"), { tip: "panda_hand_tcp", home: panda.home });

  it("gives the same arm as env/models/panda.ts: frames, masses, limits, torques", () => {
    expect(model.links.map(({ name, joint }) => [name, joint])).toEqual(
      panda.links.map(({ name, joint }) => [name, joint]),
    );
    for (const [i, link] of model.links.entries()) {
      const expected = panda.links[i]!;
      expectNear(link.position, expected.position, 1e-12, `${link.name} position`);
      expectNear(
        rotate(link.orientation, [1, 2, 3]),
        rotate(expected.orientation, [1, 2, 3]),
        1e-12,
        `${link.name} orientation`,
      );
      expectNear(
        [link.mass, ...link.centerOfMass],
        [expected.mass, ...expected.centerOfMass],
        1e-12,
        `${link.name} mass`,
      );
      expectNear(link.inertia, expected.inertia, 1e-12, `${link.name} inertia`);
      expect([link.axis, link.limits, link.torqueLimit, link.damping, link.armature]).toEqual([
        expected.axis,
        expected.limits,
        expected.torqueLimit,
        expected.damping,
        expected.armature,
      ]);
    }
    expectNear(model.endEffector, panda.endEffector, 1e-12, "end effector");
    expect(model.toolAxes).toEqual([0, 1, 2]);
    expect(() => checkArmModel(model, 1 / 200)).not.toThrow();
  });

  it("moves like env/models/panda.ts under the same torques", async () => {
    const physics = await loadPhysics("compat");
    const anglesAfterTorques = (arm: ArmModel) => {
      const world = new ArmWorld(physics, arm, { physicsTimestep: 1 / 200, gravityCompensation: false });
      const rng = Rng.fromSeed(1);
      world.reset(panda.home);
      for (let i = 0; i < 25; i++) {
        world.step(
          arm.links.map(({ torqueLimit }) => torqueLimit * rng.uniformIn(-0.25, 0.25)),
          8,
        );
      }
      const angles = [...world.angles];
      world.dispose();
      return angles;
    };
    expectNear(anglesAfterTorques(model), anglesAfterTorques(panda), 1e-5, "angles after a second");
  });

  it("reports meshes and finger joints as left out, and opens no mesh", () => {
    expect(leftOut).toEqual([
      ...[0, 1, 2, 3, 4, 5, 6, 7].map(
        (i) => `link panda_link${i}: visual mesh package://franka_description/meshes/visual/link${i}.dae`,
      ),
      "link panda_hand: visual mesh package://franka_description/meshes/visual/hand.dae",
      "link panda_leftfinger: visual mesh package://franka_description/meshes/visual/finger.dae",
      "link panda_rightfinger: visual mesh package://franka_description/meshes/visual/finger.dae",
      "joint panda_finger_joint1: not on the path to the tip, so fixed at 0",
      "joint panda_finger_joint2: not on the path to the tip, so fixed at 0",
    ]);
  });

  it("gives links that have only meshes a capsule to the next joint", () => {
    expect(model.links[2]?.shapes).toEqual([
      { kind: "capsule", from: [0, 0, 0], to: [0.0825, 0, 0], radius: 0.03 },
    ]);
  });

  it("requires a tip where the robot branches, and names the ends", () => {
    expect(() => read(file("panda.urdf"))).toThrow(
      "x.urdf: env.urdf.tip: expected one of the chains' ends panda_hand_tcp (7 joints), panda_leftfinger (7 joints, prismatic), panda_rightfinger (7 joints, prismatic), got nothing. Choose it: --set env.urdf.tip=panda_hand_tcp",
    );
    expect(() => read(file("panda.urdf"), { tip: "panda_hand_tpc" })).toThrow(
      'got "panda_hand_tpc". Choose it: --set env.urdf.tip=panda_hand_tcp',
    );
    expect(() => read(file("panda.urdf"), { tip: "panda_leftfinger" })).toThrow(
      'joint panda_finger_joint1: expected a revolute, continuous or fixed joint on the path to the tip, got "prismatic"',
    );
  });
});

describe("the UR5's URDF", () => {
  const { model, leftOut } = read(file("ur5.urdf"), { tip: "tool0" });

  it("has its tool where the manufacturer's Denavit–Hartenberg parameters put it", () => {
    const kinematics = new ArmKinematics(model);
    kinematics.update(model.home);
    expect(model.home).toEqual([0, 0, 0, 0, 0, 0]);
    expectNear([...kinematics.endEffector], [0.81725, 0.19145, -0.005491], 1e-9, "stretched out");
    // Denavit–Hartenberg: a2 = −0.425, a3 = −0.39225, d1 = 0.089159, d4 = 0.10915, d5 = 0.09465, d6 = 0.0823.
    kinematics.update([0, -Math.PI / 2, 0, -Math.PI / 2, 0, 0]);
    expectNear(
      [...kinematics.endEffector],
      [0, 0.19145, 0.089159 + 0.425 + 0.39225 + 0.09465],
      1e-4,
      "upright",
    );
  });

  it("has no joint limits where they are a full turn or more apart, and reports that", () => {
    expect(model.links.every(({ limits }) => limits === null)).toBe(true);
    expect(leftOut).toContain("joint wrist_3_joint: limits, which are a full turn or more apart");
    expect(model.links.every(({ damping }) => damping === 2)).toBe(true);
    expect(() => checkArmModel(model, 1 / 200)).not.toThrow();
  });

  it("derives damping that takes a quarter of a joint's effort at its velocity limit, as far as is stable", () => {
    const derived = read(file("ur5.urdf"), { tip: "tool0", damping: 0 }).model;
    expect(derived.links[5]?.damping).toBeCloseTo((0.25 * 28) / 3.2, 9);
    expect(derived.links[0]?.damping).toBeLessThan((0.25 * 150) / 3.15);
    expect(derived.links[0]?.damping).toBeGreaterThan(5);
    expect(() => checkArmModel(derived, 1 / 200)).not.toThrow();
  });

  it("keeps cylinders, long and flat", () => {
    const [upperArm] = model.links[1]?.shapes ?? [];
    if (upperArm?.kind !== "cylinder") throw new Error("expected a cylinder");
    expectNear([...upperArm.from, ...upperArm.to], [0, 0, 0.21 - 0.28, 0, 0, 0.21 + 0.28], 1e-12, "cylinder");
    expect(upperArm.radius).toBe(0.06);
    expect(model.baseShapes).toEqual([
      { kind: "cylinder", from: [0, 0, 0], to: [0, 0, 0.05], radius: 0.075 },
    ]);
  });

  it("draws goals from a ball about its shoulder with three quarters of its stretched length", () => {
    const { center, radius } = reachableOf(model);
    expectNear(center, [0, 0.13585, 0.089159], 1e-9, "center");
    expect(radius).toBeGreaterThan(0.75 * (0.425 + 0.39225));
    expect(radius).toBeLessThan(0.95);
  });
});

describe("importUrdf", () => {
  const link = (name: string, mass: number, inertial = "", shape = "") =>
    `<link name="${name}"><inertial>${inertial}<mass value="${mass}"/><inertia ixx="0.1" iyy="0.2" izz="0.25" ixy="0" ixz="0" iyz="0"/></inertial>${shape}</link>`;
  const turnJoint =
    '<joint name="turn" type="continuous"><parent link="base"/><child link="arm"/><axis xyz="0 0 2"/><limit effort="5" velocity="1"/></joint>';

  const tool =
    '<link name="tip"/><joint name="end" type="fixed"><parent link="arm"/><child link="tip"/><origin xyz="1 0 0"/></joint>';

  it("merges masses and inertias of fixed links exactly, rotated by their origins", () => {
    const fixed =
      '<joint name="weld" type="fixed"><parent link="arm"/><child link="tool"/><origin xyz="1 0 0" rpy="0 0 1.5707963267948966"/></joint>';
    const { model } = read(
      `<robot name="r"><link name="base"/>${link("arm", 1)}${link("tool", 3)}${turnJoint}${fixed}</robot>`,
    );
    expect(model.links).toHaveLength(1);
    const [arm] = model.links;
    expect([arm?.mass, arm?.limits, arm?.axis]).toEqual([4, null, [0, 0, 1]]);
    expectNear(arm?.centerOfMass ?? [], [0.75, 0, 0], 1e-12, "centre of mass");
    // Point masses 0.75 m and 0.25 m from the common centre: 1 · 0.5625 + 3 · 0.0625 = 0.75 about y and z.
    expectNear(
      arm?.inertia ?? [],
      [0.1 + 0.2, 0.2 + 0.1 + 0.75, 0.25 + 0.25 + 0.75, 0, 0, 0],
      1e-12,
      "inertia",
    );
    expectNear(model.endEffector, [1, 0, 0], 1e-12, "tip");
  });

  it("rotates an inertia by its origin, and shapes by theirs", () => {
    const origin = '<origin xyz="0 0 0.5" rpy="0 1.5707963267948966 0"/>';
    const shape = `<collision>${origin}<geometry><cylinder length="1" radius="0.1"/></geometry></collision><collision><geometry><sphere radius="0.2"/></geometry></collision>`;
    const { model } = read(
      `<robot name="r"><link name="base"/>${link("arm", 1, origin, shape)}${turnJoint}${tool}</robot>`,
    );
    expectNear(model.links[0]?.inertia ?? [], [0.25, 0.2, 0.1, 0, 0, 0], 1e-12, "inertia");
    const [cylinder, sphere] = model.links[0]?.shapes ?? [];
    if (cylinder?.kind !== "cylinder") throw new Error("expected a cylinder");
    expectNear([...cylinder.from, ...cylinder.to], [-0.5, 0, 0.5, 0.5, 0, 0.5], 1e-12, "cylinder");
    expect(sphere).toMatchObject({ kind: "capsule", radius: 0.2, from: [0, 0, 0], to: [0, 0, 0] });
  });

  it("applies roll, pitch and yaw about fixed axes in that order", () => {
    const joint = turnJoint.replace("<axis", '<origin rpy="0.3 -0.4 0.5"/><axis');
    const { model } = read(`<robot name="r"><link name="base"/>${link("arm", 1)}${joint}${tool}</robot>`);
    let expected = rotate(quatFromAxisAngle([1, 0, 0], 0.3), [1, 2, 3]);
    expected = rotate(quatFromAxisAngle([0, 1, 0], -0.4), expected);
    expected = rotate(quatFromAxisAngle([0, 0, 1], 0.5), expected);
    expectNear(rotate(model.links[0]?.orientation ?? [0, 0, 0, 1], [1, 2, 3]), expected, 1e-12, "turned");
  });

  it("gives the tool of a planar arm two coordinates", () => {
    const second = turnJoint
      .replace('"turn"', '"bend"')
      .replace('"base"', '"arm"')
      .replace('child link="arm"', 'child link="hand"')
      .replace("<axis", '<origin xyz="1 0 0"/><axis');
    const { model } = read(
      `<robot name="r"><link name="base"/>${link("arm", 1)}${link("hand", 1)}${turnJoint}${second}</robot>`,
    );
    expect(model.toolAxes).toEqual([0, 1]);
  });

  it("starts at env.urdf.home, by default at 0 or the middle of a range that excludes 0", () => {
    const limited = turnJoint
      .replace("continuous", "revolute")
      .replace("<limit", '<limit lower="1" upper="2"');
    const robot = `<robot name="r"><link name="base"/>${link("arm", 1)}${limited}${tool}</robot>`;
    expect(read(robot).model.home).toEqual([1.5]);
    expect(read(robot, { home: [1.2] }).model.home).toEqual([1.2]);
    expect(() => read(robot, { home: [1, 2] })).toThrow(
      "x.urdf: env.urdf.home: expected 1 angles, for turn, got 2",
    );
  });
});
