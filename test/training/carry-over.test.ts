import { describe, expect, it } from "vitest";
import { Episode } from "../../shared/episode.ts";
import { drawStart, endOf, trainingReset } from "../../training/carry-over.ts";
import { rollout } from "../../training/rollout.ts";
import { bitFlip, lineReach } from "../toy-envs.ts";

const END = { configuration: [1, 2], desiredGoal: [3] };

function starts(
  carryOver: { probability: number; rampEpisodes: number; keepGoal: number },
  from: number,
  to: number,
) {
  const indices = Array.from({ length: to - from }, (_, i) => from + i);
  return indices.map((index) => drawStart({ seed: 7, carryOver }, index, END));
}

function share<T>(values: readonly T[], is: (value: T) => boolean): number {
  return values.filter(is).length / values.length;
}

describe("drawStart", () => {
  const half = { probability: 0.8, rampEpisodes: 1000, keepGoal: 0.25 };

  it("carries over with the given probability, and keeps the goal in the given share of those episodes", () => {
    const all = starts({ ...half, rampEpisodes: 0 }, 1, 4001);
    const carried = all.filter((start) => start !== undefined);
    expect(carried.length / all.length).toBeCloseTo(0.8, 1);
    expect(share(carried, ({ goal }) => goal !== null)).toBeCloseTo(0.25, 1);
    expect(carried[0]?.configuration).toEqual(END.configuration);
  });

  it("raises the probability in proportion over the first episodes", () => {
    expect(share(starts(half, 1, 200), (start) => start !== undefined)).toBeCloseTo(0.08, 1);
    expect(share(starts(half, 400, 600), (start) => start !== undefined)).toBeCloseTo(0.4, 1);
    expect(share(starts(half, 1000, 3000), (start) => start !== undefined)).toBeCloseTo(0.8, 1);
  });

  it("depends on seed and episode only", () => {
    expect(starts(half, 1, 500)).toEqual(starts(half, 1, 500));
    expect(starts(half, 500, 600)).toEqual(starts(half, 1, 600).slice(499));
  });

  it("samples the start if carry-over is off or there is no end to start from", () => {
    expect(starts({ ...half, probability: 0 }, 1, 2000).every((start) => start === undefined)).toBe(true);
    const carryOver = { ...half, probability: 1, rampEpisodes: 0 };
    expect(drawStart({ seed: 7, carryOver }, 5, undefined)).toBeUndefined();
  });
});

describe("endOf", () => {
  it("returns where an episode ended, and a reset starts there", async () => {
    const env = lineReach();
    const episode = new Episode({ observation: 1, goal: 1, action: 1, maxSteps: 20 });
    await rollout(env, { seed: 1 }, (_, action) => action.fill(1), episode);
    const end = endOf(episode);
    if (end === undefined) throw new Error("expected an end");
    const { observation, desiredGoal } = env.reset(
      trainingReset(5, { configuration: end.configuration, goal: end.desiredGoal }),
    );
    expect(observation[0]).toBe(episode.observations[20]);
    expect(desiredGoal).toEqual(episode.desiredGoal);
  });

  it("returns undefined for an environment that samples its starts", async () => {
    const episode = new Episode({ observation: 3, goal: 3, action: 3, maxSteps: 5 });
    await rollout(bitFlip(3), { seed: 1 }, (_, action) => action.fill(0), episode);
    expect(endOf(episode)).toBeUndefined();
  });
});
