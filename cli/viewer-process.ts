/** @file Starts the viewer as a child process for `train --watch`; training neither waits for it nor depends on it. */

import { fork } from "node:child_process";
import { isRecord } from "../shared/is-record.ts";

export interface ViewerProcess {
  /** Stops the viewer, which also stops when this process dies. May be called more than once. */
  end(): void;
}

/**
 * Starts `steadyarm watch` on a run.
 *
 * @param print     prints a message to the user
 * @param onAddress called with the viewer's address once it accepts connections
 */
export function startViewer(
  run: string,
  print: (line: string) => void,
  onAddress: (address: string) => void,
): ViewerProcess {
  const program = process.argv[1] ?? "";
  const child = fork(program, ["watch", run, "--no-open"], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  let ended = false;
  child.on("message", (message) => {
    if (isRecord(message) && typeof message["address"] === "string") onAddress(message["address"]);
  });
  const onEnd = (reason: string) => {
    if (!ended)
      print(`the viewer exited (${reason}); training continues. Restart it: steadyarm watch ${run}`);
    ended = true;
  };
  child.on("error", (error) => onEnd(error.message));
  child.on("exit", (code, signal) => onEnd(signal ?? `exit code ${code}`));
  // Without unref, the child and its channel would keep this process alive.
  child.unref();
  child.channel?.unref();
  return {
    end() {
      if (!ended && child.connected) child.disconnect();
      ended = true;
    },
  };
}
