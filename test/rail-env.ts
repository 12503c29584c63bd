/** @file A GoalEnv that is written by hand, without makeGoalEnv: tests copy it as a module and put a fault into one place. */

import {
  box,
  clipInto,
  contains,
  type GoalEnv,
  InputError,
  type ResetOptions,
  Rng,
  refuse,
  type Step,
  symmetricBox,
} from "../steadyarm.ts";

const TIMESTEP = 0.1; // s
const EPISODE_STEPS = 50;
const MAX_FORCE = 2; // N, at an action of 1
const MASS = 1; // kg
const DAMPING = 1; // N s/m
const SUCCESS_DISTANCE = 0.05; // m

export default function makeRailEnv(): GoalEnv {
  const observationSpace = box([-20, -5], [20, 5]); // position, m, and velocity, m/s
  const goalSpace = symmetricBox(1, 20);
  const actionSpace = symmetricBox(1, 1);
  const clippedAction = new Float32Array(1);
  let [position, velocity, goal] = [0, 0, 0];
  let rng = Rng.fromSeed(0); // the only source of randomness
  let phase: "new" | "running" | "over" | "disposed" = "new";
  let steps = 0;

  // Both are pure: HER calls them with relabelled goals.
  const isAchieved = (achieved: Float32Array, desired: Float32Array) =>
    Math.abs(achieved[0]! - desired[0]!) < SUCCESS_DISTANCE;
  const computeReward = (achieved: Float32Array, desired: Float32Array) =>
    isAchieved(achieved, desired) ? 0 : -1;

  // New arrays at each call: the caller owns what it got before.
  const observe = () => ({
    observation: Float32Array.of(position, velocity),
    achievedGoal: Float32Array.of(position),
    desiredGoal: Float32Array.of(goal),
  });

  return {
    id: "rail-reach",
    observationSpace,
    goalSpace,
    actionSpace,
    maxEpisodeSteps: EPISODE_STEPS,
    controlTimestep: TIMESTEP,
    rewardRange: [-1, 0], // Q-targets are clipped to this range over 1 − γ
    computeReward,
    isAchieved,

    reset({ seed, goal: requestedGoal }: ResetOptions = {}) {
      if (phase === "disposed") throw new InputError("rail.reset: the environment is disposed");
      if (requestedGoal !== undefined && !contains(goalSpace, requestedGoal))
        throw refuse("rail.reset goal", "a position in ±20 m", requestedGoal);
      if (seed !== undefined) rng = Rng.fromSeed(seed);
      position = rng.uniformIn(-0.1, 0.1);
      velocity = 0;
      // Sampled even when a goal is requested, so that later episodes stay the same.
      const sampledGoal = rng.uniformIn(0.3, 1.5) * (rng.uniform() < 0.5 ? -1 : 1);
      goal = requestedGoal?.[0] ?? sampledGoal;
      steps = 0;
      phase = "running";
      return observe();
    },

    step(action: ArrayLike<number>): Step {
      if (phase !== "running")
        throw new InputError(`rail.step: no episode is running (${phase}); call reset() first`);
      clipInto(actionSpace, action, clippedAction, "rail.step action"); // rejects NaN before the state changes
      const force = MAX_FORCE * clippedAction[0]! - DAMPING * velocity;
      velocity += (TIMESTEP * force) / MASS;
      position += TIMESTEP * velocity;
      steps += 1;
      const truncated = steps === EPISODE_STEPS;
      if (truncated) phase = "over";
      const next = observe();
      return {
        ...next,
        reward: computeReward(next.achievedGoal, next.desiredGoal),
        terminated: false,
        truncated,
        isSuccess: isAchieved(next.achievedGoal, next.desiredGoal),
      };
    },

    dispose() {
      phase = "disposed";
    },
  };
}
