/** @file Checks that the seed, and nothing else, determines episodes. */

import {
  difference,
  type EnvCheck,
  type Moment,
  PARTS,
  record,
  sameBits,
  stepDifference,
  WALK,
} from "./probe.ts";

/** Several episodes of usual length, so that resets without a seed are included. */
const STEPS = 150;

function differenceOf(expected: Moment, got: Moment): string | undefined {
  if (expected.step !== undefined && got.step !== undefined) return stepDifference(expected.step, got.step);
  return difference(expected.observed, got.observed);
}

const sameSeed: EnvCheck = {
  name: "same-seed",
  promise: "The same seed and actions give the same episodes, bit for bit, also in another environment.",
  find: async (open, walk) => {
    const { env, moments } = await walk();
    for (const [which, other] of [
      ["a second time", env],
      ["in another environment", await open()],
    ] as const) {
      for (const [i, moment] of record(other, STEPS).entries()) {
        const fault = differenceOf(moments[i]!, moment);
        if (fault !== undefined)
          return `seed ${WALK.seed}, ${which}, ${moment.where} (moment ${i}): ${fault}`;
      }
    }
    return undefined;
  },
};

const otherSeed: EnvCheck = {
  name: "other-seed",
  promise: "Another seed, and the next episode, give another start or another goal.",
  find: async (open) => {
    const env = await open();
    const first = structuredClone(env.reset({ seed: 1 }));
    for (const [how, start] of [
      ["reset()", () => env.reset()],
      ["reset({ seed: 2 })", () => env.reset({ seed: 2 })],
    ] as const) {
      const other = start();
      if (PARTS.every((part) => sameBits(first[part], other[part]))) {
        return `${how} after reset({ seed: 1 }): expected another start or goal, got the same`;
      }
    }
    return undefined;
  },
};

export const SEEDING: readonly EnvCheck[] = [sameSeed, otherSeed];
