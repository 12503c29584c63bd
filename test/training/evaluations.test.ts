/** @file Evaluations of a run with an evaluator whose replies the test controls. */

import { describe, expect, it } from "vitest";
import { Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";
import { EvaluationInProgress, Evaluations } from "../../training/evaluations.ts";
import type { EvaluationReport } from "../../training/policy-evaluator.ts";
import type { PolicySnapshot } from "../../training/policy-snapshot.ts";
import { TrainingProgress } from "../../training/training-progress.ts";
import { lineReach } from "../toy-envs.ts";

function report(successRate: number): EvaluationReport {
  const evaluation = {
    episodes: 1,
    successRate,
    successOnce: successRate,
    meanFinalDistance: 0,
    meanReturn: 0,
    meanLength: 20,
    figures: { joint_limit_time: 0.5 },
  };
  return { evaluation, diagnostics: { "diagnostics/q_bias_mean": 3 } };
}

interface Row {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

async function evaluationsOf(
  evaluate: (snapshot: PolicySnapshot) => Promise<EvaluationReport | undefined>,
  isConcurrent = true,
) {
  const env = lineReach();
  const config = parseConfig({ agent: { hidden: [4], batchSize: 8 } }, "test").agent;
  const agent = await Ddpg.create(config, taskFacts(env), await loadEngine("onnx"), Rng.fromSeed(1));
  const progress = new TrainingProgress(1);
  const rows: Row[] = [];
  const evaluations = new Evaluations({
    agent,
    progress,
    evaluator: { isConcurrent, evaluate },
    seed: 1,
    replayDiagnostics: undefined,
    onRow: ({ steps: step }, values) => rows.push({ step, values }),
  });
  return { agent, progress, evaluations, rows };
}

describe("Evaluations", () => {
  it("reports an evaluation when it is completed, with the metrics of the moment it was started", async () => {
    const { agent, progress, evaluations, rows } = await evaluationsOf(async () => report(0.95));
    progress.steps = 100;
    progress.episodes = 5;
    await evaluations.start();
    progress.steps = 180;
    progress.episodes = 9;
    expect(rows).toEqual([]);
    expect(progress.stepsTo95).toBeNull();
    await evaluations.complete();
    expect(rows.map(({ step }) => step)).toEqual([100]);
    expect(rows[0]?.values).toMatchObject({
      "eval/success_rate": 0.95,
      "time/total_timesteps": 100,
      "time/episodes": 5,
      "diagnostics/q_bias_mean": 3,
      "diagnostics/joint_limit_time": 0.5,
    });
    expect(progress.evaluations).toEqual([{ step: 100, successRate: 0.95 }]);
    expect(progress.stepsTo95).toBe(100);
    await evaluations.complete();
    expect(rows.length).toBe(1);
    agent.dispose();
  });

  it("completes an evaluation at once if it shares the training thread", async () => {
    const { agent, evaluations, rows } = await evaluationsOf(async () => report(0), false);
    await evaluations.start();
    expect(rows.length).toBe(1);
    expect(evaluations.getState()).toBeUndefined();
    agent.dispose();
  });

  it("starts an evaluation of a checkpoint again, and then reports the same row", async () => {
    const snapshots: PolicySnapshot[] = [];
    const evaluate = async (snapshot: PolicySnapshot) => {
      snapshots.push(snapshot);
      return report(0.5);
    };
    const first = await evaluationsOf(evaluate);
    first.progress.steps = 40;
    await first.evaluations.start();
    const state = EvaluationInProgress.parse(structuredClone(first.evaluations.getState()));
    await first.evaluations.complete();
    const second = await evaluationsOf(evaluate);
    await second.evaluations.restart(state);
    await second.evaluations.complete();
    expect(second.rows).toEqual(first.rows);
    expect(snapshots[1]).toEqual(snapshots[0]);
    for (const { agent } of [first, second]) agent.dispose();
  });

  it("keeps an evaluation in progress if a stop is requested meanwhile", async () => {
    const { agent, progress, evaluations, rows } = await evaluationsOf(async () => undefined);
    progress.steps = 60;
    await evaluations.start();
    expect(await evaluations.complete()).toBe(false);
    expect(rows).toEqual([]);
    expect(evaluations.lastStep).toBe(60);
    expect(evaluations.getState()?.snapshot.steps).toBe(60);
    agent.dispose();
  });

  it("saves metrics that are not finite", async () => {
    // Without an episode, the means over episodes are 0/0.
    const { agent, evaluations, rows } = await evaluationsOf(async () => report(0));
    await evaluations.start();
    expect(evaluations.getState()?.metrics["rollout/success_rate"]).toBe("NaN");
    await evaluations.complete();
    expect(rows[0]?.values["rollout/success_rate"]).toBeNaN();
    agent.dispose();
  });

  it("reports a failed evaluation when it is completed", async () => {
    const { agent, evaluations } = await evaluationsOf(() => Promise.reject(new Error("diverged")));
    await evaluations.start();
    await expect(evaluations.complete()).rejects.toThrow("diverged");
    agent.dispose();
  });
});
