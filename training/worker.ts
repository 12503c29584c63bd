/**
 * @file A worker thread of a training run, with its own environment: plays episodes of training and of evaluations.
 *
 * It answers requests one after another, in order. It has no tensor engine: a policy's forward pass is plain arithmetic.
 */

import { parentPort, workerData } from "node:worker_threads";
import { taskFacts } from "../agent/memory.ts";
import { InputError, internal } from "../shared/errors.ts";
import { createEnv, createInteractiveArm } from "./create-env.ts";
import { EpisodePlayer } from "./episode-player.ts";
import { EpisodeError } from "./failed-episode.ts";
import { type HoldPlayer, holdPlayer } from "./hold/hold-player.ts";
import { PolicyEvaluator } from "./policy-evaluator.ts";
import type { WorkerReply, WorkerRequest, WorkerSetup } from "./worker-thread.ts";

const port = parentPort;
if (port === null) throw internal("training/worker.ts runs in a worker thread only");
const setup: WorkerSetup = workerData;

const ready = createEnv(setup.env).then((env) => ({
  sizes: taskFacts(env).sizes,
  evaluator: new PolicyEvaluator(env, setup.config),
  player: new EpisodePlayer(env, setup.config),
}));
// A failure is the answer to the first request.
ready.catch(() => undefined);

let holder: Promise<HoldPlayer> | undefined;

/** Creates the arm of tests of holding at the first one. */
async function createHolder(): Promise<HoldPlayer> {
  if (setup.interactive === undefined) throw internal("worker: no module for tests of holding");
  const { sizes } = await ready;
  return holdPlayer(await createInteractiveArm(setup.interactive), setup.config, sizes);
}

async function answer(request: WorkerRequest): Promise<WorkerReply> {
  try {
    const { evaluator, player } = await ready;
    switch (request.kind) {
      case "play": {
        const start = performance.now();
        const recording = await player.play(request.order);
        return { kind: "played", recording, seconds: (performance.now() - start) / 1000 };
      }
      case "playSeed":
        return { kind: "playedSeed", ...(await evaluator.playSeed(request.order)) };
      case "diagnose":
        return { kind: "diagnosed", report: evaluator.diagnose(request.snapshot, request.recordings) };
      case "hold": {
        holder ??= createHolder();
        const { actor, seed, test } = request;
        return { kind: "held", episode: await (await holder).hold(actor, seed, test) };
      }
    }
  } catch (error) {
    const isInputError = error instanceof InputError;
    const text = error instanceof Error && !isInputError ? (error.stack ?? error.message) : errorText(error);
    const episode = error instanceof EpisodeError ? { episode: error.episode } : {};
    return { kind: "failed", message: text, isInputError, ...episode };
  }
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`;
}

/** Returns the buffers that are moved to the training thread instead of being copied. */
function buffersOf(reply: WorkerReply): ArrayBuffer[] {
  if (reply.kind !== "played" && reply.kind !== "playedSeed") return [];
  return Object.values(reply.recording).flatMap((value) =>
    value instanceof Float32Array && value.buffer instanceof ArrayBuffer ? [value.buffer] : [],
  );
}

let last: Promise<void> = Promise.resolve();
port.on("message", (request: WorkerRequest) => {
  last = last.then(async () => {
    const reply = await answer(request);
    port.postMessage(reply, buffersOf(reply));
  });
});
