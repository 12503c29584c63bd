/** @file Meshes of imported arms: which files are found and served, and what the page receives. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readUrdfFile } from "../../../env/urdf/urdf-file.ts";
import { parseConfig } from "../../../shared/config.ts";
import { findMesh, MAX_MESH_BYTES, MeshFiles } from "../../../viewer/server/mesh-files.ts";
import { importedScene } from "../../../viewer/server/scene-message.ts";
import { mjcfArm } from "../../env/mjcf/mjcf-text.ts";
import { threeJoints, WHOLE } from "../../env/urdf/arm-urdf.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { meshVisual, stlText } from "../mesh-texts.ts";
import { PageClient, startServer } from "./page-client.ts";
import { sampleConfig, writeSampleRun } from "./sample-runs.ts";

/** A robot's folder beside a secret, with links between them. */
function robotFolder(outer = temporaryFolder()) {
  const folder = join(outer, "robot");
  for (const path of ["robot/meshes", "secrets", "ros/my_arm/meshes"])
    mkdirSync(join(outer, path), { recursive: true });
  for (const path of [
    "robot/meshes/a.stl",
    "robot/meshes/b.STL",
    "secrets/s.stl",
    "ros/my_arm/meshes/p.dae",
  ]) {
    writeFileSync(join(outer, path), stlText());
  }
  writeFileSync(join(folder, "meshes", "notes.txt"), "SECRET");
  symlinkSync(join(outer, "secrets", "s.stl"), join(folder, "meshes", "link.stl"));
  symlinkSync(join(outer, "secrets"), join(folder, "shortcut"));
  return { outer, folder, file: join(folder, "arm.urdf"), packages: "" };
}

describe("a mesh", () => {
  const robot = robotFolder(mkdtempSync(join(tmpdir(), "steadyarm-")));
  afterAll(() => rmSync(robot.outer, { recursive: true, force: true }));
  const { outer, folder } = robot;
  const packages = join(outer, "ros");

  it.each([
    ["beside the robot file", "meshes/a.stl", robot],
    ["with a capital ending", "meshes/b.STL", robot],
    ["by a URL", `file://${join(folder, "meshes/a.stl")}`, robot],
    ["by its path", join(folder, "meshes/a.stl"), robot],
    ["of the package that the folder is", "package://robot/meshes/a.stl", robot],
    ["of a package in the folder of packages", "package://my_arm/meshes/p.dae", { ...robot, packages }],
    [
      "of the package itself",
      "package://my_arm/meshes/p.dae",
      { ...robot, packages: join(packages, "my_arm") },
    ],
    ["of a model", "model://my_arm/meshes/p.dae", { ...robot, packages }],
  ])("%s is found", (_what, name, urdf) => {
    expect(findMesh(name, urdf)).toMatchObject({ format: name.toLowerCase().split(".").at(-1) });
  });

  it.each([
    [
      "a path out of it",
      "../secrets/s.stl",
      "outside the folders of the robot file and of env.urdf.packages",
    ],
    ["a link out of it", "meshes/link.stl", "outside the folders"],
    ["a folder that is a link out of it", "shortcut/s.stl", "outside the folders"],
    ["a path from the root", join(outer, "secrets/s.stl"), "outside the folders"],
    ["a URL", `file://${join(outer, "secrets/s.stl")}`, "outside the folders"],
    ["a package that leaves the folder", "package://robot/../secrets/s.stl", "outside the folders"],
    ["a package that is not set", "package://my_arm/meshes/p.dae", "not found"],
    ["a missing file", "meshes/none.stl", "not found"],
    ["a folder", "meshes", "no STL, OBJ, DAE, glTF or GLB file"],
    ["another kind of file", "meshes/notes.txt", "no STL, OBJ, DAE, glTF or GLB file"],
    ["another machine's", "http://example.com/a.stl", "not found"],
    ["an invalid URL", "file://%zz/a.stl", "not found"],
  ])("by %s is not found", (_what, name, fault) => {
    expect(findMesh(name, robot)).toEqual({ fault: expect.stringContaining(fault) });
  });

  it("that is too large is not found", () => {
    const large = join(folder, "large.stl");
    writeFileSync(large, "");
    truncateSync(large, MAX_MESH_BYTES + 1);
    expect(findMesh("large.stl", robot)).toEqual({ fault: `larger than ${MAX_MESH_BYTES} bytes` });
  });

  it("is served under an address that cannot be guessed, and no longer once it leaves the folder", () => {
    const { folder: own, file, outer: beside } = robotFolder();
    const { urdf } = parseConfig({ env: { urdf: { file } } }, "test").env;
    const [one, other] = [new MeshFiles(), new MeshFiles()];
    const url = one.addressOf("meshes/a.stl", urdf)?.url ?? "";
    expect(url).toMatch(/^\/meshes\/[\w-]{22}$/);
    expect(one.addressOf("meshes/a.stl", urdf)?.url).toBe(url);
    expect(other.addressOf("meshes/a.stl", urdf)?.url).not.toBe(url);
    expect(one.get(url)?.bytes.toString()).toBe(stlText());
    expect(other.get(url)).toBeUndefined();
    expect(one.get("/meshes/a.stl")).toBeUndefined();
    rmSync(join(own, "meshes", "a.stl"));
    symlinkSync(join(beside, "secrets", "s.stl"), join(own, "meshes", "a.stl"));
    expect(one.get(url)).toBeUndefined();
  });
});

