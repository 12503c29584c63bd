/** @file Makes a GoalEnv from the parts that differ from task to task: start, goal, dynamics, observation. */

import { type Box, clipInto, contains, sizeOf, symmetricBox } from "../shared/box.ts";
import { InputError, refuse, shorten, unquoted } from "../shared/errors.ts";
import type { GoalEnv, ResetOptions, Step } from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";
import { distance } from "../shared/vec3.ts";

/** Most goals that are drawn for a start, until one is not achieved at it. */
const MAX_DRAWS = 1000;

/** A task with goals. Its functions depend on their arguments only; numbers are returned in arrays of any kind. */
export interface GoalTask<State> {
  /** `<arm>-<task>` */
  readonly id: string;
  readonly observationSpace: Box;
  /** The space of achieved and desired goals, [G]. */
  readonly goalSpace: Box;
  /** Numbers in an action, [A]. */
  readonly actionSize: number;
  /** Steps after which an episode is truncated. */
  readonly maxEpisodeSteps: number;
  /** Duration of a step in seconds. */
  readonly controlTimestep: number;
  /** Euclidean distance of two goals below which one achieves the other, in the unit of goals. */
  readonly successDistance: number;
  /** `sparse`, the default: 0 if the goal is achieved, else −1. `dense`: −distance to the goal. */
  readonly reward?: "sparse" | "dense";

  /** Returns the state at the start of an episode. */
  reset(rng: Rng, options: Pick<ResetOptions, "training">): State;

  /** Returns a goal in reach, [G]. It is drawn again if the start achieves it. */
  sampleGoal(rng: Rng, start: State): ArrayLike<number>;

  /** Returns the state one control timestep later; `state` may be changed. Each number of the action [A] is in [−1, 1]. */
  step(state: State, action: Float32Array): State;

  /** Returns what the policy sees of a state, [O]. The desired goal is added to it. */
  observe(state: State): ArrayLike<number>;

  /** Returns the goal that a state achieves, [G]. */
  achievedGoal(state: State): ArrayLike<number>;

  /** Frees memory that is not garbage collected. Called once. */
  dispose?(): void;
}

interface Episode<State> {
  state: State;
  readonly desiredGoal: Float32Array;
  steps: number;
}

/** Why no episode is running. */
const NOT_RUNNING = {
  new: "no episode is running; call reset() first",
  over: "the episode is over; call reset() first",
  disposed: "the environment was disposed of; make a new one",
};

/**
 * Makes an environment of a task. It adds the seeded random generator, the reward, success, the time limit, and
 * errors for invalid actions, goals, seeds and calls in the wrong order. Success never ends an episode.
 *
 * @throws InputError if a part of the task is missing or invalid
 */
export function makeGoalEnv<State>(task: GoalTask<State>): GoalEnv {
  const { id, observationSpace, goalSpace, actionSize, maxEpisodeSteps, controlTimestep } = task;
  checkParts(task);
  const actionSpace = symmetricBox(actionSize, 1);
  const isAchieved = (achieved: Float32Array, desired: Float32Array) =>
    distance(achieved, desired) < task.successDistance;
  const { computeReward, rewardRange } = rewardOf(task, isAchieved);
  let rng = Rng.fromSeed(0);
  let running: Episode<State> | undefined;
  let idle: keyof typeof NOT_RUNNING = "new";

  const achievedGoalOf = (state: State) =>
    vector(task.achievedGoal(state), goalSpace, `${id}.achievedGoal`, "goalSpace");

  const observe = ({ state, desiredGoal }: Episode<State>) => ({
    observation: vector(task.observe(state), observationSpace, `${id}.observe`, "observationSpace"),
    achievedGoal: achievedGoalOf(state),
    desiredGoal: desiredGoal.slice(),
  });

  const drawGoal = (start: State) => {
    const where = `${id}.sampleGoal`;
    const achieved = achievedGoalOf(start);
    for (let draw = 0; draw < MAX_DRAWS; draw++) {
      const goal = vector(task.sampleGoal(rng, start), goalSpace, where, "goalSpace");
      if (!contains(goalSpace, goal)) throw refuse(where, "a goal within goalSpace", listed(goal));
      if (!isAchieved(achieved, goal)) return goal;
    }
    throw refuse(
      where,
      "a goal that is not achieved at the start",
      unquoted(`none in ${MAX_DRAWS} draws`),
      "Draw goals farther away, or lower successDistance",
    );
  };

  return {
    id,
    observationSpace,
    goalSpace,
    actionSpace,
    maxEpisodeSteps,
    controlTimestep,
    rewardRange,
    computeReward,
    isAchieved,

    reset({ seed, goal, training = false, configuration }: ResetOptions = {}) {
      const where = `${id}.reset`;
      if (idle === "disposed") throw new InputError(`${where}: ${NOT_RUNNING.disposed}`);
      if (configuration !== undefined)
        throw refuse(`${where} configuration`, "none: this task draws its starts", listed(configuration));
      const requested = goal === undefined ? undefined : Float32Array.from(goal);
      if (requested !== undefined && !contains(goalSpace, requested))
        throw refuse(`${where} goal`, `${sizeOf(goalSpace)} numbers within goalSpace`, listed(requested));
      if (seed !== undefined) rng = Rng.fromSeed(seed);
      // No episode is running if a function of the task throws.
      running = undefined;
      idle = "over";
      const state = task.reset(rng, { training });
      // Drawn even when a goal is requested, so that later episodes stay the same.
      const drawn = drawGoal(state);
      const episode = { state, desiredGoal: requested ?? drawn, steps: 0 };
      const observation = observe(episode);
      running = episode;
      return observation;
    },

    step(action: ArrayLike<number>): Step {
      const where = `${id}.step`;
      if (running === undefined) throw new InputError(`${where}: ${NOT_RUNNING[idle]}`);
      const clipped = new Float32Array(actionSize);
      clipInto(actionSpace, action, clipped, `${where} action`);
      const episode = running;
      running = undefined;
      idle = "over";
      episode.state = task.step(episode.state, clipped);
      episode.steps += 1;
      const observation = observe(episode);
      const { achievedGoal, desiredGoal } = observation;
      const truncated = episode.steps === maxEpisodeSteps;
      if (!truncated) running = episode;
      return {
        ...observation,
        reward: computeReward(achievedGoal, desiredGoal),
        terminated: false,
        truncated,
        isSuccess: isAchieved(achievedGoal, desiredGoal),
      };
    },

    dispose() {
      if (idle === "disposed") return;
      running = undefined;
      idle = "disposed";
      task.dispose?.();
    },
  };
}

