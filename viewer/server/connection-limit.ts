/**
 * @file Keeps the number of connections below the process's limit of open files.
 *
 * A connection without a page, such as one that sends no request, is closed for a newer one. So idle connections, which
 * need no token, keep no page out.
 */

import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import { maxOpenFiles } from "../../storage/open-files.ts";

const MAX_CONNECTIONS = 1024;

/** Files that the process needs for other things: its code, the files of runs, and the doctor's pipes. */
const OTHER_FILES = 48;

/** Returns the maximum number of connections at once. */
export function maxConnections(openFiles = maxOpenFiles()): number {
  return Math.max(1, Math.min(MAX_CONNECTIONS, openFiles - OTHER_FILES));
}

export class ConnectionLimit {
  readonly #max: number;
  /** All connections, and those of them without a page, oldest first. */
  readonly #open = new Set<Duplex>();
  readonly #withoutPage = new Set<Duplex>();

  /** @param max maximum number of connections of the server */
  constructor(server: Server, max: number) {
    this.#max = max;
    server.on("connection", (socket) => this.#add(socket));
  }

  /** Number of open connections. */
  get count(): number {
    return this.#open.size;
  }

  /** Keeps the connection of an accepted page until it is closed. */
  keep(socket: Duplex): void {
    this.#withoutPage.delete(socket);
  }

  #add(socket: Duplex): void {
    this.#open.add(socket);
    this.#withoutPage.add(socket);
    socket.once("close", () => this.#remove(socket));
    const [oldest] = this.#withoutPage;
    if (this.#open.size <= this.#max || oldest === undefined) return;
    this.#remove(oldest);
    oldest.destroy();
  }

  #remove(socket: Duplex): void {
    this.#open.delete(socket);
    this.#withoutPage.delete(socket);
  }
}
