/** @file The pages that are there: greeted, told what is new, asked for signs of life, sent home in the end. */

import type { WebSocket } from "ws";
import { InputError } from "../../shared/errors.ts";
import { CLOSE_CODES, encodeMessage, PROTOCOL_VERSION, SUBPROTOCOL } from "../../shared/protocol.ts";
import { Conversation } from "./conversation.ts";
import { CurveAudience } from "./curve-audience.ts";
import type { Examine } from "./examiner.ts";
import type { Library } from "./library.ts";
import { LiveSessions } from "./live-sessions.ts";
import { importedScene, sceneMessages } from "./scene-message.ts";
import { Watcher } from "./watcher.ts";

/** Milliseconds. */
const HEARTBEAT = 10_000;
const CURVES_INTERVAL = 500;
const LIBRARY_INTERVAL = 1_000;

export class Lobby {
  readonly #library: Library;
  readonly #version: string;
  readonly #curves: CurveAudience;
  readonly #sessions = new LiveSessions();
  readonly #watchers = new Set<Watcher>();
  readonly #timers: readonly NodeJS.Timeout[];
  /** By environment; encoded once for all pages: many come at once when a server is back. */
  readonly #scenes: Map<string, string>;
  #encodedLibrary: string;

  /**
   * @param version of this program, for the page
   * @param examine looks into runs that are followed
   */
  constructor(library: Library, version: string, examine: Examine) {
    this.#library = library;
    this.#version = version;
    this.#curves = new CurveAudience(library, examine);
    this.#scenes = new Map(sceneMessages().map((scene) => [scene.env, encodeMessage(scene)]));
    this.#addImportedScenes();
    this.#encodedLibrary = encodeMessage({ op: "library", sources: library.infos });
    this.#timers = [
      setInterval(() => this.#checkLives(), HEARTBEAT),
      setInterval(() => this.#tellOfLibrary(), LIBRARY_INTERVAL),
      setInterval(() => this.#curves.poll(), CURVES_INTERVAL),
    ];
  }

  /** Pages that are there. */
  get size(): number {
    return this.#watchers.size;
  }

  /** Live sessions, watched or not. */
  get sessions(): number {
    return this.#sessions.count;
  }

  /** The most bytes that ever waited for one of the pages. */
  get mostBuffered(): number {
    return Math.max(0, ...[...this.#watchers].map(({ mostBuffered }) => mostBuffered));
  }

  /** Takes in a page whose socket has just opened. */
  welcome(socket: WebSocket): void {
    const watcher = new Watcher(socket);
    // ws closes the socket itself, but waits long for an answer.
    socket.on("error", () => watcher.endSoon());
    if (socket.protocol !== SUBPROTOCOL) {
      watcher.close(CLOSE_CODES.VERSION, `the server speaks ${SUBPROTOCOL}: reload the page`);
      return;
    }
    const conversation = new Conversation(watcher, {
      library: this.#library,
      sessions: this.#sessions,
      curves: this.#curves,
    });
    // While nobody looks nothing is looked for; who comes first finds out.
    if (this.#watchers.size === 0) this.#refreshLibrary();
    this.#watchers.add(watcher);
    socket.on("close", () => {
      this.#watchers.delete(watcher);
      conversation.end();
    });
    socket.on("message", (data, isBinary) => {
      if (!watcher.isOpen) return;
      if (isBinary) watcher.close(CLOSE_CODES.POLICY, "pages send text");
      else void conversation.hear(String(data));
    });
    watcher.send({
      op: "hello",
      protocol: PROTOCOL_VERSION,
      version: this.#version,
      environments: [...this.#scenes.keys()],
      open: [...this.#library.initial],
    });
    for (const scene of this.#scenes.values()) watcher.sendEncoded(scene);
    watcher.sendEncoded(this.#encodedLibrary);
  }

  /** Tells all pages that the server ends; live sessions end at once. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const watcher of this.#watchers) watcher.close(CLOSE_CODES.GOING_AWAY, "the viewer's server ends");
    this.#sessions.dispose();
  }

  #checkLives(): void {
    for (const watcher of this.#watchers) watcher.checkLife();
  }

  #tellOfLibrary(): void {
    if (this.#watchers.size === 0 || !this.#refreshLibrary()) return;
    for (const watcher of this.#watchers) watcher.sendEncoded(this.#encodedLibrary);
  }

  /** Scenes of arms from URDFs that are new, encoded; a file that is gone is told of when its run is opened. */
  #addImportedScenes(): string[] {
    return this.#library.imported.flatMap((env) => {
      if (this.#scenes.has(env.id)) return [];
      try {
        const scene = encodeMessage(importedScene(env));
        this.#scenes.set(env.id, scene);
        return [scene];
      } catch (error) {
        if (error instanceof InputError) return [];
        throw error;
      }
    });
  }

  #refreshLibrary(): boolean {
    const isNew = this.#library.refresh();
    if (!isNew) return false;
    this.#encodedLibrary = encodeMessage({ op: "library", sources: this.#library.infos });
    for (const scene of this.#addImportedScenes()) {
      for (const watcher of this.#watchers) watcher.sendEncoded(scene);
    }
    return true;
  }
}
