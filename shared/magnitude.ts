/** @file The numbers that training can compute with. */

/** Numbers beyond this have diverged; MuJoCo resets a simulation at the same magnitude (mjMAXVAL). */
export const MAX_MAGNITUDE = 1e10;

/** What `isUsable` accepts, for error messages. */
export const USABLE = "a number within ±1e10";

/** Returns whether a value is a number within ±MAX_MAGNITUDE; false for NaN. */
export function isUsable(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= MAX_MAGNITUDE;
}
