/** @file Decides which HTTP requests become WebSockets, and rejects the others. */

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { SUBPROTOCOL } from "../../shared/protocol.ts";
import { foreignRequestStatus, hasToken, isSocketTarget } from "./request-guard.ts";

/** Maximum number of connected pages. */
const MAX_CLIENTS = 256;

const STATUS_TEXT = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  503: "Service Unavailable",
};

/** The HTTP status of a rejected upgrade. */
export type RejectStatus = keyof typeof STATUS_TEXT;

/** Returns the status to reject an upgrade with; undefined if it is accepted. */
export function upgradeRejection(
  request: IncomingMessage,
  { port, token, clients }: { readonly port: number; readonly token: string; readonly clients: number },
): RejectStatus | undefined {
  const foreign = foreignRequestStatus(request, port);
  if (foreign !== undefined) return foreign;
  if (!isSocketTarget(request.url)) return 404;
  if (!hasToken(request.url, token)) return 401;
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((each) => each.trim());
  if (chooseSubprotocol(new Set(offered)) === undefined) return 400;
  return clients >= MAX_CLIENTS ? 503 : undefined;
}

/** This version's subprotocol if offered, or else another version's, so that the page can be told to reload. */
export function chooseSubprotocol(offered: ReadonlySet<string>): string | undefined {
  if (offered.has(SUBPROTOCOL)) return SUBPROTOCOL;
  return [...offered].find((each) => /^steadyarm\.v\d{1,9}$/.test(each));
}

/** Sends a status without a body and closes the connection. */
export function rejectUpgrade(socket: Duplex, status: RejectStatus): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_TEXT[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
