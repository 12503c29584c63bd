/** @file Trains many cases, a few processes at a time; complete runs are not made again. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { RESULT_FILE } from "../../storage/run-result.ts";
import type { Case } from "./cases.ts";

/** One run: a case, where, and from which seed. */
export interface CaseRun {
  readonly case: Case;
  readonly env: string;
  readonly seed: number;
  /** Its run folder. */
  readonly path: string;
}

const TRAIN_CASE = join(import.meta.dirname, "train-case.ts");

/** Trains what is not complete yet, in the given order. What diverges is left as it ended. */
export async function trainCases(
  runs: readonly CaseRun[],
  { jobs, say }: { jobs: number; say: (line: string) => void },
): Promise<void> {
  const waiting = runs.filter(({ path }) => !existsSync(join(path, RESULT_FILE)));
  const total = waiting.length;
  await Promise.all(
    Array.from({ length: jobs }, async () => {
      for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
        await trainOne(run);
        say(
          `${total - waiting.length}/${total} begun or done: ${run.case.name}, ${run.env}, seed ${run.seed}`,
        );
      }
    }),
  );
}

function trainOne({ case: { name }, env, seed, path }: CaseRun): Promise<void> {
  const words = ["--import=tsx", TRAIN_CASE, name, env, `${seed}`, path];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, { stdio: ["ignore", "ignore", "inherit"] });
    child.on("error", reject);
    child.on("close", () => resolve());
  });
}
