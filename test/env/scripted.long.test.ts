/** @file How often scripts without learning solve each task with an object, over 100 episodes under each control. */

import { describe, expect, it } from "vitest";
import { playScript, SCRIPTS } from "../../bench/scripted/scripts.ts";
import { CONTROL_MODES } from "../../env/control.ts";
import { parseConfig } from "../../shared/config.ts";

const SEEDS = Array.from({ length: 100 }, (_, seed) => seed);

/** Less than 95 % where docs/tasks.md says why. */
const LEAST: Readonly<Record<string, number>> = {
  "panda-push velocity": 0.9,
  "arm3-push torque": 0.9,
  "panda-slide torque": 0.9,
  "panda-slide velocity": 0.15,
  "panda-slide position": 0.15,
};

describe.each(Object.keys(SCRIPTS))("%s", (id) => {
  it.each(CONTROL_MODES)("is solved as often as is said under %s control", async (control) => {
    const { successRate } = await playScript(parseConfig({ env: { id, control } }, "test"), SEEDS);
    expect(successRate).toBeGreaterThanOrEqual(LEAST[`${id} ${control}`] ?? 0.95);
  });
});
