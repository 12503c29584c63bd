/** @file The package as other projects get it: what the tarball contains, and that its entry and its program run. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { blockOf } from "./docs/code-block.ts";
import { installOffline, pack } from "./package-tarball.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const ROOT = join(import.meta.dirname, "..");

/** Settings of a short training in one thread. */
const QUICK = [
  ...["evaluateEvery: 150", "collectors: 0", "holdSeconds: 0", "diagnostics: false"],
  ...["evaluationEpisodes: 2", "finalEpisodes: 2"],
].join(", ");

const packs = mkdtempSync(join(tmpdir(), "steadyarm-pack-"));
afterAll(() => rmSync(packs, { recursive: true }));
const { tarball, files } = pack(packs);

/** A folder in which the packed program is installed. */
function project(): string {
  const folder = temporaryFolder();
  installOffline(tarball, folder);
  return folder;
}

function run(folder: string, words: readonly string[]) {
  return spawnSync(process.execPath, words, { cwd: folder, encoding: "utf8" });
}

describe("the tarball", () => {
  it("contains the built program, types, zoo, example arms, Python package and texts, and no sources or tests", () => {
    expect(files).toEqual(
      expect.arrayContaining([
        "dist/steadyarm.js",
        "dist/steadyarm.d.ts",
        "dist/cli/main.js",
        "dist/viewer/web/index.html",
        "zoo/panda-reach-steady/card.json",
        "examples/arms/ur10e.urdf",
        "python/steadyarm_gym/pyproject.toml",
        "docs/api.md",
        "README.md",
        "LICENSE",
        "package.json",
      ]),
    );
    const allowed =
      /^(dist|zoo|python\/steadyarm_gym)\/|^examples\/arms\/[\w-]+\.urdf$|^docs\/[\w-]+\.md$|^(README\.md|CHANGELOG\.md|LICENSE|package\.json)$/;
    expect(files.filter((path) => !allowed.test(path) || /(?<!\.d)\.ts$/.test(path))).toEqual([]);
  });

  it("runs no script when it is installed", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    for (const name of ["preinstall", "install", "postinstall"]) expect(scripts).not.toHaveProperty(name);
  });
});

describe("an installed package", () => {
  it("runs the example of docs/api.md", () => {
    const folder = project();
    const code = blockOf("docs/api.md", "js").replace("steps: 4000", "steps: 300");
    expect(
      code
        .trim()
        .split("\n")
        .filter((line) => line !== "").length,
    ).toBeLessThanOrEqual(16);
    writeFileSync(join(folder, "train.mjs"), code.replace("evaluateEvery: 1000", QUICK));
    const { status, stdout, stderr } = run(folder, ["train.mjs"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^150 steps: [\d.]+\n300 steps: [\d.]+\n300 [\d.]+ 2 [a-z-]+\n$/);
    const result = join(folder, "runs/planar2-reach-sparse-s1-1/result.json");
    expect(JSON.parse(readFileSync(result, "utf8"))).toMatchObject({ env: "planar2-reach", steps: 300 });
  });

  it("has types under which its example compiles and a misspelt option does not", () => {
    const folder = project();
    const code = blockOf("docs/api.md", "js").replace("result.steps", "result?.steps");
    writeFileSync(join(folder, "right.mts"), code);
    writeFileSync(join(folder, "wrong.mts"), code.replace("steps: 4000", "step: 4000"));
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "--skipLibCheck"];
    const types = ["--typeRoots", join(ROOT, "node_modules/@types"), "--types", "node"];
    const compile = (file: string) => run(folder, [tsc, ...options, ...types, file]).stdout;
    expect(compile("right.mts")).toBe("");
    expect(compile("wrong.mts")).toMatch(/wrong\.mts.*'step' does not exist in type 'TrainOptions'/);
  });

  it("gives no access to its internal files", () => {
    const folder = project();
    writeFileSync(join(folder, "deep.mjs"), 'await import("steadyarm/dist/shared/rng.js");');
    expect(run(folder, ["deep.mjs"]).stderr).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it("trains and evaluates a policy of the zoo from its commands", () => {
    const folder = project();
    const main = "node_modules/steadyarm/dist/cli/main.js";
    const quick = [
      ...["train.collectors=1", "train.diagnostics=false", "train.holdSeconds=0"],
      ...["train.evaluationEpisodes=1", "train.finalEpisodes=1"],
    ];
    const trained = run(folder, [
      ...[main, "train", "--env", "planar2-reach", "--steps", "100"],
      ...quick.flatMap((each) => ["--set", each]),
    ]);
    expect([trained.status, trained.stderr]).toEqual([0, ""]);
    expect(trained.stdout).toMatch(/100 steps · \d+ s · runs.planar2-reach-sparse-s1-1\n$/);
    const evaluated = run(folder, [main, "eval", "zoo/panda-reach-steady", "--episodes", "1"]);
    expect([evaluated.status, evaluated.stderr]).toEqual([0, ""]);
    expect(evaluated.stdout).toContain("panda-reach after");
  });
});
