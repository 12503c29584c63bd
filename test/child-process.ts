/** @file Runs a TypeScript file of the tests as a child process. */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Starts `test/<name>.ts`; killed when the running test ends. */
export function startChild(name: string, ...args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(import.meta.dirname, `${name}.ts`), ...args],
    {
      cwd: join(import.meta.dirname, ".."),
      env: { ...process.env, TSX_DISABLE_CACHE: "1" },
    },
  );
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
}

/** Resolves with the next line that a process prints; rejects with its error output if it exits first. */
export function nextLine(child: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    const onData = (data: Buffer) => {
      stdout += data.toString();
      const end = stdout.indexOf("\n");
      if (end < 0) return;
      child.stdout.off("data", onData);
      resolve(stdout.slice(0, end));
    };
    child.stdout.on("data", onData);
    child.stderr.on("data", (data: Buffer) => {
      stderr += data.toString();
    });
    child.once("close", (code, signal) =>
      reject(new Error(`the process exited: ${code ?? signal} ${stderr}`)),
    );
  });
}
