/** @file URDFs that are none, or attack: each refused in one line that names link or joint, attribute and line. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkArmModel } from "../../../env/arm/arm-model.ts";
import { importUrdf } from "../../../env/urdf/import-urdf.ts";
import { readUrdfFile } from "../../../env/urdf/urdf-file.ts";
import { InputError } from "../../../shared/errors.ts";

const ur5 = readFileSync(join(import.meta.dirname, "ur5.urdf"), "utf8");
const read = (text: string) =>
  importUrdf(text, "x.urdf", { tip: "tool0", home: [], armature: 0.1, damping: 0, physicsTimestep: 1 / 200 });

/** The UR5 with one thing changed. */
function changed(from: string | RegExp, to: string): string {
  const text = ur5.replace(from, to);
  if (text === ur5) throw new Error(`nothing to change: ${from}`);
  return text;
}

const BOMB = `<?xml version="1.0"?>
<!DOCTYPE robot [<!ENTITY a "aaaaaaaaaa">${"bcdefghi"
  .split("")
  .map((name, i) => `<!ENTITY ${name} "${`&${"abcdefgh"[i]};`.repeat(10)}">`)
  .join("")}]>
<robot name="&i;"/>`;

const BAD: readonly (readonly [what: string, text: string, message: string])[] = [
  ["nothing", "", "x.urdf:1:0: document must contain a root element: it is not well-formed XML"],
  ["no XML", "mass: 3", "it is not well-formed XML"],
  ["one that breaks off", ur5.slice(0, 3000), "unclosed tag: "],
  [
    "a bomb of entities",
    BOMB,
    "x.urdf:2: expected no document type, got <!DOCTYPE …>. Take it out: a URDF needs none",
  ],
  [
    "an external entity",
    '<!DOCTYPE robot [<!ENTITY x SYSTEM "file:///etc/passwd">]><robot name="&x;"/>',
    "expected no document type",
  ],
  ["an undeclared entity", '<robot name="&x;"/>', "undefined entity"],
  [
    "elements nested without end",
    `<robot name="r">${"<a>".repeat(100)}`,
    "x.urdf:1: expected elements at most 32 deep, got <a> deeper",
  ],
  [
    "too many elements",
    `<robot name="r">${"<a/>".repeat(10_001)}</robot>`,
    "expected at most 10000 elements, got more",
  ],
  ["too long a text", " ".repeat(2 ** 22 + 1), "x.urdf: expected at most 4194304 characters"],
  ["another root", "<sdf/>", "x.urdf: expected a <robot> as the root of a URDF, got <sdf>"],
  [
    "macros",
    changed("<link", '<xacro:macro name="m"/><link'),
    "got <xacro:macro>. Expand its macros with xacro first",
  ],
  [
    "a mass that is no number",
    changed('value="3.7"', 'value="3,7"'),
    'x.urdf: link shoulder_link: <mass value> in line 21: expected a number in ±1000000, got "3,7"',
  ],
  [
    "a mass of NaN",
    changed('value="3.7"', 'value="NaN"'),
    'link shoulder_link: <mass value> in line 21: expected a number in ±1000000, got "NaN"',
  ],
  [
    "a mass of Infinity",
    changed('value="3.7"', 'value="1e999"'),
    "link shoulder_link: <mass value> in line 21",
  ],
  [
    "a negative mass",
    changed('value="3.7"', 'value="-3.7"'),
    'link shoulder_link: <mass value>: expected at least 0 kg, got "-3.7"',
  ],
  [
    "a moving link without mass",
    changed('value="3.7"', 'value="0"'),
    "link shoulder_link: expected an <inertial> with a mass above 0 kg",
  ],
  [
    "a negative inertia",
    changed('ixx="0.010267495893"', 'ixx="-1"'),
    "link shoulder_link: <inertia ixx>: expected at least 0 kg m², got -1",
  ],
  [
    "a missing moment",
    changed('ixx="0.010267495893" ', ""),
    "link shoulder_link: <inertia ixx> in line 23: expected a number in ±1000000, got nothing",
  ],
  [
    "two numbers for three",
    changed('xyz="0 0 0.089159"', 'xyz="0 0.089159"'),
    'joint shoulder_pan_joint: <origin xyz> in line 98: expected three numbers in ±1000000, got "0 0.089159"',
  ],
  [
    "an axis without direction",
    changed('<axis xyz="0 0 1"/>', '<axis xyz="0 0 0"/>'),
    "joint shoulder_pan_joint: <axis xyz>: expected a direction, got 0 0 0",
  ],
  [
    "limits the wrong way round",
    changed('lower="-3.14159265359"', 'lower="4"'),
    "joint elbow_joint: <limit>: expected lower below upper, got [4, 3.14159265359]",
  ],
  [
    "no limits",
    changed(/<limit lower="-3.14159265359"[^>]*>/, ""),
    "joint elbow_joint: expected a <limit>, as a revolute joint has, got none",
  ],
  [
    "no effort",
    changed('effort="28"', 'effort="0"'),
    "joint wrist_1_joint: <limit effort>: expected more than 0 N m, got 0",
  ],
  [
    "negative damping",
    changed('damping="0.0"', 'damping="-1"'),
    "joint shoulder_pan_joint: <dynamics damping>: expected at least 0 N m s/rad, got -1",
  ],
  [
    "an unknown kind of joint",
    changed('type="revolute"', 'type="revolut"'),
    'joint shoulder_pan_joint: type: expected revolute, continuous, prismatic, fixed, floating, planar, got "revolut". Did you mean "revolute"?',
  ],
  [
    "a link that is not there",
    changed('<child link="forearm_link"/>', '<child link="forearm_lnk"/>'),
    'joint elbow_joint: <child link>: expected a link of this robot, got "forearm_lnk". Did you mean "forearm_link"?',
  ],
  [
    "two links of a name",
    changed('<link name="ee_link"/>', '<link name="tool0"/>'),
    "link tool0: expected a name of its own, got a second link of that name",
  ],
  [
    "two joints of a name",
    changed('name="ee_fixed_joint"', 'name="elbow_joint"'),
    "joint elbow_joint: expected a name of its own",
  ],
  [
    "a loop to the root",
    changed('<child link="ee_link"/>', '<child link="world"/>'),
    "x.urdf: link base_link: its joints make a loop",
  ],
  [
    "nothing but a loop",
    '<robot name="r"><link name="a"/><link name="b"/><joint name="x" type="fixed"><parent link="a"/><child link="b"/></joint><joint name="y" type="fixed"><parent link="b"/><child link="a"/></joint></robot>',
    "x.urdf: expected a link that no joint carries, got none: its joints make a loop",
  ],
  [
    "a link carried twice",
    changed('<child link="ee_link"/>', '<child link="forearm_link"/>'),
    "link forearm_link: expected one joint that carries it, got elbow_joint and ee_fixed_joint; closed loops are not supported",
  ],
  [
    "two roots",
    changed(/<joint name="world_joint"[\s\S]*?<\/joint>/, ""),
    "expected one link that no joint carries, got 2: base_link, world",
  ],
  [
    "a prismatic joint on the way",
    changed('name="elbow_joint" type="revolute"', 'name="elbow_joint" type="prismatic"'),
    'joint elbow_joint: expected a revolute, continuous or fixed joint on the way to the tip, got "prismatic". Choose another env.urdf.tip, or make it fixed',
  ],
  [
    "a shape that is none",
    changed('<cylinder length="0.178" radius="0.06"/>', "<cone/>"),
    "link shoulder_link: <collision> in line 16: expected a box, sphere, cylinder or mesh, got <cone>",
  ],
  [
    "a shape without size",
    changed('length="0.178"', 'length="0"'),
    "link shoulder_link: <cylinder length>: expected more than 0 m, got 0",
  ],
];

