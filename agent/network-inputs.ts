/**
 * @file What the networks are shown: observation and goal, normalised, and where the environment asks for it how far off the goal is, finely.
 *
 * The fine part is tanh(perMetre · (goal − achieved)), achieved being elements of the observation itself. So it
 * is computed from the goal that is shown, the desired one or one of hindsight's, and is right for both. It is
 * not normalised: over all that happens, a centimetre would be next to nothing.
 */

import type { AgentConfig } from "../shared/agent-config.ts";
import type { EpisodeSizes } from "../shared/episode.ts";
import type { RelativeGoal } from "../shared/goal-env.ts";
import { Normalizer, type NormalizerState } from "./normalizer.ts";

/** What turns things seen into an actor's or critic's input. */
export interface InputNormalizers {
  readonly observation: Normalizer;
  readonly goal: Normalizer;
  readonly relativeGoal?: RelativeGoal;
}

/** Numbers that a network is shown, the critic's action apart. */
export function inputSize({
  observation,
  goal,
  relativeGoal,
}: Pick<EpisodeSizes, "observation" | "goal" | "relativeGoal">): number {
  return observation + goal + (relativeGoal === undefined ? 0 : goal);
}

/**
 * Writes the networks' inputs, row after row.
 *
 * @param observations [B × O]
 * @param goals        [B × G], as they are to be shown
 * @param into         rows of `stride` numbers, filled from their beginning
 */
export function writeInputs(
  { observation, goal, relativeGoal }: InputNormalizers,
  observations: Float32Array,
  goals: Float32Array,
  rows: number,
  into: Float32Array,
  stride: number,
): void {
  observation.apply(observations, rows, into, stride, 0);
  goal.apply(goals, rows, into, stride, observation.size);
  if (relativeGoal === undefined) return;
  const { elements, perMetre } = relativeGoal;
  const at = observation.size + goal.size;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < goal.size; i++) {
      const achieved = observations[row * observation.size + elements[i]!]!;
      into[row * stride + at + i] = Math.tanh(perMetre * (goals[row * goal.size + i]! - achieved));
    }
  }
}

/** The normalisers that a configuration defines, with saved statistics if given. */
export function inputNormalizers(
  config: Pick<AgentConfig, "normalize" | "normalizeClip">,
  { observation, goal, relativeGoal }: Pick<EpisodeSizes, "observation" | "goal" | "relativeGoal">,
  saved?: { readonly observation: NormalizerState; readonly goal: NormalizerState },
): InputNormalizers {
  const clip = config.normalize ? config.normalizeClip : Number.POSITIVE_INFINITY;
  const normalizers = {
    observation: new Normalizer(observation, clip),
    goal: new Normalizer(goal, clip),
    ...(relativeGoal === undefined ? {} : { relativeGoal }),
  };
  if (saved !== undefined) {
    normalizers.observation.setState(saved.observation);
    normalizers.goal.setState(saved.goal);
  }
  return normalizers;
}
