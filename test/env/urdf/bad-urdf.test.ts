/** @file Rejects invalid and malicious URDFs in one line that names link or joint, attribute and line. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importUrdf } from "../../../env/urdf/import-urdf.ts";
import { readUrdfFile } from "../../../env/urdf/urdf-file.ts";
import { InputError } from "../../../shared/errors.ts";
import { DEFAULT_OPTIONS } from "./arm-urdf.ts";

const ur5 = readFileSync(join(import.meta.dirname, "ur5.urdf"), "utf8");
const read = (text: string) => importUrdf(text, "x.urdf", { ...DEFAULT_OPTIONS, tip: "tool0" });

/** Returns the UR5's URDF with one replacement. */
function changed(from: string | RegExp, to: string): string {
  const text = ur5.replace(from, to);
  if (text === ur5) throw new Error(`no match: ${from}`);
  return text;
}

const BOMB = `<?xml version="1.0"?>
<!DOCTYPE robot [<!ENTITY a "aaaaaaaaaa">${"bcdefghi"
  .split("")
  .map((name, i) => `<!ENTITY ${name} "${`&${"abcdefgh"[i]};`.repeat(10)}">`)
  .join("")}]>
<robot name="&i;"/>`;

/** What is wrong, the text, and parts of the error message. */
const INVALID: readonly (readonly [what: string, text: string, ...parts: string[]])[] = [
  ["no text", "", "x.urdf:1:0: expected well-formed XML, got", "must contain a root element"],
  ["no XML", "mass: 3", "expected well-formed XML"],
  ["a truncated element", ur5.slice(0, 3000), "unclosed tag: "],
  ["an entity bomb", BOMB, "x.urdf:2: expected no document type, got <!DOCTYPE …>", "Remove it"],
  [
    "an external entity",
    '<!DOCTYPE robot [<!ENTITY x SYSTEM "file:///etc/passwd">]><robot name="&x;"/>',
    "expected no document type",
  ],
  ["an undeclared entity", '<robot name="&x;"/>', "undefined entity"],
  [
    "too deeply nested elements",
    `<robot name="r">${"<a>".repeat(100)}`,
    "x.urdf:1: expected elements nested at most 64 deep, got <a> at depth 65",
  ],
  [
    "too many elements",
    `<robot name="r">${"<a/>".repeat(10_001)}</robot>`,
    "expected at most 10000 elements, got more",
  ],
  ["a text that is too long", " ".repeat(2 ** 22 + 1), "x.urdf: expected at most 4194304 characters"],
  ["another root element", "<sdf/>", "x.urdf: expected a <robot> as the root of a URDF, got <sdf>"],
  [
    "xacro macros",
    changed("<link", '<xacro:macro name="m"/><link'),
    "got <xacro:macro>",
    "xacro x.urdf > x.expanded.urdf",
  ],
  [
    "a mass that is not a number",
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
    "x.urdf: expected an <inertial> with a mass above 0 kg for each link that a joint moves, got none for link shoulder_link",
    "--set env.urdf.density=1000",
  ],
  [
    "two numbers for three",
    changed('xyz="0 0 0.089159"', 'xyz="0 0.089159"'),
    'joint shoulder_pan_joint: <origin xyz> in line 98: expected three numbers in ±1000000, got "0 0.089159"',
  ],
  [
    "an axis of length 0",
    changed('<axis xyz="0 0 1"/>', '<axis xyz="0 0 0"/>'),
    'joint shoulder_pan_joint: <axis xyz>: expected three numbers, not all 0, got "0 0 0"',
  ],
  [
    "limits in the wrong order",
    changed('lower="-3.14159265359"', 'lower="4"'),
    "joint elbow_joint: <limit> in line 116: expected lower below upper, got [4, 3.14159265359]",
    'write lower="3.14159265359" upper="4"',
  ],
  [
    "no effort",
    changed('effort="28"', 'effort="0"'),
    "x.urdf: expected a <limit effort> above 0 N m for each joint on the path to the tip, got none for joint wrist_1_joint",
    "--set 'env.urdf.effort=[0,0,0,",
  ],
  [
    "negative damping",
    changed('damping="0.0"', 'damping="-1"'),
    "joint shoulder_pan_joint: <dynamics damping>: expected at least 0 N m s/rad, got -1",
  ],
  [
    "an unknown joint type",
    changed('type="revolute"', 'type="revolut"'),
    "joint shoulder_pan_joint: type: expected one of revolute, continuous, prismatic, fixed, floating, planar",
    'got "revolut". Did you mean "revolute"?',
  ],
  [
    "a joint to a missing link",
    changed('<child link="forearm_link"/>', '<child link="forearm_lnk"/>'),
    'joint elbow_joint: <child link>: expected a link of this robot, got "forearm_lnk". Did you mean "forearm_link"?',
  ],
  [
    "two links with the same name",
    changed('<link name="ee_link"/>', '<link name="tool0"/>'),
    "link tool0: expected a unique name, got a second link of that name",
  ],
  [
    "two joints with the same name",
    changed('name="ee_fixed_joint"', 'name="elbow_joint"'),
    "joint elbow_joint: expected a unique name",
  ],
  [
    "a loop to the root",
    changed('<child link="ee_link"/>', '<child link="world"/>'),
    "x.urdf: link base_link: expected a chain of joints from the root",
    "got a loop of joints",
  ],
  [
    "a loop of joints only",
    '<robot name="r"><link name="a"/><link name="b"/><joint name="x" type="fixed"><parent link="a"/><child link="b"/></joint><joint name="y" type="fixed"><parent link="b"/><child link="a"/></joint></robot>',
    "x.urdf: expected one root, a link that is not a joint's child, got none: the joints form a loop",
  ],
  [
    "a link that is the child of two joints",
    changed('<child link="ee_link"/>', '<child link="forearm_link"/>'),
    "link forearm_link: expected one joint with it as the child, got elbow_joint and ee_fixed_joint",
    "closed loops are not supported",
  ],
  [
    "two roots",
    changed(/<joint name="world_joint"[\s\S]*?<\/joint>/, ""),
    "expected one root",
    "got 2: base_link, world",
  ],
  [
    "a prismatic joint on the path to the tip",
    changed('name="elbow_joint" type="revolute"', 'name="elbow_joint" type="prismatic"'),
    'joint elbow_joint: expected a revolute, continuous or fixed joint on the path to the tip, got "prismatic"',
    "--set env.urdf.tip=upper_arm_link",
  ],
];

