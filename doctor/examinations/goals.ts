/** @file Are goals shown, and can they be reached? Does hindsight teach anything? */

import { hindsightMoment } from "../../agent/her.ts";
import { InverseKinematics } from "../../env/arm/inverse-kinematics.ts";
import { ArmKinematics } from "../../env/arm/kinematics.ts";
import { definitionOf, isOwn } from "../../env/registry.ts";
import type { GoalEnv } from "../../shared/goal-env.ts";
import type { Rng } from "../../shared/rng.ts";
import { mean, standardDeviation } from "../../shared/statistics.ts";
import { trainingReset } from "../../training/carry-over.ts";
import type { ExaminedRun } from "../examined-run.ts";
import { type Figures, NO_ENVIRONMENT } from "./examination.ts";
import { explainedVariance } from "./linear-probe.ts";
import { freshEpisodes } from "./repeated-episodes.ts";
import { allSlots } from "./response.ts";

/** Goals that are examined, and transitions. */
const GOALS = 100;
const TRANSITIONS = 512;

/** Episodes whose goals are drawn again. */
const FOLLOWED = 40;

/** Attempts of the inverse kinematics, each from where the one before ended. */
const IK_ROUNDS = 10;

/**
 * `exam/goal_spread`: standard deviation of the episodes' goals over that of the intact environment's, RMS over coordinates.
 * `exam/goal_shift`: distance of their means, in intact standard deviations. `exam/terminated`: share of the episodes that
 * ended as terminated, minus that of the intact environment under random actions. `exam/blank_goals`: share of them that are all zeros. `exam/goal_mismatch`: share of the episodes with a success, by the environment's word or by the stored goal, for which
 * the two disagree. `exam/goals_follow`: share of the variance of the shown goals that is a linear function of those that the
 * intact environment draws for the same episodes. `exam/unreachable_goals`: share of the goals that inverse kinematics (damped least squares, Wampler
 * 1986) misses by more than the success distance, for tasks of reaching. `exam/trivial_hindsight`: share of relabelled
 * goals that were achieved before their transition already.
 */
export function examineGoals(run: ExaminedRun): Figures | string {
  const { replay, intact } = run;
  if (intact === undefined) return NO_ENVIRONMENT;
  const { env, reference } = intact;
  const { goal: size } = replay.sizes;
  const goals = distribution(
    allSlots(replay)
      .slice(replay.demonstrations)
      .map((slot) => goalOf(replay, slot)),
    size,
  );
  const expected = distribution(intactGoals(env, run.rng().fork("goals")), size);
  return {
    "exam/goal_spread": norm(goals.spread) / norm(expected.spread),
    "exam/goal_shift": norm(goals.mean.map((x, i) => x - expected.mean[i]!)) / norm(expected.spread),
    "exam/blank_goals": blankGoals(replay),
    "exam/terminated": terminatedShare(replay) - terminatedShare(reference),
    "exam/goal_mismatch": goalMismatch(run, env),
    "exam/goals_follow": goalsFollow(run, env),
    "exam/unreachable_goals": unreachableGoals(run, env),
    "exam/trivial_hindsight": trivialHindsight(run, env),
  };
}

type Replay = ExaminedRun["replay"];

/** Mean and standard deviation of goals, by coordinate. */
interface Distribution {
  readonly mean: Float64Array;
  readonly spread: Float64Array;
}

function distribution(goals: readonly Float32Array[], size: number): Distribution {
  const coordinates = Array.from({ length: size }, (_, i) => goals.map((goal) => goal[i]!));
  return {
    mean: Float64Array.from(coordinates, mean),
    spread: Float64Array.from(coordinates, standardDeviation),
  };
}

const norm = (vector: Float64Array) => Math.hypot(...vector);

/** Goals of the intact environment. */
function intactGoals(env: GoalEnv, rng: Rng): Float32Array[] {
  return Array.from({ length: GOALS }, () => env.reset({ seed: rng.integer(2 ** 31) }).desiredGoal.slice());
}

