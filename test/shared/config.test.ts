import { describe, expect, it } from "vitest";
import { parseConfig, setByPath, settings } from "../../shared/config.ts";

function errorsOf(input: unknown): string[] {
  try {
    parseConfig(input, "f.yaml");
  } catch (error) {
    return error instanceof Error ? error.message.split("\n") : [];
  }
  return [];
}

describe("parseConfig", () => {
  it("fills in every default and freezes the config", () => {
    const config = parseConfig({}, "nothing");
    expect(config.agent.her.k).toBe(4);
    expect(config.env.id).toBe("panda-reach");
    expect(Object.isFrozen(config.agent.exploration)).toBe(true);
    expect(() => Reflect.set(config.agent, "tau", 1) || expect.fail("the config was changed")).toThrow();
  });

  it("returns an equal config for a config that went through JSON, as in a manifest", () => {
    const config = parseConfig({ agent: { hidden: [8], her: { k: 0 } } }, "first");
    expect(parseConfig(JSON.parse(JSON.stringify(config)), "again")).toEqual(config);
  });

  it("reports all errors at once, each with where, expected and got", () => {
    expect(
      errorsOf({ agent: { tau: 2, hidden: [64, "a"] }, train: { seed: -1 }, env: { reward: "spares" } }),
    ).toEqual([
      'f.yaml: env.reward: expected sparse, dense or potential, got "spares"',
      'f.yaml: agent.hidden.1: expected 1 to 8 layer sizes, each an integer in [1, 4096], such as [64, 64], got "a"',
      "f.yaml: agent.tau: expected a number in (0, 1], got 2",
      "f.yaml: train.seed: expected an integer ≥ 0, got -1",
    ]);
  });

  it.each([
    [{ agent: { tua: 0.1 } }, 'unknown setting agent.tua. Did you mean "agent.tau"?'],
    [
      { agent: { polyak: 0.95 } },
      'unknown setting agent.polyak. Did you mean "agent.tau", which is 1 − polyak?',
    ],
    [{ tau: 1 }, 'unknown setting tau. Did you mean "agent.tau"?'],
    [{ agent: { her: { K: 1 } } }, 'unknown setting agent.her.K. Did you mean "agent.her.k"?'],
    [{ trian: {} }, 'unknown setting trian. Did you mean "train"?'],
  ])("suggests a name for the misspelt setting in %j", (input, line) => {
    expect(errorsOf(input)).toEqual([`f.yaml: ${line}`]);
  });

  it.each([null, 3, "agent", [], { agent: 5 }, { agent: null }, { agent: { her: [] } }])(
    "rejects %j, which is not a mapping",
    (input) => {
      expect(errorsOf(input)[0]).toMatch(/^f\.yaml: [a-z.]+: expected a mapping of settings, got /);
    },
  );

  it("rejects NaN, infinity, text, null, lists and negative values for every number", () => {
    const numeric = settings().filter(({ expected }) => /number/.test(expected) && !/layer/.test(expected));
    expect(numeric.length).toBeGreaterThan(15);
    for (const { path, expected } of numeric) {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, "0.1", null, [], -1]) {
        const input: Record<string, unknown> = {};
        setByPath(input, path, bad);
        expect(errorsOf(input)[0]).toMatch(`f.yaml: ${path}: expected ${expected}, got `);
      }
    }
  });

  it.each([
    [{ layerNorm: { critic: true }, batchNorm: { critic: "renorm" } }, /layerNorm.critic.*batchNorm.critic/],
    [
      { batchNorm: { actor: "batch" }, exploration: { parameterNoise: 0.1 } },
      /parameterNoise.*batchNorm.actor/,
    ],
  ])("rejects settings that are incompatible: %j", (agent, message) => {
    expect(() => parseConfig({ agent }, "x.yaml")).toThrow(message);
  });

  it("names both of two settings that are valid only separately", () => {
    const line = errorsOf({ agent: { batchSize: 100, replayCapacity: 50 } })[0];
    expect(line).toMatch(/agent\.batchSize 100 .*agent\.replayCapacity 50/);
  });

  it("has a meaning and an origin for every setting", () => {
    for (const { path, meaning, origin, defaultValue } of settings()) {
      expect(meaning.length, path).toBeGreaterThan(10);
      expect(origin.length, path).toBeGreaterThan(2);
      expect(defaultValue, path).toBeDefined();
    }
  });
});

describe("setByPath", () => {
  it("creates sections as needed and keeps other settings", () => {
    const target: Record<string, unknown> = { agent: { tau: 0.1 } };
    setByPath(target, "agent.her.k", 0);
    expect(target).toEqual({ agent: { tau: 0.1, her: { k: 0 } } });
  });

  it.each(["", "a..b", ".a", "__proto__.x", "agent.constructor.y"])("rejects the path %j", (path) => {
    expect(() => setByPath({}, path, 1)).toThrow("expected a setting's path");
    expect(Reflect.get({}, "x")).toBeUndefined();
  });

  it("rejects a path that leads through a value", () => {
    expect(() => setByPath({ agent: 3 }, "agent.tau", 1)).toThrow("agent is a value, not a section");
  });
});
