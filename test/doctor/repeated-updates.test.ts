/** @file The first updates of a run, made again from its stored episodes. */

import { describe, expect, it } from "vitest";
import { Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import { examineRepeatedUpdates } from "../../doctor/examinations/repeated-updates.ts";
import { type ExaminedRun, examinedRun } from "../../doctor/examined-run.ts";
import { parseConfig } from "../../shared/config.ts";
import { Episode } from "../../shared/episode.ts";
import { Rng } from "../../shared/rng.ts";
import { takeSnapshot } from "../../training/policy-snapshot.ts";
import { rollout } from "../../training/rollout.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { lineReach } from "../toy-envs.ts";

const EPISODES = 12;

/** A run of an agent from the run's seed, with the policies before and after its updates. */
async function trained(): Promise<ExaminedRun> {
  const env = lineReach();
  const config = parseConfig(
    {
      env: { id: "panda-push" },
      agent: { hidden: [16], batchSize: 32, warmupSteps: 3 * env.maxEpisodeSteps },
    },
    "test",
  );
  const task = taskFacts(env);
  const rng = Rng.fromSeed(config.train.seed).fork("agent");
  const agent = await Ddpg.create(config.agent, task, await loadEngine("onnx"), rng);
  const weights = () => ({
    actor: agent.policyActor.slice(),
    critic: agent.learner.weights("critic").slice(),
  });
  const first = weights();
  const episode = new Episode(task.sizes);
  for (let i = 0; i < EPISODES; i++) {
    agent.beginEpisode();
    await rollout(env, { seed: i }, agent.explore, episode, () => agent.learn());
    agent.store(episode);
  }
  const step = EPISODES * env.maxEpisodeSteps;
  const state = agent.getState();
  const run = examinedRun(
    { run: temporaryFolder(), config, rows: [], ahead: undefined, unrepeatable: undefined },
    state,
    task.sizes,
    lineReach(),
  );
  if (run === undefined) throw new Error("the replay buffer does not fit");
  const { normalizers } = takeSnapshot(agent, step);
  const updated = { policy: run.policy, step, config, sizes: task.sizes, weights: weights(), normalizers };
  agent.dispose();
  return { ...run, first, firstUpdated: updated };
}

describe("the first updates", () => {
  it("give the run's networks again, unless its first weights or its updates were others", async () => {
    const run = await trained();
    expect(await examineRepeatedUpdates(run)).toEqual({
      "exam/other_weights": 0,
      "exam/actor_agrees": expect.closeTo(1, 9),
      "exam/critic_agrees": expect.closeTo(1, 9),
    });

    const { first, firstUpdated } = run;
    if (first === undefined || firstUpdated === undefined) throw new Error("no policies");
    const others = { ...first, actor: first.actor.map((x) => 2 * x) };
    expect(await examineRepeatedUpdates({ ...run, first: others })).toEqual({ "exam/other_weights": 1 });

    const frozen = { ...firstUpdated, weights: { ...firstUpdated.weights, critic: first.critic } };
    expect(await examineRepeatedUpdates({ ...run, firstUpdated: frozen })).toMatchObject({
      "exam/actor_agrees": expect.closeTo(1, 9),
      "exam/critic_agrees": 0,
    });
  });
});
