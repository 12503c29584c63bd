/** @file Whether an environment says of itself what one can believe: its spaces, ranges and limits. */

import type { Box } from "../../shared/box.ts";
import type { GoalEnv } from "../../shared/goal-env.ts";
import type { EnvCheck } from "./probe.ts";

const spaces: EnvCheck = {
  name: "spaces",
  promise: "Spaces have as many lower as upper bounds, in order and finite; actions are [−1, 1].",
  find: async (open) => {
    const env = await open();
    for (const name of ["observationSpace", "goalSpace", "actionSpace"] as const) {
      const fault = spaceFault(env[name]);
      if (fault !== undefined) return `${name}${fault}`;
    }
    const { low, high } = env.actionSpace;
    const i = low.findIndex((bound, at) => bound !== -1 || high[at] !== 1);
    return i === -1 ? undefined : `actionSpace[${i}]: expected [-1, 1], got [${low[i]}, ${high[i]}]`;
  },
};

function spaceFault({ low, high }: Box): string | undefined {
  if (!(low instanceof Float32Array && high instanceof Float32Array))
    return ": expected bounds in Float32Array";
  if (low.length === 0) return ": expected at least one number";
  if (low.length !== high.length)
    return `: expected ${low.length} upper bounds, as many as lower ones, got ${high.length}`;
  for (let i = 0; i < low.length; i++) {
    if (!(Number.isFinite(low[i]) && Number.isFinite(high[i]) && low[i]! < high[i]!)) {
      return `[${i}]: expected finite bounds in order, got [${low[i]}, ${high[i]}]`;
    }
  }
  return undefined;
}

const limits: EnvCheck = {
  name: "limits",
  promise: "The time limit, the timestep and the ranges of rewards are numbers that can be used.",
  find: async (open) => {
    const env = await open();
    const { id, maxEpisodeSteps, controlTimestep } = env;
    if (typeof id !== "string" || id === "") return `id: expected a name, got ${JSON.stringify(id)}`;
    if (!(Number.isInteger(maxEpisodeSteps) && maxEpisodeSteps >= 1)) {
      return `maxEpisodeSteps: expected an integer ≥ 1, got ${maxEpisodeSteps}`;
    }
    if (!(Number.isFinite(controlTimestep) && controlTimestep > 0)) {
      return `controlTimestep: expected seconds > 0, got ${controlTimestep}`;
    }
    return rangeFault(env);
  },
};

function rangeFault({ rewardRange, potentialRange }: GoalEnv): string | undefined {
  const [low, high] = rewardRange;
  if (!(low <= high && high < Number.POSITIVE_INFINITY)) {
    return `rewardRange: expected the least reward first, and a finite greatest one, got [${low}, ${high}]`;
  }
  if (potentialRange === undefined) return undefined;
  const finite = potentialRange.every(Number.isFinite) && potentialRange[0] <= potentialRange[1];
  return finite ? undefined : `potentialRange: expected finite numbers in order, got [${potentialRange}]`;
}

export const DECLARATIONS: readonly EnvCheck[] = [spaces, limits];
