/** @file Creating the environment of a worker thread from a module, and the results that are rejected. */

import { describe, expect, it } from "vitest";
import { createEnv, createInteractiveArm } from "../../training/create-env.ts";

/** Returns a module whose export `make` has this source. */
const moduleOf = (make: string) => ({
  url: `data:text/javascript,${encodeURIComponent(`export const make = ${make};`)}`,
  create: "make",
  args: [],
});

describe("a worker's environment", () => {
  it("is the result of the module's function, or of its promise", async () => {
    expect(await createEnv(moduleOf("() => ({ id: 'x', reset() {}, step() {} })"))).toMatchObject({
      id: "x",
    });
    const late = moduleOf("async () => ({ id: 'y', reset() {}, step() {} })");
    expect(await createEnv(late)).toMatchObject({ id: "y" });
  });

  it.each([
    ["3", "expected an exported function make, got 3"],
    ["() => undefined", "make: expected an environment with reset and step, got undefined"],
    ["() => ({ reset() {} })", "make: expected an environment with reset and step, got object"],
  ])("is rejected in one line if the export is %s", async (make, message) => {
    await expect(createEnv(moduleOf(make))).rejects.toThrow(message);
  });

  it("must be an InteractiveArm for tests of holding", async () => {
    const module = moduleOf("() => ({ reset() {}, step() {} })");
    await expect(createInteractiveArm(module)).rejects.toThrow(
      "make: expected an InteractiveArm, got object",
    );
  });
});
