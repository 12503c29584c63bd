/** @file Checks that invalid actions, goals, seeds and calls in the wrong order are rejected without side effects. */

import { InputError } from "../../shared/errors.ts";
import { type EnvCheck, even, stepDifference, thrown } from "./probe.ts";

/** Returns undefined if a call throws an InputError, else the fault. */
function refusalFault(call: () => unknown): string | undefined {
  const error = thrown(call);
  if (error === undefined) return "expected an InputError, got none";
  return error instanceof InputError
    ? undefined
    : `expected an InputError, got ${error.name}: ${error.message}`;
}

const badActions: EnvCheck = {
  name: "refuses-actions",
  promise: "An action of the wrong length, or with NaN or ±Infinity, is rejected before anything moves.",
  find: async (open) => {
    const env = await open();
    const good = even(env, 0.3);
    env.reset({ seed: 21 });
    env.step(good);
    const expected = structuredClone(env.step(good));
    env.reset({ seed: 21 });
    env.step(good);
    for (let i = 0; i < good.length; i++) {
      for (const invalid of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const action = good.slice();
        action[i] = invalid;
        const fault = refusalFault(() => env.step(action));
        if (fault !== undefined) return `step with ${invalid} in action[${i}]: ${fault}`;
      }
    }
    for (const length of [0, good.length - 1, good.length + 1]) {
      const fault = refusalFault(() => env.step(new Float32Array(length)));
      if (fault !== undefined) return `step with ${length} numbers instead of ${good.length}: ${fault}`;
    }
    const effect = stepDifference(expected, env.step(good));
    return effect === undefined ? undefined : `step after rejected actions: ${effect}`;
  },
};

const clipping: EnvCheck = {
  name: "clips-actions",
  promise: "Numbers outside [−1, 1] have exactly the effect of the nearest bound.",
  find: async (open) => {
    const env = await open();
    for (const size of [1.5, 100, 1e30]) {
      const outside = even(env, size).map((x, i) => (i % 2 === 0 ? x : -x));
      env.reset({ seed: 22 });
      const clipped = structuredClone(env.step(outside.map(Math.sign)));
      env.reset({ seed: 22 });
      const fault = stepDifference(clipped, env.step(outside));
      if (fault !== undefined) return `step with ±${size}, compared with ±1: ${fault}`;
    }
    return undefined;
  },
};

const badStarts: EnvCheck = {
  name: "refuses-starts",
  promise: "An invalid goal or seed is rejected, and the running episode continues.",
  find: async (open) => {
    const env = await open();
    const size = env.goalSpace.low.length;
    const good = even(env, 0.3);
    env.reset({ seed: 23 });
    const expected = structuredClone(env.step(good));
    env.reset({ seed: 23 });
    const starts = [
      ["no numbers", { goal: [] }],
      [`${size + 1} numbers instead of ${size}`, { goal: new Array<number>(size + 1).fill(0) }],
      ["NaN", { goal: new Array<number>(size).fill(Number.NaN) }],
      ["a seed of −1", { seed: -1 }],
      ["a seed of 0.5", { seed: 0.5 }],
      ["a seed of NaN", { seed: Number.NaN }],
    ] as const;
    for (const [what, options] of starts) {
      const fault = refusalFault(() => env.reset(options));
      if (fault !== undefined) return `reset with ${"goal" in options ? "a goal of " : ""}${what}: ${fault}`;
    }
    const error = thrown(() => env.step(good));
    if (error !== undefined) {
      return `step after rejected resets: expected the episode to continue, got ${error.message}`;
    }
    env.reset({ seed: 23 });
    env.reset({ seed: 23 });
    const effect = stepDifference(expected, env.step(good));
    return effect === undefined ? undefined : `step after rejected resets: ${effect}`;
  },
};

const callOrder: EnvCheck = {
  name: "call-order",
  promise: "A step before reset or after the end of the episode is rejected.",
  find: async (open) => {
    const env = await open();
    const action = even(env, 0.1);
    let fault = refusalFault(() => env.step(action));
    if (fault !== undefined) return `step before reset: ${fault}`;
    env.reset({ seed: 24 });
    for (let over = false; !over; ) {
      const { terminated, truncated } = env.step(action);
      over = terminated || truncated;
    }
    fault = refusalFault(() => env.step(action));
    return fault === undefined ? undefined : `step after the end of the episode: ${fault}`;
  },
};

const disposal: EnvCheck = {
  name: "dispose",
  promise: "dispose can be called twice; afterwards reset and step are rejected.",
  find: async (open) => {
    const env = await open();
    env.reset({ seed: 25 });
    env.dispose();
    const error = thrown(() => env.dispose());
    if (error !== undefined) return `second dispose: expected no effect, got ${error.message}`;
    for (const [name, call] of [
      ["reset", () => env.reset()],
      ["step", () => env.step(even(env, 0))],
    ] as const) {
      const fault = refusalFault(call);
      if (fault !== undefined) return `${name} after dispose: ${fault}`;
    }
    return undefined;
  },
};

export const REFUSALS: readonly EnvCheck[] = [badActions, clipping, badStarts, callOrder, disposal];
