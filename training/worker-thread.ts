/** @file Starts a worker thread (worker.ts) and exchanges requests and replies with it. */

import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { EnvModule } from "../shared/env-module.ts";
import type { EpisodeRecording } from "../shared/episode.ts";
import { Failure, InputError, internal } from "../shared/errors.ts";
import { isOutOfFiles, outOfFilesMessage } from "../storage/open-files.ts";
import type { PlayedEpisode } from "./collection.ts";
import type { EpisodeOrder } from "./episode-order.ts";
import { EpisodeError, type FailedEpisode } from "./failed-episode.ts";
import type { HoldTest } from "./hold/hold-test.ts";
import type { LongEpisode } from "./hold/long-episode.ts";
import type { DiagnosticsReport, EvaluationEpisode, EvaluatorConfig, SeedOrder } from "./policy-evaluator.ts";
import type { ActorSnapshot, PolicySnapshot } from "./policy-snapshot.ts";

/** The data with which a worker starts. */
export interface WorkerSetup {
  readonly env: EnvModule;
  /** Creates the arm of tests of holding; needed for `hold`. */
  readonly interactive?: EnvModule | undefined;
  readonly config: EvaluatorConfig;
}

export type WorkerRequest =
  | { readonly kind: "play"; readonly order: EpisodeOrder }
  | { readonly kind: "playSeed"; readonly order: SeedOrder }
  | {
      readonly kind: "diagnose";
      readonly snapshot: PolicySnapshot;
      readonly recordings: readonly EpisodeRecording[];
    }
  | {
      readonly kind: "hold";
      readonly actor: ActorSnapshot;
      readonly seed: number;
      readonly test: HoldTest;
    };

export type WorkerReply =
  | { readonly kind: "played"; readonly recording: EpisodeRecording; readonly seconds: number }
  | ({ readonly kind: "playedSeed" } & EvaluationEpisode)
  | { readonly kind: "diagnosed"; readonly report: DiagnosticsReport }
  | { readonly kind: "held"; readonly episode: LongEpisode }
  | {
      readonly kind: "failed";
      readonly message: string;
      readonly isInputError: boolean;
      /** The episode that failed, if one did. */
      readonly episode?: FailedEpisode;
    };

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
      new Failure(`worker thread: expected a thread that runs to the end, got ${reason}. ${remedy}`);
    this.#worker = startWorker(setup);
    this.#worker.on("message", (reply: WorkerReply) => this.#waiting.shift()?.resolve(reply));
    this.#worker.on("messageerror", (error) => this.#fail(error));
    this.#worker.on("error", (error) => {
      if (isOutOfFiles(error)) this.#fail(new InputError(outOfFilesMessage()));
      else this.#fail(lost(error instanceof Error ? error.message : `${error}`));
    });
    this.#worker.on("exit", (code) => this.#fail(lost(`exit code ${code}`)));
  }

  /** Plays a training episode. Rejects with InputError if the simulation diverges, Failure if the thread ends. */
  async play(order: EpisodeOrder): Promise<PlayedEpisode> {
    const reply = await this.#request({ kind: "play", order });
    if (reply.kind !== "played") throw internal(`worker: expected an episode, got ${reply.kind}`);
    return reply;
  }

  /** Plays an evaluation episode. Rejects as `play` does. */
  async playSeed(order: SeedOrder): Promise<EvaluationEpisode> {
    const reply = await this.#request({ kind: "playSeed", order });
    if (reply.kind !== "playedSeed") throw internal(`worker: expected an episode, got ${reply.kind}`);
    return reply;
  }

  /** Returns the diagnostics of an evaluation's episodes. Rejects as `play` does. */
  async diagnose(
    snapshot: PolicySnapshot,
    recordings: readonly EpisodeRecording[],
  ): Promise<DiagnosticsReport> {
    const reply = await this.#request({ kind: "diagnose", snapshot, recordings });
    if (reply.kind !== "diagnosed") throw internal(`worker: expected diagnostics, got ${reply.kind}`);
    return reply.report;
  }

  /** Plays an episode of a test of holding. Rejects as `play` does. */
  async hold(actor: ActorSnapshot, seed: number, test: HoldTest): Promise<LongEpisode> {
    const reply = await this.#request({ kind: "hold", actor, seed, test });
    if (reply.kind !== "held") throw internal(`worker: expected a test of holding, got ${reply.kind}`);
    return reply.episode;
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
    if (reply.kind === "failed") throw errorOf(reply);
    return reply;
  }

  #fail(error: Error): void {
    if (this.#closed) return;
    this.#error ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#error);
  }
}

function errorOf({ message, isInputError, episode }: WorkerReply & { readonly kind: "failed" }): Error {
  if (episode !== undefined) return new EpisodeError(message, episode);
  return isInputError ? new InputError(message.split("\n")) : new Error(message);
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
