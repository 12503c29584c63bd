/**
 * @file Do the run's updates follow from its settings? The first ones, made again from the stored episodes.
 *
 * Weights, batches and noise follow from the seed, so with the same episodes an intact learner gets the same networks.
 */

import { Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import type { ReplayBuffer } from "../../agent/replay-buffer.ts";
import { Episode } from "../../shared/episode.ts";
import type { GoalEnv } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import { type ExaminedRun, storedObservation, updatesAt } from "../examined-run.ts";
import { type Figures, NO_ENVIRONMENT } from "./examination.ts";
import { cosine, difference, norm } from "./vectors.ts";

/** More take longer than two seconds, and rounding grows with their number. */
const MAX_UPDATES = 1500;

/** Weights that are further from those of the seed were not drawn as the settings say. */
const TOLERANCE = 1e-6;

/**
 * `exam/other_weights`: 1 if the first policy has other weights than the seed gives, else 0. Otherwise, for the first
 * policy after updates, `exam/actor_agrees`, `exam/critic_agrees`: cosine of the way of the weights since then and that
 * of intact updates; 1 for the same.
 */
export async function examineRepeatedUpdates(run: ExaminedRun): Promise<Figures | string> {
  const { config, intact, replay, learner, first, firstUpdated, unrepeatable } = run;
  if (unrepeatable !== undefined) return unrepeatable;
  if (intact === undefined) return NO_ENVIRONMENT;
  if (learner.updates === 0) return "there were no updates";
  if (first === undefined) return "the policy before the first update was not saved";
  if (firstUpdated === undefined) return "no policy was saved after an update";
  if (updatesAt(config.agent, firstUpdated.step) > MAX_UPDATES)
    return `the first policy was saved after more than ${MAX_UPDATES.toLocaleString("en")} updates`;
  if (replay.demonstrations > 0) return "runs with demonstrations are not repeated";
  if (config.agent.exploration.parameterNoise > 0) return "runs with parameter noise are not repeated";
  if (replay.episodes >= replay.maxSlots) return "the first episodes are not in the replay buffer any more";
  const engine = await loadEngine(config.agent.engine);
  const rng = Rng.fromSeed(config.train.seed).fork("agent");
  const agent = await Ddpg.create(config.agent, taskFacts(intact.env), engine, rng);
  try {
    const start = weightsOf(agent);
    if (
      largestDifference(start.actor, first.actor) + largestDifference(start.critic, first.critic) >
      TOLERANCE
    )
      return { "exam/other_weights": 1 };
    await learnAgain(agent, replay, intact.env, firstUpdated.step, config.train.collectors > 0);
    const end = weightsOf(agent);
    return {
      "exam/other_weights": 0,
      "exam/actor_agrees": agreement(start.actor, end.actor, firstUpdated.weights.actor),
      "exam/critic_agrees": agreement(start.critic, end.critic, firstUpdated.weights.critic),
    };
  } finally {
    agent.dispose();
  }
}

const weightsOf = (agent: Ddpg) => ({
  actor: agent.policyActor.slice(),
  critic: agent.learner.weights("critic").slice(),
});

/** Lets an agent learn from stored episodes as training did, up to a number of steps. */
async function learnAgain(
  agent: Ddpg,
  replay: ReplayBuffer,
  env: GoalEnv,
  steps: number,
  collected: boolean,
): Promise<void> {
  const episode = new Episode(replay.sizes);
  const explored = new Float32Array(replay.sizes.action);
  const action = new Float32Array(replay.sizes.action);
  for (let age = replay.episodes - 1, played = 0; age >= 0 && played < steps; age--) {
    const slot = replay.slotByAge(age);
    const length = replay.lengthOf(slot);
    if (!collected) agent.beginEpisode();
    let state = storedObservation(replay, slot, 0);
    episode.begin(state);
    for (let step = 0; step < length; step++) {
      // Draws what the run's exploration drew; the stored action counts.
      if (!collected) agent.explore(state, explored);
      replay.readAction(slot, step, action, 0);
      state = storedObservation(replay, slot, step + 1);
      const isLast = step === length - 1;
      const terminated = isLast && replay.isTerminated(slot);
      const isSuccess = env.isAchieved(state.achievedGoal, state.desiredGoal);
      const terms = replay.sizes.terms === undefined ? {} : { terms: termsOf(replay, slot, step) };
      episode.append(action, { ...state, reward: 0, terminated, truncated: isLast, isSuccess, ...terms });
      if (!collected) await agent.learn();
    }
    if (collected) await agent.learnFrom(episode);
    else agent.store(episode);
    played += length;
  }
}

/** A step's reward terms; only their sum is stored, and only that counts. */
function termsOf(replay: ReplayBuffer, slot: number, step: number): Float32Array {
  const terms = new Float32Array(replay.sizes.terms ?? 0);
  terms[0] = replay.termsOf(slot, step);
  return terms;
}

/** Cosine of two ways from the same start; 1 if both are none, 0 if one is. */
function agreement(start: Float32Array, a: Float32Array, b: Float32Array): number {
  const [wayA, wayB] = [difference(a, start), difference(b, start)];
  return norm(wayA) === 0 && norm(wayB) === 0 ? 1 : cosine(wayA, wayB);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.length === b.length ? Math.max(...a.map((x, i) => Math.abs(x - b[i]!))) : Number.POSITIVE_INFINITY;
}
