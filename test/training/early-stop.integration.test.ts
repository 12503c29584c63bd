import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inProcess } from "../cli/in-process.ts";
import { shortRun } from "../cli/steadyarm.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("a run that is stopped early", () => {
  it("is complete, reports the reason and cannot be resumed", async () => {
    const cwd = temporaryFolder();
    // Without updates, no evaluation of three episodes succeeds. The rule is applied at the evaluation after step 400.
    const args = [
      ...shortRun("run", 2000),
      "--set",
      "train.stopHopeless=400",
      "--set",
      "agent.warmupSteps=2000",
    ];
    const { code, stdout } = await inProcess(args, cwd);
    expect(code).toBe(0);
    const result = JSON.parse(readFileSync(join(cwd, "run", "result.json"), "utf8"));
    expect(result).toMatchObject({ steps: 600, stoppedEarly: "hopeless" });
    expect(stdout).toMatch(/600 steps \(stopped early: hopeless\) · \d+ s · run$/m);
    const again = await inProcess(["train", "--resume", "run"], cwd);
    expect(again.stdout).toMatch(/The run is complete: it stopped early \(hopeless\)/m);
  });
});
