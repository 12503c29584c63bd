/** @file Scripts without learning solve each task with an object in at least 95 of 100 episodes, under each control. */

import { describe, expect, it } from "vitest";
import { playScript, SCRIPTS } from "../../bench/scripted/scripts.ts";
import { CONTROL_MODES } from "../../env/control.ts";
import { parseConfig } from "../../shared/config.ts";

const SEEDS = Array.from({ length: 100 }, (_, seed) => seed);

describe.each(Object.keys(SCRIPTS))("%s", (id) => {
  it.each(CONTROL_MODES)("can be solved under %s control", async (control) => {
    const { successRate } = await playScript(parseConfig({ env: { id, control } }, "test").env, SEEDS);
    expect(successRate).toBeGreaterThanOrEqual(0.95);
  });
});
