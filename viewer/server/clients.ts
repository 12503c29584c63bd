/** @file All connected pages: greets new ones, sends library changes, checks heartbeats and closes them. */

import type { WebSocket } from "ws";
import { InputError } from "../../shared/errors.ts";
import { CLOSE_CODES, encodeMessage, PROTOCOL_VERSION, SUBPROTOCOL } from "../../shared/protocol.ts";
import { ClientConnection } from "./client-connection.ts";
import { ClientSession, type ServerParts } from "./client-session.ts";
import { CurveSubscriptions } from "./curve-subscriptions.ts";
import type { Examine } from "./examination-queue.ts";
import { guarded } from "./guarded.ts";
import type { Library } from "./library.ts";
import { LiveSessions } from "./live-sessions.ts";
import type { MeshFiles } from "./mesh-files.ts";
import { importedScene, sceneMessages } from "./scene-message.ts";

/** Milliseconds. */
const HEARTBEAT_INTERVAL = 10_000;
const CURVES_INTERVAL = 500;
const LIBRARY_INTERVAL = 1_000;

export class Clients {
  readonly #library: Library;
  readonly #version: string;
  readonly #meshes: MeshFiles;
  readonly #server: ServerParts;
  readonly #pages = new Map<ClientConnection, ClientSession>();
  readonly #timers: readonly NodeJS.Timeout[];
  /** Encoded scenes by environment. Encoded once, since many pages reconnect at once after a restart. */
  readonly #scenes: Map<string, string>;
  #encodedLibrary: string;

  /** Lists the sources again and sends changes to all pages. The library stays as it was if it cannot be read. */
  readonly #refreshLibrary = guarded("list runs and policies", () => {
    if (!this.#library.refresh()) return;
    this.#encodedLibrary = encodeMessage({ op: "library", sources: this.#library.infos });
    for (const message of [...this.#addImportedScenes(), this.#encodedLibrary]) this.#sendToAll(message);
  });

  /**
   * @param version of steadyarm, for the page
   * @param meshes  receives the meshes of imported arms
   */
  constructor(library: Library, version: string, examine: Examine | undefined, meshes: MeshFiles) {
    this.#meshes = meshes;
    this.#library = library;
    this.#version = version;
    const curves = new CurveSubscriptions(library, examine);
    this.#server = { library, sessions: new LiveSessions(), curves };
    this.#scenes = new Map(sceneMessages().map((scene) => [scene.env, encodeMessage(scene)]));
    this.#addImportedScenes();
    this.#encodedLibrary = encodeMessage({ op: "library", sources: library.infos });
    this.#timers = [
      setInterval(
        guarded("check the pages", () => this.#checkHeartbeats()),
        HEARTBEAT_INTERVAL,
      ),
      setInterval(() => {
        if (this.#pages.size > 0) this.#refreshLibrary();
      }, LIBRARY_INTERVAL),
      setInterval(
        guarded("read training curves", () => curves.poll()),
        CURVES_INTERVAL,
      ),
    ];
  }

  /** Number of connected pages. */
  get count(): number {
    return this.#pages.size;
  }

  /** Number of live sessions. */
  get sessionCount(): number {
    return this.#server.sessions.count;
  }

  /** The maximum number of bytes that have waited for one of the connected pages. */
  get maxBuffered(): number {
    return Math.max(0, ...[...this.#pages.keys()].map(({ maxBuffered }) => maxBuffered));
  }

  /** Adds a page whose socket has just opened. */
  add(socket: WebSocket): void {
    const connection = new ClientConnection(socket);
    // ws closes the socket itself, but waits long for an answer.
    socket.on("error", () => connection.terminateSoon());
    if (socket.protocol !== SUBPROTOCOL) {
      connection.close(CLOSE_CODES.VERSION, `the server uses ${SUBPROTOCOL}: reload the page`);
      return;
    }
    // The library is not refreshed while no page is connected.
    if (this.#pages.size === 0) this.#refreshLibrary();
    const session = new ClientSession(connection, this.#server);
    this.#pages.set(connection, session);
    const onClose = guarded("disconnect a page", () => {
      this.#pages.delete(connection);
      session.end();
    });
    socket.on("close", onClose);
    socket.on("message", (data, isBinary) => {
      if (!connection.isOpen) return;
      if (isBinary) connection.close(CLOSE_CODES.POLICY, "expected a text message");
      else void session.receive(String(data));
    });
    connection.send({
      op: "hello",
      protocol: PROTOCOL_VERSION,
      version: this.#version,
      environments: [...this.#scenes.keys()],
      open: [...this.#library.initial],
    });
    for (const scene of this.#scenes.values()) connection.sendEncoded(scene);
    connection.sendEncoded(this.#encodedLibrary);
  }

  /** Closes all connections and ends the live sessions. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const [connection, session] of this.#pages) {
      connection.close(CLOSE_CODES.GOING_AWAY, "the viewer's server has ended");
      // Now and not when the socket is closed, since leaving a session needs its arms.
      session.end();
    }
    this.#server.sessions.dispose();
  }

  #checkHeartbeats(): void {
    for (const connection of this.#pages.keys()) connection.checkHeartbeat();
  }

  /** Adds and returns the scenes of new arms from URDFs. A missing URDF is reported when its run is opened. */
  #addImportedScenes(): string[] {
    return this.#library.imported.flatMap((env) => {
      if (this.#scenes.has(env.id)) return [];
      try {
        const scene = encodeMessage(importedScene(env, this.#meshes));
        this.#scenes.set(env.id, scene);
        return [scene];
      } catch (error) {
        if (error instanceof InputError) return [];
        throw error;
      }
    });
  }

  #sendToAll(message: string): void {
    for (const connection of this.#pages.keys()) connection.sendEncoded(message);
  }
}