interface GoalReward {
  /** Pure: HER calls it with relabelled goals. */
  readonly computeReward: (achievedGoal: Float32Array, desiredGoal: Float32Array) => number;
  readonly rewardRange: GoalEnv["rewardRange"];
}

function rewardOf(
  { id, reward = "sparse", goalSpace }: RewardParts,
  isAchieved: GoalEnv["isAchieved"],
): GoalReward {
  switch (reward) {
    case "sparse":
      return {
        computeReward: (achieved, desired) => (isAchieved(achieved, desired) ? 0 : -1),
        rewardRange: [-1, 0],
      };
    case "dense":
      return {
        computeReward: (achieved, desired) => -distance(achieved, desired),
        rewardRange: [-distance(goalSpace.low, goalSpace.high), 0],
      };
    default:
      throw refuse(`${id}: reward`, '"sparse" or "dense"', reward);
  }
}

type RewardParts = Pick<GoalTask<unknown>, "id" | "reward" | "goalSpace">;

/** A module in JavaScript can leave out or mistake any part. */
function checkParts<State>(task: GoalTask<State>): void {
  const { id } = task;
  if (typeof id !== "string" || id === "") throw refuse("task: id", "a name", id);
  for (const name of ["observationSpace", "goalSpace"] as const)
    if (!(task[name]?.low instanceof Float32Array && task[name].high instanceof Float32Array))
      throw refuse(`${id}: ${name}`, "a space", task[name], "For example: box([-1, -2], [1, 2])");
  for (const name of ["actionSize", "maxEpisodeSteps"] as const)
    if (!(Number.isInteger(task[name]) && task[name] >= 1))
      throw refuse(`${id}: ${name}`, "an integer ≥ 1", task[name]);
  for (const name of ["controlTimestep", "successDistance"] as const)
    if (!(Number.isFinite(task[name]) && task[name] > 0))
      throw refuse(`${id}: ${name}`, "a number > 0", task[name]);
  for (const name of ["reset", "sampleGoal", "step", "observe", "achievedGoal"] as const)
    if (typeof task[name] !== "function") throw refuse(`${id}: ${name}`, "a function", task[name]);
}

/** Returns the numbers in a new array, which the caller owns. Throws InputError if their count is not that of the space. */
function vector(numbers: ArrayLike<number>, space: Box, where: string, spaceName: string): Float32Array {
  const size = sizeOf(space);
  if (typeof numbers !== "object" || numbers?.length !== size)
    throw refuse(where, `${size} numbers, the size of ${spaceName}`, listed(numbers));
  return Float32Array.from(numbers);
}

/** Numbers for an error line; NaN included. */
function listed(numbers: ArrayLike<number>) {
  return typeof numbers === "object" && numbers !== null
    ? unquoted(shorten(`[${Array.from(numbers).join(", ")}]`))
    : numbers;
}
