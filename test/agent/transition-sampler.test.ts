import { describe, expect, it } from "vitest";
import { makeBatch } from "../../agent/batch.ts";
import { hindsightMoment } from "../../agent/her.ts";
import { ReplayBuffer } from "../../agent/replay-buffer.ts";
import { TransitionSampler } from "../../agent/transition-sampler.ts";
import { parseConfig } from "../../shared/config.ts";
import { Episode, type EpisodeSizes } from "../../shared/episode.ts";
import type { RewardFunction } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";

const SIZES: EpisodeSizes = { observation: 1, goal: 1, action: 1, maxSteps: 5 };
const NEAR = 0.05;
const rewardFunction = (achieved: Float32Array, desired: Float32Array) =>
  Math.abs(achieved[0]! - desired[0]!) < NEAR ? 0 : -1;

/** An episode with these achieved goals; observation t is 100·n + t. */
function episodeOf(
  n: number,
  achieved: readonly number[],
  goal: number,
  terminated = false,
  terms?: (t: number) => Float32Array,
): Episode {
  const episode = new Episode(terms === undefined ? SIZES : { ...SIZES, terms: terms(0).length });
  const at = (t: number) => ({
    observation: Float32Array.of(100 * n + t),
    achievedGoal: Float32Array.of(achieved[t]!),
    desiredGoal: Float32Array.of(goal),
  });
  episode.begin(at(0));
  for (let t = 1; t < achieved.length; t++) {
    const reward = rewardFunction(Float32Array.of(achieved[t]!), Float32Array.of(goal));
    const last = t === achieved.length - 1;
    const ending = {
      terminated: last && terminated,
      truncated: last && !terminated,
      isSuccess: reward === 0,
    };
    const extra = terms === undefined ? {} : { terms: terms(t) };
    episode.append(Float32Array.of(t), { ...at(t), reward, ...extra, ...ending });
  }
  return episode;
}

function prepare(agent: object, episodes: readonly Episode[], reward: RewardFunction = rewardFunction) {
  const config = parseConfig({ agent }, "test").agent;
  const buffer = new ReplayBuffer(1000, episodes[0]?.sizes ?? SIZES);
  const sampler = new TransitionSampler(config, buffer, {
    reward,
    isAchieved: (achieved, desired) => rewardFunction(achieved, desired) === 0,
  });
  for (const episode of episodes) sampler.indices.addEpisode(buffer.store(episode));
  return { buffer, sampler };
}

function draw(sampler: TransitionSampler, n: number, seed = 1, updates = 0) {
  const batch = makeBatch(n, SIZES);
  sampler.sample(batch, updates, Rng.fromSeed(seed));
  const rows = Array.from({ length: n }, (_, i) => ({
    at: batch.observations[i]!,
    next: batch.nextObservations[i]!,
    goal: batch.goals[i]!,
    reward: batch.rewards[i]!,
    continues: batch.continues[i]!,
    weight: batch.weights[i]!,
  }));
  return { batch, rows };
}

/** A reward that depends on the previous achieved goal. */
const progressReward = (achieved: Float32Array, desired: Float32Array, previous: Float32Array) =>
  Math.abs(previous[0]! - desired[0]!) - 0.5 * Math.abs(achieved[0]! - desired[0]!);

const WALK = [0, 0.1, 0.2, 0.3, 0.4, 0.5];

describe("rewards of transitions", () => {
  it.each([1, 3])(
    "depend on the goal achieved before each of %d steps, for relabelled goals too",
    (nStep) => {
      const { sampler } = prepare({ nStep, gamma: 0.5 }, [episodeOf(1, WALK, 0.9)], progressReward);
      let relabelled = 0;
      for (const { at, next, goal, reward } of draw(sampler, 300).rows) {
        let sum = 0;
        for (let t = at - 100; t < next - 100; t++) {
          sum += 0.5 ** (t - at + 100) * (Math.abs(WALK[t]! - goal) - 0.5 * Math.abs(WALK[t + 1]! - goal));
        }
        expect(reward).toBeCloseTo(sum, 5);
        if (goal < 0.8) relabelled += 1;
      }
      expect(relabelled).toBeGreaterThan(200);
    },
  );

  it("include the stored reward terms of each step, whatever the goal", () => {
    const episode = episodeOf(1, WALK, 9, false, (t) => Float32Array.of(-t, -0.25));
    const { sampler, buffer } = prepare({ nStep: 2, gamma: 0.5 }, [episode]);
    for (const { at, next, goal, reward } of draw(sampler, 300).rows) {
      let sum = 0;
      for (let t = at - 99; t <= next - 100; t++) {
        const sparse = Math.abs(WALK[t]! - goal) < NEAR ? 0 : -1;
        sum += 0.5 ** (t - at + 99) * (sparse - t - 0.25);
      }
      expect(reward).toBeCloseTo(sum, 5);
    }
    const restored = new ReplayBuffer(1000, episode.sizes);
    restored.setState(buffer.getState(), "replay");
    expect([0, 1, 2, 3, 4].map((step) => restored.termsOf(0, step))).toEqual([
      -1.25, -2.25, -3.25, -4.25, -5.25,
    ]);
    expect(() => new ReplayBuffer(1000, SIZES).setState(buffer.getState(), "replay")).toThrow(
      "replay.terms: expected 0 numbers",
    );
  });
});

