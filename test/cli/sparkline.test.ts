import { describe, expect, it } from "vitest";
import { sparkline } from "../../cli/sparkline.ts";

describe("a sparkline", () => {
  it("maps minimum and maximum to the lowest and highest block", () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe("▁▂▃▄▅▆▇█");
    expect(sparkline([7, 0])).toBe("█▁");
  });

  it("uses a given range and clips to it", () => {
    expect(sparkline([0, 0.5, 1], [0, 2])).toBe("▁▃▅");
    expect(sparkline([-9, 9], [0, 1])).toBe("▁█");
  });

  it("is flat for constant values, subsampled for long series, and empty for fewer than two values", () => {
    expect(sparkline([3, 3, 3])).toBe("▁▁▁");
    const long = sparkline(Array.from({ length: 500 }, (_, i) => i));
    expect(long).toHaveLength(24);
    expect(long.at(-1)).toBe("█");
    expect(sparkline([1])).toBe("");
    expect(sparkline([Number.NaN, 1])).toBe("");
  });
});
