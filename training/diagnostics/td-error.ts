/** @file How well the critic knows transitions it learned from, beside ones it never saw. */

import { type Batch, makeBatch } from "../../agent/batch.ts";
import type { TaskFacts } from "../../agent/memory.ts";
import type { Policy } from "../../agent/policy.ts";
import { ReplayBuffer } from "../../agent/replay-buffer.ts";
import { TransitionSampler } from "../../agent/transition-sampler.ts";
import type { AgentConfig } from "../../shared/agent-config.ts";
import type { Episode } from "../../shared/episode.ts";
import { returnBounds } from "../../shared/return-bounds.ts";
import type { Rng } from "../../shared/rng.ts";

/** The critics, and what their targets come from. */
export interface CriticPair {
  readonly online: Policy;
  readonly target: Policy;
  /** What rewards are multiplied by before the critics see them. */
  readonly rewardFactor: number;
}

/** Rows that an error is estimated from: a single row at a time through plain arrays is not free. */
const MOST_ROWS = 128;

/**
 * The mean squared TD error of a batch's first 128 rows, over rows and critics.
 *
 * The targets are the update's without target policy smoothing; where the least of M of N critics is
 * taken, M that are always the same.
 */
export function meanSquaredTdError(
  batch: Batch,
  { online, target, rewardFactor }: CriticPair,
  { gamma, clipTargets, critics }: Pick<AgentConfig, "gamma" | "clipTargets" | "critics">,
  { rewardRange, potentialRange }: Pick<TaskFacts, "rewardRange" | "potentialRange">,
): number {
  const sizes = [batch.observations, batch.goals, batch.actions].map((rows) => rows.length / batch.size);
  const [observation = 0, goal = 0, action = 0] = sizes;
  const nextAction = new Float32Array(action);
  const [low, high] = returnBounds(rewardRange, gamma, potentialRange);
  const rows = Math.min(batch.size, MOST_ROWS);
  let squares = 0;
  for (let row = 0; row < rows; row++) {
    const desiredGoal = batch.goals.subarray(row * goal, (row + 1) * goal);
    const seen = (from: Float32Array) => ({
      observation: from.subarray(row * observation, (row + 1) * observation),
      achievedGoal: desiredGoal,
      desiredGoal,
    });
    const next = seen(batch.nextObservations);
    target.act(next, nextAction);
    const future = Math.min(...target.values(next, nextAction).slice(0, critics.targetMin));
    let wanted = batch.rewards[row]! * rewardFactor + gamma * batch.continues[row]! * future;
    if (clipTargets) wanted = Math.min(Math.max(wanted, low * rewardFactor), high * rewardFactor);
    const said = online.values(
      seen(batch.observations),
      batch.actions.subarray(row * action, (row + 1) * action),
    );
    for (const value of said) squares += (value - wanted) ** 2 / said.length;
  }
  return squares / rows;
}

/** Transitions of evaluation episodes, which no update ever sees, drawn with hindsight as updates draw theirs. */
export class HeldOutTransitions {
  readonly #replay: ReplayBuffer;
  readonly #sampler: TransitionSampler;
  readonly #batch: Batch;

  /** @param episodes as many as are kept */
  constructor(config: AgentConfig, task: TaskFacts, episodes: number) {
    const { sizes } = task;
    this.#replay = new ReplayBuffer(episodes * sizes.maxSteps, sizes);
    // By TD error or by success, other transitions would be drawn than the update's were before it knew them.
    const replay = { ...config.replay, kind: "uniform" as const, rewardingShare: 0, movedShare: 0 };
    this.#sampler = new TransitionSampler({ ...config, replay }, this.#replay, task);
    this.#batch = makeBatch(MOST_ROWS, sizes);
  }

  store(episode: Episode): void {
    this.#sampler.indices.addEpisode(this.#replay.store(episode));
  }

  /** A batch that is filled again at the next call. */
  draw(rng: Rng): Batch {
    this.#sampler.sample(this.#batch, 0, rng);
    return this.#batch;
  }
}
