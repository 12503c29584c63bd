/** @file `--env <module>`: training, evaluation, diagnosis and checks of an environment of one's own; invalid modules. */

import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blockOf } from "../docs/code-block.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { inProcess } from "./in-process.ts";
import { steadyarm } from "./steadyarm.ts";

/** A project with the module of docs/own-task.md, in which steadyarm is installed. */
function project(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(import.meta.dirname, "../.."), join(folder, "node_modules/steadyarm"), "junction");
  writeFileSync(join(folder, "rail.ts"), blockOf("docs/own-task.md", "ts"));
  return folder;
}

const QUICK = [
  ...["train.evaluateEvery=600", "train.evaluationEpisodes=2", "train.finalEpisodes=2"],
  ...["train.diagnostics=false", "agent.hidden=[16]", "agent.warmupSteps=100"],
].flatMap((each) => ["--set", each]);

describe("a module with an environment", () => {
  it.each([
    ["a folder of ECMAScript modules", { type: "module" }],
    ["another folder", {}],
  ])("passes all checks in %s", async (_, manifest) => {
    const cwd = project();
    writeFileSync(join(cwd, "package.json"), JSON.stringify(manifest));
    const { code, stdout, stderr } = await steadyarm(["check-env", "./rail.ts"], cwd);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/rail passes all \d+ checks\n$/);
  });

  it("is trained with collectors, recorded with its checksum, evaluated and diagnosed", async () => {
    const cwd = project();
    const words = ["train", "--env", "./rail.ts", "--steps", "600", "--out", "run", ...QUICK];
    const trained = await inProcess([...words, "--set", "train.collectors=1"], cwd);
    expect([trained.code, trained.stderr]).toEqual([0, ""]);
    const { config } = JSON.parse(readFileSync(join(cwd, "run/manifest.json"), "utf8"));
    expect(config.env).toMatchObject({
      id: "rail",
      module: { file: join(cwd, "rail.ts"), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    const evaluated = await inProcess(["eval", "run", "--episodes", "2", "--json"], cwd);
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ env: "rail", episodes: 2 });
    const diagnosed = await inProcess(["doctor", "run", "--json"], cwd);
    expect([diagnosed.code, diagnosed.stderr]).toEqual([0, ""]);
    expect(JSON.parse(diagnosed.stdout).unknown.join()).not.toContain("environment:");
    const held = await inProcess(["eval", "run", "--seconds", "5"], cwd);
    expect([held.code, held.stderr]).toEqual([
      2,
      expect.stringMatching(/expected a built-in arm.*rail\.ts.*\n$/),
    ]);

    appendFileSync(join(cwd, "rail.ts"), "\n");
    for (const again of [
      ["train", "--resume", "run", "--steps", "700"],
      ["eval", "run"],
    ]) {
      const { code, stderr } = await inProcess(again, cwd);
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/rail\.ts: expected the file that the run was started with.*\n$/),
      ]);
    }
    expect(JSON.parse(readFileSync(join(cwd, "run/result.json"), "utf8")).steps).toBe(600);
  });

  it("is compared in a sweep, whose jobs depend on the file's contents", async () => {
    const cwd = project();
    const sweep = {
      name: "rail",
      settings: {
        "env.id": "./rail.ts",
        "train.steps": 200,
        "train.evaluateEvery": 200,
        "train.evaluationEpisodes": 2,
        "train.finalEpisodes": 2,
        "train.diagnostics": false,
        "agent.hidden": [16],
        "agent.warmupSteps": 100,
      },
      methods: { her: { "k=4": { "agent.her.k": 4 } } },
      seeds: [1],
    };
    writeFileSync(join(cwd, "sweep.json"), JSON.stringify(sweep));
    const plan = async () => {
      const { code, stdout, stderr } = await inProcess(["bench", "plan", "sweep.json", "--json"], cwd);
      expect([code, stderr]).toEqual([0, ""]);
      return JSON.parse(stdout);
    };
    const [job] = await plan();
    expect(job).toMatchObject({
      task: "rail",
      config: { env: { id: "rail", module: { file: join(cwd, "rail.ts") } } },
    });
    const ran = await inProcess(["bench", "run", "sweep.json", "--jobs", "1"], cwd);
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    const report = await inProcess(["bench", "report", "sweeps/rail"], cwd);
    expect([report.code, report.stderr]).toEqual([0, ""]);
    expect(readFileSync(join(cwd, "sweeps/rail/runs.csv"), "utf8")).toMatch(/\brail\b/);

    appendFileSync(join(cwd, "rail.ts"), "\n");
    const [changed] = await plan();
    expect(changed.id).not.toBe(job.id);
  });

  it("gives one line if it does not make an environment", async () => {
    const cwd = project();
    for (const [name, code, line] of [
      [
        "number.mjs",
        "export default 3;",
        /number\.mjs: expected a default export that makes an environment, got 3/,
      ],
      ["none.js", "export const x = 1;", /none\.js: expected a default export .* got nothing/],
      [
        "empty.ts",
        "export default (): object => ({});",
        /empty\.ts: expected a default export that returns an env/,
      ],
      [
        "throws.ts",
        "export default () => { throw new Error('boom\\nmore'); };",
        /throws\.ts: .*got Error: boom more/,
      ],
      ["lost.mjs", "import 'nowhere'; export default 1;", /lost\.mjs: .*Cannot find package 'nowhere'/],
      ["broken.ts", "const x: = 1;", /broken\.ts: expected a module that makes an environment, got/],
    ] as const) {
      writeFileSync(join(cwd, name), code);
      const result = await inProcess(["train", "--env", name, "--out", "run"], cwd);
      expect([result.code, result.stderr]).toEqual([2, expect.stringMatching(line)]);
      expect(result.stderr.trim().split("\n")).toHaveLength(1);
    }
    const missing = await inProcess(["train", "--env", "./gone.ts"], cwd);
    expect([missing.code, missing.stderr]).toEqual([
      2,
      expect.stringMatching(/gone\.ts: .*got no file\. Check the path in --env\n$/),
    ]);
  });
});
