/** @file `train.keepBest`: the policy of a run, also after it is stopped and resumed. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readResult } from "../../storage/run-result.ts";
import { shortRun, steadyarm } from "../cli/steadyarm.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const KEEP_BEST = ["--set", "train.keepBest=3", "--set", "agent.warmupSteps=200"];

/** Success rates of a run's evaluations by step. */
function ratesOf(run: string): Map<number, number> {
  const rows = readFileSync(join(run, "metrics.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return new Map(
    rows.flatMap(({ step, ...row }) =>
      "eval/success_rate" in row ? [[step, row["eval/success_rate"]]] : [],
    ),
  );
}

describe("a run that keeps its best policies", () => {
  it("is evaluated with one of them, and eval takes the same one", async () => {
    const cwd = temporaryFolder();
    const { stdout, code } = await steadyarm([...shortRun("run", 2000), ...KEEP_BEST], cwd);
    expect(code, stdout).toBe(0);
    const result = readResult(join(cwd, "run"));
    const rates = ratesOf(join(cwd, "run"));
    const third = [...rates.values()].sort((a, b) => b - a)[2] ?? Number.NaN;
    const { policyStep = -1, steps, seed, episodes, successRate } = result ?? expect.unreachable();
    expect(rates.get(policyStep)).toBeGreaterThanOrEqual(third);
    if (policyStep !== steps) expect(stdout).toContain(`policy of step ${policyStep.toLocaleString("en")}`);
    const again = await steadyarm(
      ["eval", "run", "--json", "--seed", `${seed}`, "--episodes", `${episodes}`],
      cwd,
    );
    expect(JSON.parse(again.stdout)).toMatchObject({ trainedSteps: policyStep, successRate });
  });
});
