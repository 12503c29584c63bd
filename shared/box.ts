/** @file Bounded vector spaces, like a one-dimensional gymnasium.spaces.Box. */

import { refuse, unquoted } from "./errors.ts";
import type { Rng } from "./rng.ts";

/** The vectors x with low[i] ≤ x[i] ≤ high[i]. */
export interface Box {
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** Returns a space with the given bounds, copied. Throws InputError unless low[i] < high[i] for every i. */
export function box(low: ArrayLike<number>, high: ArrayLike<number>): Box {
  if (low.length !== high.length)
    throw refuse("box", `${low.length} upper bounds, as many as lower ones`, high.length);
  const space = { low: Float32Array.from(low), high: Float32Array.from(high) };
  for (let i = 0; i < low.length; i++) {
    if (!(space.low[i]! < space.high[i]!)) {
      throw refuse(`box[${i}]`, "a lower bound below the upper one", unquoted(`[${low[i]}, ${high[i]}]`));
    }
  }
  return space;
}

/** Returns [−bound, bound]^size. */
export function symmetricBox(size: number, bound: number): Box {
  return box(new Float32Array(size).fill(-bound), new Float32Array(size).fill(bound));
}

/** Returns the number of elements. */
export function sizeOf(space: Box): number {
  return space.low.length;
}

/** Samples a vector uniformly from a space with finite bounds. */
export function sampleBox(space: Box, rng: Rng): Float32Array {
  return space.low.map((low, i) => rng.uniformIn(low, space.high[i]!));
}

/** Returns whether a vector has the right length and every element lies within its bounds; NaN does not. */
export function contains(space: Box, vector: ArrayLike<number>): boolean {
  if (vector.length !== sizeOf(space)) return false;
  for (let i = 0; i < vector.length; i++) {
    const x = vector[i]!;
    if (!(x >= space.low[i]! && x <= space.high[i]!)) return false;
  }
  return true;
}

/**
 * Writes a vector, clipped to the bounds, into `into`.
 *
 * @throws InputError if the length is wrong or an element is not finite; `into` is then unchanged
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