describe("n-step returns", () => {
  it("sum discounted rewards, bootstrap after n steps, and stop at the end of the episode", () => {
    const { sampler } = prepare({ nStep: 3, gamma: 0.5, her: { k: 0 } }, [episodeOf(1, WALK, 0.3)]);
    for (const { at, next, reward, continues } of draw(sampler, 200).rows) {
      const t = at - 100;
      const steps = Math.min(3, 5 - t);
      expect(next).toBe(at + steps);
      let sum = 0;
      for (let i = 0; i < steps; i++) sum += 0.5 ** i * (t + 1 + i === 3 ? 0 : -1);
      expect(reward).toBeCloseTo(sum, 6);
      expect(continues).toBeCloseTo(0.5 ** (steps - 1), 6);
    }
  });

  it("are recomputed for a relabelled goal and stop where it was achieved", () => {
    const { sampler } = prepare({ nStep: 4, gamma: 0.5, her: { k: 1000 } }, [episodeOf(1, WALK, 9)]);
    let stopped = 0;
    for (const { at, next, goal, reward, continues } of draw(sampler, 500).rows) {
      if (goal > 8) continue;
      const t = at - 100;
      const achievedAt = Math.round(goal * 10);
      const last = Math.min(t + 4, 5, achievedAt);
      expect(next).toBe(100 + last);
      let sum = 0;
      for (let i = t + 1; i <= last; i++) sum += 0.5 ** (i - t - 1) * (i === achievedAt ? 0 : -1);
      expect(reward).toBeCloseTo(sum, 6);
      expect(continues).toBeCloseTo(0.5 ** (last - t - 1), 6);
      if (last < Math.min(t + 4, 5)) stopped += 1;
    }
    expect(stopped).toBeGreaterThan(50);
  });

  it("do not bootstrap after termination", () => {
    const { sampler } = prepare({ nStep: 2, her: { k: 0 } }, [episodeOf(1, WALK, 9, true)]);
    for (const { at, continues } of draw(sampler, 100).rows) expect(continues === 0).toBe(at - 100 >= 3);
  });
});

describe("hindsight", () => {
  it("draws from the end, any moment or later ones, by strategy", () => {
    const rng = Rng.fromSeed(1);
    const moments = (strategy: "final" | "episode" | "future") =>
      [...new Set(Array.from({ length: 300 }, () => hindsightMoment(strategy, 2, 5, rng)))].sort();
    expect(moments("final")).toEqual([5]);
    expect(moments("episode")).toEqual([1, 2, 3, 4, 5]);
    expect(moments("future")).toEqual([3, 4, 5]);
  });

  it("skips goals that were achieved before the transition, if skipTrivial is on", () => {
    const still = episodeOf(1, [0, 0, 0, 0, 0.2, 0.2], 9);
    const relabelled = (skipTrivial: boolean) =>
      draw(prepare({ her: { k: 1000, skipTrivial } }, [still]).sampler, 600).rows.filter(
        ({ goal }) => goal < 9,
      );
    const trivial = ({ at, goal }: { at: number; goal: number }) =>
      Math.abs(goal - (at < 104 ? 0 : 0.2)) < NEAR;
    expect(relabelled(false).some(trivial)).toBe(true);
    expect(relabelled(true).some(trivial)).toBe(false);
    expect(relabelled(true).length).toBeGreaterThan(100);
  });

  it("adds noise to goals only as far as their own moment still achieves them", () => {
    const { sampler } = prepare({ her: { k: 1000, strategy: "final", goalDither: 0.04 } }, [
      episodeOf(1, WALK, 9),
    ]);
    const goals = draw(sampler, 400).rows.filter(({ goal }) => goal < 8);
    expect(new Set(goals.map(({ goal }) => goal)).size).toBeGreaterThan(300);
    for (const { goal } of goals) expect(Math.abs(goal - 0.5)).toBeLessThanOrEqual(0.041);
    for (const { at, reward, goal } of goals) if (at === 104) expect(reward, `${goal}`).toBe(0);
  });
});

