/** @file A trained pair at play: the actor says what to do, the critic what that is worth. */

import type { AgentConfig } from "../shared/agent-config.ts";
import type { EpisodeSizes } from "../shared/episode.ts";
import { refuse } from "../shared/errors.ts";
import type { GoalObservation } from "../shared/goal-env.ts";
import { actorLayout, criticLayouts, networkSizes } from "./architecture.ts";
import type { MlpLayout } from "./graph/mlp-layout.ts";
import { MlpForward } from "./mlp-forward.ts";
import { type InputNormalizers, writeInputs } from "./network-inputs.ts";

/** A network's layout, and its present flat vector: asked for at each use, so that it may change under training. */
export interface PlayedNetwork {
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
   * @param critics at least one
   * @param squash  what bounds the actor's output: tanh or, where gradients were inverted, clipping
   */
  constructor(
    normalizers: InputNormalizers,
    actor: PlayedNetwork,
    critics: readonly PlayedNetwork[],
    squash: "tanh" | "clip",
  ) {
    this.#normalizers = normalizers;
    this.#squash = squash === "tanh" ? Math.tanh : (x) => Math.min(Math.max(x, -1), 1);
    this.#actor = new MlpForward(actor.layout);
    this.#critics = critics.map(({ layout, weights }) => ({ network: new MlpForward(layout), weights }));
    this.#actorWeights = actor.weights;
  }

  /** Writes the action for what is seen, without noise, into `action` [A], each number in [−1, 1]. */
  readonly act = (seen: GoalObservation, action: Float32Array): void => {
    this.#show(seen, this.#actor.input);
    const preActivations = this.#actor.run(this.#actorWeights());
    for (let i = 0; i < action.length; i++) action[i] = this.#squash(preActivations[i]!);
  };

  /** Q(s, a): the critics' mean estimate of the discounted return of an action [A] here, and of the policy from then on. */
  readonly value = (seen: GoalObservation, action: Float32Array): number => {
    const values = this.values(seen, action);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };

  /** What each critic says; the caller's own. */
  readonly values = (seen: GoalObservation, action: Float32Array): number[] =>
    this.#critics.map(({ network, weights }) => {
      const { input } = network;
      this.#show(seen, input);
      input.set(action, input.length - action.length);
      return network.run(weights())[0]!;
    });

  /** What the units of the actor's hidden layers gave at the last `act`: views. */
  get actorFeatures(): readonly Float64Array[] {
    return this.#actor.hidden;
  }

  /** What the units of the first critic's hidden layers gave at the last `value`: views. */
  get criticFeatures(): readonly Float64Array[] {
    return this.#critics[0]!.network.hidden;
  }

  #show(seen: GoalObservation, input: Float32Array): void {
    writeInputs(this.#normalizers, seen.observation, seen.desiredGoal, 1, input, input.length);
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
    config.invertGradients ? "clip" : "tanh",
  );
}

function checkWeights(network: string, { size }: MlpLayout, weights: Float32Array): void {
  if (weights.length !== size)
    throw refuse(`${network} weights`, `${size} numbers, as its config defines`, weights.length);
}

/** Throws InputError if a policy for other observations, goals or actions is to act in an environment. */
export function checkPolicyFits(
  policy: Pick<EpisodeSizes, "observation" | "goal" | "action">,
  env: EpisodeSizes,
  where: string,
  envId: string,
): void {
  for (const what of ["observation", "goal", "action"] as const) {
    if (policy[what] !== env[what]) {
      throw refuse(`${where}: ${what}`, `${env[what]} numbers as ${envId} has`, policy[what]);
    }
  }
}
