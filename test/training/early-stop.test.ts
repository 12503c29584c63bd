import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { earlyStop } from "../../training/early-stop.ts";
import { shortRun, steadyarm, temporaryFolder } from "../cli/steadyarm.ts";

const at = (...rates: readonly number[]) =>
  rates.map((successRate, i) => ({ step: (i + 1) * 100, successRate }));

describe("earlyStop", () => {
  const rules = { stopConverged: 3, stopHopeless: 400 };

  it("returns converged after stopConverged solved evaluations in a row", () => {
    expect(earlyStop(rules, at(0, 1, 0.95))).toBeUndefined();
    expect(earlyStop(rules, at(0, 1, 0.95, 0.96))).toBe("converged");
    expect(earlyStop(rules, at(1, 1, 0.94, 1, 1))).toBeUndefined();
  });

  it("returns hopeless at stopHopeless steps if no evaluation had a success", () => {
    expect(earlyStop(rules, at(0, 0, 0))).toBeUndefined();
    expect(earlyStop(rules, at(0, 0, 0, 0))).toBe("hopeless");
    expect(earlyStop(rules, at(0.02, 0, 0, 0, 0))).toBeUndefined();
  });

  it("returns undefined if the rules are off or before the first evaluation", () => {
    const off = { stopConverged: 0, stopHopeless: 0 };
    expect(earlyStop(off, at(1, 1, 1, 1))).toBeUndefined();
    expect(earlyStop(off, at(0, 0, 0, 0))).toBeUndefined();
    expect(earlyStop(rules, [])).toBeUndefined();
  });
});

describe("a run that is stopped early", { timeout: 180_000 }, () => {
  it("is complete, reports the reason and cannot be resumed", async () => {
    const cwd = temporaryFolder();
    // Without updates, no evaluation of three episodes succeeds within 400 steps.
    const args = [
      ...shortRun("run", 2000),
      "--set",
      "train.stopHopeless=400",
      "--set",
      "agent.warmupSteps=2000",
    ];
    const { code, stdout } = await steadyarm(args, cwd);
    expect(code).toBe(0);
    const result = JSON.parse(readFileSync(join(cwd, "run", "result.json"), "utf8"));
    expect(result).toMatchObject({ steps: 400, stoppedEarly: "hopeless" });
    expect(stdout).toMatch(/400 steps \(stopped early: hopeless\) · \d+ s · run$/m);
    const again = await steadyarm(["train", "--resume", "run"], cwd);
    expect(again.stdout).toMatch(/The run is complete: it was stopped early as hopeless\.$/m);
  });
});
