/** @file Imported arms of many shapes: a home that is bent, goals that can be reached, errors that say what helps. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ArmModel } from "../../../env/arm/arm-model.ts";
import { ArmKinematics } from "../../../env/arm/kinematics.ts";
import { drawPosture } from "../../../env/arm/random-posture.ts";
import { ToolReach } from "../../../env/arm/tool-reach.ts";
import { ReachTask } from "../../../env/tasks/reach.ts";
import { toolAtHome } from "../../../env/tasks/reach-points.ts";
import { type ImportedArm, type ImportOptions, importArm } from "../../../env/urdf/imported-arm.ts";
import { InputError } from "../../../shared/errors.ts";
import { Rng } from "../../../shared/rng.ts";
import { distance } from "../../../shared/vec3.ts";
import { type JointText, urdfText } from "./urdf-text.ts";

const read = (text: string, options: Partial<ImportOptions> = {}) =>
  importArm(text, "x.urdf", {
    ...{ tip: "", home: [], armature: 0.1, damping: 2, physicsTimestep: 1 / 200, floor: "auto" },
    ...{ mimic: "refuse", hold: [], effort: 0, density: 0 },
    ...options,
  });

/** Yaw, pitch, pitch: a small arm that is straight at 0. */
const ELBOW_ARM: JointText[] = [
  { axis: "0 0 1", xyz: "0 0 0.1", limits: [-2.6, 2.6] },
  { axis: "0 1 0", xyz: "0 0 0.1", limits: [-1.5, 1.5] },
  { axis: "0 1 0", xyz: "0 0 0.32", limits: [-2.4, 2.4] },
];
const PLANAR_ARM = ELBOW_ARM.map((joint) => ({ ...joint, axis: "0 1 0" }));
/** Seven joints, alternately roll and pitch, straight up at 0. */
const MAST: JointText[] = [0.15, 0.2, 0.2, 0.2, 0.2, 0.2, 0.1].map((z, i) => ({
  axis: i % 2 === 0 ? "0 0 1" : "0 1 0",
  xyz: `0 0 ${z}`,
  limits: i % 2 === 0 ? [-2.967, 2.967] : [-2.09, 2.09],
}));
/** Six joints with offsets, upright at 0. */
const UPRIGHT_SIX: JointText[] = [
  { axis: "0 0 1", xyz: "0 0 0.3", limits: [-3.1, 3.1] },
  { axis: "0 1 0", xyz: "0 0.1 0.05", limits: [-2, 2] },
  { axis: "0 1 0", xyz: "0 -0.1 0.4", limits: [-2.5, 2.5] },
  { axis: "0 0 1", xyz: "0 0 0.2", limits: [-3, 3] },
  { axis: "0 1 0", xyz: "0 0 0.2", limits: [-2, 2] },
  { axis: "0 0 1", xyz: "0 0 0.05", limits: [-3, 3] },
];

/** Returns goals of an arm, which are not achieved at home. */
function goalsOf({ model, goals }: ImportedArm, count: number): Float32Array[] {
  const task = new ReachTask(model, goals);
  const rng = Rng.fromSeed(3);
  const home = Float32Array.from(model.toolAxes, (axis) => toolAtHome(model)[axis]);
  return Array.from({ length: count }, () => task.drawGoal(rng, home));
}

/** Returns the share of an arm's goals that its tool reaches, within 1 cm. */
function reachableShare(arm: ImportedArm): number {
  const reach = new ToolReach(arm.model);
  const goals = goalsOf(arm, 100);
  const reached = goals.filter((goal) => {
    const target: [number, number, number] = [0, 0, 0];
    for (const [i, axis] of arm.model.toolAxes.entries()) target[axis] = goal[i]!;
    return reach.reaches(target);
  });
  return reached.length / goals.length;
}

/** Returns the distance of a joint from its nearest limit, rad. */
function clearance({ home, links }: ArmModel, i: number): number {
  const { limits } = links[i]!;
  return limits === null ? Infinity : Math.min(home[i]! - limits[0], limits[1] - home[i]!);
}

