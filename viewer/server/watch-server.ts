/**
 * @file The viewer's server: the page over http, everything else over one WebSocket; on this machine only.
 *
 * It runs in a process of its own, beside a training that never waits for it.
 */

import { createServer, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { InputError } from "../../shared/errors.ts";
import { LARGEST_REQUEST } from "../../shared/protocol.ts";
import { errorCode } from "../../storage/disk-error.ts";
import type { Examine } from "./examiner.ts";
import type { Library } from "./library.ts";
import { Lobby } from "./lobby.ts";
import { answerPage } from "./page-answer.ts";
import type { PageFiles } from "./page-files.ts";
import { makeToken } from "./request-guard.ts";
import { offeredVersion, turnAway, upgradeRefusal } from "./socket-upgrade.ts";

/** Nobody on another machine can connect. */
const HOST = "127.0.0.1";

/** Connections at once, those included that never become a page. */
const MOST_CONNECTIONS = 1024;
const MOST_HEADERS = 64;
const MOST_FRAGMENTS = 16;
const MOST_CHUNKS = 1024;

/** Milliseconds: whoever takes longer to ask is cut off. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 15_000, connectionsCheckingInterval: 5_000 };

/** Milliseconds for pages to answer the closing handshake when the server ends. */
const CLOSING_TIME = 2_000;

export interface WatchServerOptions {
  readonly library: Library;
  readonly page: PageFiles;
  /** Of this program, for the page. */
  readonly version: string;
  /** Looks into runs that are watched; without it, pages are told no findings. */
  readonly examine?: Examine;
  /** 0 takes any that is free. */
  readonly port: number;
}

export interface WatchServerStats {
  readonly watchers: number;
  readonly sessions: number;
  /** The most bytes that ever waited for one page that is there now. */
  readonly mostBuffered: number;
}

/** A server that runs. Whoever started it closes it. */
export interface WatchServer {
  readonly port: number;
  /** The secret that the socket asks for. */
  readonly token: string;
  /** What to open in a browser, token included: in the fragment, which no request carries. */
  readonly address: string;
  stats(): WatchServerStats;
  /** Tells all pages, and ends within seconds. */
  close(): Promise<void>;
}

/** Starts the server. Throws InputError if the port is taken, or not to be had. */
export async function startWatchServer(options: WatchServerOptions): Promise<WatchServer> {
  const { library, page, version } = options;
  const token = makeToken();
  const http = createServer(TIMEOUTS, (request, response) => answerPage(request, response, page, port()));
  http.maxHeadersCount = MOST_HEADERS;
  http.maxConnections = MOST_CONNECTIONS;
  const port = () => portOf(http);
  await listen(http, options.port);

  const lobby = new Lobby(library, version, options.examine ?? (async () => undefined));
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: LARGEST_REQUEST,
    maxFragments: MOST_FRAGMENTS,
    maxBufferedChunks: MOST_CHUNKS,
    handleProtocols: (offered) => offeredVersion(offered) ?? false,
  });
  http.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const status = upgradeRefusal(request, { port: port(), token, watchers: lobby.size });
    if (status === undefined) sockets.handleUpgrade(request, socket, head, (open) => lobby.welcome(open));
    else turnAway(socket, status);
  });
  const answerBroken = (_error: Error, socket: Duplex) => {
    if (socket.writable) turnAway(socket, 400);
    else socket.destroy();
  };
  http.on("clientError", answerBroken);
  sockets.on("wsClientError", answerBroken);

  return {
    port: port(),
    token,
    address: `http://${HOST}:${port()}/#token=${token}`,
    stats: () => ({ watchers: lobby.size, sessions: lobby.sessions, mostBuffered: lobby.mostBuffered }),
    close: async () => {
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      lobby.close();
      const patience = setTimeout(() => http.closeAllConnections(), CLOSING_TIME);
      await closed;
      clearTimeout(patience);
    },
  };
}

/** Throws InputError if the port is not to be had. */
function listen(http: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("error", (error) => reject(portError(error, port)));
    http.listen(port, HOST, () => {
      http.removeAllListeners("error");
      resolve();
    });
  });
}

function portOf(http: Server): number {
  const address = http.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Whether the server could not start because somebody else has the port. */
export function isPortTaken(error: unknown): boolean {
  return error instanceof InputError && errorCode(error.cause) === "EADDRINUSE";
}

function portError(error: unknown, port: number): unknown {
  const code = errorCode(error);
  if (code === undefined) return error;
  const reason = code === "EADDRINUSE" ? "another program is using it" : `it cannot be had (${code})`;
  const line = `--port ${port}: ${reason}. Choose another one, or leave --port out`;
  return Object.assign(new InputError(line), { cause: error });
}
