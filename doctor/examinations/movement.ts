/** @file Do the networks move? How far each layer and each target network has come since the first policy. */

import type { MlpLayout } from "../../agent/graph/mlp-layout.ts";
import { type ExaminedRun, vectorOf } from "../examined-run.ts";
import type { Figures } from "./examination.ts";

/**
 * `exam/…_travel`: mean |Δw| of the layer that moved least, over the learning rate times the updates, which bounds
 * what Adam can do (Kingma & Ba 2015, §2.1). `exam/target_lag`: RMS distance of the target critics from the critics over
 * the distance that the critics have come; 1 if the targets have not moved.
 */
export function examineMovement({ config, first, learner, layouts }: ExaminedRun): Figures | string {
  if (first === undefined) return "no policy was saved before the first update";
  const { updates } = learner;
  if (updates === 0) return "there were no updates";
  const { actorLearningRate, criticLearningRate, actorEvery, targetNetworks } = config.agent;
  const actor = vectorOf(learner, "actor");
  const critic = vectorOf(learner, "critic");
  const lag = distance(vectorOf(learner, "targetCritic"), critic) / distance(critic, first.critic);
  return {
    "exam/actor_travel":
      leastMovement([layouts.actor], actor, first.actor) / (actorLearningRate * (updates / actorEvery)),
    "exam/critic_travel":
      leastMovement(layouts.critics, critic, first.critic) / (criticLearningRate * updates),
    "exam/target_lag": targetNetworks ? lag : Number.NaN,
  };
}

/** Mean |Δw| of the layer that moved least. */
function leastMovement(layouts: readonly MlpLayout[], now: Float32Array, before: Float32Array): number {
  const layers = layouts.flatMap(({ sizes, parts }) =>
    sizes.slice(1).map((_, layer) => {
      let sum = 0;
      let count = 0;
      for (const { name, offset, size } of parts) {
        const [index, kind] = name.split(".");
        if (Number(index) !== layer || (kind !== "weight" && kind !== "bias")) continue;
        for (let i = offset; i < offset + size; i++) sum += Math.abs(now[i]! - before[i]!);
        count += size;
      }
      return sum / count;
    }),
  );
  return Math.min(...layers);
}

function distance(a: Float32Array, b: Float32Array): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(squares);
}
