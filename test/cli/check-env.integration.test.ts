import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { inProcess } from "./in-process.ts";

describe("steadyarm check-env", () => {
  it("prints each check and that all pass", async () => {
    const { code, stdout } = await inProcess(["check-env", "planar2-reach"], temporaryFolder());
    expect(code).toBe(0);
    expect(stdout).toMatch(/^spaces\s+ok$/m);
    expect(stdout).toMatch(/^planar2-reach passes all \d+ checks$/m);
  });

  it("prints one JSON object for the given settings", async () => {
    const args = [
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
    const { code, stdout } = await inProcess(args, temporaryFolder());
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      env: "planar2-reach",
      control: "ee",
      reward: "potential",
      ok: true,
      findings: [],
    });
  });

  it.each([
    [["planar2-raech"], /env\.id: .*"planar2-raech".*Did you mean "planar2-reach"\?/],
    [
      ["planar2-reach", "--set", "agent.tau=0.1"],
      /--set: expected .*env.*agent\.gamma, got "agent\.tau=0\.1"/,
    ],
    [[], /check-env: expected an environment's name, or --set env\.urdf\.file/],
  ])("rejects %j in one line", async (args, message) => {
    const { code, stderr } = await inProcess(["check-env", ...args], temporaryFolder());
    expect({ code, lines: stderr.trimEnd().split("\n").length }).toEqual({ code: 2, lines: 1 });
    expect(stderr).toMatch(message);
  });
});
