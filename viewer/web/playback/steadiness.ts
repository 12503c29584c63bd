/**
 * @file What an arm has done in the last seconds: steady, oscillating or not at the goal.
 *
 * Joint speeds that change their sign show an oscillation. On panda-reach, steady policies at their goal have less than
 * one reversal a second, and oscillating ones 4 to 24. An oscillation can also carry the arm out of its goal and back.
 */

import type { Motion } from "./motion.ts";

export type Steadiness = "steady" | "oscillating" | "not at the goal";

export interface SteadinessReport {
  readonly state: Steadiness;
  /** For how long, or by how much, in a few words. */
  readonly detail: string;
}

/** Seconds that count. */
const WINDOW = 3;

/** Joint speed below which its sign is ignored, rad/s: such motion is hardly visible. */
const SPEED_DEAD_BAND = 0.05;

/** Reversals a second, mean over joints, from which an arm oscillates. */
const REVERSALS_THRESHOLD = 2;

/** Entries into the same goal within the window from which an arm oscillates. */
const MIN_ENTRIES = 2;

/** Seconds up to which the duration of a state is given: a live motion keeps at least as much. */
const MAX_DURATION = 10;

/** Share of the window at the goal from which an arm outside counts as oscillating about it. */
const NEAR_GOAL_SHARE = 0.5;

type SteadinessMotion = Pick<Motion, "moments" | "times" | "joints" | "speeds" | "successes" | "goalMoves">;

/** Returns what the arm has done in the last 3 s before a time, seconds; undefined without two moments. */
export function steadinessAt(motion: SteadinessMotion, time: number): SteadinessReport | undefined {
  const { times, successes, goalMoves, joints, speeds } = motion;
  let end = motion.moments;
  while (end > 0 && (times[end - 1] ?? 0) > time) end -= 1;
  let start = end;
  while (start > 0 && (times[start - 1] ?? 0) >= (times[end - 1] ?? 0) - WINDOW) start -= 1;
  if (end - start < 2) return undefined;
  const duration = (times[end - 1] ?? 0) - (times[start] ?? 0);

  let entries = 0;
  let secondsAtGoal = 0;
  for (let moment = start + 1; moment < end; moment++) {
    const [isInside, wasInside] = [successes[moment] === 1, successes[moment - 1] === 1];
    if (isInside) secondsAtGoal += (times[moment] ?? 0) - (times[moment - 1] ?? 0);
    // A goal that is moved away and reached again is no oscillation.
    if (goalMoves[moment] === 1) entries = 0;
    else if (isInside && !wasInside) entries += 1;
  }
  const isInside = successes[end - 1] === 1;
  const since = durationText(durationOf(motion, end));
  if (entries >= MIN_ENTRIES) {
    return {
      state: "oscillating",
      detail: `· left its goal and came back ${entries} times in ${duration.toFixed(0)} s`,
    };
  }
  if (!isInside && secondsAtGoal < NEAR_GOAL_SHARE * duration)
    return { state: "not at the goal", detail: since };
  const reversals = reversalsOf(speeds, joints, start, end) / duration;
  if (reversals >= REVERSALS_THRESHOLD) {
    return { state: "oscillating", detail: `· joints reverse ${reversals.toFixed(0)} times a second` };
  }
  return { state: isInside ? "steady" : "not at the goal", detail: since };
}

/** Returns for how long an arm has been at its goal, or away from it, before the moment `end`, seconds. */
function durationOf({ times, successes }: SteadinessMotion, end: number): number {
  let first = end - 1;
  while (first > 0 && successes[first - 1] === successes[end - 1]) first -= 1;
  return (times[end - 1] ?? 0) - (times[first] ?? 0);
}

function durationText(seconds: number): string {
  return seconds > MAX_DURATION ? `for more than ${MAX_DURATION} s` : `for ${seconds.toFixed(1)} s`;
}

/** Returns the number of sign changes of the joint speeds between two moments, mean over joints. */
function reversalsOf(speeds: ArrayLike<number>, joints: number, start: number, end: number): number {
  let count = 0;
  for (let joint = 0; joint < joints; joint++) {
    let last = 0;
    for (let moment = start; moment < end; moment++) {
      const speed = speeds[moment * joints + joint] ?? 0;
      if (Math.abs(speed) < SPEED_DEAD_BAND) continue;
      const sign = Math.sign(speed);
      if (last !== 0 && sign !== last) count += 1;
      last = sign;
    }
  }
  return joints === 0 ? 0 : count / joints;
}
