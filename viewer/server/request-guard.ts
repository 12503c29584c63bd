/**
 * @file Who may ask: checks of Host, Origin and token, by full match, before anything else is looked at.
 *
 * The Host check stops pages that rebind their name to this machine, the Origin check pages of other
 * sites, the token everybody who cannot read the address that was printed.
 */

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { SOCKET_PATH } from "../../shared/protocol.ts";

/** The names that lead to 127.0.0.1 and nowhere else. */
const LOOPBACK_NAMES = ["127.0.0.1", "localhost"];

/** A new secret of 32 random bytes, for an address: 43 characters. */
export function makeToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Why a request is refused, as an HTTP status; undefined if it is from here, to here. */
export function foreignRequest(request: IncomingMessage, port: number): 400 | 403 | undefined {
  const hosts = headerValues(request, "host");
  if (hosts.length !== 1) return 400;
  if (!LOOPBACK_NAMES.some((name) => hosts[0] === `${name}:${port}`)) return 403;
  const origins = headerValues(request, "origin");
  if (origins.length > 1) return 400;
  // Browsers leave it out only where the page itself asks; the socket needs the token besides.
  if (origins.length === 0) return undefined;
  return LOOPBACK_NAMES.some((name) => origins[0] === `http://${name}:${port}`) ? undefined : 403;
}

/** Whether the target of a request is the socket, and nothing but it; its token may still be wrong. */
export function isSocketTarget(target: string | undefined): boolean {
  return target === SOCKET_PATH || target?.startsWith(`${SOCKET_PATH}?`) === true;
}

/** Whether a request's target, `/socket?token=…`, carries the token; takes as long whatever it carries. */
export function carriesToken(target: string | undefined, token: string): boolean {
  const prefix = `${SOCKET_PATH}?token=`;
  const given = target?.startsWith(prefix) === true ? target.slice(prefix.length) : "";
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

/** All values of a header, repeated ones too, which Node's `headers` would hide. */
function headerValues(request: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    if (request.rawHeaders[i]?.toLowerCase() === name) values.push(request.rawHeaders[i + 1] ?? "");
  }
  return values;
}
