/** @file Runs a TypeScript file of these tests in a process of its own. */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Starts `<name>.ts` below `test`; the process is killed when the running test ends. */
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

/** The next line that a process prints; rejects with what it complained of if it ends before. */
export function nextLine(child: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = "";
    let err = "";
    const onData = (data: Buffer) => {
      out += data.toString();
      const end = out.indexOf("\n");
      if (end < 0) return;
      child.stdout.off("data", onData);
      resolve(out.slice(0, end));
    };
    child.stdout.on("data", onData);
    child.stderr.on("data", (data: Buffer) => {
      err += data.toString();
    });
    child.once("close", (code, signal) => reject(new Error(`the process ended: ${code ?? signal} ${err}`)));
  });
}