describe("a URDF with", () => {
  it.each(INVALID)("%s is rejected", (_what, text, ...parts) => {
    let error: unknown;
    try {
      read(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(InputError);
    for (const part of parts) expect(error).toHaveProperty("message", expect.stringContaining(part));
    expect(String(error).split("\n")).toHaveLength(1);
  });

  it("mesh files is read without opening them", () => {
    const { leftOut } = read(
      changed('<cylinder length="0.178" radius="0.06"/>', '<mesh filename="file:///etc/passwd"/>'),
    );
    expect(leftOut).toContain("link shoulder_link: collision mesh file:///etc/passwd");
  });
});

describe("a URDF file", () => {
  const here = (name: string) => join(import.meta.dirname, name);

  it("is rejected if it is missing, a folder, a device, or has another checksum", () => {
    expect(() => readUrdfFile(here("none.urdf"))).toThrow(
      "none.urdf: expected a URDF or MJCF file, got no file",
    );
    expect(() => readUrdfFile(import.meta.dirname)).toThrow("expected a URDF or MJCF file, got a folder");
    expect(() => readUrdfFile("/dev/zero")).toThrow("expected a URDF or MJCF file, got no regular file");
    const { sha256, text } = readUrdfFile(here("ur5.urdf"));
    expect(readUrdfFile(here("ur5.urdf"), sha256).text).toBe(text);
    expect(() => readUrdfFile(here("panda.urdf"), sha256)).toThrow(
      `expected the file that the run was started with, checksum ${sha256.slice(0, 12)}…, got another one or none`,
    );
  });
});
