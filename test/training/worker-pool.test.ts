/** @file The order in which a pool gives requests to its threads, and failures, with threads that the test controls. */

import { describe, expect, it } from "vitest";
import { Episode } from "../../shared/episode.ts";
import { type PoolThread, WorkerPool } from "../../training/worker-pool.ts";

const RECORDING = new Episode({ observation: 1, goal: 1, action: 1, maxSteps: 1 }).toRecording();
const NORMALIZER = { count: 0, mean: new Float64Array(1), squares: new Float64Array(1) };
const SNAPSHOT = {
  weights: { actor: new Float32Array() },
  normalizers: { observation: NORMALIZER, goal: NORMALIZER },
};
const TEST = { seconds: 4, push: 0, goalSpeed: 0, randomPosture: false };

const LONG_EPISODE = {
  outcome: {
    ...{ successAtEnd: true, successOnce: true, finalDistance: 0 },
    ...{ episodeReturn: 0, length: 1, figures: {} },
  },
  distances: new Float32Array(1),
  achieved: new Uint8Array(1),
};

/** A request that a thread has got. */
interface Request {
  readonly name: string;
  finish(): void;
  fail(error: Error): void;
}

function poolOf(size: number) {
  const requests: Request[] = [];
  const reply = <T>(name: string, value: T) =>
    new Promise<T>((resolve, reject) => {
      requests.push({ name, finish: () => resolve(value), fail: reject });
    });
  const thread: PoolThread = {
    play: ({ index }) => reply(`episode ${index}`, { recording: RECORDING, seconds: 0 }),
    playSeed: () => Promise.reject(new Error("unused")),
    diagnose: () => reply("diagnose", { diagnostics: {} }),
    hold: (_, seed) => reply(`evaluation ${seed}`, LONG_EPISODE),
    close: async () => undefined,
  };
  const pool = new WorkerPool(Array.from({ length: size }, () => thread));
  const play = (index: number) =>
    pool.play({
      ...{ index, seed: 1, steps: 0, actor: new Float32Array() },
      normalizers: SNAPSHOT.normalizers,
    });
  const evaluate = (seed: number) => pool.hold(SNAPSHOT, seed, TEST);
  const names = () => requests.map(({ name }) => name);
  return { requests, names, play, evaluate };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("WorkerPool", () => {
  it("gives an idle thread the training episode that waits longest, else the evaluation that does", async () => {
    const { requests, names, play, evaluate } = poolOf(2);
    for (const seed of [1, 2, 3]) void evaluate(seed);
    for (const index of [1, 2]) void play(index);
    expect(names()).toEqual(["evaluation 1", "evaluation 2"]);
    for (const i of [1, 0, 2, 3]) {
      requests[i]?.finish();
      await settled();
    }
    expect(names().slice(2)).toEqual(["episode 1", "episode 2", "evaluation 3"]);
  });

  it("rejects the request that failed, and answers the others", async () => {
    const { requests, play } = poolOf(1);
    const [first, second] = [play(1), play(2)];
    requests[0]?.fail(new Error("lost"));
    await expect(first).rejects.toThrow("lost");
    requests[1]?.finish();
    expect(await second).toMatchObject({ seconds: 0 });
  });
});
