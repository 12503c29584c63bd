import { describe, expect, it } from "vitest";
import { Rng } from "../../shared/rng.ts";

function draw<T>(n: number, next: () => T): T[] {
  return Array.from({ length: n }, next);
}

describe("Rng", () => {
  it("gives the sequence of xoshiro128** 1.1 for a given state", () => {
    // Reference: first outputs of the C program by Blackman and Vigna with s = {1, 2, 3, 4}.
    const rng = Rng.fromState({ key: 0, words: [1, 2, 3, 4] });
    expect(draw(4, () => rng.bits())).toEqual([11520, 0, 5927040, 70819200]);
  });

  it("gives the same numbers as in earlier releases", () => {
    const rng = Rng.fromSeed(17);
    expect(draw(3, () => rng.bits())).toEqual(GOLDEN_SEED_17);
    expect(Rng.fromSeed(17).fork("replay").bits()).toBe(GOLDEN_FORK);
  });

  it("gives different numbers for different seeds, up to 2⁵³ − 1", () => {
    const first = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER].map((seed) =>
      Rng.fromSeed(seed).bits(),
    );
    expect(new Set(first).size).toBe(first.length);
  });

  it("forks by label, independently of the numbers drawn before", () => {
    const fresh = Rng.fromSeed(3);
    const used = Rng.fromSeed(3);
    draw(100, () => used.bits());
    expect(used.fork("noise").bits()).toBe(fresh.fork("noise").bits());
    expect(fresh.fork("noise").bits()).not.toBe(fresh.fork("replay").bits());
    expect(fresh.fork("ab").fork("c").bits()).not.toBe(fresh.fork("a").fork("bc").bits());
  });

  it("continues from a saved state, through JSON", () => {
    const rng = Rng.fromSeed(5);
    draw(7, () => rng.normal());
    const saved = JSON.parse(JSON.stringify(rng.getState()));
    const ahead = draw(20, () => rng.normal());
    const restored = Rng.fromState(saved);
    expect(draw(20, () => restored.normal())).toEqual(ahead);
    expect(restored.fork("x").bits()).toBe(rng.fork("x").bits());
  });

  it("gives uniform, integer and normal numbers with the right moments", () => {
    const rng = Rng.fromSeed(11);
    const n = 100_000;
    const uniform = draw(n, () => rng.uniformIn(-1, 1));
    const normal = draw(n, () => rng.normal());
    const mean = (xs: number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;
    expect(mean(uniform)).toBeCloseTo(0, 1.5);
    expect(mean(uniform.map((x) => x * x))).toBeCloseTo(1 / 3, 2);
    expect(mean(normal)).toBeCloseTo(0, 1.5);
    expect(mean(normal.map((x) => x * x))).toBeCloseTo(1, 1.5);
    expect(mean(normal.map((x) => x ** 4))).toBeCloseTo(3, 0.5);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < n; i++) counts[rng.integer(5)]! += 1;
    for (const count of counts) expect(count / n).toBeCloseTo(0.2, 2);
  });

  it("rejects invalid seeds and states", () => {
    for (const seed of [-1, 1.5, Number.NaN, 2 ** 53]) {
      expect(() => Rng.fromSeed(seed)).toThrow(`seed: expected an integer ≥ 0, got ${seed}`);
    }
    expect(() => Rng.fromState({ key: 1, words: [0, 0, 0, 0] })).toThrow("a word that is not 0");
    expect(() => Rng.fromState({ key: 1, words: [0, 0.5, 0, 0] })).toThrow("four 32-bit words");
  });
});

const GOLDEN_SEED_17: readonly number[] = [25915636, 1792910657, 1778768781];
const GOLDEN_FORK = 3923416522;
