/** @file `steadyarm bench worker`: this machine's share of what others put into a queue. */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { workOnQueue } from "../experiments/queue/queue-worker.ts";
import { ServerNotThere } from "../experiments/queue/server-fault.ts";
import { codeVersion } from "../experiments/sweep/code-version.ts";
import { diskError } from "../storage/disk-error.ts";
import { integerFlag } from "./integer-flag.ts";
import { launchSteadyarm } from "./launch.ts";
import { openQueue, readQueueAddress } from "./queue-input.ts";
import { catchStopSignals } from "./stop-signals.ts";

export interface WorkerFlags {
  readonly queue?: string | true | undefined;
  readonly jobs?: string | undefined;
  readonly lease: string;
  readonly saveEvery: string;
  readonly scratch?: string | undefined;
}

const MOST_JOBS_AT_ONCE = 1024;
const LONGEST = 86_400;

/** Milliseconds between looks whether a stop was asked for. */
const STOP_POLL = 200;

/** Milliseconds between attempts to reach a server that is not there yet. */
const RECONNECT = 2000;

/**
 * Takes jobs until it is stopped.
 *
 * @returns 128 + signal: a worker has no other end
 * @throws InputError if a flag is wrong, or the server refuses us; one that is not there is waited for
 */
export async function benchWorkerCommand(flags: WorkerFlags): Promise<number> {
  const address = readQueueAddress(flags.queue);
  const parallel = integerFlag("--jobs", flags.jobs ?? `${availableParallelism()}`, 1, MOST_JOBS_AT_ONCE);
  const lease = integerFlag("--lease", flags.lease, 1, LONGEST);
  const saveEvery = integerFlag("--save-every", flags.saveEvery, 1, LONGEST);
  const scratch = makeScratch(flags.scratch);
  const code = codeVersion();
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const signals = catchStopSignals("letting the running jobs save and giving them back");
  const stop = new AbortController();
  const watch = setInterval(() => {
    if (signals.caught() !== undefined) stop.abort();
  }, STOP_POLL);
  try {
    const queue = await untilThere(() => openQueue(address, code, say), say, stop.signal);
    if (queue !== undefined) {
      say(`working for ${address.shown}, ${parallel} at a time, code ${code}`);
      const { server, faults } = queue;
      const options = { parallel, lease, saveEvery, scratch, code, launch: launchSteadyarm, say };
      await workOnQueue({ server, faults, stop: stop.signal, ...options });
      await server.close();
    }
    return signals.exitCode();
  } finally {
    clearInterval(watch);
    signals.release();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A worker may be started before its server is. */
async function untilThere<T>(
  open: () => Promise<T>,
  say: (line: string) => void,
  stop: AbortSignal,
): Promise<T | undefined> {
  let told = "";
  while (!stop.aborted) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof ServerNotThere)) throw error;
      if (error.message !== told) say(`${error.message}; waiting for it`);
      told = error.message;
      await delay(RECONNECT, undefined, { signal: stop }).catch(() => undefined);
    }
  }
  return undefined;
}

function makeScratch(parent = tmpdir()): string {
  try {
    mkdirSync(parent, { recursive: true });
    return mkdtempSync(join(parent, "steadyarm-worker-"));
  } catch (error) {
    throw diskError(error, parent, "write");
  }
}
