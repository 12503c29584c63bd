/** @file From what a person typed after --queue to an open queue. */

import { FaultWatch } from "../experiments/queue/fault-watch.ts";
import { connectQueue, type QueueServer } from "../experiments/queue/queue-server.ts";
import { parseQueueUrl, type QueueAddress } from "../experiments/queue/server-fault.ts";
import { InputError } from "../shared/errors.ts";

/** Where a password does not stand in the list of processes for everybody to read. */
const VARIABLE = "STEADYARM_QUEUE";

/**
 * Reads --queue, or the environment where the flag stands alone.
 *
 * @throws InputError if there is no URL, or none of a server we know
 */
export function readQueueAddress(flag: string | true | undefined): QueueAddress {
  if (typeof flag === "string") return parseQueueUrl(flag, "--queue");
  const url = process.env[VARIABLE];
  if (url === undefined || url === "") {
    throw new InputError(
      `--queue: expected a URL such as postgres://user:password@host:5432/database, here or in ${VARIABLE}`,
    );
  }
  return parseQueueUrl(url, VARIABLE);
}

/**
 * Connects to a queue of jobs for this code; workers with other code never see them.
 *
 * @param say told once when the server goes, and once when it is back
 * @throws InputError if the server cannot be reached or the packages are missing
 */
export async function openQueue(
  address: QueueAddress,
  code: string,
  say: (line: string) => void,
): Promise<{ readonly server: QueueServer; readonly faults: FaultWatch }> {
  const faults = new FaultWatch(address, say);
  return { server: await connectQueue(address, `steadyarm-${code}`, faults.hear), faults };
}
