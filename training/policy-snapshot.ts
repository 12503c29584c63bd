/** @file A copy of an agent's networks and normalisers at one moment of training, which a worker thread evaluates. */

import { z } from "zod";
import type { Ddpg } from "../agent/ddpg.ts";
import { inputNormalizers } from "../agent/network-inputs.ts";
import { NormalizerState } from "../agent/normalizer.ts";
import { actorFrom, type Policy } from "../agent/policy.ts";
import type { AgentConfig } from "../shared/agent-config.ts";
import type { EpisodeSizes } from "../shared/episode.ts";
import { Count, Float32Values } from "../shared/state-schemas.ts";

export const PolicySnapshot = z.strictObject({
  /** Environment steps of training so far. */
  steps: Count,
  weights: z.strictObject({
    /** The policy's: the averaged actor if `agent.actorAveraging` is on. */
    actor: Float32Values,
    critic: Float32Values,
    targetActor: Float32Values,
    targetCritic: Float32Values,
  }),
  normalizers: z.strictObject({ observation: NormalizerState, goal: NormalizerState }),
  /** Factor on rewards if returns are normalised. */
  returnScale: z.number(),
});
export type PolicySnapshot = z.infer<typeof PolicySnapshot>;

/** The part of a snapshot that acts. */
export interface ActorSnapshot extends Pick<PolicySnapshot, "normalizers"> {
  readonly weights: Pick<PolicySnapshot["weights"], "actor">;
}

/** Returns the policy of an actor's flat weight vector and saved normalisers. */
export function savedActor(
  config: AgentConfig,
  sizes: EpisodeSizes,
  actor: Float32Array,
  normalizers: PolicySnapshot["normalizers"],
): Pick<Policy, "act"> {
  return actorFrom(config, sizes, {
    normalizers: inputNormalizers(config, sizes, normalizers),
    actor: () => actor,
  });
}

/** Copies the agent's networks and normalisers. */
export function takeSnapshot(agent: Ddpg, steps: number): PolicySnapshot {
  const { learner, memory } = agent;
  const { observation, goal } = memory.normalizers;
  return {
    steps,
    weights: {
      actor: agent.policyActor.slice(),
      critic: learner.weights("critic").slice(),
      targetActor: learner.weights("targetActor").slice(),
      targetCritic: learner.weights("targetCritic").slice(),
    },
    normalizers: { observation: observation.getState(), goal: goal.getState() },
    returnScale: memory.returnScale,
  };
}
