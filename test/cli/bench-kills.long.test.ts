/**
 * @file A sweep of 200 tiny jobs while its workers are killed again and again: nothing missing, nothing doubled,
 * every result bit for bit that of an undisturbed run; and while the server is away. On the local pool, on PostgreSQL, and on Redis where a
 * redis-server is installed.
 *
 * SWEEP_JOBS=20 makes it a shorter one.
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
import { essence } from "./run-essence.ts";
import { type Running, start, steadyarm } from "./steadyarm.ts";

const JOBS = Number(process.env["SWEEP_JOBS"] ?? 200);

/** Results that a worker may add before it is killed. */
const RESULTS_PER_LIFE = 5;

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

const essences = (sweep: string) =>
  Object.fromEntries(results(sweep).map((name) => [name, essence(join(cwd, sweep, "runs", name))]));

/** Ended by itself, or killed once the sweep has so many more results. */
async function liveUntil(running: Running, more: () => boolean): Promise<boolean> {
  let ended = false;
  void running.finished.then(() => {
    ended = true;
  });
  await expect.poll(() => ended || more()).toBe(true);
  const byItself = ended;
  if (!byItself) running.child.kill("SIGKILL");
  await running.finished;
  return byItself;
}

beforeAll(async () => {
  writeFileSync(join(cwd, "s.json"), JSON.stringify(SWEEP));
  const { code } = await steadyarm(["bench", "run", "s.json", "--out", "whole"], cwd);
  expect(code).toBe(0);
  expect(results("whole")).toHaveLength(2 * Math.ceil(JOBS / 2));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Runs the sweep over a queue while its two workers are killed in turn. */
async function killWorkers(url: string, out: string): Promise<void> {
  const runner = start(["bench", "run", "s.json", "--out", out, "--queue"], cwd, { STEADYARM_QUEUE: url });
  let over = false;
  void runner.finished.then(() => {
    over = true;
  });
  const words = ["bench", "worker", "--queue", "--jobs", "1", "--lease", "5", "--save-every", "1"];
  const life = async () => {
    while (!over) {
      const worker = start([...words, "--scratch", "scratch"], cwd, { STEADYARM_QUEUE: url });
      const before = results(out).length;
      await liveUntil(worker, () => over || results(out).length >= before + RESULTS_PER_LIFE);
    }
  };
  await Promise.all([life(), life()]);
  const { code, stderr } = await runner.finished;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(readdirSync(join(cwd, out, "runs")).length).toBe(2 * Math.ceil(JOBS / 2));
  expect(essences(out)).toEqual(essences("whole"));
}

describe(`a sweep of ${JOBS} jobs whose workers are killed again and again`, () => {
  it("is whole on the local pool", async () => {
    let kills = 0;
    for (;;) {
      const before = results("local").length;
      const pool = start(["bench", "run", "s.json", "--out", "local"], cwd);
      if (await liveUntil(pool, () => results("local").length >= before + RESULTS_PER_LIFE)) break;
      kills += 1;
    }
    expect(kills).toBeGreaterThan(JOBS / RESULTS_PER_LIFE / 3);
    expect(existsSync(join(cwd, "local", "failures"))).toBe(false);
    expect(readdirSync(join(cwd, "local", "runs")).length).toBe(2 * Math.ceil(JOBS / 2));
    expect(essences("local")).toEqual(essences("whole"));
  });

  it("is whole on PostgreSQL", async () => {
    const server = await PostgresServer.create();
    try {
      await killWorkers(server.url, "postgres");
    } finally {
      await server.remove();
    }
  });

  it("is whole on PostgreSQL when the server was away for half a minute", async () => {
    const server = await PostgresServer.create();
    const queue = { STEADYARM_QUEUE: server.url };
    const worker = start(["bench", "worker", "--queue", "--scratch", "scratch-away"], cwd, queue);
    try {
      const runner = start(["bench", "run", "s.json", "--out", "away", "--queue"], cwd, queue);
      let said = "";
      runner.child.stdout?.on("data", (text) => {
        said += text;
      });
      await expect.poll(() => results("away").length).toBeGreaterThan(JOBS / 4);
      await server.stop();
      await wait(30_000);
      expect(results("away").length).toBeLessThan(2 * Math.ceil(JOBS / 2));
      await server.start();
      const { code, stderr } = await runner.finished;
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(said.match(/trying again until it is back/g)).toHaveLength(1);
      expect(essences("away")).toEqual(essences("whole"));
    } finally {
      worker.child.kill("SIGKILL");
      await worker.finished;
      await server.remove();
    }
  });

  it.skipIf(!hasRedis)("is whole on Redis", async () => {
    const port = await freePort();
    const words = [
      "--port",
      `${port}`,
      "--bind",
      "127.0.0.1",
      "--save",
      "",
      "--maxmemory-policy",
      "noeviction",
    ];
    const server = spawn(redisServer, words, { stdio: "ignore", cwd });
    try {
      await killWorkers(`redis://127.0.0.1:${port}`, "redis");
    } finally {
      server.kill();
      await once(server, "exit");
    }
  });
});
