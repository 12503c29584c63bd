/** @file Environments with a known answer, in microseconds: what learning is tested on. */

import { box, clipInto, symmetricBox } from "../shared/box.ts";
import { refuse } from "../shared/errors.ts";
import type { GoalEnv, GoalObservation, ResetOptions, Step } from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";

/** A toy: how it starts, moves, and looks; `makeToy` turns it into a GoalEnv. */
interface Toy {
  readonly id: string;
  readonly observationSize: number;
  readonly goalSize: number;
  readonly actionSize: number;
  readonly maxEpisodeSteps: number;
  /** Largest number in an observation or goal. */
  readonly bound: number;
  drawGoal(rng: Rng): Float32Array;
  start(rng: Rng): void;
  move(action: Float32Array): void;
  observe(): Float32Array;
  achieved(): Float32Array;
  pay(achieved: Float32Array, desired: Float32Array): number;
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
  const look = (): GoalObservation => ({
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
    computeReward: toy.pay,
    isAchieved: (achieved, desired) => toy.pay(achieved, desired) === 0,
    reset({ seed, goal }: ResetOptions = {}) {
      if (seed !== undefined) rng = Rng.fromSeed(seed);
      toy.start(rng);
      desiredGoal = goal === undefined ? Float32Array.from(toy.drawGoal(rng)) : Float32Array.from(goal);
      steps = 0;
      return look();
    },
    step(asked: ArrayLike<number>): Step {
      if (steps < 0) throw refuse(`${toy.id}.step`, "a running episode", "none", "Call reset() first");
      clipInto(actionSpace, asked, action, `${toy.id}.step action`);
      toy.move(action);
      steps += 1;
      const seen = look();
      const reward = toy.pay(seen.achievedGoal, seen.desiredGoal);
      const truncated = steps === toy.maxEpisodeSteps;
      if (truncated) steps = -1;
      return { ...seen, reward, terminated: false, truncated, isSuccess: reward === 0 };
    },
    dispose() {},
  };
}

/** A point on a line, moved by up to 0.1 a step for 20 steps; the goal is within ±1; near is 0.05. */
export function lineReach(): GoalEnv {
  let x = 0;
  return makeToy({
    id: "line-reach",
    observationSize: 1,
    goalSize: 1,
    actionSize: 1,
    maxEpisodeSteps: 20,
    bound: 3,
    drawGoal: (rng) => Float32Array.of(rng.uniformIn(0.2, 1) * (rng.uniform() < 0.5 ? -1 : 1)),
    start: (rng) => {
      x = rng.uniformIn(-0.1, 0.1);
    },
    move: (action) => {
      x += 0.1 * action[0]!;
    },
    observe: () => Float32Array.of(x),
    achieved: () => Float32Array.of(x),
    pay: (achieved, desired) => (Math.abs(achieved[0]! - desired[0]!) < 0.05 ? 0 : -1),
  });
}

/**
 * n bits; a step flips those whose action is above 0.5; the goal is another pattern.
 *
 * HER 2017 §3.1, with one action a bit, for continuous actions. Random play meets a 10-bit goal once in 1,024 steps.
 */
export function bitFlip(bits: number): GoalEnv {
  const state = new Float32Array(bits);
  const draw = (rng: Rng) => new Float32Array(bits).map(() => (rng.uniform() < 0.5 ? 0 : 1));
  return makeToy({
    id: `bit-flip-${bits}`,
    observationSize: bits,
    goalSize: bits,
    actionSize: bits,
    maxEpisodeSteps: 5,
    bound: 1,
    drawGoal: draw,
    start: (rng) => state.set(draw(rng)),
    move: (action) => {
      for (let i = 0; i < bits; i++) if (action[i]! > 0.5) state[i] = 1 - state[i]!;
    },
    observe: () => state.slice(),
    achieved: () => state.slice(),
    pay: (achieved, desired) => (achieved.every((bit, i) => bit === desired[i]) ? 0 : -1),
  });
}
