import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseConfig } from "../../shared/config.ts";
import { type JobState, startProgram, type TrainingJob, trainAll } from "../../training/training-pool.ts";
import { reproducibleParts } from "../cli/reproducible-parts.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const launch = startProgram(join(import.meta.dirname, "../../dist/cli/main.js"));

function jobs(folder: string, seeds: readonly number[], steps = 400): TrainingJob[] {
  return seeds.map((seed) => ({
    name: `seed ${seed}`,
    run: join(folder, `s${seed}`),
    config: parseConfig(
      {
        env: { id: "planar2-reach" },
        agent: { hidden: [16, 16], batchSize: 32, warmupSteps: 100 },
        train: {
          seed,
          steps,
          evaluateEvery: 200,
          evaluationEpisodes: 5,
          finalEpisodes: 5,
          checkpointEvery: 200,
        },
      },
      "test",
    ),
  }));
}

describe("trainAll", () => {
  test("trains each job once: a second call skips complete jobs", async () => {
    const folder = temporaryFolder();
    const changes: (readonly JobState[])[] = [];
    const first = await trainAll(jobs(folder, [1, 2, 3]), {
      parallel: 2,
      launch,
      onChange: (states) => changes.push(states),
    });
    expect(first.map(({ status }) => status)).toEqual(["done", "done", "done"]);
    expect(first.map(({ result }) => result?.seed)).toEqual([1, 2, 3]);
    expect(first.map(({ steps }) => steps)).toEqual([400, 400, 400]);
    const running = changes.map((states) => states.filter(({ status }) => status === "running").length);
    expect(Math.max(...running)).toBe(2);

    const second = await trainAll(jobs(folder, [1, 2, 3]), {
      parallel: 2,
      launch: () => {
        throw new Error("a complete job was started");
      },
    });
    expect(second).toEqual(first);
  });

  test("resumes a stopped job, with the same bits as an uninterrupted one", async () => {
    const folder = temporaryFolder();
    const stopEarly = async () => {
      const stop = new AbortController();
      return trainAll(jobs(folder, [1, 2], 1600), {
        parallel: 1,
        launch,
        stop: stop.signal,
        onChange: ([one]) => {
          if (one !== undefined && one.steps >= 400) stop.abort();
        },
      });
    };
    let stopped = await stopEarly();
    // On a busy machine the stop may come after the end of the run.
    while (stopped[0]?.status === "done") {
      rmSync(join(folder, "s1"), { recursive: true });
      stopped = await stopEarly();
    }
    expect(stopped.map(({ status }) => status)).toEqual(["stopped", "waiting"]);
    expect(existsSync(join(folder, "s2"))).toBe(false);
    const [resumed] = await trainAll(jobs(folder, [1], 1600), { parallel: 1, launch });
    expect(resumed?.status).toBe("done");

    const uninterrupted = temporaryFolder();
    await trainAll(jobs(uninterrupted, [1], 1600), { parallel: 1, launch });
    expect(reproducibleParts(join(folder, "s1"))).toEqual(reproducibleParts(join(uninterrupted, "s1")));
  });

  test("reports a failed job with its error line and trains the others", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "s1"), "not a run folder");
    const states = await trainAll(jobs(folder, [1, 2]), { parallel: 1, launch });
    expect(states.map(({ status }) => status)).toEqual(["failed", "done"]);
    expect(states[0]?.error).toContain(join(folder, "s1"));
    expect(states[0]?.error).not.toContain("    at ");
  });

  test("rejects a folder with a run of other settings before any job starts", async () => {
    const folder = temporaryFolder();
    await trainAll(jobs(folder, [1]), { parallel: 1, launch });
    const before = readFileSync(join(folder, "s1", "manifest.json"), "utf8");
    await expect(trainAll(jobs(folder, [2, 1], 600), { parallel: 1, launch })).rejects.toThrow(
      /s1: expected .*"seed 1", got other settings/,
    );
    expect(readFileSync(join(folder, "s1", "manifest.json"), "utf8")).toBe(before);
    expect(existsSync(join(folder, "s2"))).toBe(false);
  });

  test("shares its folders with another pool: each job is trained once and none fails", async () => {
    const folder = temporaryFolder();
    const pool = () => trainAll(jobs(folder, [1, 2], 200), { parallel: 1, launch });
    const [one, other] = await Promise.all([pool(), pool()]);
    expect(one.map(({ status, error }) => [status, error])).toEqual([
      ["done", undefined],
      ["done", undefined],
    ]);
    expect(other.map(({ result }) => result)).toEqual(one.map(({ result }) => result));
  });

  test("retries a failed job after the others while `retry` returns true", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "s1"), "not a run folder");
    const order: string[] = [];
    const states = await trainAll(jobs(folder, [1, 2], 200), {
      parallel: 1,
      launch,
      onChange: (all) =>
        order.push(...all.filter(({ status }) => status === "running").map(({ job }) => job.name)),
      retry: () => {
        rmSync(join(folder, "s1"), { force: true });
        return true;
      },
    });
    expect(states.map(({ status, error }) => [status, error])).toEqual([
      ["done", undefined],
      ["done", undefined],
    ]);
    expect([...new Set(order)]).toEqual(["seed 1", "seed 2"]);
    expect(order.at(-1)).toBe("seed 1");
  });

  test("leaves no running job when the pool is killed", async () => {
    const folder = temporaryFolder();
    const [job] = jobs(folder, [1], 1_000_000);
    const child = launch(["train", "--config", "-", "--out", job!.run]);
    child.stdin?.end(JSON.stringify(job!.config));
    await expect.poll(() => existsSync(join(job!.run, "metrics.jsonl"))).toBe(true);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    // A killed parent closes its IPC channel to the child.
    child.disconnect();
    expect(await ended).toBe(143);
    expect(existsSync(join(job!.run, "run.lock"))).toBe(false);
  });

  test("leaves no running job when the pool is killed while the job starts", async () => {
    const [job] = jobs(temporaryFolder(), [1], 1_000_000);
    const child = launch(["train", "--config", "-", "--out", job!.run]);
    onTestFinished(() => void child.kill("SIGKILL"));
    child.stdin?.end(JSON.stringify(job!.config));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.disconnect();
    expect(await ended).toBe(143);
  });
});
