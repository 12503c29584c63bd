/** @file The behaviour policy of training episodes: random actions during warm-up, then the actor's with exploration. */

import type { AgentConfig } from "../shared/agent-config.ts";
import type { GoalObservation } from "../shared/goal-env.ts";
import type { Rng } from "../shared/rng.ts";
import { Exploration, explorationScale } from "./exploration.ts";
import type { Policy } from "./policy.ts";

type BehaviourConfig = Pick<AgentConfig, "exploration" | "warmupSteps">;

export class BehaviourPolicy {
  /** Environment steps so far: warm-up and the decay of exploration depend on it. */
  steps = 0;
  readonly #config: BehaviourConfig;
  readonly #actor: Pick<Policy, "act">;
  readonly #exploration: Exploration;

  constructor(config: BehaviourConfig, actionSize: number, actor: Pick<Policy, "act">) {
    this.#config = config;
    this.#actor = actor;
    this.#exploration = new Exploration(config.exploration, actionSize);
  }

  /** Call before each episode. */
  begin(): void {
    this.#exploration.begin();
  }

  /** Writes the next action. */
  act(observation: GoalObservation, action: Float32Array, rng: Rng): void {
    this.steps += 1;
    if (this.steps <= this.#config.warmupSteps) {
      this.#exploration.random(action, rng);
      return;
    }
    this.#actor.act(observation, action);
    this.#exploration.perturb(action, scaleAt(this.#config, this.steps), rng);
  }
}

/** Returns the multiplier of all exploration at an environment step. */
export function scaleAt({ exploration, warmupSteps }: BehaviourConfig, steps: number): number {
  return explorationScale(exploration, steps - warmupSteps);
}
