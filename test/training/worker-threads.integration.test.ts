/** @file Runs with worker threads on a toy environment: the same bits under load, failures, stops, rows in order. */

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import { envModule, makeEnv } from "../../env/registry.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";
import { createManifest } from "../../storage/manifest.ts";
import { createRunFolder, reopenRunFolder } from "../../storage/run-folder.ts";
import { loadNewestRunState } from "../../training/checkpoint.ts";
import { EpisodePlayer } from "../../training/episode-player.ts";
import { PolicyEvaluator } from "../../training/policy-evaluator.ts";
import { takeSnapshot } from "../../training/policy-snapshot.ts";
import { PoolEvaluator } from "../../training/pool-evaluator.ts";
import { runTraining } from "../../training/training-run.ts";
import { startWorkers } from "../../training/worker-pool.ts";
import { WorkerThread } from "../../training/worker-thread.ts";
import { reproducibleParts } from "../cli/reproducible-parts.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { lineReach } from "../toy-envs.ts";
import { buildFragileEnv } from "./built-fragile-env.ts";
import type { Failure } from "./fragile-env.ts";

interface Options {
  readonly collectors?: number;
  readonly train?: object;
  readonly agent?: object;
  readonly resume?: boolean;
  /** Fails while the file `<run>.trigger` exists. */
  readonly failure?: Failure;
  readonly stopRequested?: () => boolean;
  readonly evaluated?: (successRate: number) => void;
}

const FRAGILE_ENV = await buildFragileEnv();

/** Trains lineReach for 600 steps into a folder, evaluated every 100 steps. */
async function trainLine(
  path: string,
  { collectors = 2, resume = false, failure = "exit", ...options }: Options = {},
) {
  const config = parseConfig(
    {
      env: { id: "line-reach" },
      agent: { hidden: [16], batchSize: 32, warmupSteps: 60, ...options.agent },
      train: {
        steps: 600,
        collectors,
        evaluateEvery: 100,
        evaluationEpisodes: 10,
        finalEpisodes: 10,
        checkpointEvery: 100,
        keepCheckpoints: 100,
        ...options.train,
      },
    },
    "test",
  );
  const engine = await loadEngine("onnx");
  const folder = resume ? reopenRunFolder(path) : createRunFolder(path, createManifest(config, engine));
  const env = lineReach();
  try {
    return await runTraining({
      config,
      folder,
      env,
      envModule: {
        url: FRAGILE_ENV,
        create: "fragileReach",
        args: [`${path}.trigger`, 6, failure],
      },
      engine,
      reporter: { advance() {}, evaluated: options.evaluated ?? (() => undefined), print() {} },
      resume,
      stopRequested: options.stopRequested ?? (() => false),
    });
  } finally {
    folder.lock.release();
  }
}

let alone: Promise<ReturnType<typeof reproducibleParts>> | undefined;

/** The parts of a run that nothing disturbs, which is trained once for all tests. */
function undisturbed(): Promise<ReturnType<typeof reproducibleParts>> {
  const path = join(temporaryFolder(), "alone");
  alone ??= trainLine(path).then(() => reproducibleParts(path));
  return alone;
}

