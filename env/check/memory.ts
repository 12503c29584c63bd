/** @file Check that memory does not grow over many episodes. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type EnvCheck, randomPlay } from "./probe.ts";

/** Steps between two measurements. */
const STEPS = 200;
/** Number of rounds; odd, so that there is a median. */
const MIN_ROUNDS = 3;
const MAX_ROUNDS = 29;

/** Bytes a step that count as a leak: more than engines keep for themselves, less than a kept observation. */
const LEAK = 64;

/** V8's garbage collector. Obtained once: creating a context allocates memory that would be measured. */
let collect: unknown;

/** Returns the bytes in use after a garbage collection. */
function bytesInUse(): number {
  if (collect === undefined) {
    // Only contexts created after setting the flag have `gc`.
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc");
  }
  if (typeof collect === "function") collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export const memory: EnvCheck = {
  name: "memory",
  promise: "Memory use does not grow from episode to episode.",
  find: async (open) => {
    const env = await open();
    for (const _ of randomPlay(env, 30, env.maxEpisodeSteps));
    const growths: number[] = [];
    let medianGrowth = Number.NaN;
    let before = bytesInUse();
    for (let round = 1; round <= MAX_ROUNDS; round++) {
      for (const _ of randomPlay(env, 30 + round, STEPS));
      const now = bytesInUse();
      growths.push((now - before) / STEPS);
      before = now;
      if (round < MIN_ROUNDS || round % 2 === 0) continue;
      // The median ignores compilation, which affects one or two rounds; a leak grows in every round.
      medianGrowth = growths.toSorted((a, b) => a - b)[(round - 1) / 2]!;
      if (Math.abs(medianGrowth) < LEAK) return undefined;
    }
    return medianGrowth < LEAK
      ? undefined
      : `after ${MAX_ROUNDS * STEPS} random steps: expected constant memory use, got ${Math.round(medianGrowth)} more bytes a step`;
  },
};
