/**
 * @file The miniature that the cases begin with: an actor of 64 units that sees one observation, and a
 * critic that is nothing but a number, the slope that it hands the actor.
 *
 * It is made of the agent's own graph, objective and Adam, so that what it shows holds for the agent.
 */

import { actorLoss } from "../../agent/actor-objective.ts";
import { actionOf } from "../../agent/bellman-target.ts";
import type { UpdateConfig } from "../../agent/ddpg-update.ts";
import { adamStep } from "../../agent/graph/adam.ts";
import { clipByGlobalNorm, globalNorm } from "../../agent/graph/clip-by-norm.ts";
import { gradients } from "../../agent/graph/gradients.ts";
import { initialWeights, mlp, mlpLayout } from "../../agent/graph/mlp.ts";
import type { InputNode, Node } from "../../agent/graph/node.ts";
import { input, mul, neg, slice, sub } from "../../agent/graph/ops.ts";
import type { Carried, Program } from "../../agent/graph/program.ts";
import { parseConfig } from "../../shared/config.ts";
import { presetSettings } from "../../shared/presets.ts";
import type { Rng } from "../../shared/rng.ts";

const OBSERVATION = 10;
const UNITS = 64;

/** From ten numbers through 64 rectified units to one action. */
export const LAYOUT = mlpLayout([OBSERVATION, UNITS, 1]);

/** Where the output's weights begin in the flat vector; its bias is the last number of all. */
export const OUTPUT_AT = OBSERVATION * UNITS + UNITS;

/** The bound of a last layer that is drawn as all others are: 1/√64. */
export const USUAL_BOUND = 1 / Math.sqrt(UNITS);

/** Which objective the miniature's actor climbs: the plain preset's, unless told otherwise. */
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

/** Nodes of the miniature, before anything is done with them. */
export interface Miniature {
  readonly weights: InputNode;
  readonly feeds: readonly InputNode[];
  /** What goes into the tanh, [1, 1]. */
  readonly preActivation: Node;
  /** [1, 1] */
  readonly action: Node;
  readonly loss: Node;
  /** The loss's derivative by the flat vector. */
  readonly gradient: Node;
}

/** The actor under its loss −a · slope, with whatever the config adds; feeds `observation` and `slope`. */
export function miniature(config: UpdateConfig, squashed = true): Miniature {
  const weights = input("actor", [LAYOUT.size]);
  const observation = input("observation", [1, OBSERVATION]);
  const slope = input("slope", [1, 1]);
  const preActivation = mlp(LAYOUT, weights, observation).output;
  const action = squashed ? actionOf(preActivation, config) : preActivation;
  const loss = actorLoss(mul(action, slope), action, preActivation, config);
  const gradient = gradients(loss, [weights])[0]!;
  return { weights, feeds: [observation, slope], preActivation, action, loss, gradient };
}

/** Looks at a miniature without changing it: `actor` is fed as well. */
export function lookingProgram(built: Miniature): Program {
  const byAction = gradients(built.loss, [built.action])[0]!;
  return {
    state: [],
    feeds: [...built.feeds, built.weights],
    outputs: [
      { name: "loss", node: built.loss },
      { name: "preActivation", node: built.preActivation },
      { name: "action", node: built.action },
      { name: "byAction", node: globalNorm(byAction) },
      { name: "byWeights", node: globalNorm(built.gradient) },
      { name: "byHidden", node: globalNorm(slice(built.gradient, 0, 0, OUTPUT_AT)) },
    ],
  };
}

export interface Descent {
  readonly optimiser: "adam" | "gradient";
  readonly learningRate: number;
  /** The gradient is no longer than this; none if left out. */
  readonly clip?: number;
}

/** Trains a miniature: one step a run. Carries `actor`; reports `loss` and `action`, before the step. */
export function trainingProgram(built: Miniature, { optimiser, learningRate, clip }: Descent): Program {
  const { weights, loss, action } = built;
  const gradient = clip === undefined ? built.gradient : clipByGlobalNorm(built.gradient, clip);
  const state: readonly Carried[] =
    optimiser === "adam"
      ? adamStep(weights, gradient, { learningRate }).state
      : [{ name: weights.name, current: weights, next: sub(weights, mul(gradient, learningRate)) }];
  return {
    state,
    feeds: built.feeds,
    outputs: [
      { name: "loss", node: loss },
      { name: "action", node: action },
      // What the slope of this run thinks of the action: minus the loss without its penalties.
      { name: "judged", node: neg(mul(action, built.feeds[1]!)) },
    ],
  };
}

/** Puts a compiled training program back to a beginning. */
export function restart(
  compiled: { setState(name: string, values: Float32Array): void },
  { optimiser }: Descent,
  weights: Float32Array,
): void {
  compiled.setState("actor", weights);
  if (optimiser === "gradient") return;
  compiled.setState("actor/sum", new Float32Array(weights.length));
  compiled.setState("actor/squareSum", new Float32Array(weights.length));
  compiled.setState("actor/count", new Float32Array(2));
}
