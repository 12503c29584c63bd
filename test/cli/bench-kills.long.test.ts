/**
 * @file A sweep of 200 tiny jobs with workers killed repeatedly and a server restart: each job has exactly one result,
 * bit for bit that of an undisturbed run. On the local pool, on PostgreSQL, and on Redis if redis-server is installed.
 *
 * SWEEP_JOBS=20 shortens it.
 */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../experiments/queue/free-port.ts";
import { PostgresServer } from "../experiments/queue/postgres-server.ts";
import { reproducibleParts } from "./reproducible-parts.ts";
import { type Running, start, steadyarm } from "./steadyarm.ts";

const JOBS = Number(process.env["SWEEP_JOBS"] ?? 200);

/** New results after which a worker is killed. */
const RESULTS_PER_KILL = 5;

const SWEEP = {
  settings: {
    env: { id: "planar2-reach" },
    agent: { hidden: [8, 8], batchSize: 16, warmupSteps: 50 },
    train: {
      steps: 150,
      evaluateEvery: 50,
      evaluationEpisodes: 1,
      finalEpisodes: 1,
      checkpointEvery: 50,
      diagnostics: false,
    },
  },
  methods: { "agent.her.k": [4, 0] },
  seeds: `1-${Math.ceil(JOBS / 2)}`,
};

const cwd = mkdtempSync(join(tmpdir(), "steadyarm-kills-"));
const redisServer = process.env["REDIS_SERVER"] ?? "redis-server";
const hasRedis = spawnSync(redisServer, ["--version"]).status === 0;

function results(sweep: string): string[] {
  const folder = join(cwd, sweep, "runs");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, "result.json")));
}

const partsOf = (sweep: string) =>
  Object.fromEntries(results(sweep).map((name) => [name, reproducibleParts(join(cwd, sweep, "runs", name))]));

/** Kills a process once the condition holds. Returns whether it ended by itself before. */
async function killWhen(running: Running, condition: () => boolean): Promise<boolean> {
  let ended = false;
  void running.finished.then(() => {
    ended = true;
  });
  await expect.poll(() => ended || condition()).toBe(true);
  const endedByItself = ended;
  if (!endedByItself) running.child.kill("SIGKILL");
  await running.finished;
  return endedByItself;
}

beforeAll(async () => {
  writeFileSync(join(cwd, "s.json"), JSON.stringify(SWEEP));
  const { code } = await steadyarm(["bench", "run", "s.json", "--out", "undisturbed"], cwd);
  expect(code).toBe(0);
  expect(results("undisturbed")).toHaveLength(2 * Math.ceil(JOBS / 2));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Runs the sweep over a queue with two workers that are repeatedly killed and replaced. */
async function runKillingWorkers(url: string, out: string): Promise<void> {
  const runner = start(["bench", "run", "s.json", "--out", out, "--queue"], cwd, { STEADYARM_QUEUE: url });
  let ended = false;
  void runner.finished.then(() => {
    ended = true;
  });
  const args = ["bench", "worker", "--queue", "--jobs", "1", "--lease", "5", "--save-every", "1"];
  const killAndReplace = async () => {
    while (!ended) {
      const worker = start([...args, "--scratch", "scratch"], cwd, { STEADYARM_QUEUE: url });
      const before = results(out).length;
      await killWhen(worker, () => ended || results(out).length >= before + RESULTS_PER_KILL);
    }
  };
  await Promise.all([killAndReplace(), killAndReplace()]);
  const { code, stderr } = await runner.finished;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(readdirSync(join(cwd, out, "runs")).length).toBe(2 * Math.ceil(JOBS / 2));
  expect(partsOf(out)).toEqual(partsOf("undisturbed"));
}

describe(`a sweep of ${JOBS} jobs with repeatedly killed workers`, () => {
  it("is complete on the local pool", async () => {
    let kills = 0;
    for (;;) {
      const before = results("local").length;
      const pool = start(["bench", "run", "s.json", "--out", "local"], cwd);
      if (await killWhen(pool, () => results("local").length >= before + RESULTS_PER_KILL)) break;
      kills += 1;
    }
    expect(kills).toBeGreaterThan(JOBS / RESULTS_PER_KILL / 3);
    expect(existsSync(join(cwd, "local", "failures"))).toBe(false);
    expect(readdirSync(join(cwd, "local", "runs")).length).toBe(2 * Math.ceil(JOBS / 2));
    expect(partsOf("local")).toEqual(partsOf("undisturbed"));
  });

  it("is complete on PostgreSQL", async () => {
    const server = await PostgresServer.create();
    try {
      await runKillingWorkers(server.url, "postgres");
    } finally {
      await server.remove();
    }
  });

  it("is complete on PostgreSQL after 30 s without the server", async () => {
    const server = await PostgresServer.create();
    const queue = { STEADYARM_QUEUE: server.url };
    const worker = start(["bench", "worker", "--queue", "--scratch", "scratch-away"], cwd, queue);
    try {
      const runner = start(["bench", "run", "s.json", "--out", "away", "--queue"], cwd, queue);
      await expect.poll(() => results("away").length).toBeGreaterThan(JOBS / 4);
      await server.stop();
      await wait(30_000);
      expect(results("away").length).toBeLessThan(2 * Math.ceil(JOBS / 2));
      await server.start();
      const { code, stderr } = await runner.finished;
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(runner.stdout().match(/retrying until it is back/g)).toHaveLength(1);
      expect(partsOf("away")).toEqual(partsOf("undisturbed"));
    } finally {
      worker.child.kill("SIGKILL");
      await worker.finished;
      await server.remove();
    }
  });

  it.skipIf(!hasRedis)("is complete on Redis", async () => {
    const port = await freePort();
    const args = [
      "--port",
      `${port}`,
      "--bind",
      "127.0.0.1",
      "--save",
      "",
      "--maxmemory-policy",
      "noeviction",
    ];
    const server = spawn(redisServer, args, { stdio: "ignore", cwd });
    try {
      await runKillingWorkers(`redis://127.0.0.1:${port}`, "redis");
    } finally {
      server.kill();
      await once(server, "exit");
    }
  });
});
