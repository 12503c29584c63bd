/** @file Is there room in the networks? How much of their inputs a network of their shape can show in its last hidden layer. */

import type { MlpLayout } from "../../agent/graph/mlp-layout.ts";
import { initialWeights } from "../../agent/graph/mlp-layout.ts";
import { MlpForward } from "../../agent/mlp-forward.ts";
import { inputSize, writeInputs } from "../../agent/network-inputs.ts";
import { type ExaminedRun, sampleObservations } from "../examined-run.ts";
import type { Figures } from "./examination.ts";
import { explainedVariance, standardized } from "./linear-probe.ts";

const STATES = 1024;

/**
 * `exam/room`: share of the variance of the actor's inputs that is a linear function of the last hidden layer of a network of
 * its shape with initial weights, for standardised inputs, on states that the function was not fitted on: a linear probe (Alain & Bengio 2016,
 * arXiv:1610.01644) of random features. A trained network leaves out what it does not need; this one leaves out what
 * it has no room for.
 */
export function examineRoom({ replay, normalizers, layouts, rng, sizes }: ExaminedRun): Figures {
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
  return { "exam/room": explainedVariance(features, inputs) };
}

function freshWeights(layout: MlpLayout, rng: ExaminedRun["rng"]): Float32Array {
  return initialWeights(layout, rng().fork("weights"), 1);
}
