/** @file Scripts without learning solve each task with an object by what is observed: it can be done. The whole is in scripted.long.test.ts. */

import { describe, expect, it } from "vitest";
import { playScript, SCRIPTS } from "../../../bench/scripted/scripts.ts";
import { ENVIRONMENTS } from "../../../env/registry.ts";
import { parseConfig } from "../../../shared/config.ts";
import { InputError } from "../../../shared/errors.ts";

const play = (id: string, control: string, seeds: readonly number[]) =>
  playScript(parseConfig({ env: { id, control } }, "test"), seeds);

describe("the scripts", () => {
  it("are there for every environment with an object", () => {
    const withObjects = Object.entries(ENVIRONMENTS).flatMap(([id, { makeTask }]) =>
      makeTask({ relativeInputs: true }).scene === undefined ? [] : [id],
    );
    expect(Object.keys(SCRIPTS).sort()).toEqual(withObjects.sort());
  });

  it.each(Object.keys(SCRIPTS))("solve %s from ten starts with the tool driven", async (id) => {
    const { failed } = await play(id, "ee", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(failed).toEqual([]);
  });

  it.each(Object.keys(SCRIPTS))("solve %s from three starts by torques", async (id) => {
    const { failed } = await play(id, "torque", [0, 1, 2]);
    expect(failed).toEqual([]);
  });

  it("refuse an environment that there is none for", async () => {
    await expect(play("panda-reach", "ee", [1])).rejects.toThrow(InputError);
  });
});
