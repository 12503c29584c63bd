/** @file `steadyarm import`: what it says about a URDF, and that the commands it prints can be pasted. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readManifest } from "../../storage/manifest.ts";
import { mjcfArm } from "../env/mjcf/mjcf-text.ts";
import { TOOL, threeJoints, WHOLE } from "../env/urdf/arm-urdf.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { inProcess } from "./in-process.ts";
import { words } from "./shell-words.ts";
import { shortRun } from "./steadyarm.ts";

const MESH = '<visual><geometry><mesh filename="arm.stl"/></geometry></visual>';
/** Lacks an effort and a mass, and has a mesh. */
const GAPS = threeJoints({ limit: WHOLE.limit.replace("30", "0"), inertial: "", shapes: MESH });

const FORK = threeJoints(
  {},
  `${TOOL}<link name="mast"/><joint name="post" type="fixed"><parent link="base"/><child link="mast"/></joint>`,
);

describe("steadyarm import", () => {
  it("prints the chain, its gaps with estimates, and a command that trains the arm", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "my arms"));
    const file = "my arms/it's an arm.urdf";
    writeFileSync(join(folder, file), GAPS);
    const { code, stdout, stderr } = await inProcess(["import", file], folder);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^bench arm: 3 joints to the tip tool, reach 1\.1 m, moving mass [\d.]+ kg/);
    expect(stdout).toMatch(/^turn +column +z +-2\.00 to 2\.50 +0\.00 +30 +3 /m);
    expect(stdout).not.toContain("note: ");
    const light = await inProcess(["import", file, "--set", "env.urdf.armature=0.028"], folder);
    for (const [printed, rotor] of [
      [stdout, "0.1"],
      [light.stdout, "0.028"],
    ] as const) {
      expect(printed).toMatch(/^joint .* rotor kg m² +mass kg$/m);
      expect(/^turn .* (\S+) +\S+$/m.exec(printed)?.[1]).toBe(rotor);
    }
    expect(stdout).toMatch(/^missing: effort for joint lift;/m);
    expect(stdout).toMatch(/^missing: mass for link upper;/m);
    expect(stdout).toMatch(/^assumed: mass by env\.urdf\.density: upper /m);
    expect(stdout).toMatch(/^left out: link upper: visual mesh arm\.stl$/m);
    expect(readdirSync(folder)).toEqual(["my arms"]);

    const train = words(/^Train it: (.*)$/m.exec(stdout)?.[1] ?? "");
    expect(train.slice(0, 3)).toEqual(["npx", "steadyarm", "train"]);
    const short = shortRun("x", 200).slice(1);
    short.splice(short.indexOf("--env"), 2);
    const home = ["--set", "env.urdf.home=[0,0.5,1.2]"];
    const trained = await inProcess([...train.slice(2), ...short, ...home], folder);
    expect([trained.code, trained.stderr]).toEqual([0, ""]);
    expect(trained.stdout).toContain("assumed: effort by env.urdf.effort: lift ");
    const { imported } = readManifest(join(folder, "x"));
    expect(imported?.assumed).toHaveLength(2);
    expect(imported?.leftOut).toEqual(["link upper: visual mesh arm.stl"]);

    const hint = words(
      /^1 element of the file left out .* List them with: (.*)$/m.exec(trained.stdout)?.[1] ?? "",
    );
    const listed = await inProcess(hint.slice(2), temporaryFolder());
    expect(listed.code).toBe(0);
    expect(listed.stdout).toContain("left out: link upper: visual mesh arm.stl");
    expect(listed.stdout).not.toContain("missing");
  });

  it("chooses the probable tip of a robot that branches, and names the others", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "fork.urdf"), FORK);
    const { code, stdout } = await inProcess(["import", "fork.urdf", "--set", "env.urdf.tip="], folder);
    expect(code).toBe(0);
    expect(stdout).toContain("\nchosen: tip tool, of the chains' ends tool (3 joints), mast (0 joints)\n");
    expect(stdout).toMatch(/^Train it: .* --set env\.urdf\.tip=tool$/m);
  });

  it("takes MJCF, creates a picture of the arm, and lists the meshes that the viewer shows", async () => {
    const folder = temporaryFolder();
    const body = `<inertial pos="0 0 0.1" mass="1" diaginertia="0.01 0.01 0.01"/>
<geom type="mesh" mesh="upper"/><geom type="mesh" mesh="lost"/>`;
    const more = '<asset><mesh file="upper.stl"/><mesh file="lost.obj"/></asset>';
    writeFileSync(join(folder, "arm.xml"), mjcfArm({ body, more }));
    writeFileSync(join(folder, "upper.stl"), "solid\nendsolid\n");
    const { code, stdout, stderr } = await inProcess(["import", "arm.xml", "--picture", "arm.png"], folder);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^bench arm: 3 joints to the tip tool/);
    expect(stdout).toMatch(/^left out: body upper: geom mesh upper$/m);
    expect(stdout).toMatch(/^shown in the viewer: 1 mesh$/m);
    expect(stdout).toMatch(/^not shown in the viewer: lost\.obj: not found$/m);
    expect(stdout).toMatch(/^picture: arm\.png$/m);
    expect(readFileSync(join(folder, "arm.png")).toString("latin1", 1, 4)).toBe("PNG");
    for (const picture of ["arm.png", "arm.jpg"]) {
      const refused = await inProcess(["import", "arm.xml", "--picture", picture], folder);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toMatch(
        picture === "arm.png"
          ? /arm\.png: expected a new file/
          : /--picture: expected a name that ends in \.png/,
      );
    }
  });

  it("prints the same as JSON, for settings of the arm", async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, "arm.urdf"),
      threeJoints({}, `${TOOL}${TOOL.replaceAll("tool", "lens").replace("mount", "hold")}`),
    );
    const roll = await inProcess(["import", "arm.urdf", "--set", "env.urdf.tip=lower"], folder);
    expect(roll.stdout).toContain("note: joint bend turns lower without moving it");
    const set = ["--set", "env.urdf.tip=tool", "--set", "env.urdf.effort=[5,0,7]"];
    const { code, stdout } = await inProcess(["import", "arm.urdf", ...set, "--json"], folder);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      file: "arm.urdf",
      robot: "bench arm",
      tip: "tool",
      movingMass: 3,
      joints: [
        { joint: "turn", link: "column", limits: [-2, 2.5], effort: 5, velocity: 3 },
        { effort: 30 },
        {},
      ],
      missing: { joints: [], links: [], settings: {} },
      train:
        "npx steadyarm train --set env.urdf.file=arm.urdf --set env.urdf.tip=tool --set 'env.urdf.effort=[5,0,7]'",
    });
  });

  it.each([
    ["no file", ["none.urdf"], "none.urdf: expected a URDF or MJCF file, got no file"],
    ["no URDF", ["text.urdf"], "text.urdf:1:6: expected well-formed XML"],
    ["an unknown tip", ["fork.urdf", "--set", "env.urdf.tip=tol"], "Choose it: --set env.urdf.tip=tool"],
    [
      "another setting",
      ["fork.urdf", "--set", "agent.tau=1"],
      "--set: expected a setting of the arm, env.urdf.…",
    ],
    [
      "an invalid one",
      ["fork.urdf", "--set", "env.urdf.density=-1"],
      "env.urdf.density: expected a number in [0, 100000], got -1",
    ],
    [
      "a wrong torque",
      ["fork.urdf", "--set", "env.urdf.effort=[1,x]"],
      "env.urdf.effort: expected a torque in [0, 1000000] N m, or a list",
    ],
  ])("rejects %s in one line", async (_what, args, message) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "text.urdf"), "no XML");
    writeFileSync(join(folder, "fork.urdf"), FORK);
    const { code, stdout, stderr } = await inProcess(["import", ...args], folder);
    expect([code, stdout, stderr.split("\n").length]).toEqual([2, "", 2]);
    expect(stderr).toContain(message);
  });
});
