import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chosenPolicy, chosenStep, policyPath, policySteps } from "../../storage/policy-folder.ts";
import { type RunResult, writeResult } from "../../storage/run-result.ts";
import { resultOf } from "../experiments/run-result.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";

/** A run folder with policies of some steps, and a result. */
function runWith(steps: readonly number[], result?: Partial<RunResult>): string {
  const run = temporaryFolder();
  mkdirSync(join(run, "policies"));
  for (const step of steps) writeFileSync(policyPath(join(run, "policies"), step), "");
  if (result !== undefined) writeResult(run, resultOf(result));
  return run;
}

describe("the policy of a run", () => {
  it.each<[string, readonly number[], Partial<RunResult> | undefined, number | undefined]>([
    ["the newest of a run in progress", [0, 900, 1000], undefined, 1000],
    ["the newest of a result without a choice", [0, 900, 1000], { steps: 1000 }, 1000],
    ["the chosen one of a complete run", [0, 900, 1000], { steps: 1000, policyStep: 900 }, 900],
    ["the newest of a run continued since", [0, 900, 1000, 1500], { steps: 1000, policyStep: 900 }, 1500],
    ["the newest if the chosen one is gone", [0, 1000], { steps: 1000, policyStep: 900 }, 1000],
    ["none before the first", [], undefined, undefined],
  ])("is %s", (_what, steps, result, expected) => {
    const run = runWith(steps, result);
    expect(policySteps(run)).toEqual(steps);
    expect(chosenStep(run)).toBe(expected);
    if (expected !== undefined) expect(chosenPolicy(run)).toBe(policyPath(join(run, "policies"), expected));
  });

  it("is a file's own path", () => {
    const file = policyPath(join(runWith([900, 1000]), "policies"), 900);
    expect(chosenPolicy(file)).toBe(file);
  });

  it("is missing in one line", () => {
    const path = join(temporaryFolder(), "absent");
    expect(refusal(() => chosenPolicy(path))).toBe(
      `${path}: expected the folder of a run, or a policy file, got nothing there`,
    );
  });
});
