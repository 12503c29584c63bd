/** @file Diagnoses a run in a child process, since reading a large checkpoint would block the viewer's server. */

import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { RunFindings } from "../shared/protocol-findings.ts";

/** Returns the findings of `steadyarm doctor --json`; undefined if it fails. */
export async function examineRun(run: string): Promise<RunFindings | undefined> {
  const main = join(import.meta.dirname, "main.js");
  const child = spawn(process.execPath, [main, "doctor", run, "--json"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const failed = new Promise<string>((resolve) => child.once("error", () => resolve("")));
  const printed = await Promise.race([text(child.stdout), failed]);
  return printed === "" ? undefined : RunFindings.safeParse(JSON.parse(printed)).data;
}
