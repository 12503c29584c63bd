/** @file Scripts solve each task with an object from its observations; scripted.long.test.ts plays more episodes. */

import { describe, expect, it } from "vitest";
import { ENVIRONMENTS } from "../../../env/registry.ts";
import { SCRIPTED } from "../../../env/scripted/scripts.ts";
import { parseConfig } from "../../../shared/config.ts";
import { InputError } from "../../../shared/errors.ts";
import { evaluateScript } from "../../../training/scripted-episodes.ts";

const play = (id: string, control: string, seeds: readonly number[]) =>
  evaluateScript(parseConfig({ env: { id, control } }, "test"), seeds);

describe("the scripts", () => {
  it("exist for every environment with an object", () => {
    const withObjects = Object.entries(ENVIRONMENTS).flatMap(([id, { makeTask }]) =>
      makeTask({ relativeInputs: true }).scene === undefined ? [] : [id],
    );
    expect([...SCRIPTED].sort()).toEqual(withObjects.sort());
  });

  it.each(SCRIPTED)("solve %s from ten starts under ee control", async (id) => {
    const { failed } = await play(id, "ee", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(failed).toEqual([]);
  });

  it.each(SCRIPTED)("solve %s from three starts under torque control", async (id) => {
    const { failed } = await play(id, "torque", [0, 1, 2]);
    expect(failed).toEqual([]);
  });

  it("reject an environment without a script", async () => {
    await expect(play("panda-reach", "ee", [1])).rejects.toThrow(InputError);
  });
});
