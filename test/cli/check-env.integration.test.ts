/** @file `steadyarm check-env`, as a person runs it. */

import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { steadyarm } from "./steadyarm.ts";

describe("steadyarm check-env", () => {
  it("says each check and that all are kept", async () => {
    const { code, stdout } = await steadyarm(["check-env", "planar2-reach"], temporaryFolder());
    expect(code).toBe(0);
    expect(stdout).toMatch(/^spaces\s+ok$/m);
    expect(stdout).toMatch(/^planar2-reach keeps all \d+ promises$/m);
  });

  it("prints one JSON object, for the settings that were asked for", async () => {
    const words = [
      "check-env",
      "planar2-reach",
      "--json",
      "--control",
      "ee",
      "--reward",
      "potential",
      "--set",
      "agent.gamma=0.9",
    ];
    const { code, stdout } = await steadyarm(words, temporaryFolder());
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      env: "planar2-reach",
      control: "ee",
      reward: "potential",
      ok: true,
      findings: [],
    });
  });

  it("refuses a misspelt environment, and settings of something else, in one line", async () => {
    const misspelt = await steadyarm(["check-env", "planar2-raech"], temporaryFolder());
    expect([misspelt.code, misspelt.stderr]).toEqual([
      2,
      'steadyarm: env.id: expected an environment\'s name, got "planar2-raech". Did you mean "planar2-reach"?\n',
    ]);
    const agent = await steadyarm(
      ["check-env", "planar2-reach", "--set", "agent.tau=0.1"],
      temporaryFolder(),
    );
    expect([agent.code, agent.stderr]).toEqual([
      2,
      "steadyarm: --set agent.tau=0.1: expected a setting of the environment, env.…, or agent.gamma\n",
    ]);
  });
});
