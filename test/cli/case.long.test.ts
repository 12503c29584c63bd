/** @file `steadyarm case`: interruption, resume, and output. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { start, steadyarm } from "./steadyarm.ts";

const ARGS = ["case", "sparse", "--quick", "--seeds", "1", "--steps", "100", "--out", "mine"];

it("saves on Ctrl-C, prints the command that resumes it, and prints the numbers as JSON", async () => {
  const cwd = temporaryFolder();
  const { child, finished } = start(ARGS, cwd);
  child.stdout?.on("data", (text) => {
    if (String(text).includes("1/11 done")) child.kill("SIGINT");
  });
  const stopped = await finished;
  expect(stopped.code).toBe(130);
  expect(stopped.stdout).toContain(
    "stopped and saved. Resume with: steadyarm case sparse --seeds 1 --steps 100 --out mine",
  );

  const { code, stdout, stderr } = await steadyarm([...ARGS, "--json"], cwd);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^[1-9]\/11 done/m);
  expect(stderr.trimEnd().split("\n").at(-1)).toBe(join("mine", "index.html"));
  const numbers = JSON.parse(stdout);
  expect(numbers.arm).toHaveLength(11);
  expect(numbers.verdicts.length).toBeGreaterThan(8);
  const page = readFileSync(join(cwd, "mine", "index.html"), "utf8");
  for (const { claim } of numbers.verdicts) expect(page).toContain(claim.replaceAll("'", "&#39;"));
  expect(page).toContain("1 seed (minimum 3)");
});
