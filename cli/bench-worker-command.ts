/** @file `steadyarm bench worker`: trains jobs from a queue. */

import { availableParallelism, tmpdir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { workOnQueue } from "../experiments/queue/queue-worker.ts";
import { ServerUnreachable } from "../experiments/queue/server-error.ts";
import { codeVersion } from "../experiments/sweep/code-version.ts";
import { integerFlag } from "./integer-flag.ts";
import { launchSteadyarm } from "./launch.ts";
import { printLines } from "./output.ts";
import { openQueue, readQueueAddress } from "./queue-input.ts";
import { catchStopSignals } from "./stop-signals.ts";
import { createScratch } from "./worker-scratch.ts";

export interface WorkerFlags {
  readonly queue?: string | true | undefined;
  readonly jobs?: string | undefined;
  readonly lease: string;
  readonly saveEvery: string;
  readonly scratch?: string | undefined;
}

const MAX_JOBS = 1024;
const MAX_SECONDS = 86_400;

/** Milliseconds between attempts to connect. */
const RECONNECT = 2000;

/**
 * Trains jobs until stopped. Waits for a server that cannot be reached.
 *
 * @returns 128 + signal
 * @throws InputError if a flag is invalid or the server rejects the connection
 */
export async function benchWorkerCommand(flags: WorkerFlags): Promise<number> {
  const address = readQueueAddress(flags.queue);
  const parallel = integerFlag("--jobs", flags.jobs ?? `${availableParallelism()}`, 1, MAX_JOBS);
  const lease = integerFlag("--lease", flags.lease, 1, MAX_SECONDS);
  const saveEvery = integerFlag("--save-every", flags.saveEvery, 1, MAX_SECONDS);
  const scratch = createScratch(flags.scratch ?? tmpdir());
  const code = codeVersion();
  const print = (line: string) => printLines(process.stdout, [line]);
  const signals = catchStopSignals("saving the running jobs and returning them to the queue");
  try {
    const queue = await connect(() => openQueue(address, code, print), print, signals.stop);
    if (queue !== undefined) {
      print(`training jobs from ${address.label}, ${parallel} at a time, code ${code}`);
      const { server, connection } = queue;
      const options = { parallel, lease, saveEvery, code, launch: launchSteadyarm, log: print };
      const folder = { scratch: scratch.path };
      await workOnQueue({ server, connection, stop: signals.stop, ...folder, ...options });
      await server.close();
    }
    return signals.exitCode();
  } finally {
    signals.release();
    scratch.remove();
  }
}

/** Opens a queue, retrying while its server cannot be reached; undefined if stopped. */
async function connect<T>(
  open: () => Promise<T>,
  print: (line: string) => void,
  stop: AbortSignal,
): Promise<T | undefined> {
  let reported = "";
  while (!stop.aborted) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof ServerUnreachable)) throw error;
      if (error.message !== reported) print(`${error.message}; waiting for it`);
      reported = error.message;
      await delay(RECONNECT, undefined, { signal: stop }).catch(() => undefined);
    }
  }
  return undefined;
}
