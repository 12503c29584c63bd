/** @file Parallel collection with collectors that are not threads: which policy plays which episode, and in which order. */

import { describe, expect, it } from "vitest";
import { Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";
import {
  type CollectionState,
  type Collector,
  collectInThread,
  ParallelCollection,
  type PlayedEpisode,
} from "../../training/collection.ts";
import type { EpisodeOrder } from "../../training/episode-order.ts";
import { EpisodePlayer } from "../../training/episode-player.ts";
import { TrainingProgress } from "../../training/training-progress.ts";
import { lineReach } from "../toy-envs.ts";

const SEED = 1;

interface Options {
  readonly collectors?: number;
  readonly settings?: object;
  readonly carryOver?: object;
  readonly state?: CollectionState;
  readonly stopRequested?: () => boolean;
  /** Plays an order; by default at once. */
  readonly play?: (order: EpisodeOrder, play: () => Promise<PlayedEpisode>) => Promise<PlayedEpisode>;
}

/** Returns a collection whose collectors play in this thread, and the orders that they got. */
async function collect({ collectors = 2, settings = {}, carryOver = {}, state, ...options }: Options = {}) {
  const env = lineReach();
  const agentSettings = { hidden: [8], batchSize: 8, warmupSteps: 50, ...settings };
  const config = parseConfig({ agent: agentSettings, train: { seed: SEED, collectors, carryOver } }, "test");
  const rng = Rng.fromSeed(SEED).fork("agent");
  const agent = await Ddpg.create(config.agent, taskFacts(env), await loadEngine("onnx"), rng);
  const progress = new TrainingProgress(SEED);
  const received: EpisodeOrder[] = [];
  const { play = (_order, now) => now() } = options;
  const collector: Collector = {
    play: (order) => {
      received.push(order);
      const player = new EpisodePlayer(lineReach(), config);
      return play(order, async () => ({ recording: await player.play(order), seconds: 0 }));
    },
  };
  const collection =
    collectors === 0
      ? collectInThread(env, agent, progress, config.train, state)
      : new ParallelCollection({
          env,
          agent,
          progress,
          collector,
          config: config.train,
          state,
          stopRequested: options.stopRequested ?? (() => false),
        });
  const next = async () => {
    const episode = await collection.next();
    if (episode === undefined) return undefined;
    progress.countEpisode(episode);
    return episode;
  };
  return { agent, progress, collection, received, next };
}

describe("ParallelCollection", () => {
  it.each([1, 2, 4])(
    "plays episode i with the policy after episode i − C − 1, for C = %i",
    async (collectors) => {
      const { agent, received, next } = await collect({ collectors });
      const actorAfter = [agent.learner.weights("actor").slice()];
      for (let i = 0; i < 10; i++) {
        await next();
        actorAfter.push(agent.learner.weights("actor").slice());
      }
      expect(received.map(({ index }) => index)).toEqual(received.map((_, i) => i + 1));
      for (const { index, actor } of received) {
        expect(actor, `episode ${index}`).toEqual(actorAfter[Math.max(0, index - collectors - 1)]);
      }
      expect(actorAfter.at(-1)).not.toEqual(actorAfter[0]);
      agent.dispose();
    },
  );

  it.each([0, 1, 3])(
    "carries episode i over from the end of episode i − C − 1, for C = %i",
    async (collectors) => {
      const carryOver = { probability: 1, rampEpisodes: 0, keepGoal: 1 };
      const { agent, next } = await collect({ collectors, carryOver });
      const ends: { readonly x: number; readonly goal: number }[] = [];
      for (let i = 0; i < 12; i++) {
        const episode = await next();
        if (episode === undefined) throw new Error("expected an episode");
        const { observations, desiredGoal, length } = episode;
        const before = ends[i - collectors - 1];
        if (before !== undefined) expect({ x: observations[0], goal: desiredGoal[0] }).toEqual(before);
        ends.push({ x: observations[length]!, goal: desiredGoal[0]! });
      }
      agent.dispose();
    },
  );

  it("counts episodes in progress with their maximum length, for warm-up and exploration", async () => {
    const { agent, received, next } = await collect({ collectors: 2 });
    for (let i = 0; i < 3; i++) await next();
    expect(received.map(({ steps }) => steps)).toEqual([0, 20, 40, 60, 80]);
    agent.dispose();
  });

  it("gives the same bits whatever the order in which collectors finish", async () => {
    const finish: (() => void)[] = [];
    const late = await collect({
      collectors: 2,
      play: async (order, play) => {
        // Odd episodes finish after the even one that follows them.
        if (order.index % 2 === 1) await new Promise<void>((resolve) => finish.push(resolve));
        else setTimeout(() => finish.shift()?.(), 1);
        return play();
      },
    });
    const prompt = await collect({ collectors: 2 });
    for (let i = 0; i < 8; i++) {
      await late.next();
      await prompt.next();
    }
    expect(late.agent.getState()).toEqual(prompt.agent.getState());
    late.agent.dispose();
    prompt.agent.dispose();
  });

  it.each([
    { settings: {} },
    { settings: { exploration: { parameterNoise: 0.2 } } },
    // The first episode ordered after the resume starts at the saved end.
    { carryOver: { probability: 1, rampEpisodes: 0 } },
  ])("continues from the orders of a checkpoint with the same bits, with %j", async (options) => {
    const whole = await collect(options);
    for (let i = 0; i < 5; i++) await whole.next();
    const state = {
      agent: whole.agent.getState(),
      progress: whole.progress.getState(),
      collection: structuredClone(whole.collection.getState()),
    };
    for (let i = 0; i < 5; i++) await whole.next();
    expect(state.collection.episodes?.map(({ index }) => index)).toEqual([6, 7]);
    const resumed = await collect({ ...options, state: state.collection });
    resumed.agent.setState(state.agent);
    resumed.progress.setState(state.progress);
    for (let i = 0; i < 5; i++) await resumed.next();
    expect(resumed.agent.getState()).toEqual(whole.agent.getState());
    expect(resumed.collection.getState()).toEqual(whole.collection.getState());
    whole.agent.dispose();
    resumed.agent.dispose();
  });

  it("returns without an episode if a stop is requested while it waits", async () => {
    let stop = false;
    const { agent, next, collection } = await collect({
      play: () => new Promise(() => undefined),
      stopRequested: () => stop,
    });
    const waiting = next();
    stop = true;
    expect(await waiting).toBeUndefined();
    expect(collection.getState().episodes?.map(({ index }) => index)).toEqual([1, 2, 3]);
    agent.dispose();
  });

  it("reports the failure of a collector when the episode's turn comes", async () => {
    const { agent, next } = await collect({
      play: (order, play) => (order.index === 3 ? Promise.reject(new Error("lost")) : play()),
    });
    await next();
    await next();
    await expect(next()).rejects.toThrow("lost");
    agent.dispose();
  });
});
