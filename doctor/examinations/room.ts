/** @file Is there room in the networks? How much of their inputs a network of their shape can show in its last hidden layer. */

import type { MlpLayout } from "../../agent/graph/mlp-layout.ts";
import { initialWeights } from "../../agent/graph/mlp-layout.ts";
import { MlpForward } from "../../agent/mlp-forward.ts";
import { inputSize, writeInputs } from "../../agent/network-inputs.ts";
import { type ExaminedRun, sampleObservations, vectorOf } from "../examined-run.ts";
import type { Figures } from "./examination.ts";
import { explainedVariance, standardized } from "./linear-probe.ts";

const STATES = 1024;

/**
 * `exam/room`: share of the variance of the actor's inputs that is a linear function of the last hidden layer of a network of
 * its shape with initial weights, for standardised inputs, on states that the function was not fitted on: a linear probe (Alain & Bengio 2016,
 * arXiv:1610.01644) of random features. A trained network leaves out what it does not need; this one leaves out what
 * it has no room for. `exam/twin_units`: share of the first hidden layer's units with the same weights as another one, to
 * four digits.
 */
export function examineRoom({ replay, normalizers, layouts, learner, rng, sizes }: ExaminedRun): Figures {
  const states = sampleObservations(replay, STATES, rng().fork("information"));
  const size = inputSize(sizes);
  const network = new MlpForward(layouts.actor);
  const weights = freshWeights(layouts.actor, rng);
  const inputs = states.map(({ observation, desiredGoal }) => {
    const input = new Float32Array(size);
    writeInputs(normalizers, observation, desiredGoal, 1, input, size);
    return input;
  });
  // Inputs of another scale are another fault.
  const features = standardized(inputs, STATES).map((input) => {
    network.input.set(input);
    network.run(weights);
    return network.hidden.at(-1)?.slice() ?? new Float64Array(0);
  });
  return {
    "exam/room": explainedVariance(features, inputs),
    "exam/twin_units": twinUnits(layouts.actor, vectorOf(learner, "actor")),
  };
}

/** Share of the first hidden layer's units whose weights equal those of another one. */
function twinUnits({ parts }: MlpLayout, weights: Float32Array): number {
  const part = parts.find(({ name }) => name === "0.weight");
  if (part === undefined) return Number.NaN;
  const [inputs = 0, units = 0] = part.shape;
  const columns = Array.from({ length: units }, (_, unit) =>
    Array.from({ length: inputs }, (_unused, i) =>
      weights[part.offset + i * units + unit]!.toPrecision(4),
    ).join(),
  );
  return (units - new Set(columns).size) / units;
}

function freshWeights(layout: MlpLayout, rng: ExaminedRun["rng"]): Float32Array {
  return initialWeights(layout, rng().fork("weights"), 1);
}
