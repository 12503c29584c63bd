import { describe, expect, it } from "vitest";
import { networkSizes } from "../../agent/architecture.ts";
import { makeBatch } from "../../agent/batch.ts";
import { declaredFeeds, EXCLUDED_CRITIC, FeedArrays, updateFeeds } from "../../agent/feeds.ts";
import { inputNormalizers } from "../../agent/network-inputs.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";

const SIZES = { observation: 2, goal: 1, action: 1, maxSteps: 5 };

function prepare(settings: object) {
  const { agent: config } = parseConfig({ agent: { batchSize: 2, normalize: false, ...settings } }, "test");
  const feeds = declaredFeeds(updateFeeds(config, networkSizes(SIZES)));
  const context = {
    batch: makeBatch(3, SIZES),
    normalizers: inputNormalizers(config, SIZES),
    returnScale: 0.5,
    updates: 0,
    rng: Rng.fromSeed(1),
  };
  return { names: feeds.map(({ name }) => name), arrays: new FeedArrays(feeds), context };
}

describe("the feeds", () => {
  it("are only those that the settings need", () => {
    expect(prepare({}).names).toEqual(["inputs", "nextInputs", "actions", "rewards", "continues"]);
    const all = {
      targetSmoothing: { scale: 0.2 },
      critics: { count: 3, targetMin: 2 },
      normalizeReturns: true,
      replay: { kind: "prioritized" },
    };
    expect(prepare(all).names.slice(5)).toEqual([
      "smoothingNoise",
      "criticMask",
      "returnScale",
      "importanceWeights",
    ]);
  });

  it("hold the first rows of a batch", () => {
    const { arrays, context } = prepare({ normalizeReturns: true, replay: { kind: "prioritized" } });
    const { batch } = context;
    batch.observations.set([1, 2, 3, 4, 9, 9]);
    batch.nextObservations.set([5, 6, 7, 8, 9, 9]);
    batch.goals.set([10, 20, 99]);
    batch.rewards.set([-1, -2, -9]);
    batch.weights.set([0.5, 0.25, 9]);
    const filled = arrays.fill(context);
    expect([...filled["inputs"]!]).toEqual([1, 2, 10, 3, 4, 20]);
    expect([...filled["nextInputs"]!]).toEqual([5, 6, 10, 7, 8, 20]);
    expect([...filled["rewards"]!]).toEqual([-1, -2]);
    expect([...filled["importanceWeights"]!]).toEqual([0.5, 0.25]);
    expect([...filled["returnScale"]!]).toEqual([0.5]);
  });

  it("let learning rates fall linearly with the updates", () => {
    const { arrays, context } = prepare({ learningRateDecay: { updates: 200, to: 0.2 } });
    const scales = [0, 100, 200, 1000].map(
      (updates) => arrays.fill({ ...context, updates })["learningRateScale"]![0]!,
    );
    for (const [i, scale] of [1, 0.6, 0.2, 0.2].entries()) expect(scales[i]).toBeCloseTo(scale, 6);
  });

  it("include each critic in the target equally often", () => {
    const { arrays, context } = prepare({ critics: { count: 3, targetMin: 2 } });
    const included = [0, 0, 0];
    for (let i = 0; i < 3000; i++) {
      const mask = [...arrays.fill(context)["criticMask"]!];
      expect(mask.toSorted()).toEqual([0, 0, EXCLUDED_CRITIC]);
      for (const [critic, value] of mask.entries()) if (value === 0) included[critic]! += 1;
    }
    for (const count of included) expect(Math.abs(count - 2000)).toBeLessThan(100);
  });

  it("reject a batch that is too small", () => {
    const { arrays, context } = prepare({});
    expect(() => arrays.fill({ ...context, batch: makeBatch(1, SIZES) })).toThrow(
      "at least 2 numbers, got 1",
    );
  });
});
