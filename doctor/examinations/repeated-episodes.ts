/**
 * @file Does the intact environment do the same? Stored episodes played again, from their own seeds with their own actions.
 *
 * An environment is a function of seed and actions, so in an intact one every number is the same. Nothing is estimated:
 * a difference proves that the run's environment is not the one of its settings, and the part that differs shows where.
 */

import type { ReplayBuffer } from "../../agent/replay-buffer.ts";
import type { GoalEnv, GoalObservation } from "../../shared/goal-env.ts";
import { drawStart, trainingReset } from "../../training/carry-over.ts";
import { TrainingProgress } from "../../training/training-progress.ts";
import { type ExaminedRun, storedObservation } from "../examined-run.ts";
import { type Figures, NO_ENVIRONMENT } from "./examination.ts";

/** Oldest and newest episodes that are played again. */
const OLDEST = 6;
const NEWEST = 6;

/** Largest relative difference that counts as the same: machines may round differently, by about 1e-7 a step. */
const TOLERANCE = 1e-3;

/**
 * Shares of the episodes in which the environment's part differs from the run's. `exam/other_goals`: the desired goal.
 * `exam/other_sensors`: the observation, but not the achieved goal. `exam/other_tracker`: the achieved goal, but not the
 * observation. `exam/other_motion`: both. `exam/other_ends`: length or termination. `exam/other_episodes`: at least one of these.
 * `exam/repeated_motion`: root mean square change of the observation per step over the intact one, in the newest episodes of
 * other motion.
 */
export function examineRepeatedEpisodes(run: ExaminedRun): Figures | string {
  const { replay, intact, unrepeatable } = run;
  if (unrepeatable !== undefined) return unrepeatable;
  if (intact === undefined) return NO_ENVIRONMENT;
  const fresh = freshEpisodes(run);
  if (fresh.length === 0) return "no stored episode starts at a start of its own, or the first ones are gone";
  const oldest = fresh.slice(0, OLDEST).map((each) => differenceOf(intact.env, replay, each));
  const newest = fresh
    .slice(OLDEST)
    .slice(-NEWEST)
    .map((each) => differenceOf(intact.env, replay, each));
  const all = [...oldest, ...newest];
  const share = (is: (difference: Difference) => boolean) => all.filter(is).length / all.length;
  return {
    "exam/other_goals": share(({ goal }) => goal),
    "exam/other_sensors": share(({ observation, achieved }) => observation && !achieved),
    "exam/other_tracker": share(({ observation, achieved }) => achieved && !observation),
    "exam/other_motion": share(({ observation, achieved }) => achieved && observation),
    "exam/other_ends": share(({ end }) => end),
    "exam/other_episodes": share(
      ({ goal, observation, achieved, end }) => goal || observation || achieved || end,
    ),
    "exam/repeated_motion": motionRatio(newest),
  };
}

/** An episode in the replay buffer that an environment repeats from its seed. */
export interface FreshEpisode {
  readonly seed: number;
  readonly slot: number;
}

/** Stored episodes with a start of their own, oldest first; none if the first ones have been replaced. */
export function freshEpisodes({ replay, config }: Pick<ExaminedRun, "replay" | "config">): FreshEpisode[] {
  if (replay.episodes >= replay.maxSlots) return [];
  const count = replay.episodes - replay.demonstrations;
  const progress = new TrainingProgress(config.train.seed);
  const seeds = Array.from({ length: count }, () => progress.nextEpisodeSeed());
  // Any end will do: only whether the episode starts at one counts.
  const anyEnd = { configuration: [], desiredGoal: [] };
  return seeds.flatMap((seed, i) =>
    drawStart(config.train, i + 1, i === 0 ? undefined : anyEnd) === undefined
      ? [{ seed, slot: replay.slotByAge(count - 1 - i) }]
      : [],
  );
}

/** Whether parts of an episode differ. */
interface Difference {
  readonly goal: boolean;
  readonly observation: boolean;
  readonly achieved: boolean;
  /** Length or termination. */
  readonly end: boolean;
  /** Sums of squared changes of the observation. */
  readonly motion: { readonly run: number; readonly intact: number };
}

/** NaN if no episode has another motion. */
function motionRatio(differences: readonly Difference[]): number {
  const others = differences.filter(({ observation, achieved }) => observation && achieved);
  const sum = (of: (difference: Difference) => number) => others.reduce((total, each) => total + of(each), 0);
  return Math.sqrt(sum(({ motion }) => motion.run) / sum(({ motion }) => motion.intact));
}

function differenceOf(env: GoalEnv, replay: ReplayBuffer, { seed, slot }: FreshEpisode): Difference {
  const length = replay.lengthOf(slot);
  const action = new Float32Array(replay.sizes.action);
  let state: GoalObservation = env.reset(trainingReset(seed, undefined));
  const first = storedObservation(replay, slot, 0);
  const goal = differs(state.desiredGoal, first.desiredGoal);
  let observation = differs(state.observation, first.observation);
  let achieved = differs(state.achievedGoal, first.achievedGoal);
  let [done, terminated] = [false, false];
  const motion = { run: 0, intact: 0 };
  let before = first;
  let step = 0;
  for (; step < length && !done; step++) {
    replay.readAction(slot, step, action, 0);
    const result = env.step(action);
    motion.intact += squaredDistance(state.observation, result.observation);
    state = result;
    terminated = result.terminated;
    done = result.terminated || result.truncated;
    const stored = storedObservation(replay, slot, step + 1);
    motion.run += squaredDistance(before.observation, stored.observation);
    before = stored;
    observation ||= differs(state.observation, stored.observation);
    achieved ||= differs(state.achievedGoal, stored.achievedGoal);
  }
  return {
    goal,
    observation,
    achieved,
    end: !done || step < length || terminated !== replay.isTerminated(slot),
    motion,
  };
}

export function differs(a: Float32Array, b: Float32Array): boolean {
  return a.some((x, i) => !(Math.abs(x - b[i]!) <= TOLERANCE * (1 + Math.abs(x))));
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0);
}
