/** @file The training loop on toy environments: solved, and with hindsight off not solved where it is needed. */

import { describe, expect, it } from "vitest";
import { Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import { parseConfig } from "../../shared/config.ts";
import type { GoalEnv } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import { collectInThread } from "../../training/collection.ts";
import { evaluate, evaluationSeeds } from "../../training/evaluate.ts";
import { train } from "../../training/trainer.ts";
import { TrainingProgress } from "../../training/training-progress.ts";
import { bitFlip, lineReach } from "../toy-envs.ts";

async function successAfterTraining(
  env: GoalEnv,
  steps: number,
  agentSettings: object,
  seed = 1,
): Promise<number> {
  const config = parseConfig(
    {
      agent: { hidden: [32, 32], batchSize: 64, warmupSteps: 200, ...agentSettings },
      train: { steps, seed, checkpointEvery: steps },
    },
    "test",
  );
  const task = taskFacts(env);
  const agent = await Ddpg.create(
    config.agent,
    task,
    await loadEngine("onnx"),
    Rng.fromSeed(seed).fork("agent"),
  );
  const hooks = { onEpisode() {}, async onCheckpoint() {}, stopRequested: () => false };
  const noEvaluations = { lastStep: 0, start: async () => {}, complete: async () => true };
  const progress = new TrainingProgress(seed);
  await train(
    collectInThread(env, agent, progress, config.train),
    config.train,
    progress,
    noEvaluations,
    hooks,
  );
  const { successRate } = await evaluate(env, agent.act, evaluationSeeds(seed, "final", 100));
  agent.dispose();
  return successRate;
}

describe("DDPG with hindsight", () => {
  it("learns to move a point to its goal and hold it", async () => {
    expect(await successAfterTraining(lineReach(), 3000, {})).toBeGreaterThanOrEqual(0.95);
  });

  it("solves ten bits, which random actions hit once in a thousand steps", async () => {
    expect(await successAfterTraining(bitFlip(10), 7000, BITS)).toBeGreaterThanOrEqual(0.9);
  });

  it("does not solve ten bits without hindsight", async () => {
    expect(await successAfterTraining(bitFlip(10), 7000, { ...BITS, her: { k: 0 } })).toBeLessThanOrEqual(
      0.1,
    );
  });
});

/** Holding a random action would flip a bit back and forth, and only large actions flip one. */
const BITS = {
  hidden: [64, 64],
  gamma: 0.9,
  preActivationPenalty: 0.01,
  exploration: { randomActionProbability: 0.2, randomActionHold: 1, noiseScale: 0.3 },
};
