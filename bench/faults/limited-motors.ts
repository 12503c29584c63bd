/** @file Motors and controllers that limit, disturb or repeat what is asked of them. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import { interfered } from "./interfered-env.ts";

/** Motors whose torque starts at 0 and changes by at most `rate` of its limit a step. */
export function withRamp(rate: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    let applied: Float32Array = new Float32Array(0);
    return interfered(env, {
      start: (observation) => {
        applied = env.actionSpace.low.map(() => 0);
        return observation;
      },
      action: (action) => {
        applied = applied.map((x, i) => x + Math.min(Math.max((action[i] ?? 0) - x, -rate), rate));
        return applied.slice();
      },
    });
  };
}

/** Motors that are switched off for the rest of an episode once they are hot. @param budget sum over steps of mean(action²) */
export function withThermalCutout(budget: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    let heat = 0;
    return interfered(env, {
      start: (observation) => {
        heat = 0;
        return observation;
      },
      action: (action) => {
        if (heat >= budget) return new Float32Array(action.length);
        for (let i = 0; i < action.length; i++) heat += action[i]! ** 2 / action.length;
        return action;
      },
    });
  };
}

/** Motors whose torque has white noise. @param std in units of an action */
export function withMotorNoise(std: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    const rng = Rng.fromSeed(9).fork("motor noise");
    return interfered(env, {
      action: (action) => Float32Array.from(action, (x) => Math.min(Math.max(x + std * rng.normal(), -1), 1)),
    });
  };
}

/** A controller that applies each action for several steps, of which the agent sees the last one. */
export function withFrameSkip(steps: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    let held: ArrayLike<number> = [];
    return interfered(env, {
      action: (action) => {
        held = Float32Array.from(action);
        return held;
      },
      step: (first) => {
        let last = first;
        for (let i = 1; i < steps && !last.truncated; i++) last = env.step(held);
        return last;
      },
    });
  };
}
