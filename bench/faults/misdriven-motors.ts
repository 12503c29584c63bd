/** @file Motors that add up, queue, exchange or reverse their commands. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { interfered } from "./interfered-env.ts";

/** Forces that are never cleared: each action is added to all before it in the episode. */
export function withForcesNeverCleared(env: GoalEnv): GoalEnv {
  let sum: Float32Array = new Float32Array(0);
  return interfered(env, {
    start: (observation) => {
      sum = new Float32Array(env.actionSpace.low.length);
      return observation;
    },
    action: (action) => {
      sum = sum.map((x, i) => x + (action[i] ?? 0));
      return sum.map((x) => Math.min(Math.max(x, -1), 1));
    },
  });
}

/** A drive that takes commands from a queue at half of the rate at which they arrive: the delay grows within an episode. */
export function withBacklog(env: GoalEnv): GoalEnv {
  let received: ArrayLike<number>[] = [];
  return interfered(env, {
    start: (observation) => {
      received = [];
      return observation;
    },
    action: (action) => {
      received.push(Float32Array.from(action));
      return received[Math.floor((received.length - 1) / 2)] ?? action;
    },
  });
}

/** Motors whose plugs are exchanged, first with last and so on, in the middle of a run. @param after steps of training */
export function withPlugsExchanged(after: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    let isTraining = false;
    let trained = 0;
    return interfered(env, {
      reset: (options) => {
        isTraining = options.training ?? false;
        return options;
      },
      action: (action) => {
        if (isTraining) trained += 1;
        return trained > after ? Float32Array.from(action).reverse() : action;
      },
    });
  };
}

/** Evaluations whose motors turn in the opposite direction, as of an environment without the training's action wrapper. */
export function withEvaluationsReversingActions(env: GoalEnv): GoalEnv {
  let isTraining = false;
  return interfered(env, {
    reset: (options) => {
      isTraining = options.training ?? false;
      return options;
    },
    action: (action) => (isTraining ? action : Float32Array.from(action, (x) => -x)),
  });
}
