/**
 * @file Checks a request's Host, Origin and token, by full comparison, before anything else is read.
 *
 * The Host check stops DNS rebinding, the Origin check stops pages of other sites, and the token stops everyone who
 * cannot read the printed address.
 */

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { SOCKET_PATH } from "../../shared/protocol.ts";

/** The accepted names of this machine. */
const LOOPBACK_NAMES = ["127.0.0.1", "localhost"];

/** Browsers send about 15. */
const MAX_HEADERS = 64;

/** A random secret of 32 bytes as 43 characters. */
export function makeToken(): string {
  return randomBytes(32).toString("base64url");
}

/**
 * Returns the status to reject a request with if its Host or Origin is not this server, or if it has too many headers;
 * undefined if it is valid.
 */
export function foreignRequestStatus(request: IncomingMessage, port: number): 400 | 403 | 431 | undefined {
  if (request.rawHeaders.length > 2 * MAX_HEADERS) return 431;
  const hosts = headerValues(request, "host");
  if (hosts.length !== 1) return 400;
  if (!LOOPBACK_NAMES.some((name) => hosts[0] === `${name}:${port}`)) return 403;
  const origins = headerValues(request, "origin");
  if (origins.length > 1) return 400;
  // Browsers omit the Origin only in requests of the page itself. The socket requires the token as well.
  if (origins.length === 0) return undefined;
  return LOOPBACK_NAMES.some((name) => origins[0] === `http://${name}:${port}`) ? undefined : 403;
}

/** Whether the request target is the socket's path, with any token. */
export function isSocketTarget(target: string | undefined): boolean {
  return target === SOCKET_PATH || target?.startsWith(`${SOCKET_PATH}?`) === true;
}

/** Whether a request target `/socket?token=…` has the right token. Takes constant time. */
export function hasToken(target: string | undefined, token: string): boolean {
  const prefix = `${SOCKET_PATH}?token=`;
  const given = target?.startsWith(prefix) === true ? target.slice(prefix.length) : "";
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

/** All values of a header, repeated ones included, which Node's `headers` omits. */
function headerValues(request: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    if (request.rawHeaders[i]?.toLowerCase() === name) values.push(request.rawHeaders[i + 1] ?? "");
  }
  return values;
}
