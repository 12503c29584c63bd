/** @file Starts a viewer's server on a free port and connects clients to it as a browser does. */

import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import {
  type ClientMessage,
  encodeMessage,
  parseServerMessage,
  type ServerMessage,
  SOCKET_PATH,
  SUBPROTOCOL,
} from "../../../shared/protocol.ts";
import { CLIP_KIND, type Clip, decodeClip } from "../../../shared/protocol-clip.ts";
import { decodeFrame, FRAME_KIND, type Frame } from "../../../shared/protocol-frame.ts";
import type { Examine } from "../../../viewer/server/examination-queue.ts";
import { Library } from "../../../viewer/server/library.ts";
import { readPageFiles } from "../../../viewer/server/page-files.ts";
import { startWatchServer, type WatchServer } from "../../../viewer/server/watch-server.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

export interface ServerSetup {
  readonly folder: string;
  readonly named?: readonly string[];
  /** Examines runs; without it there are no findings. */
  readonly examine?: Examine;
}

/** Writes a page of three files, with files in it and beside it that must never be served. */
export function writePage(folder: string): string {
  const page = join(folder, "page");
  mkdirSync(join(page, "assets"), { recursive: true });
  mkdirSync(join(folder, "page-secret"));
  writeFileSync(join(page, "index.html"), "<!doctype html><title>steadyarm</title>");
  writeFileSync(join(page, "assets", "main-1a2b.js"), "export {};");
  writeFileSync(join(page, "assets", "main-1a2b.css"), "body {}");
  writeFileSync(join(page, "assets", "main-1a2b.js.map"), "SECRET");
  writeFileSync(join(page, ".env"), "SECRET");
  writeFileSync(join(page, ".hidden.js"), "SECRET");
  writeFileSync(join(folder, "secret.html"), "SECRET");
  writeFileSync(join(folder, "page-secret", "index.html"), "SECRET");
  return page;
}

/** Starts a server that ends with the test. Runs are in `runs/` of the folder, the zoo is in `zoo/`. */
export async function startServer(setup: Partial<ServerSetup> = {}): Promise<WatchServer> {
  const { folder = temporaryFolder(), named = [], examine } = setup;
  const library = new Library({ named, runs: join(folder, "runs"), zoo: join(folder, "zoo") });
  const page = readPageFiles(writePage(folder));
  const server = await startWatchServer({
    library,
    page,
    version: "0.0.0",
    port: 0,
    ...(examine === undefined ? {} : { examine }),
  });
  onTestFinished(() => server.close());
  return server;
}

/** Waits until the server has a number of connected pages: it learns of a closed one later than the page does. */
export async function untilClients(server: WatchServer, count: number): Promise<void> {
  await expect.poll(() => server.stats().clients).toBe(count);
}

/** A connected page. Keeps everything it receives, and waits for messages that may have come already. */
export class PageClient {
  readonly socket: WebSocket;
  readonly messages: ServerMessage[] = [];
  readonly frames: Frame[] = [];
  readonly clips: Clip[] = [];
  /** Whether it acknowledges each frame, as the real page does. */
  acknowledges = true;
  #waiting: (() => void)[] = [];

  constructor(server: Pick<WatchServer, "port" | "token">) {
    const { port, token } = server;
    this.socket = new WebSocket(`ws://127.0.0.1:${port}${SOCKET_PATH}?token=${token}`, SUBPROTOCOL, {
      origin: `http://127.0.0.1:${port}`,
    });
    this.socket.on("message", (data: Buffer, isBinary) => {
      if (!isBinary) this.messages.push(parseServerMessage(String(data)));
      else if (data[0] === FRAME_KIND) {
        const frame = decodeFrame(data);
        this.frames.push(frame);
        if (this.acknowledges) this.send({ op: "ack", seq: frame.seq });
      } else if (data[0] === CLIP_KIND) this.clips.push(decodeClip(data));
      for (const wake of this.#waiting.splice(0)) wake();
    });
    onTestFinished(() => this.socket.terminate());
  }

  static async connect(server: Pick<WatchServer, "port" | "token">): Promise<PageClient> {
    const client = new PageClient(server);
    await once(client.socket, "open");
    await client.untilMessage("library");
    return client;
  }

  send(message: ClientMessage): void {
    this.socket.send(encodeMessage(message));
  }

  /** Waits until `find` returns a value, called after each message. The test's time limit applies. */
  async until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Waits for a message that meets a condition. */
  untilMessage<Op extends ServerMessage["op"]>(
    op: Op,
    fits: (message: Extract<ServerMessage, { op: Op }>) => boolean = () => true,
  ): Promise<Extract<ServerMessage, { op: Op }>> {
    const hasOp = (message: ServerMessage): message is Extract<ServerMessage, { op: Op }> =>
      message.op === op;
    return this.until(() => this.messages.filter(hasOp).find(fits));
  }

  /** Waits for a frame that meets a condition. */
  untilFrame(fits: (frame: Frame) => boolean): Promise<Frame> {
    return this.until(() => this.frames.find(fits));
  }

  /** Waits until the connection is closed. */
  async closed(): Promise<{ code: number; reason: string }> {
    if (this.socket.readyState === WebSocket.CLOSED) throw new Error("the connection was closed before");
    const [code, reason]: unknown[] = await once(this.socket, "close");
    return { code: Number(code), reason: String(reason) };
  }
}
