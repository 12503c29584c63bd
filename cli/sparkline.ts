/** @file A series of numbers as one word of block characters. */

const BLOCKS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** Characters of the longest picture; a longer series is thinned evenly, its last value kept. */
const LONGEST = 24;

/**
 * Draws a series, low to high, oldest first.
 *
 * @param range what the lowest and the highest block stand for; the series' own ends unless given
 * @returns "" for fewer than two values
 */
export function sparkline(values: readonly number[], range?: readonly [low: number, high: number]): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return "";
  const [low, high] = range ?? [Math.min(...finite), Math.max(...finite)];
  const count = Math.min(LONGEST, finite.length);
  return Array.from({ length: count }, (_, i) => {
    const value = finite[Math.round((i * (finite.length - 1)) / (count - 1))]!;
    const share = high > low ? (value - low) / (high - low) : 0;
    const level = Math.round(Math.min(Math.max(share, 0), 1) * (BLOCKS.length - 1));
    return BLOCKS[level]!;
  }).join("");
}
