/** @file Starts the built command line from benchmarks; `npm run build` first. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** Path of the built program. */
export const MAIN = join(import.meta.dirname, "../dist/cli/main.js");

/**
 * Runs `steadyarm <args>` and returns what it printed on stdout; stderr is passed through.
 *
 * @param options.main program of another checkout
 * @param options.cwd  working directory
 * @throws Error if the exit code is not 0
 */
export async function steadyarm(
  args: readonly string[],
  { main = MAIN, cwd }: { readonly main?: string; readonly cwd?: string } = {},
): Promise<string> {
  const child = spawn(process.execPath, [main, ...args], { cwd, stdio: ["ignore", "pipe", "inherit"] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (code !== 0) throw new Error(`steadyarm ${args.join(" ")}: exit code ${code}`);
  return output;
}

/** Does the work for each item in order, at most `jobs` at a time. Rejects with the first failure. */
export async function forEachItem<T>(
  items: readonly T[],
  jobs: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: jobs }, worker));
}
