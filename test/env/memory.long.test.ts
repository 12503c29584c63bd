/** @file Creating and disposing of 10,000 environments does not grow Rapier's memory. */

import { expect, it } from "vitest";
import { ENVIRONMENTS } from "../../env/registry.ts";
import { runLifetimes, watchWasmMemory } from "./wasm-memory.ts";

const bytes = await watchWasmMemory();

it.each(Object.keys(ENVIRONMENTS))("10,000 lifetimes of %s leak no memory", async (id) => {
  await runLifetimes(id, 100);
  const before = bytes();
  await runLifetimes(id, 10_000);
  expect(bytes()).toBe(before);
});
