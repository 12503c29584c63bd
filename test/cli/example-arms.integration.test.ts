/** @file The arms in examples/arms: `import` prints settings with which `check-env` passes. */

import { join } from "node:path";
import { expect, it } from "vitest";
import { EXAMPLE_ARMS, EXAMPLES } from "../env/urdf/example-arms.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { inProcess } from "./in-process.ts";
import { words } from "./shell-words.ts";

it.each(EXAMPLE_ARMS)("$file is examined and passes check-env as printed", async ({ file, joints }) => {
  const folder = temporaryFolder();
  const imported = await inProcess(["import", join(EXAMPLES, file), "--json"], folder);
  expect([imported.code, imported.stderr]).toEqual([0, ""]);
  const examined = JSON.parse(imported.stdout);
  expect(examined.joints).toHaveLength(joints);
  const [npx, program, train, ...settings] = words(examined.train);
  expect([npx, program, train]).toEqual(["npx", "steadyarm", "train"]);
  const { code, stdout } = await inProcess(["check-env", ...settings], folder);
  expect(stdout).toMatch(/-reach passes all \d+ checks\n$/);
  expect(code).toBe(0);
});
