/** @file Runs the built program as a person does, in a folder of its own. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const MAIN = join(import.meta.dirname, "../../dist/cli/main.js");

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running program and what it will have printed. */
export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** An empty folder that goes away with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "steadyarm-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function start(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Running {
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
  return { child, finished };
}

export function steadyarm(words: readonly string[], cwd: string): Promise<Finished> {
  return start(words, cwd).finished;
}

/** A run that takes a second or two: the two-link arm, small networks. */
export function shortRun(out: string, steps: number, seed = 1): string[] {
  const settings = ["hidden=[16,16]", "batchSize=32", "warmupSteps=100"].flatMap((each) => [
    "--set",
    `agent.${each}`,
  ]);
  const often = ["evaluateEvery=200", "evaluationEpisodes=5", "finalEpisodes=5", "checkpointEvery=200"];
  const training = often.flatMap((each) => ["--set", `train.${each}`]);
  return [
    "train",
    "--env",
    "planar2-reach",
    "--steps",
    `${steps}`,
    "--seed",
    `${seed}`,
    "--out",
    out,
    ...settings,
    ...training,
  ];
}
