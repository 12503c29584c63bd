/** @file Runs the code blocks of the documents. */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inProcess } from "../cli/in-process.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { blockOf } from "./code-block.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Runs a document's TypeScript, with imports relative to the clone, in the clone. */
function runScript(path: string, code: string, words: readonly string[] = []) {
  writeFileSync(
    path,
    code.replaceAll('from "./', `from "${ROOT}/`).replace('from "steadyarm"', `from "${ROOT}/steadyarm.ts"`),
  );
  return spawnSync(process.execPath, ["--import", "tsx", path, ...words], { cwd: ROOT, encoding: "utf8" });
}

describe("README.md", () => {
  it("trains from code", () => {
    const folder = temporaryFolder();
    const run = join(folder, "run");
    const code = blockOf("README.md", "js")
      .replace("steps: 4000", "steps: 200")
      .replace(
        "tau: 0.02 }",
        "tau: 0.02 }, train: { collectors: 0, finalEpisodes: 2, evaluationEpisodes: 2 }",
      )
      .replace('"runs/planar2"', JSON.stringify(run));
    const { status, stdout, stderr } = runScript(join(folder, "train.mts"), code);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^evaluation: [\d.]+\nsuccess_rate [\d.]+\nmean final distance \d+ mm\n$/);
    const result = JSON.parse(readFileSync(join(run, "result.json"), "utf8"));
    expect(result).toMatchObject({ env: "planar2-reach", steps: 200 });
  });
});

describe("docs/own-arm.md", () => {
  const commands = blockOf("docs/own-arm.md", "sh").trim().split("\n");

  const said: Readonly<Record<string, string>> = {
    import: "desk arm: 3 joints to the tip tool",
    "check-env": "desk-arm-reach passes all",
    train: "desk-arm-reach (torque, sparse reward",
  };

  it.each(commands.slice(0, 3).map((each, i) => [i, each]))(
    "command %i runs on the arm of the page: %s",
    async (_, command) => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, "desk-arm.urdf"), blockOf("docs/own-arm.md", "xml"));
      const [npx, program, ...words] = command.split(" ");
      expect([npx, program]).toEqual(["npx", "steadyarm"]);
      const quick = ["train.diagnostics=false", "train.evaluationEpisodes=1", "train.finalEpisodes=1"];
      const training = words[0] === "train";
      const shortened = training ? [...quick.flatMap((each) => ["--set", each]), "--steps", "50"] : [];
      const { code, stdout, stderr } = await inProcess([...words, ...shortened], folder);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain(said[words[0] ?? ""]);
      expect(stdout).not.toContain("left out");
    },
  );
});
