/** @file The figures of a test of holding: shares at the goal by second, recovery from pushes, tracking error. */

import { median, sortedQuantile } from "../../shared/statistics.ts";
import { type HoldSchedule, type HoldTest, scheduleOf, stepsIn } from "./hold-test.ts";
import type { LongEpisode } from "./long-episode.ts";

/** Seconds of `holdRate`, besides the last. */
const RATE_SECONDS: readonly number[] = [3, 5, 10, 20, 60];

export interface HoldSummary {
  /** Second → share of episodes at the goal at that moment. */
  readonly holdRate: Readonly<Record<string, number>>;
  /** Share of episodes at the goal at 1 s, 2 s, … */
  readonly holdCurve: readonly number[];
  /** Share of episodes at the goal at every moment from 3 s on, except from the start of a push to 2 s after its end. */
  readonly held: number;
  /** Number of pushes; absent without pushes, as are the next two. */
  readonly pushes?: number;
  /** Share of pushes after which the arm is at its goal 2 s after the end of the push. */
  readonly recovery?: number;
  /** Median seconds from the end of such a push until the arm is back for good; 0 if it never left. */
  readonly recoverySeconds?: number | null;
  /** Median distance from a moving goal from 3 s on, metres; absent with a fixed goal, as is the next. */
  readonly trackingError?: number;
  /** 95th percentile of that distance, metres. */
  readonly trackingErrorP95?: number;
}

/** Returns the figures of a test's episodes; at least one. */
export function summarizeHold(
  episodes: readonly LongEpisode[],
  test: HoldTest,
  timestep: number,
): HoldSummary {
  const { seconds } = test;
  const schedule = scheduleOf(test, timestep);
  const share = (holds: (episode: LongEpisode) => boolean) => episodes.filter(holds).length / episodes.length;
  const rateAt = (second: number) => share(({ achieved }) => achieved[stepsIn(second, timestep) - 1] === 1);
  const rateSeconds = [...RATE_SECONDS.filter((second) => second < seconds), seconds];
  return {
    holdRate: Object.fromEntries(rateSeconds.map((second) => [`${second}`, rateAt(second)])),
    holdCurve: Array.from({ length: Math.floor(seconds) }, (_, i) => rateAt(i + 1)),
    held: share(({ achieved }) => isHeld(achieved, schedule)),
    ...(test.push > 0 ? recoveryOf(episodes, schedule, timestep) : {}),
    ...(test.goalSpeed > 0 ? trackingOf(episodes, schedule) : {}),
  };
}

/** Returns whether the goal is achieved after every step from `settled` on, outside pushes and the time to recover. */
function isHeld(achieved: Uint8Array, { settled, pushes }: HoldSchedule): boolean {
  for (let step = settled; step <= achieved.length; step++) {
    const isExempt = pushes.some(({ start, deadline }) => step > start && step < deadline);
    if (!isExempt && achieved[step - 1] !== 1) return false;
  }
  return true;
}

function recoveryOf(episodes: readonly LongEpisode[], { pushes }: HoldSchedule, timestep: number) {
  const times: number[] = [];
  for (const { achieved } of episodes) {
    for (const { end, deadline } of pushes) {
      if (achieved[deadline - 1] !== 1) continue;
      let back = deadline;
      while (back > end && achieved[back - 2] === 1) back -= 1;
      times.push((back - end) * timestep);
    }
  }
  const count = pushes.length * episodes.length;
  return {
    pushes: count,
    recovery: times.length / count,
    recoverySeconds: times.length === 0 ? null : median(times),
  };
}

function trackingOf(episodes: readonly LongEpisode[], { settled }: HoldSchedule) {
  const parts = episodes.map(({ distances }) => distances.subarray(settled - 1));
  const errors = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    errors.set(part, at);
    at += part.length;
  }
  errors.sort();
  return { trackingError: sortedQuantile(errors, 0.5), trackingErrorP95: sortedQuantile(errors, 0.95) };
}
