import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../../cli/run-config.ts";
import { CASES } from "../../../experiments/cases/case-list.ts";
import { both, PLAIN, REMEDIES, remedyConfig, remedyRun } from "../../../experiments/cases/remedies.ts";

const allRemedies = [PLAIN, ...Object.values(REMEDIES), ...CASES.flatMap(({ remedies }) => remedies)];

describe("remedies", () => {
  it("have the same config as `train --preset plain --set` with their settings", () => {
    const set = Object.entries(REMEDIES.twin.settings).map(([path, value]) => `${path}=${value}`);
    expect(remedyConfig(REMEDIES.twin, 3, 500)).toEqual(
      resolveConfig({ preset: "plain", seed: "3", steps: "500", set }),
    );
  });

  it.each(allRemedies.map((remedy) => [remedy.name, remedy] as const))(
    "%s has valid settings",
    (_, remedy) => {
      expect(remedyConfig(remedy, 1, 1000).train).toMatchObject({ seed: 1, steps: 1000 });
    },
  );

  it("have different run folders if their settings differ", () => {
    const byFolder = new Map<string, unknown>();
    for (const remedy of allRemedies) {
      const folder = remedyRun("runs", remedy, 1);
      expect(folder).toMatch(/^runs\/[\w-]+\/s1$/);
      expect(byFolder.get(folder) ?? remedy.settings).toEqual(remedy.settings);
      byFolder.set(folder, remedy.settings);
    }
    expect(new Set(byFolder.values()).size).toBeGreaterThan(20);
  });

  it("can be combined", () => {
    expect(both(REMEDIES.noHindsight, REMEDIES.dense)).toEqual({
      id: "hindsight off, dense reward",
      name: "hindsight off, dense reward",
      settings: { "agent.her.k": 0, "env.reward": "dense" },
    });
  });
});

describe("cases", () => {
  it.each(CASES.map((study) => [study.name, study] as const))(
    "%s lists each remedy once",
    (_, { remedies }) => {
      const names = remedies.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    },
  );
});
