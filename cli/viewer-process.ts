/** @file The viewer beside a training: a process of its own, which the training neither waits for nor depends on. */

import { fork } from "node:child_process";
import { isRecord } from "../shared/config.ts";

export interface ViewerProcess {
  /** Lets it end; it ends too when this process is killed. A second call does nothing. */
  end(): void;
}

/**
 * Starts `steadyarm watch` on a run.
 *
 * @param say      for what a person should read
 * @param onAddress called once it can be opened
 */
export function startViewer(
  run: string,
  say: (line: string) => void,
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
  const gone = (why: string) => {
    if (!ended) say(`the viewer has ended (${why}); training goes on. Watch again: steadyarm watch ${run}`);
    ended = true;
  };
  child.on("error", (error) => gone(error.message));
  child.on("exit", (code, signal) => gone(signal ?? `exit code ${code}`));
  // Neither the process nor its channel keeps a finished training from ending.
  child.unref();
  child.channel?.unref();
  return {
    end() {
      if (!ended && child.connected) child.disconnect();
      ended = true;
    },
  };
}
