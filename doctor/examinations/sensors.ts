/** @file Do observations show the arm? Frozen, clipped and noisy numbers, beside those of the intact environment. */

import type { ReplayBuffer } from "../../agent/replay-buffer.ts";
import { median, quantile, standardDeviation } from "../../shared/statistics.ts";
import type { ExaminedRun } from "../examined-run.ts";
import { type Figures, NO_ENVIRONMENT } from "./examination.ts";
import { allSlots } from "./response.ts";

/** Share of the intact spread below which a number is frozen: rounding only. */
const FROZEN_SHARE = 1e-6;

/** Different values per sample below which a number is quantised: a float that moves hardly ever repeats. */
const COARSE_SHARE = 0.1;

/** Share of samples at exactly the largest or smallest value above which a number is clipped. */
const CLIPPED_SHARE = 0.1;

/**
 * `exam/frozen_inputs`, `exam/clipped_inputs`: numbers of the observation that do not vary although intact ones do, and
 * with a tenth of their samples at exactly their largest or smallest value where intact ones have none.
 * `exam/coarse_inputs`: numbers that take fewer different values than a tenth of their samples.
 * `exam/input_noise`: third difference in time (lower quartile of its size), in standard deviations of the number, over that of the intact
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
  const isCoarse = (i: number) => actual.distinct[i]! < COARSE_SHARE && intact.distinct[i]! > 0.5;
  return {
    "exam/coarse_inputs": seen.filter(isCoarse).length,
    "exam/frozen_inputs": numbers.filter(isFrozen).length,
    "exam/clipped_inputs": numbers.filter(isClipped).length,
    "exam/input_noise":
      warmup.length === 0
        ? Number.NaN
        : median(seen.filter((i) => noise(intact, i) > 0).map((i) => noise(actual, i) / noise(intact, i))),
  };
}

/** Of each number of the observation. */
interface Statistics {
  readonly spread: Float64Array;
  /** Share of samples at the largest value, or at the smallest, whichever is more. */
  readonly atExtreme: Float64Array;
  /** Different values per sample. */
  readonly distinct: Float64Array;
  /** Lower quartile of the sizes of third differences within episodes: rare jumps are not noise. */
  readonly jump: Float64Array;
}

function statistics(replay: ReplayBuffer, slots: readonly number[]): Statistics {
  const { observation: size } = replay.sizes;
  const values: number[][] = Array.from({ length: size }, () => []);
  const jumps: number[][] = Array.from({ length: size }, () => []);
  const read = new Float32Array(size);
  for (const slot of slots) {
    const first = values[0]?.length ?? 0;
    for (let moment = 0; moment <= replay.lengthOf(slot); moment++) {
      replay.readObservation(slot, moment, read, 0);
      for (let i = 0; i < size; i++) values[i]!.push(read[i]!);
      if (moment < 3) continue;
      const at = first + moment;
      for (let i = 0; i < size; i++) {
        const x = values[i]!;
        jumps[i]!.push(Math.abs(x[at]! - 3 * x[at - 1]! + 3 * x[at - 2]! - x[at - 3]!));
      }
    }
  }
  return {
    spread: Float64Array.from(values, standardDeviation),
    atExtreme: Float64Array.from(values, shareAtExtreme),
    distinct: Float64Array.from(values, (numbers) => new Set(numbers).size / numbers.length),
    jump: Float64Array.from(jumps, (sizes) => quantile(sizes, 0.25)),
  };
}

/** Larger of the shares of samples at exactly the largest and at exactly the smallest value. */
function shareAtExtreme(values: readonly number[]): number {
  const low = values.reduce((least, x) => Math.min(least, x));
  const high = values.reduce((most, x) => Math.max(most, x));
  const shareAt = (value: number) => values.filter((x) => x === value).length / values.length;
  return Math.max(shareAt(low), shareAt(high));
}
