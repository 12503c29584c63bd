/** @file The DDPG agent: acting, exploration, replay and updates. It depends on goals and rewards, not on environments. */

import { z } from "zod";
import type { AgentConfig } from "../shared/agent-config.ts";
import type { Episode, EpisodeSizes } from "../shared/episode.ts";
import type { GoalObservation } from "../shared/goal-env.ts";
import type { Rng } from "../shared/rng.ts";
import { Count, SavedRng } from "../shared/state-schemas.ts";
import { networkSizes } from "./architecture.ts";
import { BehaviourPolicy, scaleAt } from "./behaviour-policy.ts";
import { ddpgUpdate } from "./ddpg-update.ts";
import type { Engine } from "./engine/engine.ts";
import { Learner, LearnerState } from "./learner.ts";
import { Memory, MemoryState, type TaskFacts } from "./memory.ts";
import { ParameterNoise, PROBES } from "./parameter-noise.ts";
import { type Policy, policyFrom } from "./policy.ts";

/** The agent's part of a checkpoint: everything but its config. */
export const AgentState = z.strictObject({
  learner: LearnerState,
  memory: MemoryState,
  /** For exploration. */
  rng: SavedRng,
  /** Environment steps of training. */
  steps: Count,
  /** Steps after warm-up with a filled replay buffer. */
  learningSteps: Count,
  /** Standard deviation of parameter noise; 0 without it. */
  parameterNoiseStd: z.number().nonnegative(),
});
export type AgentState = z.infer<typeof AgentState>;

export class Ddpg {
  /** The policy that is evaluated and saved: of the averaged actor if `agent.actorAveraging` is on. */
  readonly policy: Policy;
  /** The policy of the target networks. */
  readonly target: Policy;
  readonly memory: Memory;
  readonly learner: Learner;
  readonly #config: AgentConfig;
  readonly #actionSize: number;
  readonly #behaviour: BehaviourPolicy;
  readonly #parameterNoise: ParameterNoise | undefined;
  /** The policy of the online actor. */
  readonly #online: Policy;
  readonly #explorer: Policy;
  readonly #rng: Rng;
  /** Actor weights with parameter noise for this episode; undefined without parameter noise. */
  #perturbedActor: Float32Array | undefined;
  #learningSteps = 0;

