/** @file Queue and run store on a real PostgreSQL server. */

import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ConnectionMonitor } from "../../../experiments/queue/connection-monitor.ts";
import { parseQueueUrl } from "../../../experiments/queue/queue-address.ts";
import { connectQueue, type QueueServer } from "../../../experiments/queue/queue-server.ts";
import { workOnQueue } from "../../../experiments/queue/queue-worker.ts";
import { parseConfig } from "../../../shared/config.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { PostgresServer } from "./postgres-server.ts";

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await PostgresServer.create();
});
afterAll(async () => {
  await postgres.remove();
});

async function connect(name: string): Promise<QueueServer> {
  const server = await connectQueue(parseQueueUrl(postgres.url, "test"), name, () => undefined);
  onTestFinished(() => server.close());
  return server;
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe("the run store", () => {
  it("accepts saves from the newest claim only, and loads what was saved until it is removed", async () => {
    const { store } = await connect("store");
    expect(await store.claim("j1")).toEqual({ generation: 1, complete: false });
    expect(await store.load("j1")).toBeUndefined();
    expect(await store.save("j1", 1, bytes("first"), false)).toBe(true);
    // Another worker takes over the job, then the first one tries to save.
    expect(await store.claim("j1")).toEqual({ generation: 2, complete: false });
    expect(await store.save("j1", 1, bytes("superseded"), true)).toBe(false);
    expect(new TextDecoder().decode(await store.load("j1"))).toBe("first");
    expect(await store.save("j1", 2, bytes("result"), true)).toBe(true);
    expect(await store.claim("j1")).toEqual({ generation: 3, complete: true });
    await store.remove("j1");
    expect(await store.load("j1")).toBeUndefined();
    expect(await store.save("j1", 3, bytes("late"), true)).toBe(false);
  });

  it("gives concurrent claims different generations", async () => {
    const [one, two] = await Promise.all([connect("store"), connect("store")]);
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? one : two).store.claim("j2")),
    );
    expect(claims.map(({ generation }) => generation).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
  });
});

describe("connecting", () => {
  it("fails with one error if the server ends the connection while its tables are examined", async () => {
    // Makes the tables; no connection of it may wait for them below.
    await (await connect("tables")).close();
    // Within a transaction pg_stat_activity stays as it is.
    const [admin, observer] = [new Client(postgres.url), new Client(postgres.url)];
    for (const client of [admin, observer]) {
      await client.connect();
      onTestFinished(() => client.end());
    }
    const { rows } = await admin.query("SELECT tablename FROM pg_tables WHERE schemaname = 'bullmq'");
    const tables = rows.map(({ tablename }) => `bullmq."${tablename}"`);
    await admin.query("BEGIN");
    await admin.query(`LOCK TABLE ${tables.join()} IN ACCESS EXCLUSIVE MODE`);
    const connecting = connectQueue(parseQueueUrl(postgres.url, "test"), "tables", () => undefined);
    const failed = expect(connecting).rejects.toThrow(/^--queue: postgres at .* did not respond$/);
    const waiting = "FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    await expect
      .poll(async () => (await observer.query(`SELECT pid ${waiting}`)).rowCount)
      .toBeGreaterThan(0);
    await observer.query(`SELECT pg_terminate_backend(pid) ${waiting}`);
    await failed;
  });
});

describe("the queue", () => {
  it("contains a job once, however often it is added, until it is removed", async () => {
    const server = await connect("once");
    expect(await server.get("j1")).toBeUndefined();
    await server.add("j1", { n: 1 }, 1);
    await server.add("j1", { n: 2 }, 1);
    expect(await server.get("j1")).toMatchObject({ status: "waiting" });
    const delivered: unknown[] = [];
    const worker = server.startWorker(
      async (job) => {
        delivered.push(job.data);
      },
      { parallel: 2, lease: 30 },
    );
    await expect.poll(async () => (await server.get("j1"))?.status).toBe("done");
    await worker.end();
    expect(delivered).toEqual([{ n: 1 }]);
    await server.remove("j1");
    expect(await server.get("j1")).toBeUndefined();
  });

  it("delivers a job whose notification was lost", async () => {
    const server = await connect("lost");
    await server.add("j1", {}, 1);
    const database = new Client({ connectionString: postgres.url });
    await database.connect();
    onTestFinished(() => database.end());
    await database.query("SET search_path = bullmq");
    // A job that is due in a day makes the worker wait as long as it ever does.
    await database.query("UPDATE job SET state = 'delayed', process_at_ms = $1 WHERE id = 'j1'", [
      Date.now() + 86_400_000,
    ]);
    const worker = server.startWorker(async () => undefined, { parallel: 1, lease: 3 });
    const waiting = "SELECT FROM pg_stat_activity WHERE application_name = 'lost' AND query LIKE '%LISTEN%'";
    await expect.poll(async () => (await database.query(waiting)).rowCount).toBe(1);
    // The worker looks for jobs once more after it has subscribed.
    await delay(1000);
    await database.query("UPDATE job SET state = 'waiting', process_at_ms = NULL WHERE id = 'j1'");
    await expect.poll(async () => (await server.get("j1"))?.status).toBe("done");
    await worker.end();
  });

  it("fails jobs with invalid settings or a wrong id at once, without training them", async () => {
    const server = await connect("invalid");
    const config = parseConfig({}, "test");
    await server.add("j000000000000001", { name: "wrong id", config }, 3);
    await server.add("j000000000000002", { name: "unknown setting", config: { agent: { tua: 1 } } }, 3);
    await server.add("j000000000000003", { name: "additional key", config, run: "/etc" }, 3);
    const stop = new AbortController();
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const work = workOnQueue({
      server,
      connection: new ConnectionMonitor(parseQueueUrl(postgres.url, "test"), log),
      scratch: temporaryFolder(),
      code: "code",
      saveEvery: 30,
      launch: () => {
        throw new Error("a child was started");
      },
      stop: stop.signal,
      log,
      parallel: 2,
      lease: 30,
    });
    const error = async (id: string) => {
      await expect.poll(async () => (await server.get(id))?.status).toBe("failed");
      return (await server.get(id))?.error;
    };
    expect(await error("j000000000000001")).toMatch(
      /^job j000000000000001: expected id j[0-9a-f]{15} .*code version code, got j000000000000001$/,
    );
    expect(await error("j000000000000002")).toMatch(
      /unknown setting agent\.tua\. Did you mean "agent\.tau"\?/,
    );
    expect(await error("j000000000000003")).toMatch(/^job j000000000000003: expected a name and a config/);
    stop.abort();
    await work;
    expect(lines).toEqual([]);
  });
});
