/** @file What the case of the vanishing gradient trains: actors that begin small, large and saturated, and what is to cure them. */

import { both, PLAIN, REMEDIES, type Remedy } from "./remedies.ts";

export const SATURATED: Remedy = {
  name: "saturated start, ± 30",
  settings: { "agent.actorLastLayerInit": 30 },
};

/** First weights of the actor's last layer, from tiny to saturated. */
export const STARTS: readonly Remedy[] = [
  { name: "tiny start, ± 0.0001", settings: { "agent.actorLastLayerInit": 1e-4 } },
  PLAIN,
  { name: "large start, ± 0.3", settings: { "agent.actorLastLayerInit": 0.3 } },
  SATURATED,
];

/** Ways to explore, each instead of the plain actor's Gaussian noise with held random actions. */
export const EXPLORATIONS: readonly Remedy[] = [
  REMEDIES.noExploration,
  REMEDIES.gaussianAlone,
  REMEDIES.ouAlone,
  REMEDIES.greedyAlone,
];

const MORE_RANDOM: Remedy = {
  name: "30 % random actions",
  settings: { "agent.exploration.randomActionProbability": 0.3 },
};

const ACTOR_LAYER_NORM: Remedy = { name: "layer norm, actor", settings: { "agent.layerNorm.actor": true } };
const ACTOR_BATCH_NORM: Remedy = {
  name: "batch norm, actor",
  settings: { "agent.batchNorm.actor": "batch" },
};

/** What is to bring the saturated actor back: first by what it tries, then by what its gradient is. */
export const EXPLORING_CURES: readonly Remedy[] = [REMEDIES.ou, MORE_RANDOM].map((each) =>
  both(SATURATED, each),
);
export const GRADIENT_CURES: readonly Remedy[] = [
  REMEDIES.penalty,
  REMEDIES.inverted,
  ACTOR_LAYER_NORM,
  ACTOR_BATCH_NORM,
].map((each) => both(SATURATED, each));
