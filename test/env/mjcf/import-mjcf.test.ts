/** @file MJCF import: kinematics, masses and limits against MuJoCo; the home posture, the tip, and what is left out. */

import { describe, expect, it } from "vitest";
import { type ArmModel, checkArmModel } from "../../../env/arm/arm-model.ts";
import { ArmKinematics } from "../../../env/arm/kinematics.ts";
import { importUrdf, type UrdfOptions } from "../../../env/urdf/import-urdf.ts";
import { importArm } from "../../../env/urdf/imported-arm.ts";
import { Rng } from "../../../shared/rng.ts";
import { inverseDynamics } from "../arm/newton-euler.ts";
import { DEFAULT_OPTIONS } from "../urdf/arm-urdf.ts";
import { BY_GEOMS, BY_INERTIALS, mjcfArm } from "./mjcf-text.ts";
import { MujocoModel } from "./mujoco-model.ts";

const read = (text: string, options: Partial<UrdfOptions> = {}) => {
  const arm = importUrdf(text, "x.xml", { ...DEFAULT_OPTIONS, ...options });
  checkArmModel(arm.model, 1 / 200);
  return arm;
};

/** Returns the mass matrix without rotors, kg m². */
function massMatrix(model: ArmModel, angles: readonly number[]): number[][] {
  const bare = { ...model, links: model.links.map((link) => ({ ...link, armature: 0 })) };
  const zeros = angles.map(() => 0);
  return angles.map((_, i) =>
    inverseDynamics(
      bare,
      angles,
      zeros,
      zeros.map((_zero, j) => (i === j ? 1 : 0)),
      [0, 0, 0],
    ),
  );
}

describe.each([
  ["with masses of geoms", BY_GEOMS, "grip", {}],
  ["with inertials", BY_INERTIALS, "palm", { left: 0.03, right: 0.03 }],
  ["whose tip is a body", BY_GEOMS, "hand", {}],
])("an arm %s", (_what, text, tip, held) => {
  it("has the positions, masses and limits that MuJoCo computes", async () => {
    const { model } = read(text, { tip });
    const mujoco = await MujocoModel.read(text);
    const kinematics = new ArmKinematics(model);
    const names = model.links.map(({ joint }) => joint);
    const rng = Rng.fromSeed(1);
    for (let trial = 0; trial < 20; trial++) {
      const angles = names.map(() => rng.uniformIn(-1.5, 1.5));
      mujoco.setJoints({ ...held, ...Object.fromEntries(names.map((name, i) => [name, angles[i]!])) });
      kinematics.update(angles);
      for (const [axis, value] of mujoco.position(tip).entries()) {
        expect(kinematics.endEffector[axis]).toBeCloseTo(value, 9);
      }
      const expected = mujoco.massMatrix(names);
      for (const [i, row] of massMatrix(model, angles).entries()) {
        for (const [j, value] of row.entries()) expect(value).toBeCloseTo(expected[i]![j]!, 9);
      }
    }
    for (const { joint, limits } of model.links) {
      if (limits === null) continue;
      for (const [i, limit] of mujoco.range(joint).entries()) expect(limits[i]).toBeCloseTo(limit, 12);
    }
    mujoco.dispose();
  });
});

