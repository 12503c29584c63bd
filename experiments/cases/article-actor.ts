/**
 * @file The miniature of the cases: an actor with one hidden layer, one observation, and a critic that is linear in
 * the action, Q(a) = slope · a.
 *
 * It uses the agent's own graph, actor loss and Adam, so that its results hold for the agent.
 */

import { squash } from "../../agent/actor-critic.ts";
import { actorLoss } from "../../agent/actor-objective.ts";
import type { Compiled } from "../../agent/engine/engine.ts";
import { adam } from "../../agent/graph/adam.ts";
import { clipByGlobalNorm, globalNorm } from "../../agent/graph/clip-by-norm.ts";
import { gradients } from "../../agent/graph/gradients.ts";
import { mlp } from "../../agent/graph/mlp.ts";
import { initialBound, initialWeights, mlpLayout } from "../../agent/graph/mlp-layout.ts";
import { elementCount, type InputNode, type Node } from "../../agent/graph/node.ts";
import { input, mul, slice, sub } from "../../agent/graph/ops.ts";
import type { Program, StateUpdate } from "../../agent/graph/program.ts";
import type { UpdateConfig } from "../../agent/update-config.ts";
import { parseConfig } from "../../shared/config.ts";
import { presetSettings } from "../../shared/presets.ts";
import type { Rng } from "../../shared/rng.ts";

const OBSERVATION = 10;
const UNITS = 64;

/** Ten inputs, 64 rectified units, one action. */
export const LAYOUT = mlpLayout([OBSERVATION, UNITS, 1]);

/** Offset of the output layer's weights in the flat vector; its bias is the vector's last number. */
const OUTPUT_OFFSET = OBSERVATION * UNITS + UNITS;

/** Bound of a last layer that is initialised like a hidden layer: 1/√64. */
export const USUAL_BOUND = initialBound(UNITS);

/** The settings of the miniature's loss: the plain preset's, with some replaced. */
export function miniatureConfig(settings: Readonly<Record<string, unknown>> = {}): UpdateConfig {
  const { agent } = presetSettings("plain");
  return parseConfig({ agent: { ...agent, batchSize: 1, ...settings } }, "miniature").agent;
}

export function drawObservation(rng: Rng): Float32Array {
  return Float32Array.from({ length: OBSERVATION }, () => rng.uniform());
}

export function drawWeights(rng: Rng, lastBound: number): Float32Array {
  return initialWeights(LAYOUT, rng, lastBound);
}

/** The miniature's graph. */
export interface Miniature {
  readonly weights: InputNode;
  /** [1, 10] */
  readonly observation: InputNode;
  /** [1, 1] ∂Q/∂a */
  readonly slope: InputNode;
  /** [1, 1] input of the tanh. */
  readonly preActivation: Node;
  /** [1, 1] */
  readonly action: Node;
  readonly loss: Node;
  /** Derivative of the loss by the flat vector. */
  readonly gradient: Node;
}

/**
 * Builds the graph: the loss is −slope · action plus the configuration's penalties.
 *
 * @param squashed whether tanh (or clipping) bounds the action
 */
export function miniature(config: UpdateConfig, squashed = true): Miniature {
  const weights = input("actor", [LAYOUT.size]);
  const observation = input("observation", [1, OBSERVATION]);
  const slope = input("slope", [1, 1]);
  const preActivation = mlp(LAYOUT, weights, observation).output;
  const action = squashed ? squash(preActivation, config) : preActivation;
  const policy = { preActivations: preActivation, actions: action };
  const loss = actorLoss(mul(action, slope), policy, config);
  const gradient = gradients(loss, [weights])[0]!;
  return { weights, observation, slope, preActivation, action, loss, gradient };
}

/** A program without state: feeds `observation`, `slope` and the weights `actor`. */
export function inspectionProgram(built: Miniature): Program {
  const actionGradient = gradients(built.loss, [built.action])[0]!;
  return {
    state: [],
    feeds: [built.observation, built.slope, built.weights],
    outputs: [
      { name: "loss", node: built.loss },
      { name: "preActivation", node: built.preActivation },
      { name: "action", node: built.action },
      { name: "byAction", node: globalNorm(actionGradient) },
      { name: "byWeights", node: globalNorm(built.gradient) },
      { name: "byHidden", node: globalNorm(slice(built.gradient, 0, 0, OUTPUT_OFFSET)) },
    ],
  };
}

export interface OptimiserConfig {
  readonly optimiser: "adam" | "sgd";
  readonly learningRate: number;
  /** Limit of the gradient's norm; absent for no clipping. */
  readonly clip?: number;
}

/** A program that does one update per run: state `actor`; outputs `loss` and `action`, before the update. */
export function trainingProgram(
  built: Miniature,
  { optimiser, learningRate, clip }: OptimiserConfig,
): Program {
  const { weights, loss, action } = built;
  const gradient = clip === undefined ? built.gradient : clipByGlobalNorm(built.gradient, clip);
  return {
    state:
      optimiser === "adam"
        ? adamUpdate(weights, gradient, learningRate)
        : [{ current: weights, next: sub(weights, mul(gradient, learningRate)) }],
    feeds: [built.observation, built.slope],
    outputs: [
      { name: "loss", node: loss },
      { name: "action", node: action },
    ],
  };
}

/** One Adam step: the updates of the weights and of the optimiser's state. */
export function adamUpdate(weights: InputNode, gradient: Node, learningRate: number): StateUpdate[] {
  const { init, update } = adam({ learningRate });
  const { parameters, state } = update(gradient, init(weights), weights);
  return [{ current: weights, next: parameters }, ...state];
}

/** Restarts a compiled training program from initial weights. */
export function restart(compiled: Compiled, program: Program, weights: Float32Array): void {
  for (const { current } of program.state) {
    compiled.setState(current.name, new Float32Array(elementCount(current.shape)));
  }
  compiled.setState("actor", weights);
}
