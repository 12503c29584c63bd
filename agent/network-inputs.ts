/**
 * @file Network inputs: normalised observation and goal and, if the environment has one, the relative goal.
 *
 * The relative goal is tanh(perMetre · (goal − achieved)), where `achieved` are elements of the
 * observation. It is computed from the goal in use, so it is right for relabelled goals too. It is not
 * normalised: relative to its standard deviation over a run, a centimetre would be near 0.
 */

import type { AgentConfig } from "../shared/agent-config.ts";
import type { EpisodeSizes } from "../shared/episode.ts";
import type { RelativeGoal } from "../shared/goal-env.ts";
import { Normalizer, type NormalizerState } from "./normalizer.ts";

/** Converts observations and goals to network inputs. */
export interface InputNormalizers {
  readonly observation: Normalizer;
  readonly goal: Normalizer;
  readonly relativeGoal?: RelativeGoal;
}

/** Inputs of the actor; the critic has the action besides. */
export function inputSize({
  observation,
  goal,
  relativeGoal,
}: Pick<EpisodeSizes, "observation" | "goal" | "relativeGoal">): number {
  return observation + goal + (relativeGoal === undefined ? 0 : goal);
}

/**
 * Writes network inputs, one row for each observation.
 *
 * @param observations [rows × O]
 * @param goals        [rows × G] desired or relabelled goals
 * @param into         rows of `stride` numbers; the inputs start at column 0
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

/**
 * The normalisers that a configuration defines, with saved statistics if given.
 *
 * @param where the path of the statistics, for the error
 * @throws InputError if they are of other sizes or not possible
 */
export function inputNormalizers(
  config: Pick<AgentConfig, "normalize" | "normalizeClip">,
  { observation, goal, relativeGoal }: Pick<EpisodeSizes, "observation" | "goal" | "relativeGoal">,
  saved?: { readonly observation: NormalizerState; readonly goal: NormalizerState },
  where = "checkpoint: normalizers",
): InputNormalizers {
  const clip = config.normalize ? config.normalizeClip : Number.POSITIVE_INFINITY;
  const normalizers = {
    observation: new Normalizer(observation, clip),
    goal: new Normalizer(goal, clip),
    ...(relativeGoal === undefined ? {} : { relativeGoal }),
  };
  if (saved !== undefined) {
    normalizers.observation.setState(saved.observation, `${where}.observation`);
    normalizers.goal.setState(saved.goal, `${where}.goal`);
  }
  return normalizers;
}
