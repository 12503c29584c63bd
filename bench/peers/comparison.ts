/** @file Alternating rounds of measurements, and the ratios of their medians. */

import { median } from "../../shared/statistics.ts";

export interface Measurement {
  readonly seconds: number;
  /** CPU time of all threads. */
  readonly cpuSeconds: number;
}

/** One line of the report: one of our figures beside a peer's. */
export interface Row {
  readonly case: string;
  readonly peer: string;
  readonly unit: "ms" | "steps/s" | "s" | "steps";
  /** Medians over rounds. */
  readonly ours: number;
  readonly theirs: number;
  /** How many times as fast as the peer we are: above 1 we are ahead. The median over rounds. */
  readonly ratio: number;
  /** The same in wall time, where the other figures are of CPU time. */
  readonly wallRatio?: number;
}

/** Measures all contestants in turn in every round, so that other load affects all of them. */
export async function takeTurns<Name extends string, T>(
  contestants: Readonly<Record<Name, (round: number) => Promise<T>>>,
  { rounds, warmUp }: { readonly rounds: number; readonly warmUp: number },
): Promise<(name: Name) => readonly T[]> {
  const results = new Map<string, T[]>();
  for (let round = -warmUp; round < rounds; round++) {
    for (const name in contestants) {
      const result = await contestants[name](round);
      if (round >= 0) results.set(name, [...(results.get(name) ?? []), result]);
    }
  }
  return (name) => results.get(name) ?? [];
}

/** Returns the median over rounds of theirs ÷ ours: both of a round saw the same load. */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): number {
  return median(theirs.map((value, round) => value / (ours[round] ?? Number.NaN)));
}

/**
 * Returns the CPU times of both sides and their ratios.
 *
 * A process on one core uses as much CPU time as wall time if nothing else runs there, and hardly more if something does.
 */
export function compareTimes(
  ours: readonly Measurement[],
  theirs: readonly Measurement[],
): { readonly ours: number; readonly theirs: number; readonly ratio: number; readonly wallRatio: number } {
  const wall = (each: readonly Measurement[]) => each.map(({ seconds }) => seconds);
  const cpu = (each: readonly Measurement[]) => each.map(({ cpuSeconds }) => cpuSeconds);
  return {
    ours: median(cpu(ours)),
    theirs: median(cpu(theirs)),
    ratio: ratioOf(cpu(ours), cpu(theirs)),
    wallRatio: ratioOf(wall(ours), wall(theirs)),
  };
}
