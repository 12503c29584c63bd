/** @file The probe of a saved agent, on a point that slides along a line. */

import { describe, expect, it } from "vitest";
import { actorLayout, criticLayouts, networkSizes } from "../../agent/architecture.ts";
import { type AgentState, Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import { withDeadUnits } from "../../bench/faults/broken-networks.ts";
import { probeCheckpoint } from "../../doctor/checkpoint-probe.ts";
import { examinedRun } from "../../doctor/examined-run.ts";
import { parseConfig, type RunConfig } from "../../shared/config.ts";
import { Episode, episodeSizes } from "../../shared/episode.ts";
import { Rng } from "../../shared/rng.ts";
import { rollout } from "../../training/rollout.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { lineReach } from "../toy-envs.ts";

const EPISODES = 10;
const SIZES = episodeSizes(lineReach());

/** Trains an agent for EPISODES episodes. */
async function trained(
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
  const run = examinedRun(
    { run: temporaryFolder(), config, rows: [], ahead: undefined, unrepeatable: undefined },
    state,
    SIZES,
    undefined,
  );
  return run === undefined ? {} : probeCheckpoint(run, 0.05);
}

describe("the probe", () => {
  it("measures the input scale with and without normalisation", async () => {
    const normalised = probe(await trained({}));
    expect(normalised["probe/input_rms"]).toBeGreaterThan(0.5);
    expect(normalised["probe/input_rms"]).toBeLessThan(1.5);
    expect(normalised["probe/clipped_inputs"]).toBeLessThan(0.01);
    const raw = probe(await trained({ normalize: false }));
    expect(raw["probe/success_in_inputs"]).toBeCloseTo(0.05, 6);
    expect(normalised["probe/success_in_inputs"]).toBeGreaterThan(0.05);
  });

  it("measures the growth of weights and the size of updates", async () => {
    const untouched = probe(await trained({}, 1000));
    expect(untouched["probe/actor_growth"]).toBeCloseTo(1, 0);
    expect(untouched["probe/actor_step"]).toBeNaN();
    const usual = probe(await trained({}));
    const slow = probe(await trained({ actorLearningRate: 1e-6 }));
    expect(usual["probe/actor_step"]).toBeGreaterThan(3e-4);
    expect(slow["probe/actor_step"]).toBeLessThan(1e-5);
    expect(slow["probe/critic_step"]).toBeGreaterThan(3e-4);
  });

  it("measures the share of dead units per network", async () => {
    const alive = await trained({}, 1000);
    expect(probe(alive)["probe/dead_actor"]).toBeLessThan(0.7);
    const sizes = networkSizes(SIZES);
    const layouts = {
      actor: actorLayout(alive.config.agent, sizes),
      critic: criticLayouts(alive.config.agent, sizes)[0]!,
    };
    const dead = probe({ ...alive, state: withDeadUnits("actor")(alive.state, layouts) });
    expect(dead["probe/dead_actor"]).toBe(1);
    expect(dead["probe/dead_critic"]).toBeLessThan(0.7);
  });

  it("distinguishes action noise from a policy that has changed", async () => {
    const noisy = probe(await trained({ exploration: { randomActionProbability: 0, noiseScale: 0.2 } }));
    expect(noisy["probe/exploration_jitter"]).toBeGreaterThan(0.1);
    const silent = probe(await trained({ exploration: { randomActionProbability: 0, noiseScale: 0 } }));
    expect(silent["probe/exploration_jitter"]).toBeLessThan(0.02);
    const parameters = { randomActionProbability: 0, noiseScale: 0, parameterNoise: 0.2 };
    expect(probe(await trained({ exploration: parameters }))["probe/exploration_jitter"]).toBeNaN();
  });

  it("counts the stored episodes, and does not unpack those of another environment", async () => {
    const agent = await trained({});
    expect(probe(agent)["probe/replay_episodes"]).toBe(EPISODES);
    const other = { ...SIZES, maxSteps: 7 };
    expect(
      examinedRun(
        { run: temporaryFolder(), config: agent.config, rows: [], ahead: undefined, unrepeatable: undefined },
        agent.state,
        other,
        undefined,
      ),
    ).toBeUndefined();
  });
});
