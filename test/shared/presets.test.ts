import { describe, expect, it } from "vitest";
import { parseConfig } from "../../shared/config.ts";
import { PRESETS, presetOfTask, presetSettings } from "../../shared/presets.ts";

describe("presets", () => {
  it.each(PRESETS)("$name has valid settings", ({ settings }) => {
    expect(() => parseConfig(settings, "preset")).not.toThrow();
  });

  it("ddpg-her equals the settings' defaults, and no other preset does", () => {
    const defaults = parseConfig({}, "defaults");
    for (const { name, settings } of PRESETS) {
      const same = JSON.stringify(parseConfig(settings, name)) === JSON.stringify(defaults);
      expect(same, name).toBe(name === "ddpg-her");
    }
  });

  it("are chosen by the task and by whether there are demonstrations", () => {
    expect(["push", "slide", "reach", ""].map((task) => presetOfTask(task))).toEqual([
      "push",
      "slide",
      "steady",
      "steady",
    ]);
    expect(["push", "slide", "reach"].map((task) => presetOfTask(task, true))).toEqual([
      "push-demos",
      "slide-demos",
      "steady",
    ]);
  });

  it("suggests a name for a misspelt preset", () => {
    expect(() => presetSettings("tdd3")).toThrow(/preset.*"tdd3".*Did you mean "td3"/);
  });
});
