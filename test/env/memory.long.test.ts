/** @file Ten thousand environments that come and go leave the memory of Rapier as it was. */

import { expect, it } from "vitest";
import { ENVIRONMENTS } from "../../env/registry.ts";
import { liveAndDie, watchWasmMemory } from "./wasm-memory.ts";

const bytes = await watchWasmMemory();

it.each(Object.keys(ENVIRONMENTS))("10,000 lives of %s leave no memory behind", async (id) => {
  await liveAndDie(id, 100);
  const before = bytes();
  await liveAndDie(id, 10_000);
  expect(bytes()).toBe(before);
});
