import { describe, expect, it } from "vitest";
import { makeBatch } from "../../agent/batch.ts";
import { hindsightMoment, hindsightProbability } from "../../agent/her.ts";
import { ReplayBuffer } from "../../agent/replay-buffer.ts";
import { TransitionSampler } from "../../agent/transition-sampler.ts";
import { parseConfig } from "../../shared/config.ts";
import { Episode, type EpisodeSizes } from "../../shared/episode.ts";
import { Rng } from "../../shared/rng.ts";

const SIZES: EpisodeSizes = { observation: 2, goal: 1, action: 1, maxSteps: 4 };

/** Episode number n: observation (n, t), achieved goal n + t/10, desired goal −n, action 100·n + t. */
function numbered(n: number, length = 4, terminated = false): Episode {
  const episode = new Episode(SIZES);
  const at = (t: number) => ({
    observation: Float32Array.of(n, t),
    achievedGoal: Float32Array.of(n + t / 10),
    desiredGoal: Float32Array.of(-n),
  });
  episode.begin(at(0));
  for (let t = 1; t <= length; t++) {
    const last = t === length;
    episode.append(Float32Array.of(100 * n + t - 1), {
      ...at(t),
      reward: -1,
      terminated: last && terminated,
      truncated: last && !terminated,
      isSuccess: false,
    });
  }
  return episode;
}

const rewardFunction = (achieved: Float32Array, desired: Float32Array) =>
  achieved[0] === desired[0] ? 0 : -1;

/** A sampler of a filled buffer. @param agent settings that differ from the defaults */
function samplerOf(buffer: ReplayBuffer, agent: object): TransitionSampler {
  const sampler = new TransitionSampler(parseConfig({ agent }, "test").agent, buffer, {
    reward: rewardFunction,
    isAchieved: (achieved, desired) => rewardFunction(achieved, desired) === 0,
  });
  for (let slot = 0; slot < buffer.episodes; slot++) sampler.indices.addEpisode(slot);
  return sampler;
}

function rows(buffer: ReplayBuffer, n: number, k: number, agent: object = {}, seed = 1) {
  const batch = makeBatch(n, SIZES);
  samplerOf(buffer, { ...agent, her: { k, ...("her" in agent ? Object(agent.her) : {}) } }).sample(
    batch,
    0,
    Rng.fromSeed(seed),
  );
  return Array.from({ length: n }, (_, i) => ({
    episode: batch.observations[2 * i]!,
    t: batch.observations[2 * i + 1]!,
    next: [batch.nextObservations[2 * i]!, batch.nextObservations[2 * i + 1]!],
    goal: batch.goals[i]!,
    action: batch.actions[i]!,
    reward: batch.rewards[i]!,
    continues: batch.continues[i]!,
  }));
}

