/** @file Do the networks move? How far each layer and each target network has come since the first policy. */

import type { MlpLayout } from "../../agent/graph/mlp-layout.ts";
import { type ExaminedRun, vectorOf } from "../examined-run.ts";
import type { Figures } from "./examination.ts";
import { difference, norm } from "./vectors.ts";

/**
 * `exam/…_travel`: mean |Δw| of the layer that moved least, over the learning rate times the updates, which bounds
 * what Adam can do (Kingma & Ba 2015, §2.1). `exam/target_lag`: RMS distance of the target critics from the critics over
 * the distance that the critics have come; 1 if the targets have not moved. `exam/actor_uphill`: cosine of a layer's way since
 * the first policy and Adam's mean gradient, of the layer in which it is largest: near 0 or negative where weights move down
 * their gradient.
 */
export function examineMovement({ config, first, learner, layouts }: ExaminedRun): Figures | string {
  if (first === undefined) return "no policy was saved before the first update";
  const { updates } = learner;
  if (updates === 0) return "there were no updates";
  const { actorLearningRate, criticLearningRate, actorEvery, targetNetworks } = config.agent;
  const actor = vectorOf(learner, "actor");
  const critic = vectorOf(learner, "critic");
  const lag =
    norm(difference(vectorOf(learner, "targetCritic"), critic)) / norm(difference(critic, first.critic));
  return {
    "exam/actor_travel":
      leastMovement([layouts.actor], actor, first.actor) / (actorLearningRate * (updates / actorEvery)),
    "exam/critic_travel":
      leastMovement(layouts.critics, critic, first.critic) / (criticLearningRate * updates),
    "exam/target_lag": targetNetworks ? lag : Number.NaN,
    "exam/actor_uphill": uphill(layouts.actor, actor, first.actor, vectorOf(learner, "actor/sum")),
  };
}

/** Index ranges of the weights and biases of each layer. */
export function layersOf(layouts: readonly MlpLayout[]): (readonly [from: number, to: number])[][] {
  return layouts.flatMap(({ sizes, parts }) =>
    sizes
      .slice(1)
      .map((_, layer) =>
        parts
          .filter(({ name }) => name === `${layer}.weight` || name === `${layer}.bias`)
          .map(({ offset, size }) => [offset, offset + size] as const),
      ),
  );
}

/** Mean |Δw| of the layer that moved least. */
function leastMovement(layouts: readonly MlpLayout[], now: Float32Array, before: Float32Array): number {
  const layers = layersOf(layouts).map((ranges) => {
    let sum = 0;
    let count = 0;
    for (const [from, to] of ranges) {
      for (let i = from; i < to; i++) sum += Math.abs(now[i]! - before[i]!);
      count += to - from;
    }
    return sum / count;
  });
  return Math.min(...layers);
}

/** Largest cosine of a layer's way and its gradient; 0 for a layer without either. */
function uphill(layout: MlpLayout, now: Float32Array, before: Float32Array, gradient: Float32Array): number {
  const cosines = layersOf([layout]).map((ranges) => {
    let product = 0;
    let ways = 0;
    let gradients = 0;
    for (const [from, to] of ranges) {
      for (let i = from; i < to; i++) {
        const way = now[i]! - before[i]!;
        product += way * gradient[i]!;
        ways += way ** 2;
        gradients += gradient[i]! ** 2;
      }
    }
    return ways * gradients > 0 ? product / Math.sqrt(ways * gradients) : 0;
  });
  return Math.max(...cosines);
}