describe("prioritised replay", () => {
  it("samples by TD error, with inverse importance weights of at most 1", () => {
    const settings = { replay: { kind: "prioritized", alpha: 1, beta: 1 }, her: { k: 0 } };
    const { sampler } = prepare(settings, [episodeOf(1, WALK, 9)]);
    const batch = makeBatch(5, SIZES);
    batch.indices.set([0, 1, 2, 3, 4]);
    sampler.indices.updatePriorities(batch, Float32Array.of(1, -2, 3, 4, 0));
    const counts = new Map<number, number>();
    const { rows } = draw(sampler, 50_000);
    for (const { at } of rows) counts.set(at - 100, (counts.get(at - 100) ?? 0) + 1);
    const total = 10 + 5e-3;
    for (const [t, error] of [1, 2, 3, 4, 0].entries()) {
      expect(Math.abs((counts.get(t) ?? 0) / 50_000 - (error + 1e-3) / total)).toBeLessThan(0.01);
    }
    const min = Math.min(...rows.map(({ at }) => [1, 2, 3, 4, 0][at - 100]! + 1e-3));
    for (const { at, weight } of rows)
      expect(weight).toBeCloseTo(min / ([1, 2, 3, 4, 0][at - 100]! + 1e-3), 4);
  });

  it("gives new transitions the maximum priority so far and drops replaced ones", () => {
    const config = parseConfig(
      { agent: { replay: { kind: "prioritized", alpha: 1 }, her: { k: 0 } } },
      "test",
    ).agent;
    const buffer = new ReplayBuffer(10, SIZES);
    const sampler = new TransitionSampler(config, buffer, {
      reward: rewardFunction,
      isAchieved: (achieved, desired) => rewardFunction(achieved, desired) === 0,
    });
    for (const n of [1, 2]) sampler.indices.addEpisode(buffer.store(episodeOf(n, WALK, 9)));
    const batch = makeBatch(1, SIZES);
    batch.indices.set([0]);
    sampler.indices.updatePriorities(batch, Float32Array.of(99));
    sampler.indices.addEpisode(buffer.store(episodeOf(3, WALK.slice(0, 3), 9)));
    const sampled = draw(sampler, 3000).rows.map(({ at }) => at);
    expect(new Set(sampled)).toEqual(new Set([300, 301, 200, 201, 202, 203, 204]));
    expect(sampled.filter((at) => at >= 300).length / 3000).toBeGreaterThan(0.9);
  });

  it("anneals the exponent of importance weights to 1", () => {
    const settings = { replay: { kind: "prioritized", beta: 0, betaSteps: 100 }, her: { k: 0 } };
    const { sampler } = prepare(settings, [episodeOf(1, WALK, 9)]);
    const batch = makeBatch(5, SIZES);
    batch.indices.set([0, 1, 2, 3, 4]);
    sampler.indices.updatePriorities(batch, Float32Array.of(1, 2, 3, 4, 5));
    expect(draw(sampler, 50, 1, 0).rows.every(({ weight }) => weight === 1)).toBe(true);
    expect(Math.min(...draw(sampler, 50, 1, 100).rows.map(({ weight }) => weight))).toBeLessThan(0.5);
  });

  it("continues identically from saved priorities", () => {
    const settings = { replay: { kind: "prioritized" } };
    const one = prepare(settings, [episodeOf(1, WALK, 9), episodeOf(2, WALK, 9)]);
    const { batch } = draw(one.sampler, 8);
    one.sampler.indices.updatePriorities(
      batch,
      Float32Array.from({ length: 8 }, (_, i) => i),
    );
    const other = prepare(settings, []);
    other.buffer.setState(one.buffer.getState(), "replay");
    other.sampler.indices.setState(one.sampler.indices.getState(), "priorities");
    expect(draw(other.sampler, 100, 5).rows).toEqual(draw(one.sampler, 100, 5).rows);
    expect(() =>
      prepare({}, []).sampler.indices.setState(one.sampler.indices.getState(), "priorities"),
    ).toThrow("priorities.values: expected 0 priorities");
  });
});

describe("shares of a batch", () => {
  const episodes = [
    episodeOf(1, [0, 0, 0, 0, 0, 0], 9),
    episodeOf(2, [0, 0, 0, 0, 0.01, 0], 0),
    episodeOf(3, [0, 0.1, 0.1, 0.1, 0.1, 0.1], 9),
    episodeOf(4, [0, 0, 0, 0, 0, 0], 9),
  ];

  it("come from rewarding episodes and from those with movement", () => {
    const { sampler } = prepare(
      { replay: { rewardingShare: 0.5, movedShare: 0.25 }, her: { k: 0 } },
      episodes,
    );
    const episodeNumbers = draw(sampler, 1000).rows.map(({ at }) => Math.floor(at / 100));
    expect(new Set(episodeNumbers.slice(0, 500))).toEqual(new Set([2]));
    expect(new Set(episodeNumbers.slice(500, 750))).toEqual(new Set([3]));
    expect(new Set(episodeNumbers.slice(750))).toEqual(new Set([1, 2, 3, 4]));
  });

  it("come from all episodes while there are no rewarding ones", () => {
    const { sampler } = prepare({ replay: { rewardingShare: 1 }, her: { k: 0 } }, [
      episodes[0]!,
      episodes[3]!,
    ]);
    expect(new Set(draw(sampler, 200).rows.map(({ at }) => Math.floor(at / 100)))).toEqual(new Set([1, 4]));
  });
});
