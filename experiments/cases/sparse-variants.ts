/** @file What the case of the sparse reward trains: no hindsight, and what is to make up for it. */

import { both, REMEDIES, type Remedy } from "./remedies.ts";

/** The sparse reward by itself: what the others are held against. */
export const STARVED: Remedy = REMEDIES.noHindsight;

export const STARVED_DENSE = both(STARVED, REMEDIES.dense);
export const STARVED_POTENTIAL = both(STARVED, REMEDIES.potential);
export const STARVED_EXPLORING = both(STARVED, {
  name: "30 % random actions",
  settings: { "agent.exploration.randomActionProbability": 0.3 },
});
export const STARVED_REWARDING = both(STARVED, REMEDIES.rewarding);
export const STARVED_PRIORITIZED = both(STARVED, REMEDIES.prioritized);
export const STARVED_RETURNS: readonly Remedy[] = [REMEDIES.threeStep, REMEDIES.monteCarlo].map((each) =>
  both(STARVED, each),
);

/** Each alone against the sparse reward without hindsight. */
export const ALONE: readonly Remedy[] = [
  STARVED_DENSE,
  STARVED_POTENTIAL,
  STARVED_EXPLORING,
  STARVED_REWARDING,
  STARVED_PRIORITIZED,
  ...STARVED_RETURNS,
];

/** Returns that bootstrap less, with hindsight. */
export const LONGER: readonly Remedy[] = [REMEDIES.threeStep, REMEDIES.monteCarlo];
