/** @file Which requests may become a socket: the rules, checked before the upgrade, and how others are turned away. */

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { SUBPROTOCOL } from "../../shared/protocol.ts";
import { carriesToken, foreignRequest, isSocketTarget } from "./request-guard.ts";

/** Pages at once. */
const MOST_WATCHERS = 256;

const STATUS_TEXT = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  503: "Service Unavailable",
};

/** What a request that is refused is answered with. */
export type Refusal = keyof typeof STATUS_TEXT;

/** Why an upgrade is refused; undefined where it is welcome. */
export function upgradeRefusal(
  request: IncomingMessage,
  { port, token, watchers }: { readonly port: number; readonly token: string; readonly watchers: number },
): Refusal | undefined {
  const foreign = foreignRequest(request, port);
  if (foreign !== undefined) return foreign;
  if (!isSocketTarget(request.url)) return 404;
  if (!carriesToken(request.url, token)) return 401;
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((each) => each.trim());
  if (offeredVersion(new Set(offered)) === undefined) return 400;
  return watchers >= MOST_WATCHERS ? 503 : undefined;
}

/** Our version of the protocol, or else the page's own: it can then be told that they differ. */
export function offeredVersion(offered: ReadonlySet<string>): string | undefined {
  if (offered.has(SUBPROTOCOL)) return SUBPROTOCOL;
  return [...offered].find((each) => /^steadyarm\.v\d{1,9}$/.test(each));
}

/** Answers with a status and nothing else, and hangs up. */
export function turnAway(socket: Duplex, status: Refusal): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_TEXT[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