  private constructor(config: AgentConfig, sizes: EpisodeSizes, memory: Memory, learner: Learner, rng: Rng) {
    this.#config = config;
    this.#actionSize = sizes.action;
    this.memory = memory;
    this.learner = learner;
    this.#rng = rng;
    const { parameterNoise } = config.exploration;
    this.#parameterNoise = parameterNoise > 0 ? new ParameterNoise(parameterNoise) : undefined;
    const { normalizers } = memory;
    const online = {
      normalizers,
      actor: () => learner.weights("actor"),
      critic: () => learner.weights("critic"),
    };
    this.#online = policyFrom(config, sizes, online);
    this.policy =
      config.actorAveraging > 0
        ? policyFrom(config, sizes, { ...online, actor: () => this.policyActor })
        : this.#online;
    this.target = policyFrom(config, sizes, {
      normalizers,
      actor: () => learner.weights("targetActor"),
      critic: () => learner.weights("targetCritic"),
    });
    this.#explorer = policyFrom(config, sizes, {
      ...online,
      actor: () => this.#perturbedActor ?? online.actor(),
    });
    this.#behaviour = new BehaviourPolicy(config, sizes.action, this.#explorer);
  }

  /** An untrained agent with weights drawn from `rng`; call `dispose` at the end. */
  static async create(config: AgentConfig, task: TaskFacts, engine: Engine, rng: Rng): Promise<Ddpg> {
    const { sizes } = task;
    const update = ddpgUpdate(config, networkSizes(sizes), task);
    const memory = new Memory(config, task);
    const compiled = await engine.compile(update.program);
    const learner = new Learner(config, task, memory, update, compiled, rng.fork("sampling"), rng);
    return new Ddpg(config, sizes, memory, learner, rng.fork("exploration"));
  }

  /** The flat weight vector of the policy's actor: a view, valid until the next update. */
  get policyActor(): Float32Array {
    return this.learner.weights(this.#config.actorAveraging > 0 ? "averagedActor" : "actor");
  }

  /** Call before each training episode. */
  beginEpisode(): void {
    this.#behaviour.begin();
    this.#drawPerturbation(this.#behaviour.steps, this.#rng);
  }

  /** Writes the policy's action, without noise. */
  readonly act = (observation: GoalObservation, action: Float32Array): void =>
    this.policy.act(observation, action);

  /** Writes the behaviour policy's action: random during warm-up, then the policy's with noise. */
  readonly explore = (observation: GoalObservation, action: Float32Array): void =>
    this.#behaviour.act(observation, action, this.#rng);

  /**
   * Returns the actor's weights for an episode that another thread plays, with parameter noise if it is on.
   *
   * @param steps environment steps before the episode
   * @param rng   the episode's own
   */
  actorForEpisode(steps: number, rng: Rng): Float32Array {
    this.#drawPerturbation(steps, rng);
    return this.#perturbedActor ?? this.learner.weights("actor").slice();
  }

  /** Stores a finished episode. */
  store(episode: Episode): void {
    this.memory.store(episode);
  }

  /**
   * Runs the updates that are due after one explored step.
   *
   * @returns undefined if none is due, so that the caller need not await
   */
  learn(): Promise<void> | undefined {
    if (this.#behaviour.steps <= this.#config.warmupSteps || this.memory.transitions === 0) return undefined;
    this.#learningSteps += 1;
    const due = Math.floor(this.#learningSteps * this.#config.updatesPerStep) - this.learner.updates;
    return due > 0 ? this.learner.update(due) : undefined;
  }

  /** Stores an episode that another thread played, and runs the updates that are due after its steps. */
  async learnFrom(episode: Episode): Promise<void> {
    this.store(episode);
    for (let step = 0; step < episode.length; step++) {
      this.#behaviour.steps += 1;
      await this.learn();
    }
  }

  getState(): AgentState {
    return {
      learner: this.learner.getState(),
      memory: this.memory.getState(),
      rng: this.#rng.getState(),
      steps: this.#behaviour.steps,
      learningSteps: this.#learningSteps,
      parameterNoiseStd: this.#parameterNoise?.std ?? 0,
    };
  }

  /**
   * Restores a saved state.
   *
   * @param where its path, for the error
   * @throws InputError if it is of another architecture or task; the agent is then unusable
   */
  setState(state: AgentState, where = "checkpoint: agent"): void {
    this.learner.setState(state.learner, `${where}.learner`);
    this.memory.setState(state.memory, `${where}.memory`);
    this.#rng.setState(state.rng);
    this.#behaviour.steps = state.steps;
    this.#learningSteps = state.learningSteps;
    if (this.#parameterNoise !== undefined) this.#parameterNoise.std = state.parameterNoiseStd;
  }

  /** Frees the compiled update. */
  dispose(): void {
    this.learner.dispose();
  }

  /** Draws an episode's perturbed actor, if parameter noise is on and the replay buffer is not empty. */
  #drawPerturbation(steps: number, rng: Rng): void {
    if (this.#parameterNoise !== undefined && this.memory.transitions > 0)
      this.#perturb(this.#parameterNoise, steps, rng);
  }

  /** Draws a perturbed actor, and adapts the noise to the distance between its actions and the policy's. */
  #perturb(noise: ParameterNoise, steps: number, rng: Rng): void {
    const { normalizers } = this.memory;
    const weights = this.learner.weights("actor");
    this.#perturbedActor = noise.perturb(weights, scaleAt(this.#config, steps), rng);
    const state = {
      observation: new Float32Array(normalizers.observation.size),
      achievedGoal: new Float32Array(normalizers.goal.size),
      desiredGoal: new Float32Array(normalizers.goal.size),
    };
    const action = new Float32Array(this.#actionSize);
    const perturbedAction = new Float32Array(this.#actionSize);
    let squares = 0;
    for (let probe = 0; probe < PROBES; probe++) {
      this.memory.sampleObservation(state.observation, state.desiredGoal, rng);
      this.#online.act(state, action);
      this.#explorer.act(state, perturbedAction);
      for (let i = 0; i < action.length; i++) squares += (action[i]! - perturbedAction[i]!) ** 2;
    }
    noise.adapt(Math.sqrt(squares / (PROBES * this.#actionSize)));
  }
}
