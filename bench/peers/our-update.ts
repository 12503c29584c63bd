/**
 * @file Times our DDPG updates, replay sampling and target update included.
 *
 * Without `withHer` an update does what the peers' does: uniform replay, inputs as they are, no penalty, no clipping of
 * targets. With it, four of five transitions have a relabelled goal, inputs are normalised, targets are clipped, and the
 * actor's loss has the penalty on pre-activations.
 */

import { z } from "zod";
import { Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import { makeEnv } from "../../env/registry.ts";
import { sampleBox } from "../../shared/box.ts";
import { parseConfig } from "../../shared/config.ts";
import { Episode, episodeSizes } from "../../shared/episode.ts";
import { Rng } from "../../shared/rng.ts";
import { answer } from "./answers.ts";

const EPISODES = 200;
const AS_PEERS = { preActivationPenalty: 0, clipTargets: false, normalize: false, her: { k: 0 } };

const Request = z.strictObject({
  hidden: z.array(z.int()),
  withHer: z.boolean(),
  count: z.int(),
});

const engine = await loadEngine("onnx");
// 26 inputs, 7 actions.
const env = await makeEnv(parseConfig({}, "peers").env, 0.95);
const agents = new Map<string, Promise<Ddpg>>();

/** An agent with 10,000 random transitions. */
async function createAgent(hidden: readonly number[], withHer: boolean): Promise<Ddpg> {
  const agentSettings = { hidden, batchSize: 256, ...(withHer ? {} : AS_PEERS) };
  const config = parseConfig({ agent: agentSettings }, "peers").agent;
  const rng = Rng.fromSeed(1);
  const agent = await Ddpg.create(config, taskFacts(env), engine, rng);
  const episode = new Episode(episodeSizes(env));
  const draw = (size: number) => Float32Array.from({ length: size }, () => rng.normal());
  const observe = () => ({
    observation: draw(episode.sizes.observation),
    achievedGoal: draw(episode.sizes.goal),
    desiredGoal: draw(episode.sizes.goal),
  });
  for (let i = 0; i < EPISODES; i++) {
    episode.begin(observe());
    for (let step = 0; step < env.maxEpisodeSteps; step++) {
      const outcome = { reward: -1, isSuccess: false, terminated: false, truncated: false };
      episode.append(sampleBox(env.actionSpace, rng), { ...observe(), ...outcome });
    }
    agent.store(episode);
  }
  return agent;
}

await answer(Request, async ({ hidden, withHer, count }) => {
  const key = `${hidden}${withHer}`;
  const creating = agents.get(key) ?? createAgent(hidden, withHer);
  agents.set(key, creating);
  const { learner } = await creating;
  return () => learner.update(count);
});
