/** @file Environments that come and go leave the memory of Rapier as it was. */

import { expect, it } from "vitest";
import { ENVIRONMENTS, makeEnv } from "../../env/registry.ts";
import { loadPhysics } from "../../env/world.ts";
import { parseConfig } from "../../shared/config.ts";
import { ScriptedHand, tableWithCube } from "./tasks/scripted-hand.ts";
import { liveAndDie, watchWasmMemory } from "./wasm-memory.ts";

const bytes = await watchWasmMemory();

it.each(Object.keys(ENVIRONMENTS))("300 lives of %s leave no memory behind", async (id) => {
  await liveAndDie(id, 100);
  const before = bytes();
  await liveAndDie(id, 300);
  expect(bytes()).toBe(before);
});

it("300 tables with a cube and a gripper, saved and restored, leave no memory behind", async () => {
  const physics = await loadPhysics("compat");
  const hand = new ScriptedHand(physics, tableWithCube(0.1, 1));
  const live = (times: number) => {
    for (let i = 0; i < times; i++) {
      hand.reset();
      hand.arm.step(new Float64Array(7), 2, -30);
      hand.arm.restoreState(hand.arm.saveState());
      hand.arm.step(new Float64Array(7), 1, -30);
    }
    hand.arm.dispose();
  };
  live(50);
  const before = bytes();
  live(300);
  expect(bytes()).toBe(before);
});

it("300 environments that are not disposed of are seen in the memory: the measure works", async () => {
  const { env: config } = parseConfig({}, "test");
  const before = bytes();
  for (let i = 0; i < 300; i++) (await makeEnv(config, 0.95)).reset();
  expect(bytes()).toBeGreaterThan(before);
});
