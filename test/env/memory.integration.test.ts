/** @file Creating and disposing of environments does not grow Rapier's memory. */

import { expect, it } from "vitest";
import { ENVIRONMENTS, makeEnv } from "../../env/registry.ts";
import { loadPhysics } from "../../env/world.ts";
import { parseConfig } from "../../shared/config.ts";
import { ScriptedHand, tableWithCube } from "./tasks/scripted-hand.ts";
import { runLifetimes, watchWasmMemory } from "./wasm-memory.ts";

const bytes = await watchWasmMemory();

it.each(Object.keys(ENVIRONMENTS))("300 lifetimes of %s leak no memory", async (id) => {
  await runLifetimes(id, 100);
  const before = bytes();
  await runLifetimes(id, 300);
  expect(bytes()).toBe(before);
});

it("300 scenes with a gripper and a cube, saved and restored, leak no memory", async () => {
  const physics = await loadPhysics("compat");
  const hand = new ScriptedHand(physics, tableWithCube(0.1, 1));
  const runHands = (times: number) => {
    for (let i = 0; i < times; i++) {
      hand.reset();
      hand.arm.step(new Float64Array(7), 2, -30);
      hand.arm.restoreState(hand.arm.saveState());
      hand.arm.step(new Float64Array(7), 1, -30);
    }
    hand.arm.dispose();
  };
  runHands(50);
  const before = bytes();
  runHands(300);
  expect(bytes()).toBe(before);
});

it("300 environments that are not disposed of grow the memory, so the measurement works", async () => {
  const { env: config } = parseConfig({}, "test");
  const before = bytes();
  for (let i = 0; i < 300; i++) (await makeEnv(config, 0.95)).reset();
  expect(bytes()).toBeGreaterThan(before);
});
