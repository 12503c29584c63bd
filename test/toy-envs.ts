/** @file Toy environments with known solutions and steps of microseconds, for tests of learning. */

import { box, clipInto, symmetricBox } from "../shared/box.ts";
import { refuse } from "../shared/errors.ts";
import type { GoalEnv, GoalObservation, ResetOptions, Step } from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";

/** The task-specific part of a toy environment; `makeToy` returns the GoalEnv. */
interface Toy {
  readonly id: string;
  readonly observationSize: number;
  readonly goalSize: number;
  readonly actionSize: number;
  readonly maxEpisodeSteps: number;
  /** Bound of observations and goals. */
  readonly bound: number;
  sampleGoal(rng: Rng): Float32Array;
  start(rng: Rng, configuration?: ArrayLike<number>): void;
  configuration?(): Float64Array;
  move(action: Float32Array): void;
  observe(): Float32Array;
  achieved(): Float32Array;
  reward(achieved: Float32Array, desired: Float32Array): number;
}

function makeToy(toy: Toy): GoalEnv {
  const actionSpace = symmetricBox(toy.actionSize, 1);
  const goalSpace = box(
    new Float32Array(toy.goalSize).fill(-toy.bound),
    new Float32Array(toy.goalSize).fill(toy.bound),
  );
  const action = new Float32Array(toy.actionSize);
  let rng = Rng.fromSeed(0);
  let desiredGoal = new Float32Array(toy.goalSize);
  let steps = -1;
  const observe = (): GoalObservation => ({
    observation: toy.observe(),
    achievedGoal: toy.achieved(),
    desiredGoal: desiredGoal.slice(),
  });
  return {
    id: toy.id,
    observationSpace: symmetricBox(toy.observationSize, toy.bound),
    goalSpace,
    actionSpace,
    maxEpisodeSteps: toy.maxEpisodeSteps,
    controlTimestep: 1,
    rewardRange: [-1, 0],
    computeReward: toy.reward,
    isAchieved: (achieved, desired) => toy.reward(achieved, desired) === 0,
    reset({ seed, goal, configuration }: ResetOptions = {}) {
      if (seed !== undefined) rng = Rng.fromSeed(seed);
      toy.start(rng, configuration);
      desiredGoal = goal === undefined ? Float32Array.from(toy.sampleGoal(rng)) : Float32Array.from(goal);
      steps = 0;
      return observe();
    },
    step(input: ArrayLike<number>): Step {
      if (steps < 0) throw refuse(`${toy.id}.step`, "a running episode", "none", "Call reset() first");
      clipInto(actionSpace, input, action, `${toy.id}.step action`);
      toy.move(action);
      steps += 1;
      const observation = observe();
      const reward = toy.reward(observation.achievedGoal, observation.desiredGoal);
      const truncated = steps === toy.maxEpisodeSteps;
      if (truncated) steps = -1;
      return { ...observation, reward, terminated: false, truncated, isSuccess: reward === 0 };
    },
    ...(toy.configuration === undefined ? {} : { configuration: toy.configuration }),
    dispose() {},
  };
}

/** A point on a line that moves by up to 0.1 per step, for 20 steps; goals within ±1, achieved within 0.05. */
export function lineReach(): GoalEnv {
  let x = 0;
  return makeToy({
    id: "line-reach",
    observationSize: 1,
    goalSize: 1,
    actionSize: 1,
    maxEpisodeSteps: 20,
    bound: 3,
    sampleGoal: (rng) => Float32Array.of(rng.uniformIn(0.2, 1) * (rng.uniform() < 0.5 ? -1 : 1)),
    start: (rng, configuration) => {
      const sampled = rng.uniformIn(-0.1, 0.1);
      x = configuration?.[0] ?? sampled;
    },
    configuration: () => Float64Array.of(x),
    move: (action) => {
      x += 0.1 * action[0]!;
    },
    observe: () => Float32Array.of(x),
    achieved: () => Float32Array.of(x),
    reward: (achieved, desired) => (Math.abs(achieved[0]! - desired[0]!) < 0.05 ? 0 : -1),
  });
}

/**
 * n bits; a step flips those whose action is above 0.5; the goal is a random pattern.
 *
 * HER 2017 §3.1, adapted to continuous actions. Random actions achieve a 10-bit goal once in 1,024 steps.
 */
export function bitFlip(bits: number): GoalEnv {
  const state = new Float32Array(bits);
  const sample = (rng: Rng) => new Float32Array(bits).map(() => (rng.uniform() < 0.5 ? 0 : 1));
  return makeToy({
    id: `bit-flip-${bits}`,
    observationSize: bits,
    goalSize: bits,
    actionSize: bits,
    maxEpisodeSteps: 5,
    bound: 1,
    sampleGoal: sample,
    start: (rng) => state.set(sample(rng)),
    move: (action) => {
      for (let i = 0; i < bits; i++) if (action[i]! > 0.5) state[i] = 1 - state[i]!;
    },
    observe: () => state.slice(),
    achieved: () => state.slice(),
    reward: (achieved, desired) => (achieved.every((bit, i) => bit === desired[i]) ? 0 : -1),
  });
}
