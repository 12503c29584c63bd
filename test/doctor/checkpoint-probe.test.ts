/** @file What the probe sees in a saved agent, on a point that slides along a line. */

import { describe, expect, it } from "vitest";
import { actorLayout, criticLayouts } from "../../agent/architecture.ts";
import { type AgentState, Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import { withDeadUnits } from "../../bench/faults/broken-networks.ts";
import { probeCheckpoint } from "../../doctor/checkpoint-probe.ts";
import { parseConfig, type RunConfig } from "../../shared/config.ts";
import { Episode } from "../../shared/episode.ts";
import { Rng } from "../../shared/rng.ts";
import { rollout } from "../../training/rollout.ts";
import { lineReach } from "../toy-envs.ts";

const EPISODES = 10;

/** An agent that has played some episodes, learning at each step after warm-up. */
async function played(
  agentSettings: object,
  warmupSteps = 40,
): Promise<{ state: AgentState; config: RunConfig }> {
  const env = lineReach();
  const config = parseConfig(
    { agent: { hidden: [16], batchSize: 32, warmupSteps, ...agentSettings } },
    "test",
  );
  const task = taskFacts(env);
  const agent = await Ddpg.create(config.agent, task, await loadEngine("onnx"), Rng.fromSeed(1));
  const episode = new Episode(task.sizes);
  for (let i = 0; i < EPISODES; i++) {
    agent.beginEpisode();
    await rollout(env, { seed: i }, agent.explore, episode, () => agent.learn());
    agent.store(episode);
  }
  const state = agent.getState();
  agent.dispose();
  return { state, config };
}

function probe({ state, config }: { state: AgentState; config: RunConfig }) {
  return probeCheckpoint(state, config, { maxSteps: lineReach().maxEpisodeSteps, successDistance: 0.05 });
}

describe("the probe", () => {
  it("finds inputs of unit size where they are normalised, and their own size where they are not", async () => {
    const normalised = probe(await played({}));
    expect(normalised["probe/input_rms"]).toBeGreaterThan(0.5);
    expect(normalised["probe/input_rms"]).toBeLessThan(1.5);
    const raw = probe(await played({ normalize: false }));
    expect(raw["probe/success_in_inputs"]).toBeCloseTo(0.05, 6);
    expect(normalised["probe/success_in_inputs"]).toBeGreaterThan(0.05);
  });

  it("finds weights as they began before the first update, and moved by about the learning rate after it", async () => {
    const untouched = probe(await played({}, 1000));
    expect(untouched["probe/actor_growth"]).toBeCloseTo(1, 0);
    expect(untouched["probe/actor_step"]).toBeNaN();
    const usual = probe(await played({}));
    const slow = probe(await played({ actorLearningRate: 1e-6 }));
    expect(usual["probe/actor_step"]).toBeGreaterThan(3e-4);
    expect(slow["probe/actor_step"]).toBeLessThan(1e-5);
    expect(slow["probe/critic_step"]).toBeGreaterThan(3e-4);
  });

  it("finds the layers that are dead, and no other", async () => {
    const alive = await played({}, 1000);
    expect(probe(alive)["probe/dead_actor"]).toBeLessThan(0.7);
    const shape = { inputs: 2, actions: 1 };
    const layouts = {
      actor: actorLayout(alive.config.agent, shape),
      critic: criticLayouts(alive.config.agent, shape)[0]!,
    };
    const dead = probe({ ...alive, state: withDeadUnits("actor")(alive.state, layouts) });
    expect(dead["probe/dead_actor"]).toBe(1);
    expect(dead["probe/dead_critic"]).toBeLessThan(0.7);
  });

  it("tells noise that was played from a policy that moved on", async () => {
    const noisy = probe(await played({ exploration: { randomActionProbability: 0, noiseScale: 0.2 } }));
    expect(noisy["probe/exploration_jitter"]).toBeGreaterThan(0.1);
    const silent = probe(await played({ exploration: { randomActionProbability: 0, noiseScale: 0 } }));
    expect(silent["probe/exploration_jitter"]).toBeLessThan(0.02);
    const parameters = { randomActionProbability: 0, noiseScale: 0, parameterNoise: 0.2 };
    expect(probe(await played({ exploration: parameters }))["probe/exploration_jitter"]).toBeNaN();
  });

  it("finds nothing where nothing is stored yet, or where the episodes are another environment's", async () => {
    const agent = await played({});
    expect(probe(agent)["probe/replay_episodes"]).toBe(EPISODES);
    const other = { maxSteps: 7, successDistance: 0.05 };
    expect(probeCheckpoint(agent.state, agent.config, other)).toEqual({});
  });
});
