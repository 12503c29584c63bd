/** @file Who moves an arm: a trained policy, chance, or nobody. */

import { Exploration, NO_EXPLORATION } from "../../agent/exploration.ts";
import type { EnvConfig } from "../../shared/config.ts";
import type { EpisodeSizes } from "../../shared/episode.ts";
import type { GoalObservation } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import type { LoadedPolicy } from "../../storage/policy-file.ts";

/** Chooses actions in the environment that it was made for. */
export interface Player {
  readonly env: EnvConfig;
  /** The discount factor that it was trained with, or would be. */
  readonly gamma: number;
  /** What it was made for; undefined where any size will do. */
  readonly sizes: Pick<EpisodeSizes, "observation" | "goal" | "action"> | undefined;
  /** Training steps; null where it has not learned. */
  readonly step: number | null;
  /** Starts an episode: what is drawn from now on is a function of the seed. */
  begin(seed: number, actionSize: number): void;
  /** Writes the action for what is seen into `action`, without noise. */
  choose(seen: GoalObservation, action: Float32Array): void;
  /** Q(s, a), or null without a critic. */
  readonly value: ((seen: GoalObservation, action: Float32Array) => number) | null;
}

/** Plays a policy from a file. */
export function policyPlayer({ policy, config, sizes, step }: LoadedPolicy): Player {
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

/** Uniformly random torques, each held for one to five steps: what training explores with at first. */
export function randomPlayer(env: EnvConfig, gamma: number): Player {
  const settings = { ...NO_EXPLORATION, randomActionProbability: 1, randomActionHold: 5 };
  let rng = Rng.fromSeed(0);
  let exploration = new Exploration(settings, 0);
  return {
    env,
    gamma,
    sizes: undefined,
    step: null,
    begin: (seed, actionSize) => {
      rng = Rng.fromSeed(seed).fork("random player");
      exploration = new Exploration(settings, actionSize);
    },
    choose: (_seen, action) => exploration.random(action, rng),
    value: null,
  };
}

/** No torque at all: what the arm does by itself. */
export function restingPlayer(env: EnvConfig, gamma: number): Player {
  return {
    env,
    gamma,
    sizes: undefined,
    step: null,
    begin: () => {},
    choose: (_seen, action) => void action.fill(0),
    value: null,
  };
}
