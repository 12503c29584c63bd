/** @file URDFs that lack something: what the settings add, what is assumed, and what must be chosen. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkArmModel, maxDamping } from "../../../env/arm/arm-model.ts";
import { principalInertia } from "../../../env/arm/mass-properties.ts";
import { examineUrdf, importUrdf, type UrdfOptions } from "../../../env/urdf/import-urdf.ts";
import { armUrdf, DEFAULT_OPTIONS, INERTIA, TOOL, threeJoints, WHOLE } from "./arm-urdf.ts";

const read = (text: string, options: Partial<UrdfOptions> = {}) => {
  const arm = importUrdf(text, "x.urdf", { ...DEFAULT_OPTIONS, ...options });
  checkArmModel(arm.model, 1 / 200);
  return arm;
};

const weak = (effort: string) => WHOLE.limit.replace('effort="30"', effort);

describe("efforts", () => {
  const arm = armUrdf([
    { joint: "turn", link: "column", limit: weak('effort="0"') },
    { joint: "lift", link: "upper" },
    { joint: "bend", link: "lower", limit: weak("") },
    { joint: "roll", link: "hand", type: "continuous", limit: "" },
    { joint: "spin", link: "nose", limit: weak('effort="1e16"') },
  ]);

  it("that are 0, missing or infinite are listed at once, with a setting that imports the arm", () => {
    expect(() => read(arm)).toThrow(
      /^x\.urdf: expected a <limit effort> above 0 N m .*, got none for joint turn, bend, roll, spin\. .* --set 'env\.urdf\.effort=\[[\d.,]+\]'$/,
    );
    const { arm: examined, gaps } = examineUrdf(arm, "x.urdf", DEFAULT_OPTIONS);
    expect(gaps.settings.effort).toHaveLength(5);
    expect(gaps.settings.effort?.[1]).toBe(0);
    expect(examined.model.links[1]?.torqueLimit).toBe(30);
    // The base joint carries more than the last one.
    expect(examined.model.links[0]?.torqueLimit).toBeGreaterThan(examined.model.links[4]?.torqueLimit ?? 0);
  });

  it("that turn a joint faster than can be simulated are reported, with a setting that lowers them", () => {
    const spinning = (effort: number) =>
      armUrdf([
        { joint: "turn", link: "column" },
        { joint: "lift", link: "upper" },
        {
          ...{ joint: "roll", link: "hand", more: '<dynamics damping="0.01"/>' },
          limit: weak(`effort="${effort}"`),
        },
      ]);
    expect(read(spinning(15)).assumed).toEqual([]);
    const [line = ""] = read(spinning(60)).assumed;
    expect(line).toMatch(
      /^kept, though a quarter of it turns the joint beyond 100 rad\/s.*: effort of roll 60 N m$/,
    );
    const [, list = "[]"] = /env\.urdf\.effort=(\[.*?\])/.exec(line) ?? [];
    const lowered = read(spinning(60), { effort: JSON.parse(list) });
    expect(lowered.assumed.join()).not.toContain("rad/s");
    expect(lowered.model.links.map(({ torqueLimit }) => torqueLimit).slice(0, 2)).toEqual([30, 30]);
  });

  it("are filled in by one number, which leaves the file's own ones", () => {
    const { model, assumed } = read(arm, { effort: 12 });
    expect(model.links.map(({ torqueLimit }) => torqueLimit)).toEqual([12, 30, 12, 12, 12]);
    expect(assumed).toContain(
      "effort by env.urdf.effort: turn 12 N m, bend 12 N m, roll 12 N m, spin 12 N m",
    );
  });

  it("are replaced by a list, where it is not 0", () => {
    const { model, assumed } = read(arm, { effort: [0, 9, 8, 7, 6].map((x) => x + 1) });
    expect(model.links.map(({ torqueLimit }) => torqueLimit)).toEqual([1, 10, 9, 8, 7]);
    expect(assumed.join()).toContain("lift 10 N m instead of 30");
    expect(() => read(arm, { effort: [5, 0, 0, 5, 5] })).toThrow("got none for joint bend.");
    expect(() => read(arm, { effort: [5, 5] })).toThrow(
      "env.urdf.effort: expected 5 torques, for turn, lift, bend, roll, spin, got 2",
    );
  });

  it("that are a tenth of the arm's weight are reported, as the file may be in grams", () => {
    const grams = WHOLE.inertial.replace('value="1"', 'value="1000"');
    expect(read(threeJoints()).assumed).toEqual([]);
    const { assumed } = read(threeJoints({ inertial: grams }));
    expect(assumed.join()).toMatch(
      /^kg, m and N m as units, though .*: turn [\d.e+]+ N m instead of 30, lift/,
    );
  });
});

describe("masses", () => {
  const noInertial = threeJoints({ inertial: "" });

  it("that are missing come from the shapes and env.urdf.density, and are asked for together with efforts", () => {
    const both = threeJoints({ inertial: "", limit: weak('effort="0"') });
    expect(() => read(both)).toThrow(
      /got none for joint lift, none for link upper\. .* --set env\.urdf\.density=1000 --set 'env\.urdf\.effort=\[0,[\d.]+,0\]'$/,
    );
    const { model, assumed } = read(noInertial, { density: 2000 });
    expect(model.links[1]?.mass).toBeCloseTo(2000 * 0.05 * 0.05 * 0.3, 12);
    expect(model.links[1]?.centerOfMass[2]).toBeCloseTo(0.15, 12);
    expect(assumed).toEqual(["mass by env.urdf.density: upper 1.5 kg"]);
    expect(read(threeJoints(), { density: 2000 }).model.links[1]?.mass).toBe(1);
  });

  it("of a link with neither mass nor shapes are those of a stick to the next joint", () => {
    const { model } = read(threeJoints({ inertial: "", shapes: "" }), { density: 1000 });
    const [r, h] = [0.03, 0.3];
    expect(model.links[1]?.mass).toBeCloseTo(1000 * Math.PI * r * r * (h + (4 / 3) * r), 9);
  });

  it("of 0 count as missing, and a link welded to one with a mass needs none", () => {
    const zero = WHOLE.inertial.replace('value="1"', 'value="0"');
    expect(() => read(threeJoints({ inertial: zero }))).toThrow("none for link upper");
    expect(() => read(threeJoints())).not.toThrow();
  });
});

describe("an inertia", () => {
  const box = (size: readonly number[], mass: number) =>
    size.map((_, i) => (mass / 12) * size.reduce((sum, edge, k) => (k === i ? sum : sum + edge ** 2), 0));

  it.each([
    ["missing", `<inertial><mass value="2"/></inertial>`],
    ["0", `<inertial><mass value="2"/>${INERTIA.replaceAll(/"0[.\d]*"/g, '"0"')}</inertial>`],
    ["negative", `<inertial><mass value="2"/>${INERTIA.replace('"0.004"', '"-1"')}</inertial>`],
    ["incomplete", `<inertial><mass value="2"/>${INERTIA.replace('iyy="0.004"', "")}</inertial>`],
    ["no number", `<inertial><mass value="2"/>${INERTIA.replace('"0.004"', '"?"')}</inertial>`],
  ])("that is %s becomes that of the link's shapes with the file's mass", (_what, inertial) => {
    const { model, assumed } = read(threeJoints({ inertial }));
    const [xx, yy, zz] = box([0.05, 0.05, 0.3], 2);
    expect(model.links[1]?.mass).toBe(2);
    for (const [i, value] of [xx, yy, zz].entries())
      expect(model.links[1]?.inertia[i]).toBeCloseTo(value!, 12);
    expect(assumed.join()).toMatch(/^inertia of a solid .*: upper$/);
  });

  it.each([
    ["violates the triangle inequality", [0.001, 0.002, 0.0036], [0.0016, 0.0026, 0.0042]],
    ["is a thin rod's", [0.004, 0.004, 0], [0.004004, 0.004004, 0.000004]],
    ["is below 0 by rounding", [0.004, 0.004, -5e-20], [0.004004, 0.004004, 0.000004]],
  ])("that %s is raised as little as possible", (_what, given, expected) => {
    const [xx, yy, zz] = given;
    const inertial = `<inertial><mass value="1"/><inertia ixx="${xx}" iyy="${yy}" izz="${zz}" ixy="0" ixz="0" iyz="0"/></inertial>`;
    const { model, assumed } = read(threeJoints({ inertial }));
    const { moments } = principalInertia(model.links[1]!.inertia);
    for (const [i, value] of expected.entries()) expect(moments[i]).toBeCloseTo(value, 9);
    expect(assumed).toEqual(["inertia raised to the nearest that a body can have: upper"]);
  });
});

describe("joints", () => {
  it("have their damping lowered to what is stable", () => {
    const stiff = threeJoints({ more: '<dynamics damping="50"/>' });
    const { model, assumed } = read(stiff);
    expect(model.links[1]?.damping).toBeLessThan(maxDamping(model.links[1]!, 1 / 200));
    expect(assumed.join()).toMatch(
      /^damping lowered .* env\.urdf\.armature: lift [\d.]+ N m s\/rad instead of 50$/,
    );
    expect(read(stiff, { armature: 2 }).model.links[1]?.damping).toBe(50);
    expect(read(threeJoints(), { damping: 900 }).assumed.join()).toContain("instead of 900");
  });

  it("turn without limits if a revolute one has none", () => {
    for (const limit of ['<limit effort="9" velocity="1"/>', '<limit effort="9"/>']) {
      const { model, assumed } = read(threeJoints({ limit }));
      expect(model.links[1]?.limits).toBeNull();
      expect(assumed).toEqual(["turning without limits, because the file has none: lift"]);
    }
    expect(read(threeJoints({ limit: "" }), { effort: 9 }).model.links[1]?.limits).toBeNull();
    const one = read(threeJoints({ limit: '<limit upper="1" effort="9"/>' }));
    expect(one.model.links[1]?.limits).toEqual([0, 1]);
  });

  it("with infinite limits turn without limits", () => {
    for (const end of ["1e16", "inf"]) {
      const limit = `<limit lower="-${end}" upper="${end}" effort="9" velocity="1e9"/>`;
      expect(read(threeJoints({ limit })).model.links[1]?.limits).toBeNull();
    }
  });

  it("on the path that are locked by equal limits are held there", () => {
    const locked = threeJoints({ limit: '<limit lower="0.5" upper="0.5" effort="9"/>' });
    const { model, assumed } = read(locked);
    expect(model.links.map(({ joint }) => joint)).toEqual(["turn", "bend"]);
    expect(model.links[0]?.mass).toBe(2);
    const [x, , z] = model.links[1]!.position;
    expect([x, z]).toEqual([
      expect.closeTo(0.3 * Math.sin(0.5), 12),
      expect.closeTo(0.3 + 0.3 * Math.cos(0.5), 12),
    ]);
    expect(assumed).toEqual(["held, because its limits are equal: lift at 0.5"]);
  });

  it("that mimic another one get a motor, or are held, only if a setting says so", () => {
    const mimic = threeJoints({ more: '<mimic joint="turn" multiplier="-1"/>' });
    expect(() => read(mimic)).toThrow(
      /joint lift: expected a joint with a motor of its own .*, got one that mimics joint turn\. .*--set env\.urdf\.mimic=motor .*--set env\.urdf\.mimic=fixed/,
    );
    const driven = read(mimic, { mimic: "motor" });
    expect([driven.model.links.length, driven.assumed.length]).toEqual([3, 1]);
    const held = read(mimic, { mimic: "fixed" });
    expect(held.model.links.map(({ joint }) => joint)).toEqual(["turn", "bend"]);
    expect(held.assumed).toEqual(["held instead of following another joint, by env.urdf.mimic: lift at 0"]);
  });

  it("that slide, or that the task should not use, are held if a setting names them", () => {
    const sliding = threeJoints({ type: "prismatic", limit: '<limit lower="0.1" upper="0.4"/>' });
    expect(() => read(sliding)).toThrow(
      /joint lift: .*, got "prismatic"\. End the arm before it: --set env\.urdf\.tip=column, or hold it: --set 'env\.urdf\.hold=\["lift"\]'$/,
    );
    const { model, assumed } = read(sliding, { hold: ["lift"] });
    expect(model.links.map(({ joint }) => joint)).toEqual(["turn", "bend"]);
    expect(assumed).toEqual(["held, by env.urdf.hold: lift at 0.1"]);
    expect(read(threeJoints(), { hold: ["turn"] }).model.links.map(({ joint }) => joint)).toEqual([
      "lift",
      "bend",
    ]);
    expect(() => read(threeJoints(), { hold: ["bent"] })).toThrow(
      'env.urdf.hold: expected names of joints on the path to the tip: turn, lift, bend, got "bent". Did you mean "bend"?',
    );
  });

  it("that turn a wheel are no arm, even if the arm is on a sliding torso", () => {
    const wheel =
      '<link name="wheel"/><joint name="axle" type="continuous"><parent link="base"/><child link="wheel"/><axis xyz="0 1 0"/></joint>';
    const lifted = armUrdf(
      [
        { joint: "lift", link: "torso", type: "prismatic" },
        { joint: "turn", link: "column" },
        { joint: "raise", link: "upper" },
        { joint: "bend", link: "lower" },
      ],
      `${TOOL}${wheel}`,
    );
    expect(() => read(lifted, { hold: ["lift"] })).toThrow(/Choose it: --set env\.urdf\.tip=tool$/);
  });
});

describe("the tip", () => {
  const finger = (name: string, type: string, more = "") =>
    `<link name="${name}"/><joint name="${name}_joint" type="${type}"><parent link="END"/><child link="${name}"/><origin xyz="0.02 0 0.1"/>${WHOLE.limit}${more}</joint>`;

  it("that is missing is suggested from the ends of the chains, with their joints", () => {
    const forked = threeJoints(
      {},
      `${TOOL}${finger("finger_a", "revolute")}${finger("finger_b", "revolute", '<mimic joint="finger_a_joint"/>')}${finger("slider", "prismatic")}<link name="mast"/><joint name="post" type="fixed"><parent link="base"/><child link="mast"/></joint>`,
    );
    const ends =
      "tool (3 joints), finger_a (4 joints), slider (3 joints, prismatic), finger_b (4 joints, mimicking), mast (0 joints)";
    expect(() => read(forked)).toThrow(
      `x.urdf: env.urdf.tip: expected one of the chains' ends ${ends}, got nothing. Choose it: --set env.urdf.tip=tool`,
    );
    expect(() => read(forked, { tip: "mast" })).toThrow(
      /a link that a revolute or continuous joint moves, such as tool \(3 joints\).*, got "mast"\. Choose it: --set env\.urdf\.tip=tool$/,
    );
    expect(() => read(forked, { tip: "tol" })).toThrow(/got "tol"\. Choose it: --set env\.urdf\.tip=tool$/);
    expect(() => read(forked, { tip: "slider" })).toThrow(
      'joint slider_joint: expected a revolute, continuous or fixed joint on the path to the tip, got "prismatic". End the arm before it: --set env.urdf.tip=lower',
    );
    expect(read(forked, { tip: "tool" }).tip).toBe("tool");
  });

  it("that is missing beside efforts and masses is suggested in the same line", () => {
    const mast =
      '<link name="mast"/><joint name="post" type="fixed"><parent link="base"/><child link="mast"/></joint>';
    const forked = threeJoints({ inertial: "", limit: weak('effort="0"') }, `${TOOL}${mast}`);
    // A home for another number of joints does not hide the missing tip.
    expect(() => read(forked, { home: [0, 0] })).toThrow(
      /^x\.urdf: env\.urdf\.tip: expected one of .*; expected .*, got none for joint lift, none for link upper\. .*: --set env\.urdf\.tip=tool --set env\.urdf\.density=1000 --set 'env\.urdf\.effort=\[0,[\d.]+,0\]'$/,
    );
    expect(examineUrdf(forked, "x.urdf", DEFAULT_OPTIONS).arm.tip).toBe("tool");
  });

  it("with a space in its name is suggested quoted", () => {
    const tools = ["tool one", "tool two"].map(
      (name) =>
        `<link name="${name}"/><joint name="to ${name}" type="fixed"><parent link="END"/><child link="${name}"/><origin xyz="0 0 0.1"/></joint>`,
    );
    expect(() => read(threeJoints({}, tools.join("")))).toThrow("--set 'env.urdf.tip=tool one'");
  });

  it("that no joint moves, as all turn about one point, is rejected in one line", () => {
    const point = threeJoints({}, TOOL).replaceAll(/<origin xyz="0 0 0\.[23]"\/>/g, "");
    expect(() => read(point)).toThrow(
      /^x\.urdf: env\.urdf\.tip: expected a link that its joints move by more than 0\.05 m, .*, got tool, which moves by at most 0\.000 m\. Check the <origin xyz>/,
    );
    const one = armUrdf([{ joint: "turn", link: "column", axis: '<axis xyz="0 0 1"/>' }]);
    expect(() => read(one)).toThrow("expected a link that its joints move by more than");
  });

  it("of public robots is listed like that too", () => {
    const ur5 = readFileSync(join(import.meta.dirname, "ur5.urdf"), "utf8");
    expect(() => read(ur5)).toThrow(
      "expected one of the chains' ends tool0 (6 joints), ee_link (6 joints), base (0 joints), got nothing. Choose it: --set env.urdf.tip=tool0",
    );
  });
});
