/** @file The queue and what is kept beside it, on a real PostgreSQL server. */

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { FaultWatch } from "../../../experiments/queue/fault-watch.ts";
import { connectQueue, type QueueServer } from "../../../experiments/queue/queue-server.ts";
import { workOnQueue } from "../../../experiments/queue/queue-worker.ts";
import { parseQueueUrl } from "../../../experiments/queue/server-fault.ts";
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

describe("what is kept of runs", () => {
  it("can be saved by the newest claim alone, is loaded as it was, and gone once forgotten", async () => {
    const { store } = await connect("store");
    expect(await store.claim("j1")).toEqual({ generation: 1, complete: false });
    expect(await store.load("j1")).toBeUndefined();
    expect(await store.save("j1", 1, bytes("first"), false)).toBe(true);
    // Another worker takes the job over; the first one wakes up and must not be heard.
    expect(await store.claim("j1")).toEqual({ generation: 2, complete: false });
    expect(await store.save("j1", 1, bytes("zombie"), true)).toBe(false);
    expect(new TextDecoder().decode(await store.load("j1"))).toBe("first");
    expect(await store.save("j1", 2, bytes("result"), true)).toBe(true);
    expect(await store.claim("j1")).toEqual({ generation: 3, complete: true });
    await store.forget("j1");
    expect(await store.load("j1")).toBeUndefined();
    expect(await store.save("j1", 3, bytes("late"), true)).toBe(false);
  });

  it("is claimed by many at once, each with a number of its own", async () => {
    const [one, two] = await Promise.all([connect("store"), connect("store")]);
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? one : two).store.claim("j2")),
    );
    expect(claims.map(({ generation }) => generation).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
  });
});

describe("a queue", () => {
  it("has a job once, however often it is added, until it is removed", async () => {
    const server = await connect("once");
    expect(await server.look("j1")).toBeUndefined();
    await server.add("j1", { n: 1 }, 1);
    await server.add("j1", { n: 2 }, 1);
    expect(await server.look("j1")).toMatchObject({ status: "waiting" });
    const seen: unknown[] = [];
    const work = server.work(
      async (job) => {
        seen.push(job.data);
      },
      { parallel: 2, lease: 30 },
    );
    await expect.poll(async () => (await server.look("j1"))?.status).toBe("done");
    await work.end();
    expect(seen).toEqual([{ n: 1 }]);
    await server.remove("j1");
    expect(await server.look("j1")).toBeUndefined();
  });

  it("never trains what is no settings of this code: such jobs fail at once, with the reason", async () => {
    const server = await connect("suspicious");
    const config = parseConfig({}, "test");
    await server.add("j000000000000001", { name: "an id of its own", config }, 3);
    await server.add("j000000000000002", { name: "wrong", config: { agent: { tua: 1 } } }, 3);
    await server.add("j000000000000003", { name: "more", config, run: "/etc" }, 3);
    const stop = new AbortController();
    const said: string[] = [];
    const work = workOnQueue({
      server,
      faults: new FaultWatch(parseQueueUrl(postgres.url, "test"), (line) => said.push(line)),
      scratch: temporaryFolder(),
      code: "code",
      saveEvery: 30,
      launch: () => {
        throw new Error("a child was started");
      },
      stop: stop.signal,
      say: (line) => said.push(line),
      parallel: 2,
      lease: 30,
    });
    const error = async (id: string) => {
      await expect.poll(async () => (await server.look(id))?.status).toBe("failed");
      return (await server.look(id))?.error;
    };
    expect(await error("j000000000000001")).toBe(
      "job j000000000000001: its id is not that of its settings and the code code",
    );
    expect(await error("j000000000000002")).toMatch(
      /unknown setting agent\.tua\. Did you mean "agent\.tau"\?/,
    );
    expect(await error("j000000000000003")).toBe("job j000000000000003: this is not a training's settings");
    stop.abort();
    await work;
    expect(said).toEqual([]);
  });
});