function startBusyLoop(): ChildProcess {
  const child = spawn(process.execPath, ["-e", "for (;;);"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

const stepsOf = (run: string): number[] =>
  readFileSync(join(run, "metrics.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).step);

describe("a worker thread", () => {
  it("plays and diagnoses episodes with the same bits as the training thread", async () => {
    const settings = { env: { id: "planar2-reach" }, agent: { hidden: [16], warmupSteps: 5 } };
    const config = parseConfig({ ...settings, train: { evaluationEpisodes: 5, seed: 3 } }, "test");
    const { gamma } = config.agent;
    const env = await makeEnv(config.env, gamma);
    const rng = Rng.fromSeed(3);
    const agent = await Ddpg.create(config.agent, taskFacts(env), await loadEngine("onnx"), rng);
    const snapshot = takeSnapshot(agent, 100);
    const { normalizers, weights } = snapshot;
    const order = { index: 4, seed: 9, steps: 0, actor: weights.actor, normalizers };
    const worker = new WorkerThread({ env: envModule(config.env, gamma), config });
    onTestFinished(async () => {
      await worker.close();
      agent.dispose();
      env.dispose();
    });
    const { recording } = await worker.play(order);
    expect(recording).toEqual(await new EpisodePlayer(env, config).play(order));
    const evaluator = new PolicyEvaluator(env, config);
    const played = await worker.playSeed(order);
    expect(played).toMatchObject(await evaluator.playSeed(order));
    const recordings = [played.recording, recording];
    const report = await worker.diagnose(snapshot, recordings);
    expect(report).toEqual(evaluator.diagnose(snapshot, recordings));
    expect(Object.keys(report.diagnostics)).toContain("diagnostics/q_bias_mean");
  });

  it("shares the episodes of an evaluation with others, to the same bits as the training thread", async () => {
    const settings = { env: { id: "planar2-reach" }, agent: { hidden: [16] } };
    const config = parseConfig({ ...settings, train: { evaluationEpisodes: 5, collectors: 2 } }, "test");
    const { gamma } = config.agent;
    const env = await makeEnv(config.env, gamma);
    const rng = Rng.fromSeed(3);
    const agent = await Ddpg.create(config.agent, taskFacts(env), await loadEngine("onnx"), rng);
    const snapshot = takeSnapshot(agent, 100);
    const pool = startWorkers(config.env.id, { envModule: envModule(config.env, gamma) }, config);
    onTestFinished(async () => {
      await pool?.close();
      agent.dispose();
      env.dispose();
    });
    const inThread = new PolicyEvaluator(env, config);
    const parallel = new PoolEvaluator(pool!, config, () => false);
    expect(await parallel.evaluate(snapshot)).toEqual(await inThread.evaluate(snapshot));
    const seeds = [5, 6, 7];
    expect(await parallel.play(snapshot, seeds)).toEqual(await inThread.play(snapshot, seeds));
  });
});

describe("a run with worker threads", () => {
  it("gives the same bits beside another run and busy loops as alone", async () => {
    const folder = temporaryFolder();
    const path = (name: string) => join(folder, name);
    const expected = await undisturbed();
    startBusyLoop();
    startBusyLoop();
    await Promise.all([trainLine(path("one")), trainLine(path("two"))]);
    expect(reproducibleParts(path("one"))).toEqual(expected);
    expect(reproducibleParts(path("two"))).toEqual(expected);
    expect(stepsOf(path("one"))).toEqual([100, 200, 300, 400, 500, 600]);
    await trainLine(path("other"), { collectors: 1 });
    expect(reproducibleParts(path("other")).policy).not.toBe(expected.policy);
  });

  it.each(["exit", "diverge", "crash", "uncaught"] as const)(
    "ends with one error when a worker fails by %s, and resumes to the same bits",
    async (failure) => {
      const folder = temporaryFolder();
      const failed = join(folder, "failed");
      writeFileSync(`${failed}.trigger`, "");
      const expected = {
        exit: /^worker thread: expected .*, got exit code 3\. .*--resume/,
        diverge:
          /^line-reach\.step: expected a finite state, got NaN\. It happened at step 0 of training episode \d+ .*\. Play/,
        crash: /a bug of the environment/,
        uncaught: /^worker thread: expected .*, got a bug of the environment\. .*--resume/,
      };
      await expect(trainLine(failed, { failure })).rejects.toThrow(expected[failure]);
      rmSync(`${failed}.trigger`);
      await trainLine(failed, { resume: true });
      expect(reproducibleParts(failed)).toEqual(await undisturbed());
    },
  );

  it.each(["hang", "hangEvaluation"] as const)(
    "saves and stops while its workers %s, and resumes to the same bits",
    async (failure) => {
      const folder = temporaryFolder();
      const stopped = join(folder, "stopped");
      writeFileSync(`${stopped}.trigger`, "");
      let stop = false;
      setTimeout(() => {
        stop = true;
      }, 1500);
      expect(await trainLine(stopped, { failure, stopRequested: () => stop })).toBeUndefined();
      rmSync(`${stopped}.trigger`);
      await trainLine(stopped, { resume: true });
      expect(reproducibleParts(stopped)).toEqual(await undisturbed());
    },
  );

  it("saves and stops during an evaluation in the training thread, and resumes to the same bits", async () => {
    const folder = temporaryFolder();
    const [whole, stopped] = [join(folder, "whole"), join(folder, "stopped")];
    const train = { steps: 100, evaluationEpisodes: 1000, finalEpisodes: 1000, keepBest: 3 };
    const options = { collectors: 0, train };
    await trainLine(whole, options);
    // In the evaluation after five training episodes, in the same one again, and in the final one.
    for (const [resume, count] of [
      [false, 500],
      [true, 500],
      [true, 1500],
    ] as const) {
      let calls = 0;
      const stopRequested = () => ++calls > count;
      expect(await trainLine(stopped, { ...options, resume, stopRequested })).toBeUndefined();
      const { state } = loadNewestRunState(join(stopped, "checkpoints"), () => undefined);
      expect(state.evaluation?.snapshot.steps).toBe(100);
    }
    await trainLine(stopped, { ...options, resume: true });
    // The checkpoint of step 100 still has the evaluation.
    const { checkpoint: _, ...expected } = reproducibleParts(whole);
    expect(reproducibleParts(stopped)).toMatchObject(expected);
  });

  it("stops early at the same step with and without a stop and resume", async () => {
    const folder = temporaryFolder();
    const [whole, resumed] = [join(folder, "whole"), join(folder, "resumed")];
    // Nothing is learned: every evaluation up to step 300 fails, and the rule is applied at step 400.
    const train = { steps: 2000, stopHopeless: 300, keepBest: 2 };
    const options = { train: { ...train, evaluationEpisodes: 1 }, agent: { warmupSteps: 5000 } };
    const result = await trainLine(whole, options);
    expect(result).toMatchObject({ steps: 400, stoppedEarly: "hopeless" });
    let episodes = 0;
    const stopAt = (count: number) => () => ++episodes >= count;
    // Once right after an evaluation was started, once between two.
    for (const count of [5, 3]) {
      episodes = 0;
      const resume = count === 3;
      expect(await trainLine(resumed, { ...options, resume, stopRequested: stopAt(count) })).toBeUndefined();
    }
    expect(await trainLine(resumed, { ...options, resume: true })).toMatchObject({
      steps: 400,
      stoppedEarly: "hopeless",
    });
    expect(reproducibleParts(resumed)).toEqual(reproducibleParts(whole));
  });

  it("rejects collectors for an environment that threads cannot create", async () => {
    const path = join(temporaryFolder(), "run");
    const config = parseConfig({ train: { collectors: 2 } }, "test");
    const engine = await loadEngine("onnx");
    const folder = createRunFolder(path, createManifest(config, engine));
    const run = runTraining({
      config,
      folder,
      env: lineReach(),
      engine,
      reporter: { advance() {}, evaluated() {}, print() {} },
      resume: false,
      stopRequested: () => false,
    });
    await expect(run).rejects.toThrow(
      /^train\.collectors: expected 0 .*line-reach.*, got 2\. .*from a module/,
    );
    folder.lock.release();
  });
});
