/** @file Every policy of the zoo reproduces the success rate on its card. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { steadyarm } from "./steadyarm.ts";

const ROOT = join(import.meta.dirname, "../..");

it.each(readdirSync(join(ROOT, "zoo")))("%s reproduces the success rate on its card", async (name) => {
  const entry = join(ROOT, "zoo", name);
  const card = JSON.parse(readFileSync(join(entry, "card.json"), "utf8"));
  const words = ["eval", entry, "--seed", `${card.seed}`, "--episodes", `${card.episodes}`, "--json"];
  const { stdout } = await steadyarm(words, ROOT);
  expect(JSON.parse(stdout)).toMatchObject({
    successRate: card.successRate,
    trainedSteps: card.policyStep ?? card.steps,
  });
});
