/**
 * @file Miniature of an agent, shared by all cases: an actor with one hidden layer and a fixed observation, and a critic
 * that is linear in the action, Q(a) = slope · a.
 *
 * It uses the agent's graph, actor loss and Adam, so its results apply to the agent.
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

const OBSERVATION_SIZE = 10;
const HIDDEN_UNITS = 64;

/** 10 inputs, 64 ReLU units, 1 action. */
export const LAYOUT = mlpLayout([OBSERVATION_SIZE, HIDDEN_UNITS, 1]);

/** Offset of the output layer's weights in the flat vector; its bias is the last element. */
const OUTPUT_OFFSET = OBSERVATION_SIZE * HIDDEN_UNITS + HIDDEN_UNITS;

/** Initial bound of the output layer if initialised like a hidden layer: 1/√64. */
export const DEFAULT_BOUND = initialBound(HIDDEN_UNITS);

/** Settings of the miniature's actor loss: the plain preset, with the given changes. */
export function miniatureConfig(settings: Readonly<Record<string, unknown>> = {}): UpdateConfig {
  const { agent } = presetSettings("plain");
  return parseConfig({ agent: { ...agent, batchSize: 1, ...settings } }, "miniature").agent;
}

export function drawObservation(rng: Rng): Float32Array {
  return Float32Array.from({ length: OBSERVATION_SIZE }, () => rng.uniform());
}

export function drawWeights(rng: Rng, outputBound: number): Float32Array {
  return initialWeights(LAYOUT, rng, outputBound);
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
 * Builds the graph; the loss is −slope · action plus the configuration's penalties.
 *
 * @param squashed false for a linear output without tanh
 */
export function buildMiniature(config: UpdateConfig, squashed = true): Miniature {
  const weights = input("actor", [LAYOUT.size]);
  const observation = input("observation", [1, OBSERVATION_SIZE]);
  const slope = input("slope", [1, 1]);
  const preActivation = mlp(LAYOUT, weights, observation).output;
  const action = squashed ? squash(preActivation, config) : preActivation;
  const policy = { preActivations: preActivation, actions: action };
  const loss = actorLoss(mul(action, slope), policy, config);
  const gradient = gradients(loss, [weights])[0]!;
  return { weights, observation, slope, preActivation, action, loss, gradient };
}

/** A program that evaluates loss, action and gradient norms; the weights are the feed `actor`. */
export function evaluationProgram(miniature: Miniature): Program {
  const actionGradient = gradients(miniature.loss, [miniature.action])[0]!;
  return {
    state: [],
    feeds: [miniature.observation, miniature.slope, miniature.weights],
    outputs: [
      { name: "loss", node: miniature.loss },
      { name: "preActivation", node: miniature.preActivation },
      { name: "action", node: miniature.action },
      { name: "byAction", node: globalNorm(actionGradient) },
      { name: "byWeights", node: globalNorm(miniature.gradient) },
      { name: "byHidden", node: globalNorm(slice(miniature.gradient, 0, 0, OUTPUT_OFFSET)) },
    ],
  };
}

export interface OptimiserConfig {
  readonly optimiser: "adam" | "sgd";
  readonly learningRate: number;
  /** Maximum gradient norm; default no clipping. */
  readonly clip?: number;
}

/** A program that makes one update per run: state `actor`; outputs `loss` and `action` from before the update. */
export function trainingProgram(
  miniature: Miniature,
  { optimiser, learningRate, clip }: OptimiserConfig,
): Program {
  const { weights, loss, action } = miniature;
  const gradient = clip === undefined ? miniature.gradient : clipByGlobalNorm(miniature.gradient, clip);
  return {
    state:
      optimiser === "adam"
        ? adamUpdate(weights, gradient, learningRate)
        : [{ current: weights, next: sub(weights, mul(gradient, learningRate)) }],
    feeds: [miniature.observation, miniature.slope],
    outputs: [
      { name: "loss", node: loss },
      { name: "action", node: action },
    ],
  };
}

/** State updates of one Adam step: weights and moments. */
export function adamUpdate(weights: InputNode, gradient: Node, learningRate: number): StateUpdate[] {
  const { init, update } = adam({ learningRate });
  const { parameters, state } = update(gradient, init(weights), weights);
  return [{ current: weights, next: parameters }, ...state];
}

/** Resets a compiled training program: the given weights, all other state zero. */
export function resetTraining(compiled: Compiled, program: Program, weights: Float32Array): void {
  for (const { current } of program.state) {
    compiled.setState(current.name, new Float32Array(elementCount(current.shape)));
  }
  compiled.setState("actor", weights);
}