describe("the scene of an imported arm", () => {
  const sceneOf = (name: string, text: string) => {
    const { folder } = robotFolder();
    const file = join(folder, name);
    writeFileSync(file, text);
    const { env } = parseConfig(
      { env: { id: "x-reach", urdf: { file, tip: "tool", home: [0, 0.5, 1.2] } } },
      "test",
    );
    return importedScene(env, new MeshFiles());
  };

  it("has the visual meshes and shapes of a URDF with their places and colours", () => {
    const shapes = `${meshVisual("meshes/a.stl", "0.8 0.1 0.1 1")}${WHOLE.shapes.replaceAll("collision", "visual")}${WHOLE.shapes}`;
    const { links, baseVisual } = sceneOf("arm.urdf", threeJoints({ shapes }));
    expect(baseVisual).toEqual({ shapes: [], meshes: [] });
    expect(links[1]?.visual).toMatchObject({
      shapes: [{ shape: { kind: "box" }, color: null }],
      meshes: [{ format: "stl", position: [-0.03, -0.03, 0], scale: [1, 1, 1], color: [0.8, 0.1, 0.1, 1] }],
    });
    expect(links[1]?.shapes).toHaveLength(1);
  });

  it("has those of MJCF, from its folder of meshes, without hidden groups", () => {
    const body = `<inertial pos="0 0 0.1" mass="1" diaginertia="0.01 0.01 0.01"/>
<geom type="mesh" mesh="a" pos="0.5 0 0" material="red"/><geom type="mesh" mesh="b" group="3"/>`;
    const more = `<asset><mesh file="a.stl" scale="2 2 2" refpos="0.125 0 0"/><mesh name="b" file="b.STL"/>
<material name="red" rgba="1 0 0 1"/></asset>`;
    const { links } = sceneOf("arm.xml", mjcfArm({ body, more, compiler: 'meshdir="meshes"' }));
    expect(links[1]?.visual?.meshes).toMatchObject([
      { format: "stl", position: [0.25, 0, 0], scale: [2, 2, 2], color: [1, 0, 0, 1] },
    ]);
  });

  it("has none if no mesh is found", () => {
    const { links, baseVisual } = sceneOf("arm.urdf", threeJoints({ shapes: meshVisual("meshes/none.stl") }));
    expect([baseVisual, ...links.map(({ visual }) => visual)].filter((each) => each !== undefined)).toEqual(
      [],
    );
  });
});

describe("a watch server", () => {
  it("serves the meshes of its runs to pages, and nothing else in the folder", async () => {
    const { folder, file, outer } = robotFolder();
    writeFileSync(file, threeJoints({ shapes: meshVisual("meshes/a.stl") }));
    mkdirSync(join(folder, "runs"));
    const { sha256 } = readUrdfFile(file);
    const urdf = { file, sha256, home: [0, 0.5, 1.2] };
    await writeSampleRun(
      join(folder, "runs", "mine"),
      1,
      [0],
      sampleConfig(1, { id: "bench-arm-reach", urdf }),
    );
    const server = await startServer({ folder });
    const page = await PageClient.connect(server);
    const scene = await page.untilMessage("scene", ({ env }) => env === "bench-arm-reach");
    const url = scene.links[1]?.visual?.meshes[0]?.url ?? "";
    const answer = await fetch(new URL(url, server.address));
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/octet-stream"]);
    expect(answer.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(await answer.text()).toBe(stlText());
    for (const path of [
      "/meshes/a.stl",
      "/meshes/",
      "/meshes/../arm.urdf",
      `${url}/..`,
      `/meshes/${basename(outer)}`,
    ]) {
      expect((await fetch(new URL(path, server.address))).status).toBe(404);
    }
  });
});
