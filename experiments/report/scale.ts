/** @file From numbers to places on a chart: linear and logarithmic axes with ticks at round numbers. */

import { fixed, powerOfTen } from "./number-text.ts";

/** One axis of a chart. */
export interface Axis {
  /** What is measured, with its unit: `environment steps`, `distance, m`. */
  readonly label: string;
  /** Default linear; on a logarithmic axis numbers that are not positive have no place. */
  readonly scale?: "linear" | "log";
  /** Where it begins and ends; without it, round numbers around the data. */
  readonly range?: readonly [low: number, high: number];
}

export interface Tick {
  readonly value: number;
  readonly text: string;
}

export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly Tick[];
  /** Where a number stands, in the chart's units; NaN for one that has no place. */
  at(value: number): number;
}

/** Room between two ticks is 1, 2 or 5 times a power of ten. */
const STEPS = [1, 2, 5, 10];

/** Decades up to which a logarithmic axis shows 2 and 5 as well. */
const FEW_DECADES = 2;

/**
 * Lays an axis over a stretch of the chart.
 *
 * @param values the data; what is not finite is passed over, and none at all gives an axis from 0 to 1
 * @param from   where the axis begins, in the chart's units
 * @param to     where it ends; may be less than `from`
 * @param wanted about how many ticks
 */
export function makeScale(
  axis: Axis,
  values: readonly number[],
  from: number,
  to: number,
  wanted = 5,
): Scale {
  const log = axis.scale === "log";
  const usable = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  const [low, high, ticks] = log
    ? logTicks(axis.range ?? extent(usable, 1, 10), axis.range !== undefined, wanted)
    : linearTicks(axis.range ?? extent(usable, 0, 1), axis.range !== undefined, wanted);
  const along = log ? Math.log10 : (value: number) => value;
  const [first, span] = [along(low), along(high) - along(low)];
  return {
    low,
    high,
    ticks,
    at: (value) => {
      if (!Number.isFinite(value) || (log && value <= 0)) return Number.NaN;
      return from + ((along(value) - first) / span) * (to - from);
    },
  };
}

type Ticked = readonly [low: number, high: number, ticks: readonly Tick[]];

/** Least and greatest; the fallback for no data. Math.min(…values) would overflow the stack on long runs. */
function extent(values: readonly number[], low: number, high: number): readonly [number, number] {
  if (values.length === 0) return [low, high];
  return values.reduce<readonly [number, number]>(
    ([least, greatest], value) => [Math.min(least, value), Math.max(greatest, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

function linearTicks([least, greatest]: readonly [number, number], exact: boolean, wanted: number): Ticked {
  let [low, high] = [least, greatest];
  if (low === high) {
    const room = low === 0 ? 1 : Math.abs(low) / 2;
    [low, high] = [low - room, high + room];
  }
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((each) => each * power >= rough * 0.999) ?? 10) * power;
  if (!exact) [low, high] = [Math.floor(low / step) * step, Math.ceil(high / step) * step];
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks: Tick[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    ticks.push({ value: i * step, text: fixed(i * step, decimals) });
  }
  return [low, high, ticks];
}

function logTicks([least, greatest]: readonly [number, number], exact: boolean, wanted: number): Ticked {
  const [lowest, highest] = [Math.log10(least), Math.log10(greatest)];
  let [low, high] = exact ? [lowest, highest] : [Math.floor(lowest + 1e-9), Math.ceil(highest - 1e-9)];
  if (high - low < 1e-9) [low, high] = [low - 1, high + 1];
  const decades = high - low;
  const stride = Math.max(1, Math.ceil(decades / wanted));
  // One way of writing for the whole axis: 0.01, 0.1, 1 or 10⁻⁴, 10⁻², 10⁰.
  const inFull = low > -3 && high < 4;
  const decade = (power: number) => (inFull ? fixed(10 ** power, Math.max(0, -power)) : powerOfTen(power));
  const ticks: Tick[] = [];
  for (let power = Math.ceil(low - 1e-9); power <= high + 1e-9; power++) {
    if ((power - Math.ceil(low - 1e-9)) % stride === 0)
      ticks.push({ value: 10 ** power, text: decade(power) });
    if (decades > FEW_DECADES) continue;
    for (const factor of [2, 5]) {
      const value = factor * 10 ** power;
      if (Math.log10(value) <= high) ticks.push({ value, text: fixed(value, Math.max(0, -power)) });
    }
  }
  return [10 ** low, 10 ** high, ticks];
}
