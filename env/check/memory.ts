/** @file Whether memory stays flat over many episodes. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type EnvCheck, randomPlay } from "./probe.ts";

/** Steps between two looks at memory, and how many such rounds there are at least and at most; odd, for a middle one. */
const STEPS = 200;
const FEWEST = 3;
const MOST = 29;

/** Bytes a step that count as a leak: an observation kept is more, what engines keep for themselves is less. */
const LEAK = 64;

/** V8's collector of garbage. Made once: the context that hands it out would be in each measurement. */
let collect: unknown;

/** Bytes in use after all garbage is collected. */
function bytesInUse(): number {
  if (collect === undefined) {
    // The flag has to be set before the context is made: only contexts made later have the function.
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc");
  }
  if (typeof collect === "function") collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export const memory: EnvCheck = {
  name: "memory",
  promise: "Memory stays flat, episode after episode.",
  find: async (open) => {
    const env = await open();
    for (const _ of randomPlay(env, 30, env.maxEpisodeSteps));
    const growths: number[] = [];
    let typical = Number.NaN;
    let before = bytesInUse();
    for (let round = 1; round <= MOST; round++) {
      for (const _ of randomPlay(env, 30 + round, STEPS));
      const now = bytesInUse();
      growths.push((now - before) / STEPS);
      before = now;
      if (round < FEWEST || round % 2 === 0) continue;
      // The median: a leak shows in every round, old code that an engine drops or compiles anew in one or two.
      typical = growths.toSorted((a, b) => a - b)[(round - 1) / 2]!;
      if (Math.abs(typical) < LEAK) return undefined;
    }
    return typical < LEAK
      ? undefined
      : `after ${MOST * STEPS} random steps: expected memory to stay flat, got ${Math.round(typical)} more bytes a step`;
  },
};
