/** @file What the documents tell people to type works: their blocks are taken out and run. */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { steadyarm } from "../cli/steadyarm.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The first block of a language in a document. */
function blockOf(document: string, language: string): string {
  const text = readFileSync(join(ROOT, "docs", document), "utf8");
  const found = text.match(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``))?.[1];
  if (found === undefined) throw new Error(`${document} has no ${language} block`);
  return found;
}

describe("docs/own-task.md", () => {
  it("has a task that keeps every promise and can be trained on", () => {
    const folder = temporaryFolder();
    const script = join(folder, "rail.mts");
    writeFileSync(script, blockOf("own-task.md", "ts").replaceAll('from "./', `from "${ROOT}/`));
    const words = ["--import", "tsx", script, "200", join(folder, "run")];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    // Findings would come first: name, colon, message.
    expect(stdout.split("\n")[0]).toMatch(/^200\/200 steps/);
    expect(stdout).toMatch(/success_rate [\d.]+, first 95 % at step null/);
    const written = JSON.parse(readFileSync(join(folder, "run/result.json"), "utf8"));
    expect(written).toMatchObject({ env: "rail-reach", steps: 200 });
  });
});

describe("docs/own-arm.md", () => {
  const commands = blockOf("own-arm.md", "sh").trim().split("\n");

  it.each(commands.slice(0, 2).map((each, i) => [i, each]))(
    "command %i runs on the arm of the page: %s",
    async (_, command) => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, "desk-arm.urdf"), blockOf("own-arm.md", "xml"));
      const [npx, program, ...words] = command.split(" ");
      expect([npx, program]).toEqual(["npx", "steadyarm"]);
      const quick = ["train.diagnostics=false", "train.evaluationEpisodes=1", "train.finalEpisodes=1"];
      const training = words[0] === "train";
      const more = training ? [...quick.flatMap((each) => ["--set", each]), "--steps", "50"] : [];
      const { code, stdout, stderr } = await steadyarm([...words, ...more], folder);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain(
        training ? "desk-arm-reach (torque, sparse reward" : "desk-arm-reach keeps all",
      );
      expect(stdout).not.toContain("left out");
    },
  );
});
