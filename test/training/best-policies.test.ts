import { describe, expect, it } from "vitest";
import { BestPolicies, bestOf } from "../../training/best-policies.ts";
import type { EpisodeOutcome } from "../../training/evaluate.ts";
import type { PolicySnapshot } from "../../training/policy-snapshot.ts";

function snapshotOf(steps: number): PolicySnapshot {
  const none = new Float32Array(0);
  const normalizer = { count: 0, mean: new Float64Array(0), squares: new Float64Array(0) };
  return {
    steps,
    weights: { actor: none, critic: none, targetActor: none, targetCritic: none },
    normalizers: { observation: normalizer, goal: normalizer },
    returnScale: 1,
  };
}

/** Outcomes with a number of successes in ten. */
function outcomes(successes: number): EpisodeOutcome[] {
  return Array.from({ length: 10 }, (_, i) => ({
    successAtEnd: i < successes,
    successOnce: true,
    finalDistance: 0,
    episodeReturn: 0,
    length: 50,
    figures: {},
  }));
}

const stepsOf = (best: BestPolicies) => best.snapshots.map(({ steps }) => steps);

describe("BestPolicies", () => {
  it("keeps the most successful ones, of equals the newer ones", () => {
    const best = new BestPolicies(3);
    const rates = [0.2, 0.8, 0.9, 0.8, 0.1, 0.8];
    for (const [i, rate] of rates.entries()) best.add(snapshotOf(100 * i), rate);
    expect(stepsOf(best)).toEqual([200, 500, 300]);
  });

  it("keeps none with a capacity of 0", () => {
    const best = new BestPolicies(0);
    best.add(snapshotOf(100), 1);
    expect(best.snapshots).toEqual([]);
  });

  it("continues from saved policies like an uninterrupted one", () => {
    const [whole, first, resumed] = [new BestPolicies(2), new BestPolicies(2), new BestPolicies(2)];
    for (const [i, rate] of [0.5, 0.7, 0.6].entries()) {
      whole.add(snapshotOf(i), rate);
      first.add(snapshotOf(i), rate);
    }
    resumed.setState(first.getState());
    for (const best of [whole, resumed]) best.add(snapshotOf(3), 0.7);
    expect(stepsOf(whole)).toEqual([3, 1]);
    expect(resumed.getState()).toEqual(whole.getState());
  });
});

describe("bestOf", () => {
  const snapshots = [snapshotOf(100), snapshotOf(200), snapshotOf(300)];

  it("returns the policy with most successes, the first of equals", async () => {
    const successes = new Map([
      [100, 7],
      [200, 9],
      [300, 9],
    ]);
    const best = await bestOf(snapshots, async ({ steps }) => outcomes(successes.get(steps) ?? 0));
    expect(best?.steps).toBe(200);
  });

  it("plays nothing if there is one policy", async () => {
    expect(await bestOf([snapshotOf(100)], () => expect.unreachable())).toEqual(snapshotOf(100));
  });

  it("returns undefined after a requested stop", async () => {
    const play = async ({ steps }: PolicySnapshot) => (steps === 200 ? undefined : outcomes(10));
    expect(await bestOf(snapshots, play)).toBeUndefined();
  });
});
