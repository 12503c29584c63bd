import { describe, expect, it } from "vitest";
import { parseConfig } from "../../shared/config.ts";
import { PRESETS, presetSettings } from "../../shared/presets.ts";

describe("presets", () => {
  it.each(PRESETS)("$name is made of settings that exist", ({ settings }) => {
    expect(() => parseConfig(settings, "preset")).not.toThrow();
  });

  it("has the defaults as steady, and none of them as another", () => {
    const defaults = parseConfig({}, "defaults");
    for (const { name, settings } of PRESETS) {
      const same = JSON.stringify(parseConfig(settings, name)) === JSON.stringify(defaults);
      expect(same, name).toBe(name === "steady");
    }
  });

  it("suggests a name for a misspelt one", () => {
    expect(() => presetSettings("tdd3")).toThrow('no preset is called "tdd3". Did you mean "td3"?');
  });
});
