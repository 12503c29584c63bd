/**
 * @file Runs the commands of the built program in the test's process.
 *
 * Starting a process is most of the CPU time of a command that refuses its input. Only cli/main.ts is left out, and with
 * it what needs a process: see exit-codes.integration.test.ts.
 */

import { dirname, join } from "node:path";
import { vi } from "vitest";
import "../baseline-wasm.mjs";
import { type Finished, MAIN } from "./steadyarm.ts";

/** Imported by Node itself, see vitest.config.ts: its worker threads need JavaScript files. */
const PROGRAM = join(dirname(MAIN), "program.js");

let isRunning = false;

/** Runs `steadyarm <words>` in a folder. One at a time: folder and output are those of the process. */
export async function inProcess(words: readonly string[], cwd: string): Promise<Finished> {
  const { run }: typeof import("../../cli/program.ts") = await import(PROGRAM);
  if (isRunning) throw new Error("inProcess: await one command before the next");
  isRunning = true;
  const before = process.cwd();
  process.chdir(cwd);
  const output = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((stream) =>
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      output[stream] += String(text);
      return true;
    }),
  );
  try {
    const code = await run(words);
    return { code, ...output };
  } finally {
    for (const spy of spies) spy.mockRestore();
    // A command that handles signals lets its process end despite this channel, which is the test runner's here.
    process.channel?.ref();
    process.chdir(before);
    isRunning = false;
  }
}
