/** @file A policy: the action of an actor for an observation, and the value of its critics. */

import type { AgentConfig } from "../shared/agent-config.ts";
import type { EpisodeSizes } from "../shared/episode.ts";
import { refuse } from "../shared/errors.ts";
import type { GoalObservation } from "../shared/goal-env.ts";
import { actorLayout, criticLayouts, networkSizes } from "./architecture.ts";
import type { MlpLayout } from "./graph/mlp-layout.ts";
import { MlpForward } from "./mlp-forward.ts";
import { type InputNormalizers, writeInputs } from "./network-inputs.ts";

/** A network's layout and its flat weight vector, which is read at each use so that it may change during training. */
export interface PolicyNetwork {
  readonly layout: MlpLayout;
  readonly weights: () => Float32Array;
}

export class Policy {
  readonly #normalizers: InputNormalizers;
  readonly #squash: (preActivation: number) => number;
  readonly #actor: MlpForward;
  readonly #critics: readonly { readonly network: MlpForward; readonly weights: () => Float32Array }[];
  readonly #actorWeights: () => Float32Array;

  /**
   * @param critics none for a policy that only acts
   * @param squash  bounds the actor's output: tanh, or clipping with inverted gradients
   */
  constructor(
    normalizers: InputNormalizers,
    actor: PolicyNetwork,
    critics: readonly PolicyNetwork[],
    squash: "tanh" | "clip",
  ) {
    this.#normalizers = normalizers;
    this.#squash = squash === "tanh" ? Math.tanh : (x) => Math.min(Math.max(x, -1), 1);
    this.#actor = new MlpForward(actor.layout);
    this.#critics = critics.map(({ layout, weights }) => ({ network: new MlpForward(layout), weights }));
    this.#actorWeights = actor.weights;
  }

  /** Writes μ(s) without noise into `action` [A], each number in [−1, 1]. */
  readonly act = (observation: GoalObservation, action: Float32Array): void => {
    this.#writeInput(observation, this.#actor.input);
    const preActivations = this.#actor.run(this.#actorWeights());
    for (let i = 0; i < action.length; i++) action[i] = this.#squash(preActivations[i]!);
  };

  /** Q(s, a) of an action [A], the mean over critics. */
  readonly value = (observation: GoalObservation, action: Float32Array): number => {
    const values = this.values(observation, action);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };

  /** Q(s, a) of each critic. */
  readonly values = (observation: GoalObservation, action: Float32Array): number[] =>
    this.#critics.map(({ network, weights }) => {
      const { input } = network;
      this.#writeInput(observation, input);
      input.set(action, input.length - action.length);
      return network.run(weights())[0]!;
    });

  /** Activations of the actor's hidden layers at the last `act`: views. */
  get actorFeatures(): readonly Float64Array[] {
    return this.#actor.hidden;
  }

  /** Activations of the first critic's hidden layers at the last `value`: views. */
  get criticFeatures(): readonly Float64Array[] {
    return this.#critics[0]!.network.hidden;
  }

  #writeInput({ observation, desiredGoal }: GoalObservation, input: Float32Array): void {
    writeInputs(this.#normalizers, observation, desiredGoal, 1, input, input.length);
  }
}

/** The parts of an agent that a policy needs. */
export interface PolicyState {
  readonly normalizers: InputNormalizers;
  /** The actor's flat weight vector, read at each use so that it may change during training. */
  readonly actor: () => Float32Array;
  /** The critics' flat weight vector, read likewise. */
  readonly critic: () => Float32Array;
}

/**
 * The policy of an agent, running or saved.
 *
 * @throws InputError if a weight vector has another size than the configuration defines
 */
export function policyFrom(
  config: Pick<AgentConfig, "hidden" | "layerNorm" | "batchNorm" | "critics" | "invertGradients">,
  sizes: Pick<EpisodeSizes, "observation" | "goal" | "action" | "relativeGoal">,
  { normalizers, actor, critic }: PolicyState,
): Policy {
  const actorShape = actorLayout(config, networkSizes(sizes));
  const criticShapes = criticLayouts(config, networkSizes(sizes));
  checkWeights("actor", actorShape, actor());
  checkWeights("critic", criticShapes[0]!, critic());
  return new Policy(
    normalizers,
    { layout: actorShape, weights: actor },
    criticShapes.map((layout) => ({ layout, weights: critic })),
    squashOf(config),
  );
}

/**
 * The actions of an actor alone.
 *
 * @throws InputError as policyFrom does
 */
export function actorFrom(
  config: Parameters<typeof policyFrom>[0],
  sizes: Parameters<typeof policyFrom>[1],
  { normalizers, actor }: Pick<PolicyState, "normalizers" | "actor">,
): Pick<Policy, "act"> {
  const layout = actorLayout(config, networkSizes(sizes));
  checkWeights("actor", layout, actor());
  return new Policy(normalizers, { layout, weights: actor }, [], squashOf(config));
}

function squashOf({ invertGradients }: Pick<AgentConfig, "invertGradients">): "tanh" | "clip" {
  return invertGradients ? "clip" : "tanh";
}

function checkWeights(network: string, { size }: MlpLayout, weights: Float32Array): void {
  if (weights.length !== size)
    throw refuse(`${network} weights`, `${size} numbers, as its config defines`, weights.length);
}

/** Throws InputError unless a policy's observations, goals and actions have the environment's sizes. */
export function checkPolicyFits(
  policy: Pick<EpisodeSizes, "observation" | "goal" | "action">,
  env: EpisodeSizes,
  where: string,
  envId: string,
): void {
  for (const vector of ["observation", "goal", "action"] as const) {
    if (policy[vector] !== env[vector]) {
      throw refuse(`${where}: ${vector}`, `${env[vector]} numbers as ${envId} has`, policy[vector]);
    }
  }
}
