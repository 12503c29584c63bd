/** @file Starts a worker thread (worker.ts) and exchanges requests and replies with it. */

import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { EnvModule } from "../shared/env-module.ts";
import type { EpisodeRecording } from "../shared/episode.ts";
import { InputError, internal, refuse, unquoted } from "../shared/errors.ts";
import type { PlayedEpisode } from "./collection.ts";
import type { EpisodeOrder } from "./episode-order.ts";
import type { EpisodeOutcome } from "./evaluate.ts";
import type { HoldTest } from "./hold/hold-test.ts";
import type { LongEpisode } from "./hold/long-episode.ts";
import type { EvaluationReport, EvaluatorConfig } from "./policy-evaluator.ts";
import type { ActorSnapshot, PolicySnapshot } from "./policy-snapshot.ts";

/** The data with which a worker starts. */
export interface WorkerSetup {
  readonly env: EnvModule;
  /** Creates the arm of tests of holding; needed for `hold`. */
  readonly interactive?: EnvModule | undefined;
  readonly config: EvaluatorConfig;
}

export type WorkerRequest =
  | { readonly kind: "evaluate"; readonly snapshot: PolicySnapshot }
  | { readonly kind: "playSeeds"; readonly snapshot: PolicySnapshot; readonly seeds: readonly number[] }
  | {
      readonly kind: "hold";
      readonly actor: ActorSnapshot;
      readonly seeds: readonly number[];
      readonly test: HoldTest;
    }
  | { readonly kind: "play"; readonly order: EpisodeOrder };

export type WorkerReply =
  | { readonly kind: "evaluated"; readonly report: EvaluationReport }
  | { readonly kind: "playedSeeds"; readonly outcomes: readonly EpisodeOutcome[] }
  | { readonly kind: "held"; readonly episodes: readonly LongEpisode[] }
  | { readonly kind: "played"; readonly recording: EpisodeRecording; readonly seconds: number }
  | { readonly kind: "failed"; readonly message: string; readonly isInputError: boolean };

interface Waiting {
  readonly resolve: (reply: WorkerReply) => void;
  readonly reject: (error: Error) => void;
}

const RESUME = "The last checkpoint is intact; resume with: steadyarm train --resume <run>";

/** A worker thread. It answers requests in order. */
export class WorkerThread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #error: Error | undefined;
  #closed = false;

  /** @param remedy what the user does if the thread ends early, for the error message */
  constructor(setup: WorkerSetup, remedy = RESUME) {
    const lost = (reason: string) =>
      refuse("worker thread", "a thread that runs to the end", unquoted(reason), remedy);
    this.#worker = startWorker(setup);
    this.#worker.on("message", (reply: WorkerReply) => this.#waiting.shift()?.resolve(reply));
    this.#worker.on("messageerror", (error) => this.#fail(error));
    this.#worker.on("error", (error) =>
      this.#fail(lost(error instanceof Error ? error.message : `${error}`)),
    );
    this.#worker.on("exit", (code) => this.#fail(lost(`exit code ${code}`)));
  }

  /** Evaluates a snapshot. Rejects with InputError if the simulation diverges or the thread ends. */
  async evaluate(snapshot: PolicySnapshot): Promise<EvaluationReport> {
    const reply = await this.#request({ kind: "evaluate", snapshot });
    if (reply.kind !== "evaluated") throw internal(`worker: expected an evaluation, got ${reply.kind}`);
    return reply.report;
  }

  /** Plays an episode of a snapshot for each of the given seeds, without exploration. Rejects as `evaluate` does. */
  async playSeeds(snapshot: PolicySnapshot, seeds: readonly number[]): Promise<readonly EpisodeOutcome[]> {
    const reply = await this.#request({ kind: "playSeeds", snapshot, seeds });
    if (reply.kind !== "playedSeeds") throw internal(`worker: expected outcomes, got ${reply.kind}`);
    return reply.outcomes;
  }

  /** Plays an episode of a test of holding for each of the given seeds. Rejects as `evaluate` does. */
  async hold(
    actor: ActorSnapshot,
    seeds: readonly number[],
    test: HoldTest,
  ): Promise<readonly LongEpisode[]> {
    const reply = await this.#request({ kind: "hold", actor, seeds, test });
    if (reply.kind !== "held") throw internal(`worker: expected a test of holding, got ${reply.kind}`);
    return reply.episodes;
  }

  /** Plays a training episode. Rejects as `evaluate` does. */
  async play(order: EpisodeOrder): Promise<PlayedEpisode> {
    const reply = await this.#request({ kind: "play", order });
    if (reply.kind !== "played") throw internal(`worker: expected an episode, got ${reply.kind}`);
    return reply;
  }

  /** Ends the thread at once, whatever it is doing. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker.terminate();
  }

  async #request(request: WorkerRequest): Promise<WorkerReply> {
    if (this.#error !== undefined) throw this.#error;
    const reply = await new Promise<WorkerReply>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(request);
    });
    if (reply.kind === "failed")
      throw reply.isInputError ? new InputError(reply.message) : new Error(reply.message);
    return reply;
  }

  #fail(error: Error): void {
    if (this.#closed) return;
    this.#error ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#error);
  }
}

/** Built files (.js) run as they are. Source files (.ts) need tsx, whose --import flag has no effect in threads. */
function startWorker(workerData: WorkerSetup): Worker {
  const extension = extname(import.meta.filename);
  const entry = new URL(`./worker${extension}`, import.meta.url);
  if (extension === ".js") return new Worker(entry, { workerData });
  const tsx = import.meta.resolve("tsx/esm/api");
  const [api, main] = [JSON.stringify(tsx), JSON.stringify(entry.href)];
  return new Worker(`import(${api}).then(({ register }) => { register(); return import(${main}); });`, {
    eval: true,
    workerData,
  });
}
