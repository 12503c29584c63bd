/** @file `train.keepBest`: the policy of a run. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadEngine } from "../../agent/engine/select.ts";
import { parseConfig } from "../../shared/config.ts";
import type { GoalEnv } from "../../shared/goal-env.ts";
import { createManifest } from "../../storage/manifest.ts";
import { chosenStep, policySteps } from "../../storage/policy-folder.ts";
import { createRunFolder } from "../../storage/run-folder.ts";
import { readResult } from "../../storage/run-result.ts";
import { runTraining } from "../../training/training-run.ts";
import { inProcess } from "../cli/in-process.ts";
import { shortRun } from "../cli/steadyarm.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { lineReach } from "../toy-envs.ts";

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
    const { stdout, code } = await inProcess([...shortRun("run", 2000), ...KEEP_BEST], cwd);
    expect(code, stdout).toBe(0);
    const result = readResult(join(cwd, "run"));
    const rates = ratesOf(join(cwd, "run"));
    const third = [...rates.values()].sort((a, b) => b - a)[2] ?? Number.NaN;
    const { policyStep = -1, steps, seed, episodes, successRate } = result ?? expect.unreachable();
    expect(rates.get(policyStep)).toBeGreaterThanOrEqual(third);
    if (policyStep !== steps) expect(stdout).toContain(`policy of step ${policyStep.toLocaleString("en")}`);
    const again = await inProcess(
      ["eval", "run", "--json", "--seed", `${seed}`, "--episodes", `${episodes}`],
      cwd,
    );
    expect(JSON.parse(again.stdout)).toMatchObject({ trainedSteps: policyStep, successRate });
  });

  it("saves an earlier policy that it has chosen, which no checkpoint has saved", async () => {
    const path = join(temporaryFolder(), "run");
    const config = parseConfig(
      {
        agent: { hidden: [8], batchSize: 8, warmupSteps: 50 },
        train: {
          ...{ steps: 600, evaluateEvery: 100, evaluationEpisodes: 4, finalEpisodes: 4 },
          ...{ checkpointEvery: 100_000, keepBest: 2 },
        },
      },
      "test",
    );
    const engine = await loadEngine("onnx");
    const folder = createRunFolder(path, createManifest(config, engine));
    const result = await runTraining({
      config,
      folder,
      env: solvedUntil(2 * config.train.evaluationEpisodes),
      engine,
      reporter: { advance() {}, evaluated() {}, print() {} },
      resume: false,
      stopRequested: () => false,
    });
    folder.lock.release();
    expect(result).toMatchObject({ steps: 600, policyStep: 200 });
    expect(policySteps(path)).toEqual([0, 200, 600]);
    expect(chosenStep(path)).toBe(200);
  });
});

/** lineReach in which the first evaluation episodes succeed and later ones do not, whatever the policy does. */
function solvedUntil(episodes: number): GoalEnv {
  const env = lineReach();
  let evaluated = 0;
  return {
    ...env,
    reset: (options) => {
      if (options?.training !== true) evaluated += 1;
      return env.reset(options);
    },
    step: (action) => ({ ...env.step(action), isSuccess: evaluated <= episodes }),
  };
}
