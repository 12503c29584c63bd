/** @file Parses --queue and opens the queue. */

import { ConnectionMonitor } from "../experiments/queue/connection-monitor.ts";
import { parseQueueUrl, type QueueAddress } from "../experiments/queue/queue-address.ts";
import { connectQueue, type QueueServer } from "../experiments/queue/queue-server.ts";
import { refuse, unquoted } from "../shared/errors.ts";

/** Environment variable for the URL: unlike a flag, its password is not visible in the list of processes. */
const VARIABLE = "STEADYARM_QUEUE";

/**
 * Parses --queue; without a value, the environment variable STEADYARM_QUEUE.
 *
 * @throws InputError if the URL is missing or invalid
 */
export function readQueueAddress(flag: string | true | undefined): QueueAddress {
  if (typeof flag === "string") return parseQueueUrl(flag, "--queue");
  const url = process.env[VARIABLE];
  if (url === undefined || url === "") {
    throw refuse(
      "--queue",
      `a URL such as postgres://user:password@host:5432/database, here or in ${VARIABLE}`,
      unquoted("none"),
    );
  }
  return parseQueueUrl(url, VARIABLE);
}

/**
 * Connects to the queue of this version of the code; workers with another version use another queue.
 *
 * @param print receives a line when the connection is lost, and one when it is back
 * @throws InputError if the server cannot be reached or the client package is not installed
 */
export async function openQueue(
  address: QueueAddress,
  code: string,
  print: (line: string) => void,
): Promise<{ readonly server: QueueServer; readonly connection: ConnectionMonitor }> {
  const connection = new ConnectionMonitor(address, print);
  return { server: await connectQueue(address, `steadyarm-${code}`, connection.report), connection };
}
