/** @file Whether memory stays flat over many episodes. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type EnvCheck, randomPlay } from "./probe.ts";

/** Steps between two looks at memory. */
const STEPS = 2000;

/** Bytes a step that count as a leak: an observation kept is more, what engines keep for themselves is less. */
const LEAK = 64;

/** Bytes in use after all garbage is collected. */
function bytesInUse(): number {
  // The flag has to be set before the context is made: only contexts made later have the function.
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export const memory: EnvCheck = {
  name: "memory",
  promise: "Memory stays flat, episode after episode.",
  find: async (open) => {
    const env = await open();
    const used = [0, 1, 2].map((round) => {
      for (const _ of randomPlay(env, 31 + round, STEPS));
      return bytesInUse();
    });
    const [first = 0, second = 0, third = 0] = used;
    // Both rounds must grow: a buffer that is enlarged once is no leak.
    const grown = Math.min(second - first, third - second) / STEPS;
    return grown < LEAK
      ? undefined
      : `after ${3 * STEPS} random steps: expected memory to stay flat, got ${Math.round(grown)} more bytes a step`;
  },
};
