/** @file Controllers that choose an arm's actions: a trained policy, random torques, or no torque. */

import { Exploration, NO_EXPLORATION } from "../../agent/exploration.ts";
import type { EnvConfig } from "../../shared/config.ts";
import type { EpisodeSizes } from "../../shared/episode.ts";
import type { GoalObservation } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import type { LoadedPolicy } from "../../storage/policy-file.ts";

/** Chooses actions in one environment. */
export interface Controller {
  readonly env: EnvConfig;
  /** The discount factor of its training; the default one if it is not trained. */
  readonly gamma: number;
  /** The sizes it requires; undefined if it accepts any. */
  readonly sizes: Pick<EpisodeSizes, "observation" | "goal" | "action"> | undefined;
  /** Training steps; null if it is not trained. */
  readonly step: number | null;
  /** Starts an episode and seeds the controller's random numbers. */
  begin(seed: number, actionSize: number): void;
  /** Writes the action for an observation into `action`, without noise. */
  choose(observation: GoalObservation, action: Float32Array): void;
  /** Returns Q(s, a); null without a critic. */
  readonly value: ((observation: GoalObservation, action: Float32Array) => number) | null;
}

export function policyController({ policy, config, sizes, step }: LoadedPolicy): Controller {
  return {
    env: config.env,
    gamma: config.agent.gamma,
    sizes,
    step,
    begin: () => {},
    choose: policy.act,
    value: policy.value,
  };
}

/** Uniformly random torques, each held for one to five steps, as in the warm-up of training. */
export function randomController(env: EnvConfig, gamma: number): Controller {
  const settings = { ...NO_EXPLORATION, randomActionProbability: 1, randomActionHold: 5 };
  let rng = Rng.fromSeed(0);
  let exploration = new Exploration(settings, 0);
  return {
    env,
    gamma,
    sizes: undefined,
    step: null,
    begin: (seed, actionSize) => {
      // The label is part of the seeding: another one would change every recorded episode.
      rng = Rng.fromSeed(seed).fork("random player");
      exploration = new Exploration(settings, actionSize);
    },
    choose: (_observation, action) => exploration.random(action, rng),
    value: null,
  };
}

/** Actions of zero. */
export function zeroController(env: EnvConfig, gamma: number): Controller {
  return {
    env,
    gamma,
    sizes: undefined,
    step: null,
    begin: () => {},
    choose: (_observation, action) => void action.fill(0),
    value: null,
  };
}
