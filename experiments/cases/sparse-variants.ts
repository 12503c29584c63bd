/** @file Variants of the sparse-reward case: the plain preset without HER, and remedies that could replace HER. */

import { both, MORE_RANDOM_ACTIONS, REMEDIES, type Remedy } from "./remedies.ts";

/** The sparse reward without HER, the base of the comparisons. */
export const NO_HER: Remedy = REMEDIES.noHindsight;

export const NO_HER_DENSE = both(NO_HER, REMEDIES.dense);
export const NO_HER_POTENTIAL = both(NO_HER, REMEDIES.potential);
export const NO_HER_EXPLORING = both(NO_HER, MORE_RANDOM_ACTIONS);
export const NO_HER_REWARDING = both(NO_HER, REMEDIES.rewarding);
export const NO_HER_PRIORITIZED = both(NO_HER, REMEDIES.prioritized);

/** Returns that bootstrap less. */
export const LONGER_RETURNS: readonly Remedy[] = [REMEDIES.threeStep, REMEDIES.monteCarlo];
export const NO_HER_LONGER_RETURNS: readonly Remedy[] = LONGER_RETURNS.map((remedy) => both(NO_HER, remedy));

/** Remedies instead of HER, one at a time. */
export const INSTEAD_OF_HER: readonly Remedy[] = [
  NO_HER_DENSE,
  NO_HER_POTENTIAL,
  NO_HER_EXPLORING,
  NO_HER_REWARDING,
  NO_HER_PRIORITIZED,
  ...NO_HER_LONGER_RETURNS,
];
