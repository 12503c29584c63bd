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
import { ConnectionLimit, maxConnections } from "./connection-limit.ts";
import type { Examine } from "./examination-queue.ts";
import { guarded, printError } from "./guarded.ts";
import type { Library } from "./library.ts";
import { MeshFiles } from "./mesh-files.ts";
import type { PageFiles } from "./page-files.ts";
import { handlePageRequest } from "./page-handler.ts";
import { makeToken } from "./request-guard.ts";
import { chooseSubprotocol, parseErrorStatus, rejectUpgrade, upgradeRejection } from "./socket-upgrade.ts";

/** Other machines cannot connect. */
const HOST = "127.0.0.1";

/** Maximum number of pages, and their maximum share of the connections. */
const MAX_PAGES = 256;
const PAGES_SHARE = 0.75;

/** Limits of a WebSocket message. */
const MAX_FRAGMENTS = 16;
const MAX_CHUNKS = 1024;

/** Milliseconds, and bytes of a request's headers. */
const HTTP_LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 2 ** 14,
};

/** Milliseconds after which a connection is closed whose client does not read its answer. */
const READ_TIMEOUT = 30_000;

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
  /** Open connections, those of pages included. */
  readonly connections: number;
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
  const meshes = new MeshFiles();
  const http = createServer(HTTP_LIMITS, (request, response) =>
    handlePageRequest(request, response, { get: (path) => page.get(path) ?? meshes.get(path) }, port()),
  );
  // Node would drop the headers above the limit. Requests with too many are rejected instead.
  http.maxHeadersCount = 0;
  http.setTimeout(READ_TIMEOUT);
  const limit = maxConnections();
  const maxPages = Math.min(MAX_PAGES, Math.floor(PAGES_SHARE * limit));
  const connections = new ConnectionLimit(http, limit);
  const port = () => portOf(http);
  await listen(http, options.port);

  const clients = new Clients(library, version, options.examine, meshes);
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
    const isFull = clients.count >= maxPages;
    const status = upgradeRejection(request, { port: port(), token, isFull });
    if (status !== undefined) {
      rejectUpgrade(socket, status);
      return;
    }
    sockets.handleUpgrade(
      request,
      socket,
      head,
      guarded("greet a page", (open) => {
        connections.keep(socket);
        clients.add(open);
      }),
    );
  });
  const rejectInvalid = (error: Error, socket: Duplex) => {
    if (socket.writable) rejectUpgrade(socket, parseErrorStatus(error));
    else socket.destroy();
  };
  http.on("clientError", rejectInvalid);
  sockets.on("wsClientError", rejectInvalid);

  return {
    port: port(),
    token,
    address: `http://${HOST}:${port()}/#token=${token}`,
    stats: () => ({
      connections: connections.count,
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
      http.on("error", (error) => printError("accept a connection", error));
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
