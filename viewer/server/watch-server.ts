/**
 * @file The viewer's server: the page over HTTP and everything else over a WebSocket, on the loopback interface only.
 *
 * It runs in its own process, so training never waits for it.
 */

import { createServer, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { InputError } from "../../shared/errors.ts";
import { MAX_REQUEST_BYTES } from "../../shared/protocol.ts";
import { errorCode } from "../../storage/disk-error.ts";
import { Clients } from "./clients.ts";
import type { Examine } from "./examination-queue.ts";
import type { Library } from "./library.ts";
import type { PageFiles } from "./page-files.ts";
import { handlePageRequest } from "./page-handler.ts";
import { makeToken } from "./request-guard.ts";
import { chooseSubprotocol, rejectUpgrade, upgradeRejection } from "./socket-upgrade.ts";

/** Other machines cannot connect. */
const HOST = "127.0.0.1";

/** Limits of connections, headers, and pieces of a WebSocket message. */
const MAX_CONNECTIONS = 1024;
const MAX_HEADERS = 64;
const MAX_FRAGMENTS = 16;
const MAX_CHUNKS = 1024;

/** Milliseconds. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 15_000, connectionsCheckingInterval: 5_000 };

/** Milliseconds for pages to answer the closing handshake when the server ends. */
const CLOSE_TIMEOUT = 2_000;

export interface WatchServerOptions {
  readonly library: Library;
  readonly page: PageFiles;
  /** Version of steadyarm, for the page. */
  readonly version: string;
  /** Examines the runs that pages follow; without it there are no findings. */
  readonly examine?: Examine;
  /** 0 chooses a free port. */
  readonly port: number;
}

export interface WatchServerStats {
  readonly clients: number;
  readonly sessions: number;
  /** The maximum number of bytes that have waited for one of the connected pages. */
  readonly maxBuffered: number;
}

/** A running server. The caller closes it. */
export interface WatchServer {
  readonly port: number;
  /** The secret that the socket requires. */
  readonly token: string;
  /** The page's address with the token in its fragment, which browsers never send. */
  readonly address: string;
  stats(): WatchServerStats;
  /** Closes all connections and ends within seconds. */
  close(): Promise<void>;
}

/** Starts the server. Throws InputError if the port is not available. */
export async function startWatchServer(options: WatchServerOptions): Promise<WatchServer> {
  const { library, page, version } = options;
  const token = makeToken();
  const http = createServer(TIMEOUTS, (request, response) =>
    handlePageRequest(request, response, page, port()),
  );
  http.maxHeadersCount = MAX_HEADERS;
  http.maxConnections = MAX_CONNECTIONS;
  const port = () => portOf(http);
  await listen(http, options.port);

  const clients = new Clients(library, version, options.examine ?? (async () => undefined));
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_REQUEST_BYTES,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: MAX_CHUNKS,
    handleProtocols: (offered) => chooseSubprotocol(offered) ?? false,
  });
  http.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const status = upgradeRejection(request, { port: port(), token, clients: clients.count });
    if (status === undefined) sockets.handleUpgrade(request, socket, head, (open) => clients.add(open));
    else rejectUpgrade(socket, status);
  });
  const rejectInvalid = (_error: Error, socket: Duplex) => {
    if (socket.writable) rejectUpgrade(socket, 400);
    else socket.destroy();
  };
  http.on("clientError", rejectInvalid);
  sockets.on("wsClientError", rejectInvalid);

  return {
    port: port(),
    token,
    address: `http://${HOST}:${port()}/#token=${token}`,
    stats: () => ({
      clients: clients.count,
      sessions: clients.sessionCount,
      maxBuffered: clients.maxBuffered,
    }),
    close: async () => {
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      clients.close();
      const timeout = setTimeout(() => http.closeAllConnections(), CLOSE_TIMEOUT);
      await closed;
      clearTimeout(timeout);
    },
  };
}

/** Throws InputError if the port is not available. */
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

/** Whether the server did not start because another program uses the port. */
export function isPortTaken(error: unknown): boolean {
  return error instanceof InputError && errorCode(error.cause) === "EADDRINUSE";
}

function portError(error: unknown, port: number): unknown {
  const code = errorCode(error);
  if (code === undefined) return error;
  const reason = code === "EADDRINUSE" ? "another program uses it" : `it is not available (${code})`;
  const line = `--port ${port}: ${reason}. Choose another port, or omit --port`;
  return Object.assign(new InputError(line), { cause: error });
}
