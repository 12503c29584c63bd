/** @file An arm of one's own, from a URDF, as a person trains it. */

import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readManifest } from "../../storage/manifest.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { shortRun, steadyarm } from "./steadyarm.ts";

const UR5 = join(import.meta.dirname, "../env/urdf/ur5.urdf");

/** A short run's words without its environment. */
function urdfRun(out: string, file: string, tip: string): string[] {
  const words = shortRun(out, 200);
  words.splice(words.indexOf("--env"), 2);
  return [...words, "--set", `env.urdf.file=${file}`, "--set", `env.urdf.tip=${tip}`];
}

describe("an arm from a URDF", () => {
  it("is trained and measured like any other, under its own name, from any folder", async () => {
    const folder = temporaryFolder();
    copyFileSync(UR5, join(folder, "my robot.urdf"));
    const trained = await steadyarm(urdfRun("x", "my robot.urdf", "tool0"), folder);
    expect([trained.code, trained.stderr]).toEqual([0, ""]);
    expect(trained.stdout).toContain("ur5-reach (torque, sparse reward");
    expect(trained.stdout).toContain("things left out of the simulation");
    const { config } = readManifest(join(folder, "x"));
    expect(config.env.urdf.file).toBe(join(folder, "my robot.urdf"));
    const evaluated = await steadyarm(
      ["eval", join(folder, "x"), "--episodes", "2", "--json"],
      temporaryFolder(),
    );
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ env: "ur5-reach", episodes: 2 });
  });

  it("must stay as it was when its run began", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "robot.urdf");
    copyFileSync(UR5, file);
    await steadyarm(urdfRun("x", file, "tool0"), folder);
    writeFileSync(file, "<robot/>");
    const { code, stderr } = await steadyarm(["eval", "x"], folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^steadyarm: .*robot.urdf: expected the file that the run was begun with, checksum [0-9a-f]{12}…, got another.*\n$/,
    );
  });

  it("leaves nothing behind where the file is none, and says what to choose where it is a tree", async () => {
    const folder = temporaryFolder();
    for (const [file, tip, message] of [
      ["none.urdf", "tool0", "none.urdf: expected a URDF file, got nothing there"],
      [UR5, "tol0", 'env.urdf.tip: expected a link of this robot, got "tol0". Did you mean "tool0"?'],
      [UR5, '""', "link base_link: expected a chain, got branches to base"],
    ] as const) {
      const { code, stderr } = await steadyarm(urdfRun("x", file, tip), folder);
      expect([code, stderr.split("\n").length]).toEqual([2, 2]);
      expect(stderr).toContain(message);
    }
    const { code } = await steadyarm(["eval", "x"], folder);
    expect(code).toBe(2);
  });
});
