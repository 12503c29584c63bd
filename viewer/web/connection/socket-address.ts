/** @file Derives the socket's address from the page's address. */

import { SOCKET_PATH } from "../../../shared/protocol.ts";

/** The used fields of `window.location`. */
export interface PageLocation {
  readonly protocol: string;
  readonly host: string;
  readonly hash: string;
}

/**
 * Returns the socket's URL; undefined if the address has no token. The token is in the page's fragment, which browsers
 * never send.
 */
export function socketUrl(location: PageLocation): string | undefined {
  const fragment = new URLSearchParams(location.hash.replace(/^#/, ""));
  const token = fragment.get("token") ?? "";
  if (token === "") return undefined;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${location.host}${SOCKET_PATH}?${new URLSearchParams({ token })}`;
}
