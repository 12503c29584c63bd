import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ddpgUpdate } from "../../agent/ddpg-update.ts";
import { parseConfig, settings } from "../../shared/config.ts";
import { METRIC_NAMES, WALL_CLOCK_METRICS } from "../../training/metric-names.ts";

const pages = ["ddpg.md", "diagnostics.md"].map((file) =>
  readFileSync(join(import.meta.dirname, "../../docs", file), "utf8"),
);

describe("metric names", () => {
  it("are defined in the documentation", () => {
    for (const name of METRIC_NAMES) {
      expect(
        pages.some((page) => page.includes(`\`${name}\``)),
        name,
      ).toBe(true);
    }
  });

  it("include every output of the update", () => {
    const { program } = ddpgUpdate(
      parseConfig({}, "test").agent,
      { inputs: 3, actions: 2 },
      { rewardRange: [-1, 0] },
    );
    expect(METRIC_NAMES).toEqual(expect.arrayContaining(program.outputs.map(({ name }) => name)));
  });

  it("include the wall-clock metrics", () => {
    expect(METRIC_NAMES).toEqual(expect.arrayContaining([...WALL_CLOCK_METRICS]));
  });
});

describe.each(["ddpg.md", "stabilisers.md"])("docs/%s", (file) => {
  it("names only existing settings", () => {
    const known = settings().map(({ path }) => path);
    const text = readFileSync(join(import.meta.dirname, "../../docs", file), "utf8");
    const named = [...text.matchAll(/`((?:agent|env|train)\.[a-zA-Z.]+)/g)].map((match) => match[1] ?? "");
    expect(named.length).toBeGreaterThan(3);
    for (const path of named) {
      expect(
        known.some((setting) => setting === path || setting.startsWith(`${path}.`)),
        path,
      ).toBe(true);
    }
  });
});
