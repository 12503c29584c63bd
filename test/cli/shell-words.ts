/** @file What a shell makes of a printed command. */

import { execFileSync } from "node:child_process";

/** Returns the words of a command. */
export function words(command: string): string[] {
  return execFileSync("sh", ["-c", `printf '%s\\0' ${command}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);
}
