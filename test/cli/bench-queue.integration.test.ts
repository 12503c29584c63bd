/** @file Sweeps over a queue on a real PostgreSQL server: workers killed, the server gone and back, nothing lost. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { PostgresServer } from "../experiments/queue/postgres-server.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { essence } from "./run-essence.ts";
import { type Running, start, steadyarm } from "./steadyarm.ts";
import { tinySweep } from "./tiny-sweep.ts";

const SWEEP = tinySweep(600);

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.create();
}, 120_000);
afterAll(async () => {
  await server.remove();
}, 60_000);

/** A worker with a short lease, so that a killed one is missed soon; its output as it comes. */
function work(cwd: string): Running & { readonly said: () => string } {
  const words = ["bench", "worker", "--queue", "--jobs", "1", "--lease", "3", "--save-every", "1"];
  const running = start([...words, "--scratch", "scratch"], cwd, { STEADYARM_QUEUE: server.url });
  let said = "";
  running.child.stdout?.on("data", (text) => {
    said += text;
  });
  onTestFinished(() => {
    running.child.kill("SIGKILL");
  });
  return { ...running, said: () => said };
}

const runs = (cwd: string, sweep: string) => {
  const folder = join(cwd, sweep, "runs");
  return Object.fromEntries(readdirSync(folder).map((name) => [name, essence(join(folder, name))]));
};

const until = (seen: () => boolean) => expect.poll(seen, { timeout: 120_000, interval: 50 }).toBe(true);

describe("a sweep over a queue on PostgreSQL", { timeout: 400_000 }, () => {
  it("ends with the bits of an undisturbed one, though a worker is killed, one stopped, and the server away meanwhile", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "tiny.yaml"), JSON.stringify(SWEEP));
    await steadyarm(["bench", "run", "tiny.yaml", "--out", "local"], cwd);

    const words = ["bench", "run", "tiny.yaml", "--out", "queued", "--queue", server.url];
    const runner = start(words, cwd);
    let said = "";
    runner.child.stdout?.on("data", (text) => {
      said += text;
    });
    await until(() => said.includes("no worker with this code"));

    const killed = work(cwd);
    await until(() => /took/.test(killed.said()) && hasCheckpoint(cwd));
    killed.child.kill("SIGKILL");

    const stopped = work(cwd);
    await until(() => /took/.test(stopped.said()));
    stopped.child.kill("SIGTERM");
    expect((await stopped.finished).code).toBe(143);

    const last = work(cwd);
    await until(() => /took/.test(last.said()));
    await server.stop();
    await until(() => said.includes("trying again until it is back"));
    await server.start();

    const { code, stderr } = await runner.finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(said.match(/trying again until it is back/g)).toHaveLength(1);
    expect(said.match(/\d is back$/gm)).toHaveLength(1);
    expect(runs(cwd, "queued")).toEqual(runs(cwd, "local"));

    last.child.kill("SIGINT");
    const end = await last.finished;
    expect({ code: end.code, stderr: end.stderr.trim() }).toEqual({
      code: 130,
      stderr: "SIGINT: letting the running jobs save and giving them back; once more ends at once",
    });
    expect(readdirSync(join(cwd, "scratch")).length).toBe(1);
  });

  it("is refused in one line where the server is not there, is another, or does not let us in", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "tiny.yaml"), JSON.stringify(SWEEP));
    const run = async (url: string) => {
      const { code, stdout, stderr } = await steadyarm(["bench", "run", "tiny.yaml", "--queue", url], cwd);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      return stderr.trimEnd();
    };
    expect(await run("postgres://me:secret@127.0.0.1:1/x")).toBe(
      "steadyarm: --queue: postgres at 127.0.0.1:1 does not listen there (ECONNREFUSED)",
    );
    expect(await run("redis://127.0.0.1:1")).toBe(
      "steadyarm: --queue: redis at 127.0.0.1:1 does not listen there (ECONNREFUSED)",
    );
    expect(await run(server.url.replace("secret", "wrong"))).toMatch(
      /does not accept the password \(28P01\)$/,
    );
    expect(await run(server.url.replace(/postgres$/, "none"))).toMatch(/has no such database \(3D000\)$/);
    expect(await run("mysql://me:secret@host/x")).toBe(
      'steadyarm: --queue: expected redis://host:6379 or postgres://user:password@host:5432/database, got "mysql://…@host/x"',
    );
    expect(existsSync(join(cwd, "sweeps"))).toBe(false);
  });
});

/** Whether any run under way has saved itself. */
function hasCheckpoint(cwd: string): boolean {
  const scratch = join(cwd, "scratch");
  return readdirSync(scratch, { recursive: true, encoding: "utf8" }).some(
    (path) => /metrics\.jsonl$/.test(path) && readFileSync(join(scratch, path), "utf8").includes("\n"),
  );
}
