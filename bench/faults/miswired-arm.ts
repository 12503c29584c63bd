/** @file Motors and sensors that are wired, powered or calibrated wrongly. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import { interfered } from "./interfered-env.ts";

/** Motors that all receive the first action. */
export function withMotorsInParallel(env: GoalEnv): GoalEnv {
  return interfered(env, {
    action: (action) => Float32Array.from(action, () => action[0] ?? 0),
  });
}

/** Motors whose signs are drawn at each reset. */
export function withSignsDrawnAtReset(env: GoalEnv): GoalEnv {
  const rng = Rng.fromSeed(2).fork("motor signs");
  let signs: Float32Array = new Float32Array(0);
  return interfered(env, {
    start: (observation) => {
      signs = env.actionSpace.low.map(() => (rng.uniform() < 0.5 ? -1 : 1));
      return observation;
    },
    action: (action) => Float32Array.from(action, (x, i) => x * (signs[i] ?? 1)),
  });
}

/** A controller that takes a new action only every few steps, and holds it in between. */
export function withHeldActions(steps: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    let step = 0;
    let held: ArrayLike<number> = [];
    return interfered(env, {
      start: (observation) => {
        step = 0;
        return observation;
      },
      action: (action) => {
        if (step % steps === 0) held = Float32Array.from(action);
        step += 1;
        return held;
      },
    });
  };
}

/** Sensors that drift for as long as the run lasts, neighbours in opposite directions. @param rate per step */
export function withDrift(rate: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    let drift = 0;
    const drifted = (observation: Float32Array) => {
      drift += rate;
      return observation.map((x, i) => x + (i % 2 === 0 ? drift : -drift));
    };
    return interfered(env, {
      start: (observation) => ({ ...observation, observation: drifted(observation.observation) }),
      step: (step) => ({ ...step, observation: drifted(step.observation) }),
    });
  };
}

/** Sensors with offsets that are drawn at each reset, as of encoders that are not homed. @param size uniform in ± this */
export function withOffsetsDrawnAtReset(size: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    const rng = Rng.fromSeed(3).fork("offsets");
    let offsets: Float32Array = new Float32Array(0);
    const shifted = (observation: Float32Array) => observation.map((x, i) => x + (offsets[i] ?? 0));
    return interfered(env, {
      start: (observation) => {
        offsets = observation.observation.map(() => size * (2 * rng.uniform() - 1));
        return { ...observation, observation: shifted(observation.observation) };
      },
      step: (step) => ({ ...step, observation: shifted(step.observation) }),
    });
  };
}

/** Sensors that show the episode before, at the same step; the first episode is shown as it is. */
export function withObservationsOfLastEpisode(env: GoalEnv): GoalEnv {
  let current: Float32Array[] = [];
  let last: readonly Float32Array[] = [];
  const replayed = (observation: Float32Array) => {
    const shown = last[Math.min(current.length, last.length - 1)] ?? observation;
    current.push(observation);
    return shown.slice();
  };
  return interfered(env, {
    start: (observation) => {
      if (current.length > 0) last = current;
      current = [];
      return { ...observation, observation: replayed(observation.observation) };
    },
    step: (step) => ({ ...step, observation: replayed(step.observation) }),
  });
}