describe("a URDF with", () => {
  it.each(BAD)("%s is refused", (_what, text, message) => {
    const error = (() => {
      try {
        return read(text);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(InputError);
    expect(error).toHaveProperty("message", expect.stringContaining(message));
    expect(String(error).split("\n")).toHaveLength(1);
  });

  it("an inertia that no body has is refused by name, where the arm is checked", () => {
    const { model } = read(changed('izz="0.00666"', 'izz="5"'));
    expect(() => checkArmModel(model, 1 / 200)).toThrow(
      "ur5: link shoulder_link: inertia: no body has principal moments",
    );
  });

  it("meshes elsewhere is read without a look at them", () => {
    const { leftOut } = read(
      changed('<cylinder length="0.178" radius="0.06"/>', '<mesh filename="file:///etc/passwd"/>'),
    );
    expect(leftOut).toContain("link shoulder_link: collision mesh file:///etc/passwd");
  });
});

describe("a URDF file", () => {
  const here = (name: string) => join(import.meta.dirname, name);

  it("is refused if it is missing, a folder, a device, or another than before", () => {
    expect(() => readUrdfFile(here("none.urdf"))).toThrow(
      "none.urdf: expected a URDF file, got nothing there",
    );
    expect(() => readUrdfFile(import.meta.dirname)).toThrow("expected a URDF file, got a folder");
    expect(() => readUrdfFile("/dev/zero")).toThrow("expected a URDF file, got something else");
    const { sha256, text } = readUrdfFile(here("ur5.urdf"));
    expect(readUrdfFile(here("ur5.urdf"), sha256).text).toBe(text);
    expect(() => readUrdfFile(here("panda.urdf"), sha256)).toThrow(
      `expected the file that the run was begun with, checksum ${sha256.slice(0, 12)}…, got another`,
    );
  });
});
