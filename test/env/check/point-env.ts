/** @file A point on a plane that keeps every promise of a GoalEnv, with places where one can be broken. */

import { clipInto, symmetricBox } from "../../../shared/box.ts";
import { InputError, refuse } from "../../../shared/errors.ts";
import type { GoalEnv, ResetOptions, Step } from "../../../shared/goal-env.ts";
import { Rng } from "../../../shared/rng.ts";

/** Steps an episode has. */
const LIMIT = 20;

/** What an honest point does at the places that wrappers round it could not reach. */
export interface Habits {
  /** From an action of any size to one that acts. */
  readonly clip: (action: ArrayLike<number>, into: Float32Array) => void;
  /** From what was given as a seed to the seed. */
  readonly seed: (given: number) => number;
  /** Whether steps go on after the end. */
  readonly endless: boolean;
}

/** Moves by up to 0.1 along each axis a step; sees where it is and how it moved. */
export function pointEnv(habits: Partial<Habits> = {}): GoalEnv {
  const actionSpace = symmetricBox(2, 1);
  const where = "point-reach.step";
  const { clip = (action, into) => clipInto(actionSpace, action, into, `${where} action`) } = habits;
  const action = new Float32Array(2);
  const place = new Float32Array(2);
  const moved = new Float32Array(2);
  let goal = new Float32Array(2);
  let rng = Rng.fromSeed(0);
  let phase: "new" | "running" | "over" | "disposed" = "new";
  let steps = 0;
  const isAchieved = (achieved: Float32Array, desired: Float32Array) =>
    Math.hypot(achieved[0]! - desired[0]!, achieved[1]! - desired[1]!) < 0.05;
  const computeReward = (achieved: Float32Array, desired: Float32Array) =>
    isAchieved(achieved, desired) ? 0 : -1;
  const look = () => ({
    observation: Float32Array.of(...place, ...moved),
    achievedGoal: place.slice(),
    desiredGoal: goal.slice(),
  });
  return {
    id: "point-reach",
    observationSpace: symmetricBox(4, 4),
    goalSpace: symmetricBox(2, 4),
    actionSpace,
    maxEpisodeSteps: LIMIT,
    controlTimestep: 0.04,
    rewardRange: [-1, 0],
    computeReward,
    isAchieved,
    reset({ seed, goal: asked }: ResetOptions = {}) {
      if (phase === "disposed") throw new InputError("point-reach.reset: the environment was disposed of");
      const wanted = asked === undefined ? undefined : Float32Array.from(asked);
      if (wanted !== undefined && !(wanted.length === 2 && wanted.every((x) => Math.abs(x) <= 4))) {
        throw refuse("point-reach.reset goal", "2 coordinates in [−4, 4] m", asked);
      }
      if (seed !== undefined) rng = Rng.fromSeed(habits.seed?.(seed) ?? seed);
      for (let i = 0; i < 2; i++) place[i] = rng.uniformIn(-0.5, 0.5);
      moved.fill(0);
      const angle = rng.uniformIn(-Math.PI, Math.PI);
      const drawn = Float32Array.of(place[0]! + Math.cos(angle), place[1]! + Math.sin(angle));
      goal = wanted ?? drawn;
      steps = 0;
      phase = "running";
      return look();
    },
    step(asked): Step {
      if (phase === "disposed") throw new InputError(`${where}: the environment was disposed of`);
      if (phase !== "running" && !(habits.endless === true && phase === "over")) {
        throw new InputError(`${where}: no episode is running; call reset() first`);
      }
      clip(asked, action);
      for (let i = 0; i < 2; i++) {
        moved[i] = 0.1 * action[i]!;
        place[i] = place[i]! + moved[i]!;
      }
      steps += 1;
      const truncated = steps >= LIMIT;
      if (truncated) phase = "over";
      const seen = look();
      const reward = computeReward(seen.achievedGoal, seen.desiredGoal);
      return { ...seen, reward, terminated: false, truncated, isSuccess: reward === 0 };
    },
    dispose() {
      phase = "disposed";
    },
  };
}
