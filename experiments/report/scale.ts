/** @file Chart axes: linear and logarithmic scales with ticks at round numbers. */

import { fixed, powerOfTen } from "./number-text.ts";

export interface Axis {
  /** Quantity with its unit: `environment steps`, `distance, m`. */
  readonly label: string;
  /** Default linear. A logarithmic axis skips values that are not positive. */
  readonly scale?: "linear" | "log";
  /** Exact limits; by default round numbers around the data. */
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
  /** The position of a value in the chart's units; NaN if the axis cannot show it. */
  at(value: number): number;
}

/** Tick spacings, times a power of ten. */
const SPACINGS = [1, 2, 5, 10];

/** Up to this many decades, a logarithmic axis also has ticks at 2 and 5. */
const FEW_DECADES = 2;

/**
 * Maps an axis to the interval [from, to] of the chart.
 *
 * @param values    the data; non-finite values are ignored, and an empty list gives an axis from 0 to 1
 * @param from      start of the axis, in the chart's units
 * @param to        end of the axis; may be less than `from`
 * @param tickCount approximate number of ticks
 */
export function makeScale(
  axis: Axis,
  values: readonly number[],
  from: number,
  to: number,
  tickCount = 5,
): Scale {
  const log = axis.scale === "log";
  const usable = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  const [low, high, ticks] = log
    ? logTicks(axis.range ?? extent(usable, 1, 10), axis.range !== undefined, tickCount)
    : linearTicks(axis.range ?? extent(usable, 0, 1), axis.range !== undefined, tickCount);
  const transform = log ? Math.log10 : (value: number) => value;
  const [start, span] = [transform(low), transform(high) - transform(low)];
  return {
    low,
    high,
    ticks,
    at: (value) => {
      if (!Number.isFinite(value) || (log && value <= 0)) return Number.NaN;
      return from + ((transform(value) - start) / span) * (to - from);
    },
  };
}

type AxisTicks = readonly [low: number, high: number, ticks: readonly Tick[]];

/** Minimum and maximum, or the given defaults without data. Math.min(…values) overflows the stack on long runs. */
function extent(values: readonly number[], low: number, high: number): readonly [number, number] {
  if (values.length === 0) return [low, high];
  return values.reduce<readonly [number, number]>(
    ([min, max], value) => [Math.min(min, value), Math.max(max, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

function linearTicks([min, max]: readonly [number, number], exact: boolean, tickCount: number): AxisTicks {
  let [low, high] = [min, max];
  if (low === high) {
    const margin = low === 0 ? 1 : Math.abs(low) / 2;
    [low, high] = [low - margin, high + margin];
  }
  const rough = (high - low) / tickCount;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (SPACINGS.find((spacing) => spacing * power >= rough * 0.999) ?? 10) * power;
  if (!exact) [low, high] = [Math.floor(low / step) * step, Math.ceil(high / step) * step];
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks: Tick[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    ticks.push({ value: i * step, text: fixed(i * step, decimals) });
  }
  return [low, high, ticks];
}

function logTicks([min, max]: readonly [number, number], exact: boolean, tickCount: number): AxisTicks {
  const [logMin, logMax] = [Math.log10(min), Math.log10(max)];
  let [low, high] = exact ? [logMin, logMax] : [Math.floor(logMin + 1e-9), Math.ceil(logMax - 1e-9)];
  if (high - low < 1e-9) [low, high] = [low - 1, high + 1];
  const decades = high - low;
  const stride = Math.max(1, Math.ceil(decades / tickCount));
  // One notation for the complete axis: 0.01, 0.1, 1 or 10⁻⁴, 10⁻², 10⁰.
  const decimal = low > -3 && high < 4;
  const decade = (power: number) => (decimal ? fixed(10 ** power, Math.max(0, -power)) : powerOfTen(power));
  const firstPower = Math.ceil(low - 1e-9);
  const ticks: Tick[] = [];
  for (let power = firstPower; power <= high + 1e-9; power++) {
    if ((power - firstPower) % stride === 0) ticks.push({ value: 10 ** power, text: decade(power) });
    if (decades > FEW_DECADES) continue;
    for (const factor of [2, 5]) {
      const value = factor * 10 ** power;
      if (Math.log10(value) <= high) ticks.push({ value, text: fixed(value, Math.max(0, -power)) });
    }
  }
  return [10 ** low, 10 ** high, ticks];
}
