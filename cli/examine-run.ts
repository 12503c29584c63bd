/** @file The doctor in a process of its own: a large checkpoint must not make the viewer stutter. */

import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { RunFindings } from "../shared/protocol-findings.ts";

/** What `steadyarm doctor --json` says of a run; undefined where it says nothing. */
export async function examineRun(run: string): Promise<RunFindings | undefined> {
  const main = join(import.meta.dirname, "main.js");
  const child = spawn(process.execPath, [main, "doctor", run, "--json"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const failed = new Promise<string>((resolve) => child.once("error", () => resolve("")));
  const printed = await Promise.race([text(child.stdout), failed]);
  return printed === "" ? undefined : RunFindings.safeParse(JSON.parse(printed)).data;
}
