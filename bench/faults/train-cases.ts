/** @file Trains many cases in parallel processes; skips complete runs. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { RESULT_FILE } from "../../storage/run-result.ts";
import { forEachItem } from "../steadyarm.ts";
import type { Case } from "./case.ts";

/** A case in an environment with a seed. */
export interface CaseRun {
  readonly case: Case;
  readonly env: string;
  readonly seed: number;
  /** The run folder. */
  readonly path: string;
}

const TRAIN_CASE = join(import.meta.dirname, "train-case.ts");

/** Trains the incomplete runs in order; runs that diverge stay incomplete. */
export async function trainCases(
  runs: readonly CaseRun[],
  { jobs, log }: { jobs: number; log: (line: string) => void },
): Promise<void> {
  const waiting = runs.filter(({ path }) => !existsSync(join(path, RESULT_FILE)));
  let done = 0;
  await forEachItem(waiting, jobs, async (run) => {
    await trainOne(run);
    done += 1;
    log(`${done}/${waiting.length} done: ${run.case.name}, ${run.env}, seed ${run.seed}`);
  });
}

function trainOne({ case: { name }, env, seed, path }: CaseRun): Promise<void> {
  const args = ["--import=tsx", TRAIN_CASE, name, env, `${seed}`, path];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
    child.on("error", reject);
    child.on("close", () => resolve());
  });
}