describe("what an MJCF file says about motors", () => {
  it("is read through nested classes: damping, armature, and control range times gear", () => {
    const { model, assumed } = read(BY_GEOMS);
    expect(model.links.map(({ damping, armature, torqueLimit }) => [damping, armature, torqueLimit])).toEqual(
      [
        [0.5, 0.05, 40],
        [0.5, 0.05, 40],
        [0.5, 0.05, 40],
        [0.5, 0.05, 3],
      ],
    );
    expect(assumed).toEqual([]);
  });

  it.each([
    ["a servo's force range", '<position joint="lift" kp="50" forcerange="-9 9" ctrlrange="-2 2"/>', 9],
    ["a general servo's", '<general joint="lift" biastype="affine" gainprm="9" forcerange="-8 8"/>', 8],
    ["a gain times the control", '<general joint="lift" gainprm="5" ctrlrange="-3 3"/>', 15],
    ["the smaller of control and force", '<motor joint="lift" ctrlrange="-9 9" forcerange="-4 4"/>', 4],
    ["a negative gear", '<motor joint="lift" ctrlrange="-1 1" gear="-70 0 0 0 0 0"/>', 70],
    ["the sum of two", '<motor joint="lift" ctrlrange="-2 2"/><motor joint="lift" ctrlrange="-3 3"/>', 5],
  ])("gives a joint the torque limit of %s", (_what, actuator, limit) => {
    const actuators = `<motor joint="turn" ctrlrange="-30 30"/><motor joint="bend" ctrlrange="-20 20"/>${actuator}`;
    expect(read(mjcfArm({ actuators })).model.links.map(({ torqueLimit }) => torqueLimit)).toEqual([
      30,
      limit,
      20,
    ]);
  });

  it("cannot exceed the joint's own force range, and an uneven range is reported", () => {
    const joint = '<joint name="lift" axis="0 1 0" actuatorfrcrange="-12 15"/>';
    const { model, assumed } = read(mjcfArm({ joint }));
    expect(model.links[1]?.torqueLimit).toBe(12);
    expect(assumed).toContain("the same torque limit in both directions: lift by actuatorfrcrange -12 15");
  });

  it("may be missing: one line has the settings to paste", () => {
    const actuators = '<motor joint="turn"/><position joint="bend" kp="100" forcerange="-20 20"/>';
    expect(() => read(mjcfArm({ actuators }))).toThrow(
      /^x\.xml: expected a torque limit above 0 N m for each joint on the path to the tip, by a motor's ctrlrange, .*, got none for joint turn, lift\. .*--set 'env\.urdf\.effort=\[/,
    );
    const { model } = read(mjcfArm({ actuators }), { effort: 25 });
    expect(model.links.map(({ torqueLimit }) => torqueLimit)).toEqual([25, 25, 20]);
  });
});

describe("the home posture of an MJCF file", () => {
  it("is that of its keyframe, reported, unless a setting gives another", () => {
    const { model, assumed } = read(BY_INERTIALS, { tip: "palm" });
    expect(model.home).toEqual([0.1, -0.5, 0.9]);
    expect(assumed).toContain("home posture by the file: keyframe home");
    const given = read(BY_INERTIALS, { tip: "palm", home: [0, 0, 1] });
    expect(given.model.home).toEqual([0, 0, 1]);
    expect(given.assumed).not.toContain("home posture by the file: keyframe home");
  });

  it("is chosen where a keyframe has another number of joints, which is reported", () => {
    const more = '<keyframe><key name="home" qpos="0.1 0.2"/></keyframe>';
    const arm = importArm(mjcfArm({ more }), "x.xml", { ...DEFAULT_OPTIONS, floor: "auto" });
    expect(arm.isHomeChosen).toBe(true);
    expect(arm.leftOut).toContain("keyframe home: its qpos, which is not 3 numbers");
  });
});

describe("the tip of an MJCF file", () => {
  it("is its only site", () => {
    expect(read(mjcfArm()).tip).toBe("tool");
  });

  it("is suggested: the body that carries fingers, where there is no site", () => {
    const text = BY_INERTIALS.replace('<site name="palm" pos="0 0 0.1"/>', "");
    expect(() => read(text)).toThrow(
      /expected one of the chains' ends hand \(3 joints\), .*env\.urdf\.tip=hand/,
    );
    expect(read(text, { tip: "hand" }).model.links.map(({ joint }) => joint)).toEqual(["j1", "j2", "j3"]);
  });

  it("keeps its name if a body has the same", () => {
    const text = BY_INERTIALS.replace('name="palm"', 'name="hand"');
    expect(read(text, { tip: "hand_site" }).model.endEffector).not.toEqual(
      read(text, { tip: "hand" }).model.endEffector,
    );
  });
});

describe("what the simulation does not use", () => {
  it("is reported", () => {
    const { leftOut } = read(
      mjcfArm({
        joint: '<joint name="lift" axis="0 1 0" frictionloss="0.3" stiffness="4"/>',
        body: `<geom name="skin" type="mesh" mesh="upper" mass="0"/>
<geom type="ellipsoid" size="0.05 0.05 0.1" mass="1"/>`,
        world: `<body name="cube" pos="1 0 0"><freejoint/><geom type="box" size="0.02 0.02 0.02"/></body>`,
        actuators:
          '<position name="a1" joint="turn" kp="5" forcerange="-30 30"/><motor joint="lift" ctrlrange="-30 30"/><motor joint="bend" ctrlrange="-9 9"/><motor name="t" tendon="cord"/>',
        more: `<asset><mesh name="upper" file="upper.stl"/></asset>
<tendon><fixed name="cord"><joint joint="bend" coef="1"/></fixed></tendon><option gravity="0 0 -1.6"/>`,
      }),
      { tip: "tool" },
    );
    expect(leftOut).toEqual([
      "tendon cord",
      "option gravity of 0 0 -1.6; the simulation's is 0 0 -9.81",
      "actuator t: <motor> without a joint",
      "actuators a1: their controllers; motors with their force limits instead",
      "body cube: free, so no part of the arm",
      "joint lift: dry friction of 0.3",
      "joint lift: spring of 4",
      "body upper: geom skin mesh upper",
      "body upper: geom: ellipsoid, drawn as a capsule",
    ]);
  });

  it("includes joints off the path, which are held where the keyframe has them", () => {
    const { leftOut } = read(BY_INERTIALS, { tip: "palm" });
    expect(leftOut).toContain("joint left: not on the path to the tip, so fixed at 0.03");
  });

  it("leaves bodies as base that are fixed to the world, and a free body out of it", () => {
    const box = '<geom type="box" size="0.1 0.1 0.1"/>';
    const world = `${box}<body name="shelf">${box}</body><body name="cube"><freejoint/>${box}</body>`;
    expect(read(mjcfArm({ world }), { tip: "tool" }).model.baseShapes).toHaveLength(2);
  });
});