describe("an arm that is straight where its file puts it", () => {
  it.each<[string, JointText[], string]>([
    ["a mast of seven joints", MAST, "0 0 0"],
    ["six joints with offsets, upright", UPRIGHT_SIX, "0 0 0"],
    ["three joints", ELBOW_ARM, "0 0 0"],
    ["three joints that hang", ELBOW_ARM, "3.14159 0 0"],
    ["three joints on a wall", ELBOW_ARM, "0 1.5708 0"],
    ["a planar arm", PLANAR_ARM, "0 0 0"],
    ["a planar arm that is turned", PLANAR_ARM, "0 0 0.5236"],
    ["a planar arm that lies", PLANAR_ARM, "1.5708 0 0"],
    [
      "two joints",
      ELBOW_ARM.slice(1).map((joint, i) => (i === 0 ? { ...joint, axis: "0 0 1" } : joint)),
      "0 0 0",
    ],
  ])("gets a bent home with goals in reach: %s", (_, joints, mount) => {
    const text = urdfText(joints, { mount });
    const arm = read(text);
    const { model } = arm;
    expect(arm.isHomeChosen).toBe(true);
    expect(Math.max(...model.home.map(Math.abs))).toBeGreaterThan(0.3);
    for (const i of model.links.keys()) expect(clearance(model, i)).toBeGreaterThanOrEqual(0.25);
    expect(reachableShare(arm)).toBeGreaterThan(0.98);
    // Few digits, because it is printed; and the same again, also when it is set.
    expect(model.home.map((angle) => Math.round(1000 * angle) / 1000)).toEqual(model.home);
    expect(read(text)).toEqual(arm);
    expect(read(text, { home: model.home })).toEqual({ ...arm, isHomeChosen: false });
  });

  it("keeps a home that is set, straight or not", () => {
    for (const home of [
      [0, 0, 0],
      [0.3, 0.4, 0.1],
    ]) {
      const arm = read(urdfText(ELBOW_ARM), { home });
      expect([arm.model.home, arm.isHomeChosen]).toEqual([home, false]);
      expect(reachableShare(arm)).toBeGreaterThan(0.9);
    }
  });
});

describe("an arm that is bent where its file puts it", () => {
  it.each([
    ["ur5.urdf", "tool0", [0, 0, 0, 0, 0, 0]],
    ["panda.urdf", "panda_hand_tcp", [0, 0, 0, (-3.0718 - 0.0698) / 2, 0, 0, 0]],
  ] as const)("keeps that home, and its goals in the cube: %s", (file, tip, home) => {
    const arm = read(readFileSync(join(import.meta.dirname, file), "utf8"), { tip });
    expect([arm.model.home, arm.isHomeChosen, arm.goals.points]).toEqual([home, false, "checked-box"]);
    const task = new ReachTask(arm.model, { reachable: arm.goals.reachable });
    const rng = Rng.fromSeed(3);
    const unchecked = goalsOf(arm, 50).map(() =>
      task.drawGoal(rng, Float32Array.from(toolAtHome(arm.model))),
    );
    expect(goalsOf(arm, 50)).toEqual(unchecked);
  });
});

describe("the goals of an imported arm", () => {
  it("are those of the cube where the arm reaches them all, also near its first axis", () => {
    const arm = read(urdfText(ELBOW_ARM), { home: [0, -0.4, 1.4] });
    const unchecked = goalsOf({ ...arm, goals: { ...arm.goals, points: "box" } }, 3000);
    expect(goalsOf(arm, 3000)).toEqual(unchecked);
  });

  it("lie in the plane of a planar arm, whatever its orientation", () => {
    for (const mount of ["0 0 0.5236", "0.4 0 0", "0.3 -0.2 0.9"]) {
      const arm = read(urdfText(PLANAR_ARM, { mount }), { home: [0, 0.5, 1.2] });
      const kinematics = new ArmKinematics(arm.model);
      kinematics.update(arm.model.home);
      const [nx = 0, ny = 0, nz = 0] = kinematics.axes;
      const offset = ([x = 0, y = 0, z = 0]: ArrayLike<number> & Iterable<number>) =>
        nx * x + ny * y + nz * z;
      const plane = offset(kinematics.endEffector);
      const goals = goalsOf(arm, 100);
      for (const goal of goals) expect(offset(goal)).toBeCloseTo(plane, 6);
      for (const axis of [0, 1, 2]) {
        const spread = Math.max(
          ...goals.map((goal) => Math.abs(goal[axis]! - kinematics.endEffector[axis]!)),
        );
        expect(spread).toBeLessThanOrEqual(0.15 + 1e-6);
      }
    }
  });

  it("lie on the sphere of a tool with two joints", () => {
    const [yaw, pitch] = ELBOW_ARM;
    const arm = read(urdfText([yaw!, { ...pitch!, axis: "0 1 0" }], { flange: "0 0 0.6" }), {
      home: [0, 0.5],
    });
    const goals = goalsOf(arm, 100);
    for (const goal of goals) expect(distance(goal, [0, 0, 0.2])).toBeCloseTo(0.6, 6);
    expect(Math.max(...goals.map(([, y]) => Math.abs(y!)))).toBeGreaterThan(0.1);
  });

  it("are within narrow limits", () => {
    const narrow = ELBOW_ARM.map((joint, i): JointText => {
      const middle = [0, 0.5, 1.2][i]!;
      return { ...joint, limits: [middle - 0.15, middle + 0.15] };
    });
    const arm = read(urdfText(narrow), { home: [0, 0.5, 1.2] });
    expect(reachableShare(arm)).toBeGreaterThan(0.98);
  });

  it("have two coordinates for a planar arm whose angles are rounded", () => {
    for (const [mount, axes] of [
      ["1.57 0 0", [0, 1]],
      ["1.57080 0 0", [0, 1]],
      ["0 0 1.571", [1, 2]],
    ] as const) {
      const arm = read(urdfText(PLANAR_ARM, { mount }), { home: [0, 0.5, 1.2] });
      expect(arm.model.toolAxes, mount).toEqual(axes);
      expect(reachableShare(arm), mount).toBeGreaterThan(0.98);
    }
  });
});

