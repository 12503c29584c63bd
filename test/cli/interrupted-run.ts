/** @file Waits for checkpoints of a running training, and interrupts it there. */

import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type Finished, start } from "./steadyarm.ts";

/** Resolves when a run has saved a checkpoint of at least this step. */
export async function checkpointReached(run: string, step: number): Promise<void> {
  const newest = () => {
    const folder = join(run, "checkpoints");
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return Math.max(-1, ...names.map((name) => Number(/^step-(\d+)$/.exec(name)?.[1] ?? -1)));
  };
  await expect.poll(newest, { interval: 5 }).toBeGreaterThanOrEqual(step);
}

/**
 * Trains into `<cwd>/<run>` and sends a signal once there is a checkpoint of at least `step`.
 *
 * On a busy machine the signal may come after the end of the run, which is then started again.
 */
export async function interruptedRun(
  args: readonly string[],
  cwd: string,
  { run, step, signal }: { readonly run: string; readonly step: number; readonly signal: NodeJS.Signals },
): Promise<Finished> {
  for (;;) {
    const { child, finished } = start(args, cwd);
    await checkpointReached(join(cwd, run), step);
    child.kill(signal);
    const end = await finished;
    if (!existsSync(join(cwd, run, "result.json"))) return end;
    rmSync(join(cwd, run), { recursive: true });
  }
}
