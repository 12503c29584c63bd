/** @file Scripts solve each task with an object under each of its control modes, on held-out seeds. */

import { describe, expect, it } from "vitest";
import { ENVIRONMENTS } from "../../../env/registry.ts";
import { SCRIPTED } from "../../../env/scripted/scripts.ts";
import { parseConfig } from "../../../shared/config.ts";
import { evaluateScript } from "../../../training/scripted-episodes.ts";

/** Seeds 0 to 100 were used to write the scripts. */
const SEEDS = Array.from({ length: 100 }, (_, i) => 101 + i);

describe.each(SCRIPTED)("%s", (id) => {
  it.each(ENVIRONMENTS[id]!.controls)(
    "is solved in at least 95 of 100 episodes under %s control",
    async (control) => {
      const { successRate } = await evaluateScript(parseConfig({ env: { id, control } }, "test"), SEEDS);
      expect(successRate).toBeGreaterThanOrEqual(0.95);
    },
  );
});
