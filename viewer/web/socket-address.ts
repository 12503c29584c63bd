/** @file Where the server's socket is, told from the page's own address. */

import { SOCKET_PATH } from "../../shared/protocol.ts";

/** The parts of an address that matter, as in `window.location`. */
export interface PageLocation {
  readonly protocol: string;
  readonly host: string;
  readonly hash: string;
}

/**
 * Where the socket is, for a page at an address.
 *
 * The token stands in the address as the server printed it, after `#`, where no request carries it.
 */
export function socketUrl(location: PageLocation): string {
  const hidden = new URLSearchParams(location.hash.replace(/^#/, ""));
  const token = hidden.get("token") ?? "";
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${location.host}${SOCKET_PATH}?${new URLSearchParams({ token })}`;
}
