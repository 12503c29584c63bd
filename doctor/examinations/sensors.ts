/** @file Do observations show the arm? Frozen, clipped and noisy numbers, beside those of the intact environment. */

import type { ReplayBuffer } from "../../agent/replay-buffer.ts";
import { median } from "../../shared/statistics.ts";
import type { ExaminedRun } from "../examined-run.ts";
import { type Figures, NO_ENVIRONMENT } from "./examination.ts";
import { allSlots } from "./response.ts";

/** Share of the intact spread below which a number is frozen: rounding only. */
const FROZEN_SHARE = 1e-6;

/** Share of samples at exactly the largest or smallest value above which a number is clipped. */
const CLIPPED_SHARE = 0.1;

/**
 * `exam/frozen_inputs`, `exam/clipped_inputs`: numbers of the observation that do not vary although intact ones do, and
 * with a tenth of their samples at exactly their largest or smallest value where intact ones have none.
 * `exam/input_noise`: RMS third difference in time, in standard deviations of the number, over that of the intact
 * environment, median over the numbers: differentiation amplifies white noise, of which a third difference has √20 times
 * its standard deviation, more than motion (the difference method of Hildebrand 1956 for noise in tables).
 */
export function examineSensors({ replay, intact: environment, warmup }: ExaminedRun): Figures | string {
  if (environment === undefined) return NO_ENVIRONMENT;
  const { reference } = environment;
  // A trained policy may rest at a joint's limit or hold its fingers closed, which looks like clipping.
  const actual = statistics(
    replay,
    warmup.length > 0 ? warmup : allSlots(replay).slice(replay.demonstrations),
  );
  const intact = statistics(reference, allSlots(reference));
  const numbers = Array.from({ length: replay.sizes.observation }, (_, i) => i);
  const isFrozen = (i: number) => actual.spread[i]! < FROZEN_SHARE * intact.spread[i]!;
  const isClipped = (i: number) =>
    !isFrozen(i) && actual.atExtreme[i]! > CLIPPED_SHARE && intact.atExtreme[i]! < CLIPPED_SHARE;
  const noise = ({ jump, spread }: Statistics, i: number) => jump[i]! / spread[i]!;
  const seen = numbers.filter((i) => !isFrozen(i) && !isClipped(i));
  return {
    "exam/frozen_inputs": numbers.filter(isFrozen).length,
    "exam/clipped_inputs": numbers.filter(isClipped).length,
    "exam/input_noise":
      warmup.length === 0 ? Number.NaN : median(seen.map((i) => noise(actual, i) / noise(intact, i))),
  };
}

/** Of each number of the observation. */
interface Statistics {
  readonly spread: Float64Array;
  /** Share of samples at the largest value, or at the smallest, whichever is more. */
  readonly atExtreme: Float64Array;
  /** RMS third difference within episodes. */
  readonly jump: Float64Array;
}

function statistics(replay: ReplayBuffer, slots: readonly number[]): Statistics {
  const { observation: size } = replay.sizes;
  const values: number[][] = Array.from({ length: size }, () => []);
  const squares = new Float64Array(size);
  let differences = 0;
  const read = new Float32Array(size);
  for (const slot of slots) {
    const first = values[0]?.length ?? 0;
    for (let moment = 0; moment <= replay.lengthOf(slot); moment++) {
      replay.readObservation(slot, moment, read, 0);
      for (let i = 0; i < size; i++) values[i]!.push(read[i]!);
      if (moment < 3) continue;
      differences += 1;
      const at = first + moment;
      for (let i = 0; i < size; i++) {
        const x = values[i]!;
        squares[i]! += (x[at]! - 3 * x[at - 1]! + 3 * x[at - 2]! - x[at - 3]!) ** 2;
      }
    }
  }
  return {
    spread: Float64Array.from(values, deviation),
    atExtreme: Float64Array.from(values, (x) =>
      Math.max(shareAt(x, maximum(x)), shareAt(x, -maximum(x.map(negate)))),
    ),
    jump: squares.map((sum) => Math.sqrt(sum / differences)),
  };
}

const negate = (x: number) => -x;

/** Without spreading an array into arguments, of which there may be hundreds of thousands. */
function maximum(values: readonly number[]): number {
  return values.reduce((largest, x) => (x > largest ? x : largest), Number.NEGATIVE_INFINITY);
}

function shareAt(values: readonly number[], value: number): number {
  return values.reduce((count, x) => count + (x === value ? 1 : 0), 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
}
