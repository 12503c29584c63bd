/** @file Signals between computer and arm that are disturbed, shifted, filtered or lost on their way. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import { interfered } from "./interfered-env.ts";

/** Sensors that pick up noise from the motors' currents. @param std of each number at full torque, in its unit */
export function withMotorInterference(std: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    const rng = Rng.fromSeed(11).fork("interference");
    let load = 0;
    return interfered(env, {
      action: (action) => {
        const applied = Float32Array.from(action, (x) => Math.min(Math.abs(x), 1));
        load = applied.reduce((sum, x) => sum + x, 0) / applied.length;
        return action;
      },
      step: (step) => ({
        ...step,
        observation: step.observation.map((x) => x + load * std * rng.normal()),
      }),
    });
  };
}

/** A sensor bus that loses the start of a frame: all numbers move by some places. @param probability of a step */
export function withShiftedFrames(probability: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    const rng = Rng.fromSeed(12).fork("frames");
    return interfered(env, {
      step: (step) => {
        if (rng.uniform() >= probability) return step;
        const { observation } = step;
        const places = 1 + rng.integer(observation.length - 1);
        const shifted = observation.map((_, i) => observation[(i + places) % observation.length]!);
        return { ...step, observation: shifted };
      },
    });
  };
}

/** Sensors behind a low-pass filter, which starts anew in each episode. @param share of the new value at each step */
export function withLowPass(share: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    let shown: Float32Array = new Float32Array(0);
    return interfered(env, {
      start: (observation) => {
        shown = observation.observation;
        return observation;
      },
      step: (step) => {
        shown = step.observation.map((x, i) => shown[i]! + share * (x - shown[i]!));
        return { ...step, observation: shown };
      },
    });
  };
}

/** A connection that loses commands; the motors give no torque at those steps. @param probability of each step */
export function withLostCommands(probability: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    const rng = Rng.fromSeed(13).fork("lost commands");
    return interfered(env, {
      action: (action) => (rng.uniform() < probability ? new Float32Array(action.length) : action),
    });
  };
}
