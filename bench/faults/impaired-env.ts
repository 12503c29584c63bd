/** @file Impaired motors, sensors, trackers and rewards, and environments whose resets or evaluations differ from what they report. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import { interfered } from "./interfered-env.ts";

/** Motors that do not move for actions below a size. */
export function withDeadZone(size: number): (env: GoalEnv) => GoalEnv {
  return (env) =>
    interfered(env, { action: (action) => Float32Array.from(action, (x) => (Math.abs(x) < size ? 0 : x)) });
}

/** Motors that lose half of their power every `halfLife` steps, across episodes. */
export function withFadingMotors(halfLife: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    let steps = 0;
    return interfered(env, {
      action: (action) => {
        const gain = 2 ** (-steps / halfLife);
        steps += 1;
        return Float32Array.from(action, (x) => gain * x);
      },
    });
  };
}

/** Motors that push in their positive direction only. */
export function withOneWayMotors(env: GoalEnv): GoalEnv {
  return interfered(env, { action: (action) => Float32Array.from(action, (x) => Math.max(x, 0)) });
}

/** Sensors that show 0 at random. @param probability of each number at each step */
export function withDropouts(probability: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    const rng = Rng.fromSeed(6).fork("dropouts");
    const dropped = (observation: Float32Array) =>
      observation.map((x) => (rng.uniform() < probability ? 0 : x));
    return interfered(env, {
      start: (observation) => ({ ...observation, observation: dropped(observation.observation) }),
      step: (step) => ({ ...step, observation: dropped(step.observation) }),
    });
  };
}

/** Evaluations whose observations list their numbers in reverse order, as of an environment that is wrapped otherwise. */
export function withEvaluationsReversed(env: GoalEnv): GoalEnv {
  let isTraining = false;
  const ordered = (observation: Float32Array) => (isTraining ? observation : observation.slice().reverse());
  return interfered(env, {
    reset: (options) => {
      isTraining = options.training ?? false;
      return options;
    },
    start: (observation) => ({ ...observation, observation: ordered(observation.observation) }),
    step: (step) => ({ ...step, observation: ordered(step.observation) }),
  });
}

/** An arm that is put back to a start every few steps, while the episode goes on. */
export function withSilentResets(interval: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    let steps = 0;
    return interfered(env, {
      start: (observation) => {
        steps = 0;
        return observation;
      },
      step: (step) => {
        steps += 1;
        const truncated = steps === env.maxEpisodeSteps;
        if (truncated || steps % interval !== 0) return { ...step, truncated };
        return { ...step, ...env.reset({ goal: step.desiredGoal }), truncated };
      },
    });
  };
}

/** An environment that writes zeros into the caller's action after applying it. */
export function withActionOverwritten(env: GoalEnv): GoalEnv {
  return interfered(env, {
    action: (action) => {
      const applied = Float32Array.from(action);
      if (action instanceof Float32Array) action.fill(0);
      return applied;
    },
  });
}

/** Desired goals in millimetres; achieved goals in metres. */
export function withGoalsInMillimetres(env: GoalEnv): GoalEnv {
  const inMillimetres = (goal: Float32Array) => goal.map((x) => 1000 * x);
  return interfered(env, {
    start: (observation) => ({ ...observation, desiredGoal: inMillimetres(observation.desiredGoal) }),
    step: (step) => ({ ...step, desiredGoal: inMillimetres(step.desiredGoal) }),
  });
}

/** A tracker of the achieved goal, by which reward and success are judged, that keeps its first value of an episode. */
export function withFrozenTracker(env: GoalEnv): GoalEnv {
  let first: Float32Array = new Float32Array(0);
  return interfered(env, {
    reward: env.computeReward,
    start: (observation) => {
      first = observation.achievedGoal.slice();
      return observation;
    },
    step: (step) => ({
      ...step,
      achievedGoal: first.slice(),
      isSuccess: env.isAchieved(first, step.desiredGoal),
    }),
  });
}

/** Rewards for the distance to the achieved goal of the step before, in place of the desired goal. */
export function withRewardOfPrevious(env: GoalEnv): GoalEnv {
  return interfered(env, {
    reward: (achieved, _desired, previous) => env.computeReward(achieved, previous, previous),
  });
}

/** Rewards with white noise, drawn at each call. */
export function withRewardNoise(std: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    const rng = Rng.fromSeed(8).fork("reward noise");
    return interfered(env, {
      reward: (achieved, desired, previous) =>
        env.computeReward(achieved, desired, previous) + std * rng.normal(),
    });
  };
}
