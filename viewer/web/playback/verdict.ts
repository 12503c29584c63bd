/**
 * @file The verdict on a displayed arm: what it has done in the last seconds of a live session, or in the loaded
 * episodes of a replay.
 */

import type { View, ViewData } from "../state/view-data.ts";
import type { SlotStatistics } from "./episode-cache.ts";
import {
  OSCILLATION_THRESHOLD,
  SUCCESS_STD_THRESHOLD,
  type SuccessSpread,
  successSpread,
} from "./oscillation.ts";
import { type SteadinessReport, steadinessAt } from "./steadiness.ts";

/** Share of episodes below which a policy is not at the goal. */
const MIN_SUCCESS = 0.5;

/** Returns the verdict on a slot at a time, seconds; undefined while there is nothing to judge. */
export function verdictAt(
  { live, motions, slots }: View,
  slot: number,
  time: number,
  data: Pick<ViewData, "episodes" | "successRates">,
): SteadinessReport | undefined {
  const motion = motions[slot];
  if (live) return motion === undefined ? undefined : steadinessAt(motion, time);
  const source = slots[slot]?.source;
  if (source === undefined) return undefined;
  return verdictOn(data.episodes.statistics(slot), successSpread(data.successRates(source)));
}

/**
 * Returns the verdict on a policy by its recorded episodes.
 *
 * A policy that never comes to its goal in most episodes is not at the goal, however its actions alternate. One that
 * does is oscillating if its actions alternate or its success rate varies, and steady if it mostly ends there.
 */
export function verdictOn(
  { episodes, successes, reached, signChanges }: SlotStatistics,
  spread: SuccessSpread | undefined,
): SteadinessReport | undefined {
  if (episodes === 0) return undefined;
  const of = (count: number) => `${count} of ${episodes} episode${episodes === 1 ? "" : "s"}`;
  const away = { state: "not at the goal", detail: `at the end of ${of(episodes - successes)}` } as const;
  if (reached < MIN_SUCCESS * episodes) return away;
  if (signChanges >= OSCILLATION_THRESHOLD) {
    return { state: "oscillating", detail: `· its actions reverse ${signChanges.toFixed(0)} times a second` };
  }
  if (spread !== undefined && spread.std >= SUCCESS_STD_THRESHOLD) {
    const range = `${spread.min.toFixed(2)} and ${spread.max.toFixed(2)}`;
    return { state: "oscillating", detail: `· its success rate varied between ${range} in training` };
  }
  if (successes < MIN_SUCCESS * episodes) return away;
  return { state: "steady", detail: `· at the goal at the end of ${of(successes)}` };
}
