/** @file Ctrl-C, SIGTERM and a parent's death: the first asks for a graceful end, the second ends at once. */

import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
type StopSignal = (typeof SIGNALS)[number];

export interface StopSignals {
  /** The first signal that came, if any. */
  caught(): StopSignal | undefined;
  /** 128 + the signal's number, as shells have it: 130 or 143. */
  exitCode(): number;
  /** Leaves signals to their defaults again. */
  release(): void;
}

/** @param meanwhile what is done before the end, for the person who waits for it */
export function catchStopSignals(meanwhile = "finishing the episode and saving"): StopSignals {
  let first: StopSignal | undefined;
  const listen = (signal: StopSignal) => {
    if (first !== undefined) process.exit(128 + constants.signals[signal]);
    first = signal;
    process.stderr.write(`\n${signal}: ${meanwhile}; once more ends at once\n`);
  };
  for (const signal of SIGNALS) process.on(signal, listen);
  // A child of a pool must not train on, holding its run's lock, when the pool was killed.
  const orphaned = () => listen("SIGTERM");
  process.on("disconnect", orphaned);
  process.channel?.unref();
  return {
    caught: () => first,
    exitCode: () => (first === undefined ? 0 : 128 + constants.signals[first]),
    release: () => {
      for (const signal of SIGNALS) process.off(signal, listen);
      process.off("disconnect", orphaned);
    },
  };
}
