/** @file The TD errors of replay diagnostics against the Bellman equation in plain arrays. */

import { describe, expect, it } from "vitest";
import { type Batch, makeBatch } from "../../../agent/batch.ts";
import { Ddpg } from "../../../agent/ddpg.ts";
import { loadEngine } from "../../../agent/engine/select.ts";
import { taskFacts } from "../../../agent/memory.ts";
import type { AgentConfig } from "../../../shared/agent-config.ts";
import { parseConfig } from "../../../shared/config.ts";
import { Episode } from "../../../shared/episode.ts";
import { Rng } from "../../../shared/rng.ts";
import { HeldOutTransitions } from "../../../training/diagnostics/held-out-transitions.ts";
import { ReplayDiagnostics } from "../../../training/diagnostics/replay-diagnostics.ts";
import { takeSnapshot } from "../../../training/policy-snapshot.ts";
import { rollout } from "../../../training/rollout.ts";
import { lineReach } from "../../toy-envs.ts";

const ROWS = 128;
const BATCHES = 10;

/** Returns the mean of (Q − y)² over critics and the first 128 rows. */
function expectedTdError(agent: Ddpg, config: AgentConfig, batch: Batch): number {
  const { gamma, clipTargets, critics, targetNetworks } = config;
  const scale = config.rewardScale * (config.normalizeReturns ? agent.memory.returnScale : 1);
  const bootstrap = targetNetworks ? agent.target : agent.policy;
  const rows = Math.min(batch.size, ROWS);
  let squares = 0;
  for (let row = 0; row < rows; row++) {
    const element = (array: Float32Array) => array.subarray(row, row + 1);
    const observe = (observations: Float32Array) => ({
      observation: element(observations),
      achievedGoal: element(batch.goals),
      desiredGoal: element(batch.goals),
    });
    const next = observe(batch.nextObservations);
    const nextAction = new Float32Array(1);
    bootstrap.act(next, nextAction);
    const nextValue = Math.min(...bootstrap.values(next, nextAction).slice(0, critics.targetMin));
    const unclipped = scale * batch.rewards[row]! + gamma * batch.continues[row]! * nextValue;
    const low = (-1 / (1 - gamma)) * scale;
    const target = clipTargets ? Math.min(Math.max(unclipped, low), 0) : unclipped;
    const values = agent.policy.values(observe(batch.observations), element(batch.actions));
    for (const value of values) squares += (value - target) ** 2 / values.length;
  }
  return squares / rows;
}

describe("TD errors", () => {
  it.each<[string, object]>([
    ["the default settings", {}],
    ["batches smaller than the program", { batchSize: 32 }],
    ["batches larger than the program", { batchSize: 200 }],
    ["the minimum over two critics", { critics: { count: 2, targetMin: 2 } }],
    ["one of three critics", { critics: { count: 3, targetMin: 1 } }],
    ["unclipped targets", { clipTargets: false }],
    ["scaled rewards and normalised returns", { rewardScale: 0.5, normalizeReturns: true }],
    ["no target networks", { targetNetworks: false }],
  ])("are the mean square over rows and critics with %s", async (_name, settings) => {
    const env = lineReach();
    const task = taskFacts(env);
    const config = parseConfig(
      { agent: { hidden: [16], batchSize: 64, warmupSteps: 40, lastLayerInit: 1, ...settings } },
      "test",
    ).agent;
    const engine = await loadEngine("onnx");
    const agent = await Ddpg.create(config, task, engine, Rng.fromSeed(1));
    const heldOut = new HeldOutTransitions(config, task, 2, ROWS);
    const episode = new Episode(task.sizes);
    for (let i = 0; i < 5; i++) {
      agent.beginEpisode();
      await rollout(env, { seed: i }, agent.explore, episode, () => agent.learn());
      agent.store(episode);
      if (i < 2) heldOut.store(episode);
    }
    const diagnostics = await ReplayDiagnostics.create(agent, config, task, engine);
    const heldOutBatch = heldOut.sample(Rng.fromSeed(2));
    const metrics: Record<string, number> = {
      ...(await diagnostics.compute(Rng.fromSeed(3))),
      "diagnostics/td_error_held_out": await diagnostics.heldOutTdError(
        heldOutBatch,
        takeSnapshot(agent, 0),
        Rng.fromSeed(3),
      ),
    };

    const batch = makeBatch(config.batchSize, task.sizes);
    const rng = Rng.fromSeed(3);
    for (let i = 0; i < BATCHES; i++) agent.memory.sample(batch, agent.learner.updates, rng);
    for (const [name, rows] of [
      ["diagnostics/td_error_replay", batch],
      ["diagnostics/td_error_held_out", heldOutBatch],
    ] as const) {
      const expected = expectedTdError(agent, config, rows);
      expect(expected, name).toBeGreaterThan(1e-4);
      expect(metrics[name]! / expected, name).toBeCloseTo(1, 4);
    }
    diagnostics.dispose();
    agent.dispose();
  });
});
