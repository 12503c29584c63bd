/** @file Runs the built program, as a user does. */

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { onTestFailed, onTestFinished } from "vitest";

/** The built program. */
export const MAIN = join(import.meta.dirname, "../../dist/cli/main.js");

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Standard output so far. */
  readonly stdout: () => string;
  readonly finished: Promise<Finished>;
}

/** Runs `steadyarm <words>` to its end. */
export function steadyarm(words: readonly string[], cwd: string): Promise<Finished> {
  return launch(words, cwd, {}).finished;
}

/** Starts `steadyarm <words>`; killed when the running test ends. A failed test prints its output so far. */
export function start(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Running {
  const running = launch(words, cwd, env);
  onTestFinished(async () => {
    running.child.kill("SIGKILL");
    await running.finished;
  });
  onTestFailed(() => {
    const { pid, exitCode, signalCode } = running.child;
    const state = signalCode ?? exitCode ?? "running";
    process.stderr.write(`steadyarm ${words.join(" ")} (${pid}, ${state}):\n${running.stdout()}\n`);
  });
  return running;
}

function launch(words: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Running {
  const child = spawn(process.execPath, [MAIN, ...words], { cwd, env: { ...process.env, ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, stdout: () => stdout, finished };
}

/** Arguments of a training of a second or two: the two-link arm, small networks, one thread by default. */
export function shortRun(out: string, steps: number, seed = 1, collectors = 0): string[] {
  const settings = [
    `train.collectors=${collectors}`,
    "agent.hidden=[16,16]",
    "agent.batchSize=32",
    "agent.warmupSteps=100",
    "train.evaluateEvery=200",
    "train.evaluationEpisodes=5",
    "train.finalEpisodes=5",
    "train.checkpointEvery=200",
  ];
  return [
    "train",
    ...["--env", "planar2-reach"],
    ...["--steps", `${steps}`],
    ...["--seed", `${seed}`],
    ...["--out", out],
    ...settings.flatMap((setting) => ["--set", setting]),
  ];
}
