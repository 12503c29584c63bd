/** @file A viewer's server in a process of its own, and connections to it, for benchmarks. */

import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { isRecord } from "../shared/is-record.ts";
import { type ClientMessage, encodeMessage, SOCKET_PATH, SUBPROTOCOL } from "../shared/protocol.ts";
import { Library } from "../viewer/server/library.ts";
import { readPageFiles } from "../viewer/server/page-files.ts";
import { startWatchServer, type WatchServer } from "../viewer/server/watch-server.ts";

/**
 * Starts a server of the built-in controllers with an empty page, in a child process: it sends port and token to the
 * parent, and ends with it.
 */
export async function serveParent(): Promise<WatchServer> {
  const folder = mkdtempSync(join(tmpdir(), "steadyarm-bench-"));
  writeFileSync(join(folder, "index.html"), "<!doctype html>");
  const library = new Library({ named: [], runs: join(folder, "runs"), zoo: join(folder, "zoo") });
  const server = await startWatchServer({ library, page: readPageFiles(folder), version: "bench", port: 0 });
  rmSync(folder, { recursive: true });
  process.send?.({ port: server.port, token: server.token });
  process.once("disconnect", () => process.exit());
  return server;
}

/** Waits for a message of a child process with a field. */
export function messageWith(child: ChildProcess, name: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown) => {
      if (!isRecord(message) || !(name in message)) return;
      child.off("message", onMessage);
      child.off("exit", onExit);
      resolve(message);
    };
    const onExit = (code: number | null) => reject(new Error(`a child process exited with code ${code}`));
    child.on("message", onMessage);
    child.once("exit", onExit);
  });
}

/** Connects as a page does. */
export function connectPage(port: number, token: string): Promise<WebSocket> {
  const url = `ws://127.0.0.1:${port}${SOCKET_PATH}?token=${token}`;
  const socket = new WebSocket(url, SUBPROTOCOL, { origin: `http://127.0.0.1:${port}` });
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("open", () => resolve(socket));
  });
}

export function sendTo(socket: WebSocket, message: ClientMessage): void {
  socket.send(encodeMessage(message));
}
