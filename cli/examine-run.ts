/** @file Diagnoses a run in a child process, since reading a large checkpoint would block the viewer's server. */

import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { RunFindings } from "../shared/protocol-findings.ts";

/** Returns the findings of `steadyarm doctor --json`; undefined if it fails. Rejects if it cannot be started. */
export async function examineRun(run: string): Promise<RunFindings | undefined> {
  const main = join(import.meta.dirname, "main.js");
  const child = spawn(process.execPath, [main, "doctor", run, "--json"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const failed = new Promise<never>((_, reject) => child.once("error", reject));
  // Without a free file descriptor there is no pipe either.
  const output: Readable | undefined = child.stdout;
  const printed = await Promise.race([output === undefined ? failed : text(output), failed]);
  return printed === "" ? undefined : RunFindings.safeParse(JSON.parse(printed)).data;
}
