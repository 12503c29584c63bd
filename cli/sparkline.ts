/** @file Draws a series of numbers as a line of block characters. */

const BLOCKS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** Maximum length; longer series are subsampled evenly, keeping the first and last values. */
const MAX_LENGTH = 24;

/**
 * Returns a series as block characters, oldest value first.
 *
 * @param range values of the lowest and the highest block; default the minimum and maximum of the series
 * @returns "" for fewer than two finite values
 */
export function sparkline(values: readonly number[], range?: readonly [low: number, high: number]): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return "";
  const [low, high] = range ?? [Math.min(...finite), Math.max(...finite)];
  const count = Math.min(MAX_LENGTH, finite.length);
  return Array.from({ length: count }, (_, i) => {
    const value = finite[Math.round((i * (finite.length - 1)) / (count - 1))]!;
    const share = high > low ? (value - low) / (high - low) : 0;
    const level = Math.round(Math.min(Math.max(share, 0), 1) * (BLOCKS.length - 1));
    return BLOCKS[level]!;
  }).join("");
}
