/** @file Checks of observations and steps: declared shape, finite numbers, within bounds. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { type EnvCheck, type Moment, PARTS, type Walk } from "./probe.ts";

/** Applies a check to each moment of the recorded walk and returns the first fault. */
function atEachMoment(check: (env: GoalEnv, moment: Moment) => string | undefined): EnvCheck["find"] {
  return async (_, walk) => {
    const { env, moments }: Walk = await walk();
    for (const moment of moments) {
      const fault = check(env, moment);
      if (fault !== undefined) return `${moment.where}: ${fault}`;
    }
    return undefined;
  };
}

const spaceOf = {
  observation: "observationSpace",
  achievedGoal: "goalSpace",
  desiredGoal: "goalSpace",
} as const;

const shapes: EnvCheck = {
  name: "shapes",
  promise: "Observations and goals are Float32Arrays with the sizes of their spaces.",
  find: atEachMoment((env, { observed }) => {
    for (const part of PARTS) {
      const value: unknown = observed[part];
      const size = env[spaceOf[part]].low.length;
      if (!(value instanceof Float32Array)) {
        return `${part}: expected a Float32Array, got ${Object.prototype.toString.call(value).slice(8, -1)}`;
      }
      if (value.length !== size) {
        return `${part}: expected ${size} numbers, the size of ${spaceOf[part]}, got ${value.length}`;
      }
    }
    return undefined;
  }),
};

const steps: EnvCheck = {
  name: "step",
  promise: "A step's reward is a finite number; terminated, truncated and isSuccess are true or false.",
  find: atEachMoment((env, { step }) => {
    if (step === undefined) return undefined;
    if (!Number.isFinite(step.reward)) return `reward: expected a finite number, got ${step.reward}`;
    for (const flag of ["terminated", "truncated", "isSuccess"] as const) {
      if (typeof step[flag] !== "boolean") {
        return `${flag}: expected true or false, got ${JSON.stringify(step[flag])}`;
      }
    }
    const names = env.rewardTerms?.length ?? 0;
    const terms = step.terms?.length ?? 0;
    return terms === names
      ? undefined
      : `terms: expected ${names}, the number of names in rewardTerms, got ${terms}`;
  }),
};

const finite: EnvCheck = {
  name: "finite",
  promise: "Every number of an observation or a goal is finite.",
  find: atEachMoment((_, { observed }) => {
    for (const part of PARTS) {
      const i = observed[part].findIndex((value) => !Number.isFinite(value));
      if (i !== -1) return `${part}[${i}]: expected a finite number, got ${observed[part][i]}`;
    }
    return undefined;
  }),
};

const bounds: EnvCheck = {
  name: "bounds",
  promise: "Observations and goals lie within their spaces.",
  find: atEachMoment((env, { observed }) => {
    for (const part of PARTS) {
      const { low, high } = env[spaceOf[part]];
      // Numbers that are not finite are the finding of `finite`.
      const i = observed[part].findIndex((value, at) => value < low[at]! || value > high[at]!);
      if (i !== -1 && observed[part].every(Number.isFinite)) {
        return `${part}[${i}]: expected a number in [${low[i]}, ${high[i]}], got ${observed[part][i]}`;
      }
    }
    return undefined;
  }),
};

export const OBSERVATIONS: readonly EnvCheck[] = [shapes, steps, finite, bounds];
