/** @file Decides which HTTP requests become WebSockets, and rejects the others. */

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { SUBPROTOCOL } from "../../shared/protocol.ts";
import { errorCode } from "../../storage/disk-error.ts";
import { foreignRequestStatus, hasToken, isSocketTarget } from "./request-guard.ts";

/** The WebSocket version of RFC 6455. Version 8, a draft, has another name for the Origin. */
const WEBSOCKET_VERSION = "13";

/** The syntax of Sec-WebSocket-Extensions, RFC 6455 §9.1. No extension is accepted, but a malformed list is an error. */
const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
const EXTENSION = `${TOKEN}(?:[ \\t]*;[ \\t]*${TOKEN}(?:=(?:${TOKEN}|"${TOKEN}"))?)*`;
const EXTENSIONS = new RegExp(`^${EXTENSION}(?:[ \\t]*,[ \\t]*${EXTENSION})*$`);

const STATUS_TEXT = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  426: "Upgrade Required",
  431: "Request Header Fields Too Large",
  503: "Service Unavailable",
};

/** Headers that some statuses require. */
const STATUS_HEADERS: { readonly [Status in RejectStatus]?: string } = {
  405: "Allow: GET\r\n",
  426: `Upgrade: websocket\r\nSec-WebSocket-Version: ${WEBSOCKET_VERSION}\r\n`,
};

/** The HTTP status of a rejected upgrade. */
export type RejectStatus = keyof typeof STATUS_TEXT;

/** Returns the status to reject an upgrade with; undefined if it is accepted. */
export function upgradeRejection(
  request: IncomingMessage,
  { port, token, isFull }: { readonly port: number; readonly token: string; readonly isFull: boolean },
): RejectStatus | undefined {
  const foreign = foreignRequestStatus(request, port);
  if (foreign !== undefined) return foreign;
  if (!isSocketTarget(request.url)) return 404;
  if (!hasToken(request.url, token)) return 401;
  const { method, headers } = request;
  if (method !== "GET") return 405;
  if (headers["sec-websocket-version"] !== WEBSOCKET_VERSION) return 426;
  const extensions = headers["sec-websocket-extensions"];
  if (extensions !== undefined && !EXTENSIONS.test(extensions)) return 400;
  const offered = (headers["sec-websocket-protocol"] ?? "").split(",").map((each) => each.trim());
  if (chooseSubprotocol(new Set(offered)) === undefined) return 400;
  return isFull ? 503 : undefined;
}

/** This version's subprotocol if offered, or else another version's, so that the page can be told to reload. */
export function chooseSubprotocol(offered: ReadonlySet<string>): string | undefined {
  if (offered.has(SUBPROTOCOL)) return SUBPROTOCOL;
  return [...offered].find((each) => /^steadyarm\.v\d{1,9}$/.test(each));
}

/**
 * Sends a status without a body and destroys the connection.
 *
 * A client that does not close its end would otherwise keep the connection open.
 */
export function rejectUpgrade(socket: Duplex, status: RejectStatus): void {
  const headers = `${STATUS_HEADERS[status] ?? ""}Connection: close\r\nContent-Length: 0\r\n`;
  socket.end(`HTTP/1.1 ${status} ${STATUS_TEXT[status]}\r\n${headers}\r\n`, () => socket.destroy());
}

/** The status for a request that Node could not parse, or that was not complete in time. */
export function parseErrorStatus(error: unknown): RejectStatus {
  const code = errorCode(error);
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return 408;
  return code === "HPE_HEADER_OVERFLOW" ? 431 : 400;
}
