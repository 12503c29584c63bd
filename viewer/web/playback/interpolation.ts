/** @file The state of an arm between two moments of a motion. */

import { type ArmSizes, STATE_COLUMNS, type StateArrays, zeroState } from "../../../shared/motion-columns.ts";
import type { Motion } from "./motion.ts";

/** The state at one time. `sampleMotion` overwrites it; see STATE_COLUMNS for the arrays. */
export interface ArmSample extends StateArrays {
  /** The last moment at or before the time. */
  moment: number;
  /** Distance to the goal, m. */
  distance: number;
  isSuccess: boolean;
}

export function blankSample(sizes: ArmSizes): ArmSample {
  return { ...zeroState(sizes, 1), moment: 0, distance: 0, isSuccess: false };
}

/** Tolerance, s: a time that is computed as a sum of timesteps must find its moment. */
const TIME_TOLERANCE = 1e-9;

/** Index of the last moment at or before a time; 0 before the start. */
export function momentAt(motion: Pick<Motion, "times" | "moments">, time: number): number {
  let low = 0;
  let high = motion.moments - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (motion.times[middle]! <= time + TIME_TOLERANCE) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Writes the state at a time into `sample`.
 *
 * Each column is interpolated as STATE_COLUMNS defines it. Rotations are mixed by normalised linear interpolation:
 * moments are so close that the difference from a slerp is not visible.
 *
 * @param time seconds; clamped to the motion
 */
export function sampleMotion(motion: Motion, time: number, sample: ArmSample): void {
  if (motion.moments === 0) return;
  const before = momentAt(motion, time);
  const after = Math.min(before + 1, motion.moments - 1);
  const [start = 0, end = 0] = [motion.times[before], motion.times[after]];
  const share = end > start ? Math.min(Math.max((time - start) / (end - start), 0), 1) : 0;
  for (const column of STATE_COLUMNS) sampleColumn(column, motion, { before, after, share }, sample);
  sample.moment = before;
  const [from = 0, to = 0] = [motion.distances[before], motion.distances[after]];
  sample.distance = from * (1 - share) + to * share;
  sample.isSuccess = (motion.successes[share < 0.5 ? before : after] ?? 0) > 0.5;
}

/** A place between two moments: the share of the way from one to the other, in [0, 1]. */
interface Between {
  readonly before: number;
  readonly after: number;
  readonly share: number;
}

function sampleColumn(
  { name, size, interpolation }: (typeof STATE_COLUMNS)[number],
  motion: Motion,
  { before, after, share }: Between,
  sample: ArmSample,
): void {
  const rows = motion[name];
  const into = sample[name];
  const width = size(motion);
  const [from, to] = [before * width, after * width];
  if (interpolation === "held") {
    // The numbers of a moment are those of the substep that led to it.
    const held = share > 0 ? to : from;
    for (let i = 0; i < width; i++) into[i] = rows[held + i]!;
  } else if (interpolation === "linear") {
    for (let i = 0; i < width; i++) into[i] = rows[from + i]! * (1 - share) + rows[to + i]! * share;
  } else {
    for (let i = 0; i < width; i += 4) mixRotation(rows, from + i, to + i, share, into, i);
  }
}

function mixRotation(
  rows: Float32Array,
  from: number,
  to: number,
  share: number,
  into: Float32Array,
  offset: number,
): void {
  let dot = 0;
  for (let i = 0; i < 4; i++) dot += rows[from + i]! * rows[to + i]!;
  // q and −q are the same rotation. Take the nearer one.
  const sign = dot < 0 ? -1 : 1;
  let sum = 0;
  for (let i = 0; i < 4; i++) {
    const x = rows[from + i]! * (1 - share) + sign * rows[to + i]! * share;
    into[offset + i] = x;
    sum += x * x;
  }
  const norm = Math.sqrt(sum);
  if (norm > 0) for (let i = 0; i < 4; i++) into[offset + i]! /= norm;
}
