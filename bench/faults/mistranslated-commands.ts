/** @file Drives and controllers that turn commands into something else, lose some of them, or refuse the rest. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { distance } from "../../shared/vec3.ts";
import { interfered } from "./interfered-env.ts";

/** Drives that are either on or off: full power in the direction of the action, however small it is. */
export function withOnOffDrives(env: GoalEnv): GoalEnv {
  return interfered(env, { action: (action) => Float32Array.from(action, Math.sign) });
}

/** Gears with play: after each reversal, a motor turns for some steps without moving its joint. */
export function withBacklash(steps: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    let sides: number[] = [];
    let play: number[] = [];
    return interfered(env, {
      start: (observation) => {
        sides = [];
        play = [];
        return observation;
      },
      action: (action) =>
        Float32Array.from(action, (x, i) => {
          const side = Math.sign(x);
          if (side !== 0 && side !== sides[i]) {
            if (sides[i] !== undefined) play[i] = steps;
            sides[i] = side;
          }
          const left = play[i] ?? 0;
          play[i] = Math.max(left - 1, 0);
          return left > 0 ? 0 : x;
        }),
    });
  };
}

/** A controller that applies the change of the action since the step before, in place of the action. */
export function withCommandsAsDifferences(env: GoalEnv): GoalEnv {
  let previous: Float32Array = new Float32Array(0);
  return interfered(env, {
    start: (observation) => {
      previous = new Float32Array(env.actionSpace.low.length);
      return observation;
    },
    action: (action) => {
      const change = Float32Array.from(action, (x, i) => Math.min(Math.max(x - previous[i]!, -1), 1));
      previous = Float32Array.from(action);
      return change;
    },
  });
}

/** A protective stop: motors stay off from where the tool leaves a sphere around its start. @param radius metres */
export function withFence(radius: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    let start: Float32Array = new Float32Array(0);
    let isOutside = false;
    return interfered(env, {
      start: (observation) => {
        start = observation.achievedGoal.slice();
        isOutside = false;
        return observation;
      },
      action: (action) => (isOutside ? new Float32Array(action.length) : action),
      step: (step) => {
        isOutside ||= distance(step.achievedGoal, start) > radius;
        return step;
      },
    });
  };
}

/** Evaluations in which actions take effect some steps late, as on a robot behind a network; training has no delay. */
export function withEvaluationsLate(steps: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    let isTraining = false;
    let queue: Float32Array[] = [];
    return interfered(env, {
      reset: (options) => {
        isTraining = options.training ?? false;
        queue = [];
        return options;
      },
      action: (action) => {
        if (isTraining) return action;
        queue.push(Float32Array.from(action));
        const due = queue.length > steps ? queue.shift() : undefined;
        return due ?? new Float32Array(action.length);
      },
    });
  };
}
