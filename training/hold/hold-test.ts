/**
 * @file A test of whether a policy holds its goal beyond the time limit of its episodes: duration, pushes, motion of the goal.
 *
 * Docs: docs/holding.md.
 */

/** The conditions of an episode of the test. */
export interface HoldTest {
  /** Duration of an episode, at least `SETTLING` seconds. */
  readonly seconds: number;
  /** Force of the pushes, N; 0 for none. */
  readonly push: number;
  /** Speed of the goal, m/s; 0 for a fixed goal. */
  readonly goalSpeed: number;
  /** Whether episodes start at random postures. */
  readonly randomPosture: boolean;
}

/** Seconds until the arm is expected at its goal: the test counts from here on. */
export const SETTLING = 3;

/** Seconds at which pushes begin: the first time, and the time between two. */
const PUSH_INTERVAL = 5;
/** Duration of a push, seconds. */
const PUSH_DURATION = 0.2;
/** Seconds from the end of a push until the arm must be back. */
const RECOVERY_TIME = 2;

/** Shortest test with a push, seconds. */
export const MIN_PUSH_SECONDS = PUSH_INTERVAL + PUSH_DURATION + RECOVERY_TIME;

/** A push in steps of the episode: it acts from step `start` to step `end` − 1, and the arm must be back at `deadline`. */
interface PushTiming {
  readonly start: number;
  readonly end: number;
  readonly deadline: number;
}

/** The times of a test in control steps. */
export interface HoldSchedule {
  /** Steps of an episode. */
  readonly steps: number;
  /** Step after which the arm is expected at its goal. */
  readonly settled: number;
  readonly pushes: readonly PushTiming[];
}

/** Returns the times of a test for control steps of `timestep` seconds. */
export function scheduleOf({ seconds, push }: HoldTest, timestep: number): HoldSchedule {
  const steps = stepsIn(seconds, timestep);
  const pushes: PushTiming[] = [];
  for (let i = 1; push > 0; i++) {
    const start = stepsIn(i * PUSH_INTERVAL, timestep);
    const end = start + Math.max(1, stepsIn(PUSH_DURATION, timestep));
    const deadline = end + stepsIn(RECOVERY_TIME, timestep);
    if (deadline > steps) break;
    pushes.push({ start, end, deadline });
  }
  return { steps, settled: stepsIn(SETTLING, timestep), pushes };
}

/** Returns a duration as a number of control steps. */
export function stepsIn(seconds: number, timestep: number): number {
  return Math.round(seconds / timestep);
}
