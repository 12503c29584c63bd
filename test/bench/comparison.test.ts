import { describe, expect, it } from "vitest";
import { compareTimes, ratioOf, takeTurns } from "../../bench/peers/comparison.ts";

describe("takeTurns", () => {
  it("alternates the contestants within each round, and drops warm-up rounds", async () => {
    const order: string[] = [];
    const contestant = (name: string) => async (round: number) => {
      order.push(`${name}${round}`);
      return `${name}${round}`;
    };
    const results = await takeTurns({ a: contestant("a"), b: contestant("b") }, { rounds: 2, warmUp: 1 });
    expect(order).toEqual(["a-1", "b-1", "a0", "b0", "a1", "b1"]);
    expect(results("a")).toEqual(["a0", "a1"]);
    expect(results("b")).toEqual(["b0", "b1"]);
  });

  it("rejects when a contestant fails", async () => {
    const failing = { a: () => Promise.reject(new Error("crashed")) };
    await expect(takeTurns(failing, { rounds: 1, warmUp: 0 })).rejects.toThrow("crashed");
  });
});

describe("ratios", () => {
  it("are the median over rounds of theirs ÷ ours, not the quotient of medians", () => {
    // A round under load is slow for both: 3 ×, 2 ×, 2 ×. The medians would give 6 / 2.
    expect(ratioOf([2, 3, 1], [6, 6, 2])).toBe(2);
  });

  it("are infinite against a peer that never solves the task", () => {
    expect(ratioOf([10, 10], [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it("are of CPU time and of wall time", () => {
    const ours = [
      { seconds: 1, cpuSeconds: 0.5 },
      { seconds: 3, cpuSeconds: 0.5 },
    ];
    const theirs = [
      { seconds: 2, cpuSeconds: 2 },
      { seconds: 12, cpuSeconds: 2 },
    ];
    expect(compareTimes(ours, theirs)).toEqual({ ours: 0.5, theirs: 2, ratio: 4, wallRatio: 3 });
  });
});