describe("ReplayBuffer", () => {
  it("samples the parts of one transition together", () => {
    const buffer = new ReplayBuffer(100, SIZES);
    for (let n = 1; n <= 5; n++) buffer.store(numbered(n));
    for (const row of rows(buffer, 500, 0)) {
      expect(row.next).toEqual([row.episode, row.t + 1]);
      expect(row.action).toBe(100 * row.episode + row.t);
      expect(row.goal).toBe(-row.episode);
      expect(row.reward).toBe(-1);
      expect(row.continues).toBe(1);
    }
  });

  it("rejects sampling while it is empty, and empty episodes", () => {
    const buffer = new ReplayBuffer(100, SIZES);
    expect(() => rows(buffer, 1, 0)).toThrow("replay: expected a stored episode, got none");
    expect(() => buffer.store(new Episode(SIZES))).toThrow("internal: replay: an episode without a step");
  });

  it("samples every stored transition equally often, including those of short episodes", () => {
    const buffer = new ReplayBuffer(100, SIZES);
    buffer.store(numbered(1, 1));
    buffer.store(numbered(2, 4));
    buffer.store(numbered(3, 2));
    const counts = new Map<string, number>();
    const n = 70_000;
    for (const { episode, t } of rows(buffer, n, 0)) {
      counts.set(`${episode}:${t}`, (counts.get(`${episode}:${t}`) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(["1:0", "2:0", "2:1", "2:2", "2:3", "3:0", "3:1"]);
    for (const count of counts.values()) expect(Math.abs(count / n - 1 / 7)).toBeLessThan(0.006);
  });

  it("replaces only the oldest episode when full", () => {
    const buffer = new ReplayBuffer(3 * 4 + 3, SIZES);
    for (let n = 1; n <= 4; n++) buffer.store(numbered(n, n === 4 ? 2 : 4));
    expect(buffer.episodes).toBe(3);
    expect(buffer.transitions).toBe(10);
    const sampled = new Set(rows(buffer, 2000, 0).map(({ episode, t }) => `${episode}:${t}`));
    expect([...sampled].sort()).toEqual([
      "2:0",
      "2:1",
      "2:2",
      "2:3",
      "3:0",
      "3:1",
      "3:2",
      "3:3",
      "4:0",
      "4:1",
    ]);
  });

  it("orders slots by age across the end of the ring", () => {
    const buffer = new ReplayBuffer(3 * 4, SIZES);
    for (let n = 1; n <= 2; n++) buffer.store(numbered(n));
    expect([0, 1].map((age) => buffer.slotByAge(age))).toEqual([1, 0]);
    for (let n = 3; n <= 4; n++) buffer.store(numbered(n));
    expect([0, 1, 2].map((age) => buffer.slotByAge(age))).toEqual([0, 2, 1]);
  });

  it("converts between indices, slots and steps", () => {
    const buffer = new ReplayBuffer(100, SIZES);
    expect(buffer.indexOf(3, 2)).toBe(14);
    expect([buffer.slotOf(14), buffer.stepOf(14)]).toEqual([3, 2]);
  });

  it("keeps one episode even if the capacity is smaller", () => {
    const buffer = new ReplayBuffer(1, SIZES);
    buffer.store(numbered(1));
    buffer.store(numbered(2));
    expect(new Set(rows(buffer, 100, 0).map(({ episode }) => episode))).toEqual(new Set([2]));
  });

  it("stops bootstrapping after termination, not after truncation", () => {
    const buffer = new ReplayBuffer(100, SIZES);
    buffer.store(numbered(1, 3, true));
    buffer.store(numbered(2, 4, false));
    for (const { episode, t, continues } of rows(buffer, 500, 0)) {
      expect(continues).toBe(episode === 1 && t === 2 ? 0 : 1);
    }
  });

  it("keeps all episodes when it grows", () => {
    const buffer = new ReplayBuffer(10_000, SIZES);
    for (let n = 1; n <= 300; n++) buffer.store(numbered(n));
    expect(buffer.transitions).toBe(1200);
    expect(new Set(rows(buffer, 20_000, 0).map(({ episode }) => episode)).size).toBe(300);
  });

  it("continues identically after its state was saved and restored", () => {
    const buffer = new ReplayBuffer(3 * 4, SIZES);
    for (let n = 1; n <= 4; n++) buffer.store(numbered(n));
    const restored = new ReplayBuffer(3 * 4, SIZES);
    restored.setState(buffer.getState(), "replay");
    for (const each of [buffer, restored]) each.store(numbered(9));
    expect(rows(restored, 200, 4)).toEqual(rows(buffer, 200, 4));
    expect(restored.getState()).toEqual(buffer.getState());
  });

  it("rejects the state of another environment or of more episodes than its capacity", () => {
    const buffer = new ReplayBuffer(100, SIZES);
    buffer.store(numbered(1));
    const other = new ReplayBuffer(100, { ...SIZES, observation: 3 });
    expect(() => other.setState(buffer.getState(), "replay")).toThrow(
      "replay.observations: expected 15 numbers for 1 episodes, got 10",
    );
    const smaller = new ReplayBuffer(4, SIZES);
    buffer.store(numbered(2));
    expect(() => smaller.setState(buffer.getState(), "replay")).toThrow(
      "replay.lengths: expected at most 1 episodes",
    );
  });
});

describe("hindsight", () => {
  it("relabels with goals achieved at this step or later, and recomputes rewards", () => {
    const buffer = new ReplayBuffer(100, SIZES);
    buffer.store(numbered(1));
    buffer.store(numbered(2));
    for (const { episode, t, goal, reward } of rows(buffer, 1000, 1000)) {
      if (goal < 0) continue;
      const achievedAt = Math.round((goal - episode) * 10);
      expect(achievedAt).toBeGreaterThan(t);
      expect(achievedAt).toBeLessThanOrEqual(4);
      expect(reward).toBe(achievedAt === t + 1 ? 0 : -1);
    }
  });

  it("draws every later moment equally often, including the outcome of the last step", () => {
    const rng = Rng.fromSeed(2);
    const counts = new Map<number, number>();
    for (let i = 0; i < 30_000; i++) {
      const moment = hindsightMoment("future", 1, 4, rng);
      counts.set(moment, (counts.get(moment) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([2, 3, 4]);
    for (const count of counts.values()) expect(Math.abs(count / 30_000 - 1 / 3)).toBeLessThan(0.012);
    expect(hindsightMoment("future", 3, 4, rng)).toBe(4);
  });

  it("relabels k of k + 1 transitions", () => {
    const buffer = new ReplayBuffer(100, SIZES);
    buffer.store(numbered(1));
    const relabelled = rows(buffer, 20_000, 4).filter(({ goal }) => goal > 0).length;
    expect(Math.abs(relabelled / 20_000 - 0.8)).toBeLessThan(0.01);
    expect(hindsightProbability(0)).toBe(0);
  });
});
