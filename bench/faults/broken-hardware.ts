/** @file Faults of motors and sensors. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import { interfered } from "./interfered-env.ts";

/** Position error of a glitch, metres. */
const GLITCH = 30;

/** Steps from glitch to glitch. No divisor of the episode length, so that glitches occur at every step of an episode. */
const GLITCH_INTERVAL = 97;

/** Motors that act on an action some steps after it is chosen; until then on zeros. */
export function withDelay(steps: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    let queue: ArrayLike<number>[] = [];
    return interfered(env, {
      start: (observation) => {
        queue = [];
        return observation;
      },
      action: (action) => {
        queue.push(Float32Array.from(action));
        const due = queue.length > steps ? queue.shift() : undefined;
        return due ?? new Float32Array(action.length);
      },
    });
  };
}

/** A motor that does not move. */
export function withDeadMotor(motor: number): (env: GoalEnv) => GoalEnv {
  return (env) =>
    interfered(env, { action: (action) => Float32Array.from(action, (x, i) => (i === motor ? 0 : x)) });
}

/** Motors that give a multiple of what is asked, within their limits. */
export function withGain(gain: number): (env: GoalEnv) => GoalEnv {
  return (env) =>
    interfered(env, {
      action: (action) => Float32Array.from(action, (x) => Math.min(Math.max(gain * x, -1), 1)),
    });
}

/** White noise on every number of the observation. @param std in the observation's units */
export function withObservationNoise(std: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    const rng = Rng.fromSeed(1).fork("observation noise");
    return withSensors(env, (observation) => observation.map((x) => x + std * rng.normal()));
  };
}

/** A sensor that shows its first value for ever. */
export function withFrozenSensor(sensor: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    let shown: number | undefined;
    return withSensors(env, (observation) => {
      shown ??= observation[sensor];
      const changed = observation.slice();
      changed[sensor] = shown ?? 0;
      return changed;
    });
  };
}

/** Sensors that cannot show more than a size. */
export function withClippedSensors(size: number): (env: GoalEnv) => GoalEnv {
  return (env) =>
    withSensors(env, (observation) => observation.map((x) => Math.min(Math.max(x, -size), size)));
}

/** Observations in other units. */
export function withScaledSensors(factor: number): (env: GoalEnv) => GoalEnv {
  return (env) => withSensors(env, (observation) => observation.map((x) => x * factor));
}

/** A tracker that reports the end effector far away at some steps, which inflates the normaliser's standard deviation. */
export function withTrackerGlitches(env: GoalEnv): GoalEnv {
  let steps = 0;
  return interfered(env, {
    reward: env.computeReward,
    step: (step) => {
      steps += 1;
      if (steps % GLITCH_INTERVAL !== 0) return step;
      return { ...step, achievedGoal: step.achievedGoal.map((x) => x + GLITCH) };
    },
  });
}

/** Sensors that show the state of some steps ago. */
export function withStaleSensors(steps: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    let shown: Float32Array[] = [];
    const late = (observation: Float32Array) => {
      shown.push(observation);
      if (shown.length > steps + 1) shown.shift();
      return shown[0] ?? observation;
    };
    return interfered(env, {
      start: (observation) => {
        shown = [];
        return { ...observation, observation: late(observation.observation) };
      },
      step: (step) => ({ ...step, observation: late(step.observation) }),
    });
  };
}

function withSensors(env: GoalEnv, sense: (observation: Float32Array) => Float32Array): GoalEnv {
  return interfered(env, {
    start: (observation) => ({ ...observation, observation: sense(observation.observation) }),
    step: (step) => ({ ...step, observation: sense(step.observation) }),
  });
}
