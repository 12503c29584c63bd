/** @file Sweeps over a queue on a real PostgreSQL server: killed and stopped workers, server restart, invalid servers. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PostgresServer } from "../experiments/queue/postgres-server.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { inProcess } from "./in-process.ts";
import { reproducibleParts } from "./reproducible-parts.ts";
import { type Running, start } from "./steadyarm.ts";
import { tinySweep } from "./tiny-sweep.ts";

/** Long enough that jobs remain when the server is stopped. */
const SWEEP = tinySweep(1500);

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.create();
});
afterAll(async () => {
  await server.remove();
});

/** Starts a worker whose short lease makes a kill noticed soon. */
function startWorker(cwd: string): Running {
  const args = ["bench", "worker", "--queue", "--jobs", "1", "--lease", "3", "--save-every", "1"];
  return start([...args, "--scratch", "scratch"], cwd, { STEADYARM_QUEUE: server.url });
}

const runs = (cwd: string, sweep: string) => {
  const folder = join(cwd, sweep, "runs");
  return Object.fromEntries(readdirSync(folder).map((name) => [name, reproducibleParts(join(folder, name))]));
};

const until = (condition: () => boolean) => expect.poll(condition).toBe(true);

describe("a sweep over a queue on PostgreSQL", () => {
  it("gives the bits of an undisturbed sweep despite a killed worker, a stopped worker and a server restart", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "tiny.yaml"), JSON.stringify(SWEEP));
    await inProcess(["bench", "run", "tiny.yaml", "--out", "local"], cwd);

    const runner = start(["bench", "run", "tiny.yaml", "--out", "queued", "--queue", server.url], cwd);
    await until(() => runner.stdout().includes("no worker"));

    const killed = startWorker(cwd);
    await until(() => /started/.test(killed.stdout()) && hasCheckpoint(cwd));
    killed.child.kill("SIGKILL");

    const stopped = startWorker(cwd);
    await until(() => /started/.test(stopped.stdout()));
    stopped.child.kill("SIGTERM");
    expect((await stopped.finished).code).toBe(143);

    const last = startWorker(cwd);
    await until(() => /started/.test(last.stdout()));
    await server.stop();
    await until(() => runner.stdout().includes("retrying until it is back"));
    await server.start();

    const { code, stderr } = await runner.finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    // One line per lost connection and one per return; a slow restart can cause several losses.
    const losses = [...runner.stdout().matchAll(/retrying until it is back|\d is back$/gm)];
    expect(losses.length).toBeGreaterThan(0);
    losses.forEach(([line], i) => {
      expect(line.includes("retrying")).toBe(i % 2 === 0);
    });
    expect(losses.length % 2).toBe(0);
    expect(runs(cwd, "queued")).toEqual(runs(cwd, "local"));

    last.child.kill("SIGINT");
    const end = await last.finished;
    expect({ code: end.code, stderr: end.stderr.trim() }).toEqual({
      code: 130,
      stderr:
        "SIGINT: saving the running jobs and returning them to the queue; send it again to exit at once",
    });
    // The next worker has removed the killed one's folder.
    expect(readdirSync(join(cwd, "scratch"))).toEqual([]);
  });

  it("reports an unreachable, wrong or denying server in one line", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "tiny.yaml"), JSON.stringify(SWEEP));
    const run = async (url: string) => {
      const { code, stdout, stderr } = await inProcess(["bench", "run", "tiny.yaml", "--queue", url], cwd);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      return stderr.trimEnd();
    };
    expect(await run("postgres://me:secret@127.0.0.1:1/x")).toMatch(
      /^steadyarm: --queue: postgres at 127\.0\.0\.1:1 .*\(ECONNREFUSED\)$/,
    );
    expect(await run("redis://127.0.0.1:1")).toMatch(
      /^steadyarm: --queue: redis at 127\.0\.0\.1:1 .*\(ECONNREFUSED\)$/,
    );
    expect(await run(server.url.replace("secret", "wrong"))).toMatch(/password \(28P01\)$/);
    expect(await run(server.url.replace(/postgres$/, "none"))).toMatch(/has no such database \(3D000\)$/);
    expect(await run("mysql://me:secret@host/x")).toBe(
      'steadyarm: --queue: expected redis://host:6379 or postgres://user:password@host:5432/database, got "mysql://…@host/x"',
    );
    expect(existsSync(join(cwd, "sweeps"))).toBe(false);
  });
});

/** Whether any running job has logged an evaluation. */
function hasCheckpoint(cwd: string): boolean {
  const scratch = join(cwd, "scratch");
  return readdirSync(scratch, { recursive: true, encoding: "utf8" }).some(
    (path) => /metrics\.jsonl$/.test(path) && readFileSync(join(scratch, path), "utf8").includes("\n"),
  );
}
