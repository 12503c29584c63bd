/** @file The arms in examples/arms learn with the command that `import` prints. Each trains for several minutes. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { EXAMPLE_ARMS, EXAMPLES } from "../env/urdf/example-arms.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { words } from "./shell-words.ts";
import { start } from "./steadyarm.ts";

it.each(EXAMPLE_ARMS)("$file is trained to 0.95 by the printed command", async ({ file }) => {
  const folder = temporaryFolder();
  const imported = await start(["import", join(EXAMPLES, file), "--json"], folder).finished;
  const [, , ...train] = words(JSON.parse(imported.stdout).train);
  const { code, stderr } = await start([...train, "--out", "run"], folder).finished;
  expect([code, stderr]).toEqual([0, ""]);
  const { successRate } = JSON.parse(readFileSync(join(folder, "run", "result.json"), "utf8"));
  expect(successRate).toBeGreaterThanOrEqual(0.95);
});
