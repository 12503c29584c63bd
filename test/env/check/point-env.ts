/** @file A valid GoalEnv, a point in a plane, with options to break promises that a wrapper cannot break. */

import { clipInto, symmetricBox } from "../../../shared/box.ts";
import { InputError, refuse } from "../../../shared/errors.ts";
import type { GoalEnv, ResetOptions, Step } from "../../../shared/goal-env.ts";
import { Rng } from "../../../shared/rng.ts";

/** Steps of an episode. */
const MAX_STEPS = 20;

/** Replacements for internal steps. */
export interface PointOptions {
  /** Writes the action that takes effect. */
  readonly clip: (action: ArrayLike<number>, into: Float32Array) => void;
  /** Maps the given seed to the seed in use. */
  readonly seed: (given: number) => number;
  /** Whether steps after the end of an episode are accepted. */
  readonly endless: boolean;
  /** Distance of drawn goals from the start; default 1. */
  readonly goalDistance: number;
}

/** Moves by up to 0.1 along each axis in a step; observes its position and last displacement. */
export function pointEnv(options: Partial<PointOptions> = {}): GoalEnv {
  const actionSpace = symmetricBox(2, 1);
  const where = "point-reach.step";
  const { clip = (action, into) => clipInto(actionSpace, action, into, `${where} action`) } = options;
  const { goalDistance: far = 1 } = options;
  const action = new Float32Array(2);
  const position = new Float32Array(2);
  const displacement = new Float32Array(2);
  let goal = new Float32Array(2);
  let rng = Rng.fromSeed(0);
  let phase: "new" | "running" | "over" | "disposed" = "new";
  let steps = 0;
  const isAchieved = (achieved: Float32Array, desired: Float32Array) =>
    Math.hypot(achieved[0]! - desired[0]!, achieved[1]! - desired[1]!) < 0.05;
  const computeReward = (achieved: Float32Array, desired: Float32Array) =>
    isAchieved(achieved, desired) ? 0 : -1;
  const observe = () => ({
    observation: Float32Array.of(...position, ...displacement),
    achievedGoal: position.slice(),
    desiredGoal: goal.slice(),
  });
  return {
    id: "point-reach",
    observationSpace: symmetricBox(4, 4),
    goalSpace: symmetricBox(2, 4),
    actionSpace,
    maxEpisodeSteps: MAX_STEPS,
    controlTimestep: 0.04,
    rewardRange: [-1, 0],
    computeReward,
    isAchieved,
    reset({ seed, goal: requested }: ResetOptions = {}) {
      if (phase === "disposed") throw new InputError("point-reach.reset: the environment was disposed of");
      const valid = requested?.length === 2 && Array.from(requested).every((x) => Math.abs(x) <= 4);
      if (requested !== undefined && !valid) {
        throw refuse("point-reach.reset goal", "2 coordinates in [−4, 4] m", requested);
      }
      if (seed !== undefined) rng = Rng.fromSeed(options.seed?.(seed) ?? seed);
      for (let i = 0; i < 2; i++) position[i] = rng.uniformIn(-0.5, 0.5);
      displacement.fill(0);
      const angle = rng.uniformIn(-Math.PI, Math.PI);
      const drawn = Float32Array.of(
        position[0]! + far * Math.cos(angle),
        position[1]! + far * Math.sin(angle),
      );
      goal = requested === undefined ? drawn : Float32Array.from(requested);
      steps = 0;
      phase = "running";
      return observe();
    },
    step(requested): Step {
      if (phase === "disposed") throw new InputError(`${where}: the environment was disposed of`);
      if (phase !== "running" && !(options.endless === true && phase === "over")) {
        throw new InputError(`${where}: no episode is running; call reset() first`);
      }
      clip(requested, action);
      for (let i = 0; i < 2; i++) {
        displacement[i] = 0.1 * action[i]!;
        position[i] = position[i]! + displacement[i]!;
      }
      steps += 1;
      const truncated = steps >= MAX_STEPS;
      if (truncated) phase = "over";
      const observation = observe();
      const reward = computeReward(observation.achievedGoal, observation.desiredGoal);
      return { ...observation, reward, terminated: false, truncated, isSuccess: reward === 0 };
    },
    dispose() {
      phase = "disposed";
    },
  };
}
