/** @file Result of a completed run, for tests of reports and progress. */

import type { RunResult } from "../../storage/run-result.ts";

/** A valid result with the given changes. */
export function resultOf(changes: Partial<RunResult> = {}): RunResult {
  return {
    successRate: 0.5,
    successOnce: 1,
    meanFinalDistance: 0.01,
    episodes: 100,
    steps: 1000,
    stepsTo95: null,
    wallSeconds: 1,
    updatesPerSecond: 1,
    envStepsPerSecond: 1,
    engine: "onnx",
    env: "panda-reach",
    reward: "sparse",
    seed: 1,
    ...changes,
  };
}