/** Share of the episodes, without demonstrations, that ended as terminated. */
function terminatedShare(replay: Replay): number {
  const slots = allSlots(replay).slice(replay.demonstrations);
  return slots.filter((slot) => replay.isTerminated(slot)).length / slots.length;
}

function blankGoals(replay: Replay): number {
  const blank = allSlots(replay).filter((slot) => goalOf(replay, slot).every((x) => x === 0));
  return blank.length / replay.episodes;
}

function goalOf(replay: Replay, slot: number): Float32Array {
  const goal = new Float32Array(replay.sizes.goal);
  replay.readDesiredGoal(slot, goal, 0);
  return goal;
}

function goalMismatch({ replay }: ExaminedRun, env: GoalEnv): number {
  const achieved = new Float32Array(replay.sizes.goal);
  let successes = 0;
  let mismatches = 0;
  for (let slot = replay.demonstrations; slot < replay.episodes; slot++) {
    const goal = goalOf(replay, slot);
    let isAchieved = false;
    for (let moment = 1; moment <= replay.lengthOf(slot); moment++) {
      replay.readAchievedGoal(slot, moment, achieved, 0);
      isAchieved ||= env.isAchieved(achieved, goal);
    }
    if (isAchieved || replay.isRewarding(slot)) successes += 1;
    if (isAchieved !== replay.isRewarding(slot)) mismatches += 1;
  }
  return mismatches / successes;
}

/** NaN with too few episodes that the intact environment can begin again. */
function goalsFollow(run: ExaminedRun, env: GoalEnv): number {
  const episodes = freshEpisodes(run).slice(0, FOLLOWED);
  if (run.unrepeatable !== undefined || episodes.length < FOLLOWED / 2) return Number.NaN;
  const intact = episodes.map(({ seed }) => env.reset(trainingReset(seed, undefined)).desiredGoal.slice());
  const shown = episodes.map(({ slot }) => goalOf(run.replay, slot));
  return explainedVariance(intact, shown);
}

function unreachableGoals({ config, replay }: ExaminedRun, env: GoalEnv): number {
  if (isOwn(config.env)) return Number.NaN;
  const { task, arm } = definitionOf(config.env);
  if (task !== "reach") return Number.NaN;
  const inverse = new InverseKinematics(arm, true);
  const kinematics = new ArmKinematics(arm);
  const count = Math.min(GOALS, replay.episodes);
  let missed = 0;
  for (let age = 0; age < count; age++) {
    const goal = goalOf(replay, replay.slotByAge(age));
    const target = new Float64Array(3);
    for (const [i, axis] of arm.toolAxes.entries()) target[axis] = goal[i]!;
    inverse.solve(arm.home, target);
    for (let round = 1; round < IK_ROUNDS; round++) inverse.solve(inverse.angles.slice(), target);
    kinematics.update(inverse.angles);
    const reached = Float32Array.from(arm.toolAxes, (axis) => kinematics.endEffector[axis]!);
    if (!env.isAchieved(reached, goal)) missed += 1;
  }
  return missed / count;
}

function trivialHindsight({ config, replay, rng }: ExaminedRun, env: GoalEnv): number {
  const { her } = config.agent;
  if (her.k === 0) return Number.NaN;
  if (her.skipTrivial) return 0;
  const draws = rng().fork("hindsight");
  const goal = new Float32Array(replay.sizes.goal);
  const achieved = new Float32Array(replay.sizes.goal);
  let trivial = 0;
  for (let i = 0; i < TRANSITIONS; i++) {
    const index = replay.draw(draws);
    const slot = replay.slotOf(index);
    const step = replay.stepOf(index);
    replay.readAchievedGoal(slot, hindsightMoment(her.strategy, step, replay.lengthOf(slot), draws), goal, 0);
    replay.readAchievedGoal(slot, step, achieved, 0);
    if (env.isAchieved(achieved, goal)) trivial += 1;
  }
  return trivial / TRANSITIONS;
}
