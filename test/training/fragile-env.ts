/** @file Environments for worker threads that fail while a file exists. */

import { existsSync } from "node:fs";
import { InputError } from "../../shared/errors.ts";
import type { GoalEnv } from "../../shared/goal-env.ts";
import { lineReach } from "../toy-envs.ts";

export type Failure = "exit" | "diverge" | "hang" | "hangEvaluation" | "crash" | "uncaught";

/**
 * Returns lineReach; while the file `trigger` exists, its training episodes fail from the `after`-th on. With
 * `hangEvaluation`, all evaluation episodes do.
 */
export function fragileReach(trigger: string, after: number, failure: Failure): GoalEnv {
  const env = lineReach();
  let episodes = 0;
  return {
    ...env,
    reset: (options) => {
      if (options?.training === true) episodes += 1;
      const due = failure === "hangEvaluation" ? options?.training !== true : episodes >= after;
      if (due && existsSync(trigger)) fail(failure);
      return env.reset(options);
    },
  };
}

function fail(failure: Failure): void {
  // In a worker, this ends the thread only.
  if (failure === "exit") process.exit(3);
  if (failure === "diverge") throw new InputError("line-reach.step: expected a finite state, got NaN");
  if (failure === "crash") throw new TypeError("a bug of the environment");
  if (failure === "uncaught") {
    setTimeout(() => {
      throw new TypeError("a bug of the environment");
    }, 0);
    return;
  }
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
