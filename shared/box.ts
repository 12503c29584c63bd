/** @file A bounded space of numbers, as Gymnasium's Box with one dimension. */

import { internal, refuse } from "./errors.ts";
import type { Rng } from "./rng.ts";

/** The vectors x with low[i] ≤ x[i] ≤ high[i]. */
export interface Box {
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** A space with the given bounds; the arrays become the space's own. Throws if they do not fit together. */
export function box(low: ArrayLike<number>, high: ArrayLike<number>): Box {
  if (low.length !== high.length) throw internal(`box: ${low.length} lower but ${high.length} upper bounds`);
  const space = { low: Float32Array.from(low), high: Float32Array.from(high) };
  for (let i = 0; i < low.length; i++) {
    if (!(space.low[i]! < space.high[i]!)) {
      throw internal(`box: bound ${i} is not in order: [${low[i]}, ${high[i]}]`);
    }
  }
  return space;
}

/** The cube [−bound, bound]^size. */
export function symmetricBox(size: number, bound: number): Box {
  return box(new Float32Array(size).fill(-bound), new Float32Array(size).fill(bound));
}

/** Numbers in a vector of this space. */
export function sizeOf(space: Box): number {
  return space.low.length;
}

/** A vector drawn uniformly from a space with finite bounds; the caller's own. */
export function sampleBox(space: Box, rng: Rng): Float32Array {
  return space.low.map((low, i) => rng.uniformIn(low, space.high[i]!));
}

/** Whether every number of a vector lies within the bounds (NaN does not) and their count is right. */
export function contains(space: Box, vector: ArrayLike<number>): boolean {
  if (vector.length !== sizeOf(space)) return false;
  for (let i = 0; i < vector.length; i++) {
    const x = vector[i]!;
    if (!(x >= space.low[i]! && x <= space.high[i]!)) return false;
  }
  return true;
}

/**
 * Copies a vector into `into`, clipped to the bounds.
 *
 * @throws InputError if the count is wrong or a number is not finite: a NaN must never be clipped to a number
 */
export function clipInto(space: Box, vector: ArrayLike<number>, into: Float32Array, where: string): void {
  const size = sizeOf(space);
  if (typeof vector !== "object" || vector === null || vector.length !== size) {
    throw refuse(where, `${size} numbers`, typeof vector === "object" ? vector?.length : vector);
  }
  for (let i = 0; i < size; i++) {
    const x = vector[i];
    if (typeof x !== "number" || !Number.isFinite(x)) {
      throw refuse(`${where}[${i}]`, `a number in [${space.low[i]}, ${space.high[i]}]`, x);
    }
  }
  for (let i = 0; i < size; i++) {
    into[i] = Math.min(Math.max(vector[i]!, space.low[i]!), space.high[i]!);
  }
}
