/** @file Where everything is between two moments of a motion: straight lines, and the short way round for rotations. */

import type { SlotSizes } from "../../shared/protocol-frame.ts";
import type { Motion } from "./motion.ts";

/** One arm, and what stands about it, at one time. The arrays are its own and change with `sampleMotion`. */
export class ArmSample {
  /** [N × 3] m. */
  readonly positions: Float32Array;
  /** [N × 4], unit quaternions. */
  readonly rotations: Float32Array;
  /** [N] rad. */
  readonly angles: Float32Array;
  /** [N] N m. */
  readonly torques: Float32Array;
  /** [3] m. */
  readonly endEffector = new Float32Array(3);
  /** [K × 3] m. */
  readonly objectPositions: Float32Array;
  /** [K × 4], unit quaternions. */
  readonly objectRotations: Float32Array;
  /** [F] m. */
  readonly openings: Float32Array;
  /** The last moment at or before the time. */
  moment = 0;
  /** m. */
  distance = 0;
  isSuccess = false;

  constructor({ joints, objects, fingers }: SlotSizes) {
    this.objectPositions = new Float32Array(3 * objects);
    this.objectRotations = new Float32Array(4 * objects);
    this.openings = new Float32Array(fingers);
    this.positions = new Float32Array(3 * joints);
    this.rotations = new Float32Array(4 * joints);
    this.angles = new Float32Array(joints);
    this.torques = new Float32Array(joints);
  }
}

/** Index of the last moment at or before a time, within the motion; 0 before its start. */
export function momentAt(motion: Pick<Motion, "times" | "moments">, time: number): number {
  let low = 0;
  let high = motion.moments - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    // A hair's breadth, so that a time that was computed by adding timesteps finds its moment.
    if (motion.times[middle]! <= time + 1e-9) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Writes where an arm is at a time into `into`.
 *
 * Positions, angles and openings go in straight lines from moment to moment, rotations by
 * normalised linear interpolation: moments are so close that it differs from a slerp by less than can
 * be seen. Torques are held, as they are in the simulation: those of the step that the time lies in.
 *
 * @param time seconds; before the start it is the start, after the end the end
 */
export function sampleMotion(motion: Motion, time: number, into: ArmSample): void {
  if (motion.moments === 0) return;
  const a = momentAt(motion, time);
  const b = Math.min(a + 1, motion.moments - 1);
  const [start = 0, end = 0] = [motion.times[a], motion.times[b]];
  const share = end > start ? Math.min(Math.max((time - start) / (end - start), 0), 1) : 0;
  const { joints: n, objects, fingers } = motion;
  mix(motion.positions, 3 * n, a, b, share, into.positions);
  mix(motion.angles, n, a, b, share, into.angles);
  mix(motion.endEffectors, 3, a, b, share, into.endEffector);
  mix(motion.objectPositions, 3 * objects, a, b, share, into.objectPositions);
  mix(motion.openings, fingers, a, b, share, into.openings);
  mixRotations(motion.rotations, n, a, b, share, into.rotations);
  mixRotations(motion.objectRotations, objects, a, b, share, into.objectRotations);
  // The torque recorded at a moment is the one that led there.
  const torque = share > 0 ? b : a;
  for (let i = 0; i < n; i++) into.torques[i] = motion.torques[torque * n + i]!;
  into.moment = a;
  into.distance = (motion.distances[a] ?? 0) * (1 - share) + (motion.distances[b] ?? 0) * share;
  into.isSuccess = (motion.successes[share < 0.5 ? a : b] ?? 0) > 0.5;
}

function mix(
  rows: Float32Array,
  size: number,
  a: number,
  b: number,
  share: number,
  into: Float32Array,
): void {
  for (let i = 0; i < size; i++) into[i] = rows[a * size + i]! * (1 - share) + rows[b * size + i]! * share;
}

function mixRotations(
  rows: Float32Array,
  count: number,
  a: number,
  b: number,
  share: number,
  into: Float32Array,
): void {
  for (let i = 0; i < count; i++) {
    mixRotation(rows, 4 * (a * count + i), 4 * (b * count + i), share, into, 4 * i);
  }
}

function mixRotation(
  from: Float32Array,
  a: number,
  b: number,
  share: number,
  into: Float32Array,
  at: number,
): void {
  let dot = 0;
  for (let i = 0; i < 4; i++) dot += from[a + i]! * from[b + i]!;
  // q and −q are the same rotation: take the nearer one.
  const sign = dot < 0 ? -1 : 1;
  let sum = 0;
  for (let i = 0; i < 4; i++) {
    const x = from[a + i]! * (1 - share) + sign * from[b + i]! * share;
    into[at + i] = x;
    sum += x * x;
  }
  const size = Math.sqrt(sum);
  if (size > 0) for (let i = 0; i < 4; i++) into[at + i]! /= size;
}
