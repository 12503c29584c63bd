/** @file Variants of the vanishing-gradient case: initial weights of the actor, explorations, and remedies. */

import { both, MORE_RANDOM_ACTIONS, PLAIN, REMEDIES, type Remedy } from "./remedies.ts";

export const TINY_START: Remedy = {
  name: "tiny start, ± 0.0001",
  settings: { "agent.actorLastLayerInit": 1e-4 },
};

export const SATURATED: Remedy = {
  name: "saturated start, ± 30",
  settings: { "agent.actorLastLayerInit": 30 },
};

/** Initial bounds of the actor's output layer, from tiny to saturated. */
export const STARTS: readonly Remedy[] = [
  TINY_START,
  PLAIN,
  { name: "large start, ± 0.3", settings: { "agent.actorLastLayerInit": 0.3 } },
  SATURATED,
];

/** Exploration methods, each replacing the plain preset's Gaussian noise with held random actions. */
export const EXPLORATIONS: readonly Remedy[] = [
  REMEDIES.noExploration,
  REMEDIES.gaussianAlone,
  REMEDIES.ouAlone,
  REMEDIES.greedyAlone,
];

const ACTOR_LAYER_NORM: Remedy = { name: "layer norm, actor", settings: { "agent.layerNorm.actor": true } };
const ACTOR_BATCH_NORM: Remedy = {
  name: "batch norm, actor",
  settings: { "agent.batchNorm.actor": "batch" },
};

/** A saturated start with more exploration. */
export const SATURATED_EXPLORING: readonly Remedy[] = [REMEDIES.ou, MORE_RANDOM_ACTIONS].map((remedy) =>
  both(SATURATED, remedy),
);

/** A saturated start with remedies that act on the actor's gradient. */
export const SATURATED_GRADIENT: readonly Remedy[] = [
  REMEDIES.penalty,
  REMEDIES.inverted,
  ACTOR_LAYER_NORM,
  ACTOR_BATCH_NORM,
].map((remedy) => both(SATURATED, remedy));
