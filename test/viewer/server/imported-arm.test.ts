/** @file Runs with an arm from a URDF: the page receives the arm's scene and its episodes. */

import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readUrdfFile } from "../../../env/urdf/urdf-file.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { PageClient, startServer } from "./page-client.ts";
import { sampleConfig, writeSampleRun } from "./sample-runs.ts";

const UR5 = join(import.meta.dirname, "../../env/urdf/ur5.urdf");

async function serveImported() {
  const folder = temporaryFolder();
  const file = join(folder, "robot.urdf");
  copyFileSync(UR5, file);
  mkdirSync(join(folder, "runs"));
  const { sha256 } = readUrdfFile(file);
  const config = sampleConfig(1, { id: "ur5-reach", urdf: { file, sha256, tip: "tool0" } });
  const addRun = () => writeSampleRun(join(folder, "runs", "mine"), 1, [0], config);
  return { folder, file, addRun };
}

describe("an arm from a URDF", () => {
  it("has a scene and plays episodes", async () => {
    const { folder, addRun } = await serveImported();
    await addRun();
    const page = await PageClient.connect(await startServer({ folder }));
    const scene = await page.untilMessage("scene", ({ env }) => env === "ur5-reach");
    expect(scene.links.map(({ joint }) => joint)).toContain("wrist_3_joint");
    const wrist = scene.links.find(({ joint }) => joint === "wrist_3_joint")?.inertial;
    expect(wrist).toMatchObject({ mass: 0.1879, centerOfMass: [0, 0, 0] });
    expect([...(wrist?.moments ?? [])].sort()).toEqual([0.0171364731454, 0.0171364731454, 0.033822]);
    page.send({ op: "open", request: 1, slots: [{ source: "run:mine" }], seed: 3 });
    expect(await page.untilMessage("opened")).toMatchObject({ env: "ur5-reach", seed: 3 });
    const clip = await page.until(() => page.clips[0]);
    expect(clip).toMatchObject({ joints: 6, steps: 50 });
  });

  it("is sent to pages that connected before its run existed", async () => {
    const { folder, addRun } = await serveImported();
    const page = await PageClient.connect(await startServer({ folder }));
    await page.untilMessage("library");
    await addRun();
    await page.untilMessage("scene", ({ env }) => env === "ur5-reach");
    await page.untilMessage("library", ({ sources }) => sources.some(({ id }) => id === "run:mine"));
  });

  it("with a missing file leaves the other sources usable, and is reported when its run is opened", async () => {
    const { folder, file, addRun } = await serveImported();
    await addRun();
    rmSync(file);
    const page = await PageClient.connect(await startServer({ folder }));
    await page.untilMessage("library", ({ sources }) => sources.some(({ id }) => id === "run:mine"));
    page.send({ op: "open", request: 1, slots: [{ source: "run:mine" }], seed: 3 });
    expect((await page.untilMessage("error")).message).toMatch(
      /robot\.urdf: expected the file that the run was started with/,
    );
  });
});
