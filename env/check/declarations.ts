/** @file Checks of an environment's declarations: spaces, ranges and limits. */

import type { Box } from "../../shared/box.ts";
import type { GoalEnv } from "../../shared/goal-env.ts";
import type { EnvCheck } from "./probe.ts";

const spaces: EnvCheck = {
  name: "spaces",
  promise: "Spaces have equally many lower and upper bounds, finite and in order; actions are in [−1, 1].",
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
    return ": expected bounds as Float32Arrays, got another type";
  if (low.length === 0) return ": expected at least one number, got none";
  if (low.length !== high.length)
    return `: expected ${low.length} upper bounds, the number of lower ones, got ${high.length}`;
  for (let i = 0; i < low.length; i++) {
    if (!(Number.isFinite(low[i]) && Number.isFinite(high[i]) && low[i]! < high[i]!)) {
      return `[${i}]: expected finite bounds in order, got [${low[i]}, ${high[i]}]`;
    }
  }
  return undefined;
}

const limits: EnvCheck = {
  name: "limits",
  promise: "The time limit, the timestep and the reward ranges are valid numbers.",
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
    return `rewardRange: expected [minimum, maximum] with a finite maximum, got [${low}, ${high}]`;
  }
  if (potentialRange === undefined) return undefined;
  const isValid = potentialRange.every(Number.isFinite) && potentialRange[0] <= potentialRange[1];
  return isValid ? undefined : `potentialRange: expected finite [minimum, maximum], got [${potentialRange}]`;
}

export const DECLARATIONS: readonly EnvCheck[] = [spaces, limits];
