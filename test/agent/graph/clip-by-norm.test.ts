import { describe, expect, it } from "vitest";
import { clipByGlobalNorm } from "../../../agent/graph/clip-by-norm.ts";
import { evaluate } from "../../../agent/graph/evaluate.ts";
import { constant } from "../../../agent/graph/ops.ts";

describe("clipByGlobalNorm", () => {
  it("scales a gradient down to the maximum norm, and leaves a shorter one", () => {
    const clipped = (values: number[], limit: number) => [
      ...evaluate([clipByGlobalNorm(constant(values), limit)])[0]!,
    ];
    expect(clipped([3, 4], 1)[0]).toBeCloseTo(0.6, 6);
    expect(clipped([3, 4], 1)[1]).toBeCloseTo(0.8, 6);
    expect(clipped([3, 4], 10)).toEqual([3, 4]);
    expect(clipped([0, 0], 1)).toEqual([0, 0]);
  });
});
