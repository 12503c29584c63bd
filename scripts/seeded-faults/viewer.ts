/** @file Faults in the viewer: its server, its guard, its protocol. */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of the program.

import { fault, type SeededFault } from "./fault.ts";

const GUARD = "viewer/server/guard.test.ts › ";

export const VIEWER_FAULTS: readonly SeededFault[] = [
  fault(
    "viewer/server/attacks.integration.test.ts › closes each of 400 sockets that send invalid frames with the right code",
    "viewer/server/watch-server.ts",
    "maxPayload: MAX_REQUEST_BYTES,",
    "maxPayload: 2 ** 30,",
  ),
  fault(
    "viewer/server/attacks.integration.test.ts › closes fifty sockets that send endless fragments",
    "viewer/server/watch-server.ts",
    "maxFragments: MAX_FRAGMENTS,",
    "maxFragments: 2 ** 20,",
  ),
  fault(
    "viewer/server/attacks.integration.test.ts › negotiates no compression",
    "viewer/server/watch-server.ts",
    "perMessageDeflate: false,",
    "perMessageDeflate: true,",
  ),
  fault(
    `${GUARD}listens on the loopback interface only`,
    "viewer/server/watch-server.ts",
    "http.listen(port, HOST, () => {",
    "http.listen(port, () => {",
  ),
  fault(
    `${GUARD}sends security headers with every answer, and allows no method but GET and HEAD`,
    "viewer/server/page-handler.ts",
    '  response.setHeader("X-Content-Type-Options", "nosniff");\n',
    "",
  ),
  fault(
    "shared/protocol.test.ts › are rejected with an extra field, a missing field, or a field of another type",
    "shared/protocol.ts",
    'z.strictObject({ op: z.literal("join"), request: Request, session: Count }),',
    'z.object({ op: z.literal("join"), request: Request, session: Count }),',
  ),
  fault(
    `${GUARD}rejects more than 60 foreign variants of Host and Origin, for the page and the socket`,
    "viewer/server/request-guard.ts",
    "if (!LOOPBACK_NAMES.some((name) => hosts[0] === `${name}:${port}`)) return 403;",
    "",
  ),
  fault(
    `${GUARD}rejects more than 60 foreign variants of Host and Origin, for the page and the socket`,
    "viewer/server/request-guard.ts",
    "origins[0] === `http://${name}:${port}`",
    "origins[0]?.startsWith(`http://${name}`)",
  ),
  fault(
    `${GUARD}rejects more than 60 foreign variants of Host and Origin, for the page and the socket`,
    "viewer/server/request-guard.ts",
    "if (hosts.length !== 1) return 400;",
    "",
  ),
  fault(
    `${GUARD}accepts only its own token, and answers any other with the same 401`,
    "viewer/server/request-guard.ts",
    "return timingSafeEqual(digest(given), digest(token));",
    'return given !== "";',
  ),
  fault(
    `${GUARD}serves the page's files only, and rejects 200 paths that lead out of it`,
    "viewer/server/page-files.ts",
    'if (name.startsWith(".") || !real',
    "if (!real",
  ),
  fault(
    `${GUARD}does not follow links that lead out of the page`,
    "viewer/server/page-files.ts",
    "|| !real.startsWith(root + sep)) continue;",
    ") continue;",
  ),
  fault(
    `${GUARD}accepts 256 pages and answers others with 503`,
    "viewer/server/socket-upgrade.ts",
    "return isFull ? 503 : undefined;",
    "return undefined;",
  ),
  fault(
    "viewer/server/attacks.integration.test.ts › rejects 200 invalid handshakes",
    "viewer/server/socket-upgrade.ts",
    "if (extensions !== undefined && !EXTENSIONS.test(extensions)) return 400;",
    "",
  ),
  fault(
    "viewer/server/connections.integration.test.ts › with more than 64 headers is rejected, as is a page's request",
    "viewer/server/request-guard.ts",
    "if (request.rawHeaders.length > 2 * MAX_HEADERS) return 431;",
    "",
  ),
  fault(
    "viewer/server/slow-client.integration.test.ts › is closed before more than 1 MiB waits for it, and another page misses no frames",
    "viewer/server/client-connection.ts",
    "if (this.#socket.bufferedAmount + size > MAX_BUFFERED) {",
    "if (false) {",
  ),
  fault(
    "viewer/server/slow-client.integration.test.ts › receives three frames, then none until it acknowledges, then the newest",
    "viewer/server/client-connection.ts",
    "if (this.#unacknowledged.length >= FRAMES_IN_FLIGHT) return;",
    "",
  ),
  fault(
    "viewer/server/attacks.integration.test.ts › closes a page that floods the server and keeps serving another one",
    "viewer/server/rate-limit.ts",
    "if (this.#tokens < 1) return false;",
    "",
  ),
  fault(
    "viewer/server/attacks.integration.test.ts › closes a page of another protocol version and tells it to reload",
    "viewer/server/clients.ts",
    "if (socket.protocol !== SUBPROTOCOL) {",
    "if (false) {",
  ),
  fault(
    "viewer/server/live-sessions.test.ts › allows 8 sessions, however many pages ask at once",
    "viewer/server/live-sessions.ts",
    "    if (this.#isFull) {",
    "    if (false) {",
  ),
  fault(
    "shared/protocol.test.ts › are rejected with another kind, version or flag, and with a number that is not finite",
    "shared/protocol-frame.ts",
    "if (!Number.isFinite(numbers[i]!) && i !== valueIndex) {",
    "if (false) {",
  ),
  fault(
    "viewer/server/guarded.test.ts › prints an error that repeats once, in one line, and again after a success",
    "viewer/server/guarded.ts",
    '      printed = "";\n',
    "",
  ),
  fault(
    "viewer/server/guard.test.ts › never sends the token, and has it in the address's fragment only",
    "viewer/server/watch-server.ts",
    "/#token=${token}`",
    "/?token=${token}`",
  ),
  fault(
    "viewer/server/client-session.integration.test.ts › is required for its requests, and must exist to be joined",
    "viewer/server/client-session.ts",
    "if (this.#liveSession === undefined) {",
    "if (this.#liveSession === undefined) return;\n        if (this.#liveSession === null) {",
  ),
  fault(
    "viewer/server/client-session.integration.test.ts › rejects %j and answers the next request",
    "viewer/server/client-session.ts",
    "this.#reportError(error, view.request);",
    "this.#client.close(CLOSE_CODES.POLICY, String(error));",
  ),
  fault(
    "viewer/server/connections.integration.test.ts › with valid extensions %j is accepted without them",
    "viewer/server/socket-upgrade.ts",
    "if (extensions !== undefined && !EXTENSIONS.test(extensions)) return 400;",
    "if (extensions !== undefined) return 400;",
  ),
  fault(
    "viewer/server/connections.integration.test.ts › is freed after %s",
    "viewer/server/socket-upgrade.ts",
    "\\r\\n${headers}\\r\\n`, () => socket.destroy());",
    "\\r\\n${headers}\\r\\n`);",
  ),
  fault(
    "viewer/server/connections.integration.test.ts › does not keep the server from ending",
    "viewer/server/watch-server.ts",
    "const timeout = setTimeout(() => http.closeAllConnections(), CLOSE_TIMEOUT);",
    "const timeout = setTimeout(() => undefined, CLOSE_TIMEOUT);",
  ),
  fault(
    "viewer/server/attacks.integration.test.ts › rejects 200 invalid handshakes",
    "viewer/server/socket-upgrade.ts",
    "if (chooseSubprotocol(new Set(offered)) === undefined) return 400;",
    "",
  ),
  fault(
    "viewer/server/attacks.integration.test.ts › survives pages that disconnect during a request",
    "viewer/server/clients.ts",
    "      this.#pages.delete(connection);\n",
    "",
  ),
  fault(
    "viewer/server/slow-client.integration.test.ts › receives the present state when it reads again",
    "viewer/server/client-connection.ts",
    "if (this.#unacknowledged.length >= FRAMES_IN_FLIGHT) return;",
    "if (this.#unacknowledged.length >= 10 * FRAMES_IN_FLIGHT) return;",
  ),
  fault(
    "cli/watch.integration.test.ts › prints one line if the port is in use, and exits",
    "dist/viewer/server/watch-server.js",
    "    if (code === undefined)\n        return error;",
    "    return error;",
  ),
  fault(
    "cli/watch.integration.test.ts › rejects %j in one line and writes no file",
    "dist/cli/integer-flag.js",
    "if (!(value >= min && value <= max)) {",
    "if (false) {",
  ),
  fault(
    "cli/watch.integration.test.ts › rejects %j in one line and writes no file",
    "dist/cli/watch-command.js",
    'if (flags.host !== "127.0.0.1" && flags.host !== "localhost") {',
    'if (flags.host === "") {',
  ),
  fault(
    "cli/watch.integration.test.ts › restarts a viewer that is killed, once, and keeps training; the viewer exits when training is killed",
    "dist/cli/viewer-process.js",
    "if (!ended && isCrash && restarts < MAX_RESTARTS) {",
    "if (false) {",
  ),
  fault(
    "viewer/server/attacks.integration.test.ts › closes all pages when it ends, and ends even if a page does not answer",
    "viewer/server/clients.ts",
    'connection.close(CLOSE_CODES.GOING_AWAY, "the viewer\'s server has ended");',
    "",
  ),
];
