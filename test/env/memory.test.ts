/** @file Environments that come and go leave the memory of Rapier as it was. */

import { expect, it } from "vitest";
import { ENVIRONMENTS, makeEnv } from "../../env/registry.ts";
import { parseConfig } from "../../shared/config.ts";
import { liveAndDie, watchWasmMemory } from "./wasm-memory.ts";

const bytes = await watchWasmMemory();

it.each(Object.keys(ENVIRONMENTS))("1,000 lives of %s leave no memory behind", async (id) => {
  await liveAndDie(id, 100);
  const before = bytes();
  await liveAndDie(id, 1000);
  expect(bytes()).toBe(before);
});

it("1,000 environments that are not disposed of are seen in the memory: the measure works", async () => {
  const { env: config } = parseConfig({}, "test");
  const before = bytes();
  for (let i = 0; i < 1000; i++) (await makeEnv(config)).reset();
  expect(bytes()).toBeGreaterThan(before);
});
