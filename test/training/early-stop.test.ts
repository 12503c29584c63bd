import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { earlyStop } from "../../training/early-stop.ts";
import { shortRun, steadyarm, temporaryFolder } from "../cli/steadyarm.ts";

const at = (...rates: readonly number[]) =>
  rates.map((successRate, i) => ({ step: (i + 1) * 100, successRate }));

describe("the rules that end a run early", () => {
  const rules = { stopConverged: 3, stopHopeless: 400 };

  it("call it converged after so many good evaluations in a row, not before", () => {
    expect(earlyStop(rules, at(0, 1, 0.95))).toBeUndefined();
    expect(earlyStop(rules, at(0, 1, 0.95, 0.96))).toBe("converged");
    expect(earlyStop(rules, at(1, 1, 0.94, 1, 1))).toBeUndefined();
  });

  it("call it hopeless when nothing ever succeeded by so many steps, and never after one success", () => {
    expect(earlyStop(rules, at(0, 0, 0))).toBeUndefined();
    expect(earlyStop(rules, at(0, 0, 0, 0))).toBe("hopeless");
    expect(earlyStop(rules, at(0.02, 0, 0, 0, 0))).toBeUndefined();
  });

  it("do nothing unless asked, nor before the first evaluation", () => {
    const off = { stopConverged: 0, stopHopeless: 0 };
    expect(earlyStop(off, at(1, 1, 1, 1))).toBeUndefined();
    expect(earlyStop(off, at(0, 0, 0, 0))).toBeUndefined();
    expect(earlyStop(rules, [])).toBeUndefined();
  });
});

describe("a run that is stopped early", { timeout: 180_000 }, () => {
  it("is complete, says why, and is not gone on with", async () => {
    const cwd = temporaryFolder();
    // Random torques alone: no evaluation of three episodes succeeds in so few steps.
    const words = [
      ...shortRun("run", 2000),
      "--set",
      "train.stopHopeless=400",
      "--set",
      "agent.warmupSteps=2000",
    ];
    const { code, stdout } = await steadyarm(words, cwd);
    expect(code).toBe(0);
    const result = JSON.parse(readFileSync(join(cwd, "run", "result.json"), "utf8"));
    expect(result).toMatchObject({ steps: 400, stoppedEarly: "hopeless" });
    expect(stdout).toMatch(/400 steps \(stopped early: hopeless\) · \d+ s · run$/m);
    const again = await steadyarm(["train", "--resume", "run"], cwd);
    expect(again.stdout).toMatch(/The run is complete: it was stopped early as hopeless\.$/m);
  });
});