describe("the floor of an imported arm", () => {
  const home = [0, 0.5, 1.2];
  const lowest = (text: string, options: Partial<ImportOptions> = {}) =>
    Math.min(...goalsOf(read(text, { home, ...options }), 200).map((goal) => goal[2]!));

  it("is at the root link of an arm that stands, and nowhere for one that hangs or is mounted on a wall", () => {
    const low = { home: [0, 1.4, 0.9] };
    expect(read(urdfText(ELBOW_ARM)).model.floor).toBe(0);
    expect(lowest(urdfText(ELBOW_ARM), low)).toBeGreaterThanOrEqual(0);
    const { model } = read(urdfText(ELBOW_ARM, { mount: "3.14159265 0 0" }), { home });
    const tool = toolAtHome(model)[2];
    expect(tool).toBeLessThan(-0.3);
    const hanging = goalsOf(read(urdfText(ELBOW_ARM, { mount: "3.14159265 0 0" }), { home }), 200).map(
      (goal) => goal[2]!,
    );
    expect([Math.min(...hanging) < tool - 0.02, Math.max(...hanging) > tool + 0.1]).toEqual([true, true]);
    expect(drawPosture(model, Rng.fromSeed(1))).toHaveLength(3);
    expect(lowest(urdfText(ELBOW_ARM, { mount: "0 1.5708 0" }), { home: [0, 0.2, 1.8] })).toBeLessThan(0);
  });

  it("is set by env.urdf.floor", () => {
    const text = urdfText(ELBOW_ARM);
    expect(lowest(text, { floor: 0.4 })).toBeGreaterThanOrEqual(0.4);
    expect(lowest(text, { home: [0, 1.4, 0.9], floor: -1 })).toBeLessThan(-0.02);
  });
});

describe("an imported arm without goals", () => {
  it.each<[string, JointText[], string]>([
    ["all joints at one point", ELBOW_ARM.map((joint) => ({ ...joint, xyz: "0 0 0" })), "0 0 0"],
    ["a tip on the axis of its joint", [ELBOW_ARM[0]!], "0 0 0.3"],
    ["a finger of 2 cm", [{ axis: "0 1 0", xyz: "0 0 0", limits: [-1, 1] }], "0 0 0.02"],
  ])("is refused with a link that would move: %s", (_, joints, flange) => {
    const last = `link${joints.length}`;
    expect(() => read(urdfText(joints, { flange }))).toThrow(InputError);
    expect(() => read(urdfText(joints, { flange }))).toThrow(
      new RegExp(
        `^x.urdf: env.urdf.tip: expected a link that its joints move by more than 0.05 m, .*, which moves by at most 0\\.0\\d\\d m\\. .*--set env.urdf.tip=tool.*<parent link="${last}"/>`,
      ),
    );
  });

  it("is refused with a floor and a home that give it goals", () => {
    const text = urdfText(ELBOW_ARM);
    const message = (() => {
      try {
        read(text, { home: [0, 0.5, 1.2], floor: 0.75 });
      } catch (error) {
        return error instanceof InputError ? error.message : "";
      }
      return "";
    })();
    expect(message).toMatch(/^x\.urdf: env\.urdf\.home: expected .*, got \[0,0\.5,1\.2\]\. Use /);
    const floor = /--set env\.urdf\.floor=(-?[\d.]+)/.exec(message)?.[1];
    expect(reachableShare(read(text, { home: [0, 0.5, 1.2], floor: Number(floor) }))).toBeGreaterThan(0.98);
  });
});
