/** @file Handles Ctrl-C, SIGTERM and the parent's death: the first signal stops gracefully, the second exits at once. */

import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
type StopSignalName = (typeof SIGNALS)[number];

export interface StopSignals {
  /** Aborted by the first signal. */
  readonly stop: AbortSignal;
  /** Returns 128 + the signal's number, as shells do (130 or 143), or 0 if there was no signal. */
  exitCode(): number;
  /** Restores the default handlers. */
  release(): void;
}

/** Returns whether this process was started with an IPC channel and its parent has exited since. */
export function lostParent(): boolean {
  return process.send !== undefined && !process.connected;
}

/** @param activity what the program does before it exits, printed for the user */
export function catchStopSignals(activity = "finishing the episode and saving"): StopSignals {
  const controller = new AbortController();
  let first: StopSignalName | undefined;
  const listen = (name: StopSignalName) => {
    if (first !== undefined) process.exit(128 + constants.signals[name]);
    first = name;
    process.stderr.write(`\n${name}: ${activity}; send it again to exit at once\n`);
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, listen);
  // When its pool is killed, a child must stop training and release the lock of its run.
  const onDisconnect = () => listen("SIGTERM");
  process.on("disconnect", onDisconnect);
  process.channel?.unref();
  if (lostParent()) onDisconnect();
  return {
    stop: controller.signal,
    exitCode: () => (first === undefined ? 0 : 128 + constants.signals[first]),
    release: () => {
      for (const name of SIGNALS) process.off(name, listen);
      process.off("disconnect", onDisconnect);
    },
  };
}
