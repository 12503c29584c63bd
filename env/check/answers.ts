/** @file Whether what reset and step hand out has the shape that was declared, is finite, and within bounds. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { type EnvCheck, type Moment, PARTS, type Walk } from "./probe.ts";

/** The first fault that a look at each moment of a walk finds, and where. */
function everywhere(look: (env: GoalEnv, moment: Moment) => string | undefined): EnvCheck["find"] {
  return async (_, walk) => {
    const { env, moments }: Walk = await walk();
    for (const moment of moments) {
      const fault = look(env, moment);
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
  promise: "Observations and goals are Float32Arrays, as long as their spaces.",
  find: everywhere((env, { seen }) => {
    for (const part of PARTS) {
      const value: unknown = seen[part];
      const size = env[spaceOf[part]].low.length;
      if (!(value instanceof Float32Array)) {
        return `${part}: expected a Float32Array, got ${Object.prototype.toString.call(value).slice(8, -1)}`;
      }
      if (value.length !== size)
        return `${part}: expected ${size} numbers, as its space has, got ${value.length}`;
    }
    return undefined;
  }),
};

const steps: EnvCheck = {
  name: "step",
  promise: "A step's reward is a finite number; terminated, truncated and isSuccess are true or false.",
  find: everywhere((env, { step }) => {
    if (step === undefined) return undefined;
    if (!Number.isFinite(step.reward)) return `reward: expected a finite number, got ${step.reward}`;
    for (const flag of ["terminated", "truncated", "isSuccess"] as const) {
      if (typeof step[flag] !== "boolean")
        return `${flag}: expected true or false, got ${JSON.stringify(step[flag])}`;
    }
    const names = env.rewardTerms?.length ?? 0;
    const terms = step.terms?.length ?? 0;
    return terms === names ? undefined : `terms: expected ${names}, as rewardTerms has names, got ${terms}`;
  }),
};

const finite: EnvCheck = {
  name: "finite",
  promise: "Every number of an observation or a goal is finite.",
  find: everywhere((_, { seen }) => {
    for (const part of PARTS) {
      const i = seen[part].findIndex((value) => !Number.isFinite(value));
      if (i !== -1) return `${part}[${i}]: expected a finite number, got ${seen[part][i]}`;
    }
    return undefined;
  }),
};

const bounds: EnvCheck = {
  name: "bounds",
  promise: "Observations and goals lie within their spaces.",
  find: everywhere((env, { seen }) => {
    for (const part of PARTS) {
      const { low, high } = env[spaceOf[part]];
      // What is not finite has a finding of its own.
      const i = seen[part].findIndex((value, at) => value < low[at]! || value > high[at]!);
      if (i !== -1 && seen[part].every(Number.isFinite)) {
        return `${part}[${i}]: expected a number in [${low[i]}, ${high[i]}], got ${seen[part][i]}`;
      }
    }
    return undefined;
  }),
};

export const ANSWERS: readonly EnvCheck[] = [shapes, steps, finite, bounds];
