/** @file Training and evaluating a user's arm from a URDF file. */

import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readManifest } from "../../storage/manifest.ts";
import { urdfText } from "../env/urdf/urdf-text.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { inProcess } from "./in-process.ts";
import { shortRun } from "./steadyarm.ts";

const UR5 = join(import.meta.dirname, "../env/urdf/ur5.urdf");

/** Arguments of a short run with an arm from a URDF file. */
function urdfRun(out: string, file: string, tip: string): string[] {
  const args = shortRun(out, 200);
  args.splice(args.indexOf("--env"), 2);
  return [...args, "--set", `env.urdf.file=${file}`, "--set", `env.urdf.tip=${tip}`];
}

describe("an arm from a URDF", () => {
  it("is trained and evaluated under its own name, from any folder", async () => {
    const folder = temporaryFolder();
    copyFileSync(UR5, join(folder, "my robot.urdf"));
    const trained = await inProcess(urdfRun("x", "my robot.urdf", "tool0"), folder);
    expect([trained.code, trained.stderr]).toEqual([0, ""]);
    expect(trained.stdout).toContain("ur5-reach (torque, sparse reward");
    expect(trained.stdout).toContain("elements of the file left out of the simulation");
    const { config } = readManifest(join(folder, "x"));
    expect(config.env.urdf.file).toBe(join(folder, "my robot.urdf"));
    const evaluated = await inProcess(
      ["eval", join(folder, "x"), "--episodes", "2", "--json"],
      temporaryFolder(),
    );
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ env: "ur5-reach", episodes: 2 });
  });

  it("must not change after its run has started", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "robot.urdf");
    copyFileSync(UR5, file);
    await inProcess(urdfRun("x", file, "tool0"), folder);
    writeFileSync(file, "<robot/>");
    const { code, stderr } = await inProcess(["eval", "x"], folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^steadyarm: .*robot\.urdf: expected .*checksum [0-9a-f]{12}….*\n$/);
  });

  it("is rejected without writing files if the file is missing, the tip is unknown, or the robot is a tree", async () => {
    const folder = temporaryFolder();
    for (const [file, tip, message] of [
      ["none.urdf", "tool0", "none.urdf: expected a URDF or MJCF file"],
      [UR5, "tol0", 'got "tol0". Choose it: --set env.urdf.tip=tool0'],
      [UR5, '""', "env.urdf.tip: expected one of the chains' ends tool0 (6 joints)"],
    ] as const) {
      const { code, stderr } = await inProcess(urdfRun("x", file, tip), folder);
      expect([code, stderr.split("\n").length]).toEqual([2, 2]);
      expect(stderr).toContain(message);
    }
    const { code } = await inProcess(["eval", "x"], folder);
    expect(code).toBe(2);
  });

  it("that is straight at 0 is trained at a bent home, which is printed and recorded", async () => {
    const folder = temporaryFolder();
    const axes = ["0 0 1", "0 1 0", "0 1 0"];
    const joints = axes.map((axis) => ({ axis, xyz: "0 0 0.3", limits: [-2, 2] as const }));
    writeFileSync(join(folder, "straight.urdf"), urdfText(joints));
    const { code, stdout } = await inProcess(urdfRun("x", "straight.urdf", "tool"), folder);
    const { home } = readManifest(join(folder, "x")).config.env.urdf;
    expect([code, home.length]).toEqual([0, 3]);
    expect(stdout).toContain(`home was chosen, because`);
    expect(stdout).toContain(`: --set env.urdf.home=${JSON.stringify(home)}\n`);
    const checked = await inProcess(["check-env", "--set", "env.urdf.file=straight.urdf"], folder);
    expect(checked.stdout).toContain(`: --set env.urdf.home=${JSON.stringify(home)}\n`);
  });

  it("whose joints do not move the tool is refused by every command, and leaves no folder", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "pan.urdf"), urdfText([{ axis: "0 0 1", xyz: "0 0 0.1", limits: [-2, 2] }]));
    const train = urdfRun("x", "pan.urdf", "tool");
    for (const args of [train, ["check-env", "--set", "env.urdf.file=pan.urdf"]]) {
      const { code, stdout, stderr } = await inProcess(args, folder);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(
        /^steadyarm: pan\.urdf: env\.urdf\.tip: expected a link that its joints move by more than 0\.05 m, .*\n$/,
      );
    }
    expect(existsSync(join(folder, "x"))).toBe(false);
  });
});
