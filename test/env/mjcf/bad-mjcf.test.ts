/** @file Rejects MJCF that is invalid, or that an arm cannot have, in one line with a remedy. */

import { describe, expect, it } from "vitest";
import { importUrdf } from "../../../env/urdf/import-urdf.ts";
import { DEFAULT_OPTIONS } from "../urdf/arm-urdf.ts";
import { type ArmPieces, mjcfArm } from "./mjcf-text.ts";

const read = (text: string, where = "x.xml") => importUrdf(text, where, { ...DEFAULT_OPTIONS, tip: "tool" });

const LIFT = '<joint name="lift" axis="0 1 0" range="-110 140" damping="0.5"/>';
const ROD = '<geom type="capsule" fromto="0 0 0 0 0 0.3" size="0.04" mass="1"/>';

describe("MJCF with", () => {
  it.each<[what: string, pieces: ArmPieces, message: RegExp]>([
    [
      "a slide on the path",
      { joint: '<joint name="lift" type="slide"/>' },
      /joint lift: expected a hinge joint or none on the path to the tip, got "slide"\. End the arm before it: --set env\.urdf\.tip=column, or hold it: --set 'env\.urdf\.hold=\["lift"\]'$/,
    ],
    [
      "a ball joint",
      { joint: '<joint name="lift" type="ball"/>' },
      /joint lift: expected a hinge joint or none .*, got "ball"/,
    ],
    [
      "several joints on a body",
      { joint: `${LIFT}<joint name="yaw"/>` },
      /joint lift: expected a hinge joint or none .*, got "2 joints: lift, yaw"/,
    ],
    [
      "a joint that follows another",
      { more: '<equality><joint joint1="lift" joint2="bend"/></equality>' },
      /joint lift: expected a joint with a motor .*, got one that mimics joint bend\. .*env\.urdf\.mimic=motor/,
    ],
    [
      "a joint held by an equality",
      { more: '<equality><joint joint1="lift" polycoef="0.5"/></equality>' },
      /joint lift: .*, got one that mimics another joint\./,
    ],
    [
      "a closed loop",
      { more: '<equality><connect body1="column" body2="lower" anchor="0 0 0"/></equality>' },
      /equality connect in line 11: expected no closed loop .*, got one between column and lower\./,
    ],
    [
      "an unknown class",
      {
        joint: LIFT.replace("<joint", '<joint class="amr"'),
        defaults: '<default><default class="arm"/></default>',
      },
      /<joint> in line 5: expected a default class of the file, got "amr"\. Did you mean "arm"\?/,
    ],
    [
      "a class of two meanings",
      { defaults: '<default><default class="a"/><default class="a"/></default>' },
      /<default class> in line 1: expected a unique name, got "a"/,
    ],
    [
      "two orientations",
      { body: '<body name="extra" quat="1 0 0 0" euler="0 0 0"/>' },
      /body extra: <body> in line 6: expected one orientation, got quat and euler/,
    ],
    [
      "a quaternion of 0",
      { body: '<body name="extra" quat="0 0 0 0"/>' },
      /quat: expected a quaternion other than 0, got "0 0 0 0"/,
    ],
    [
      "five numbers",
      { body: '<body name="extra" quat="1 0 0 0 0"/>' },
      /<body quat> in line 6: expected 4 numbers in ±1000000, got "1 0 0 0 0"/,
    ],
    [
      "a text as a position",
      { body: '<body name="extra" pos="a b c"/>' },
      /<body pos> in line 6: expected 3 numbers/,
    ],
    [
      "swapped limits",
      { joint: LIFT.replace("-110 140", "140 -110").replace("axis", 'limited="true" axis') },
      /<joint range> in line 5: expected the lower limit below the upper one, got "140 -110"\. If they are swapped, write range="-110 140"/,
    ],
    [
      "a range that may not limit",
      { compiler: 'autolimits="false"' },
      /<joint limited> in line 3: expected true or false, because the compiler has autolimits="false", got none\. Write limited="true"/,
    ],
    [
      "an axis of 0",
      { joint: '<joint name="lift" axis="0 0 0"/>' },
      /joint lift: <joint axis>: expected three numbers, not all 0, got "0 0 0"/,
    ],
    [
      "an unknown joint type",
      { joint: '<joint name="lift" type="hing"/>' },
      /<joint type> in line 5: expected hinge or slide or ball or free, got "hing"/,
    ],
    [
      "negative damping",
      { joint: LIFT.replace("0.5", "-1") },
      /<joint damping> in line 5: expected at least 0, got -1/,
    ],
    [
      "a mass that is no number",
      { body: '<inertial pos="0 0 0" mass="heavy" diaginertia="1 1 1"/>' },
      /body upper: <inertial mass> in line 6: expected a number .*, got "heavy"/,
    ],
    [
      "two inertias",
      { body: '<inertial pos="0 0 0" mass="1" diaginertia="1 1 1" fullinertia="1 1 1 0 0 0"/>' },
      /expected diaginertia or fullinertia, got both/,
    ],
    [
      "a mass of all",
      { compiler: 'settotalmass="5"' },
      /<compiler settotalmass> in line 1: expected none, .* got "5"/,
    ],
    [
      "global coordinates",
      { compiler: 'coordinate="global"' },
      /<compiler coordinate> in line 1: expected local, got "global"/,
    ],
    [
      "an unknown angle",
      { compiler: 'angle="grad"' },
      /<compiler angle> in line 1: expected degree or radian, got "grad"/,
    ],
    [
      "unknown Euler angles",
      { compiler: 'eulerseq="xyw"' },
      /eulerseq> in line 1: expected three of x y z X Y Z, got "xyw"/,
    ],
    [
      "two bodies of a name",
      { body: `${ROD}<body name="column"/>` },
      /body column: expected a unique name, got a second body of that name/,
    ],
    [
      "two joints of a name",
      { joint: '<joint name="turn"/>' },
      /joint turn: expected a unique name, got a second joint/,
    ],
    [
      "a composite",
      { body: `${ROD}<composite type="cable"/>` },
      /x\.xml:6: expected MJCF without elements that MuJoCo expands, got <composite>\. .*python3 -c 'import mujoco; mujoco\.mj_saveLastXML\("x\.flat\.xml"/,
    ],
    ["a replicate", { world: '<replicate count="3"><geom size="1"/></replicate>' }, /got <replicate>\./],
    ["an include among bodies", { world: '<include file="table.xml"/>' }, /got <include>\. Expand them/],
    [
      "a mesh as its only mass",
      { body: '<geom type="mesh" mesh="upper"/>' },
      /expected an <inertial> with a mass above 0 kg, or geoms other than meshes, .* got none for link upper\. .*--set env\.urdf\.density=1000/,
    ],
  ])("%s is refused", (_what, pieces, message) => {
    const refusal = () => read(mjcfArm(pieces));
    expect(refusal).toThrow(message);
    expect(refusal).toThrow(/^x\.xml:[^\n]*$/);
  });
});

describe("a free base", () => {
  it("is refused, with the element to delete", () => {
    const text = mjcfArm().replace('<joint name="turn" range="-160 160" damping="0.5"/>', "<freejoint/>");
    expect(() => read(text)).toThrow(
      /joint column_joint: expected a hinge joint or none .*, got "free"\. Delete <freejoint> in line 3 to fix body column to the world$/,
    );
  });
});

describe("a file that only includes an arm", () => {
  it("is refused with the command that imports the arm", () => {
    const scene =
      '<mujoco><include file="it\'s.xml"/><worldbody><geom type="plane" size="1 1 1"/></worldbody></mujoco>';
    expect(() => read(scene, "robots/scene.xml")).toThrow(
      `robots/scene.xml:1: expected a file with the arm itself, got <include file="it's.xml">. Import the included file: npx steadyarm import 'robots/it'\\''s.xml'`,
    );
    expect(() => read("<mujocoinclude/>")).toThrow("expected a whole model, <mujoco>, got a part of one");
  });
});
