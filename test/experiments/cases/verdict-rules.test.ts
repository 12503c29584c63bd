/** @file The rules by which numbers decide a claim, on numbers that are known beforehand. */

import { describe, expect, it } from "vitest";
import {
  judgeDifference,
  judgeNumber,
  numberBox,
  together,
} from "../../../experiments/cases/verdict-rules.ts";

const of = (low: number, mean: number, high: number, seeds = 5) => ({
  difference: { low, mean, high },
  seeds,
});

describe("a difference on the arm", () => {
  it("confirms that there is more where the whole interval is above 0", () => {
    expect(judgeDifference(of(0.05, 0.2, 0.3), "more", 0.1)).toBe("confirmed");
    expect(judgeDifference(of(-0.3, -0.2, -0.05), "less", 0.1)).toBe("confirmed");
  });

  it("refutes it where no part of the interval reaches the margin", () => {
    expect(judgeDifference(of(-0.05, 0.01, 0.08), "more", 0.1)).toBe("refuted");
    expect(judgeDifference(of(-0.4, -0.3, -0.2), "more", 0.1)).toBe("refuted");
    expect(judgeDifference(of(-0.08, 0, 0.05), "less", 0.1)).toBe("refuted");
    expect(judgeDifference(of(0, 0, 0), "more", 0.1)).toBe("refuted");
  });

  it("calls a difference half-true that is real and slight", () => {
    expect(judgeDifference(of(0.01, 0.04, 0.07), "more", 0.1)).toBe("half-true");
    expect(judgeDifference(of(-0.07, -0.04, -0.01), "less", 0.1)).toBe("half-true");
  });

  it("leaves undecided what an interval from nothing to much cannot tell", () => {
    expect(judgeDifference(of(-0.1, 0.1, 0.4), "more", 0.1)).toBe("undecided");
    expect(judgeDifference(of(-0.4, -0.1, 0.1), "less", 0.1)).toBe("undecided");
  });

  it("concludes nothing from two seeds, or from none", () => {
    expect(judgeDifference(of(0.2, 0.3, 0.4, 2), "more", 0.1)).toBe("undecided");
    const { NaN: none } = Number;
    expect(judgeDifference(of(none, none, none, 0), "more", 0.1)).toBe("undecided");
  });
});

describe("a number against two bounds", () => {
  it("decides upwards and downwards", () => {
    expect([150, 100, 50, 2, 1].map((value) => judgeNumber(value, 100, 2))).toEqual([
      "confirmed",
      "confirmed",
      "half-true",
      "refuted",
      "refuted",
    ]);
    expect([0.2, 0.5, 0.6, 0.8, 3].map((value) => judgeNumber(value, 0.5, 0.8))).toEqual([
      "confirmed",
      "confirmed",
      "half-true",
      "refuted",
      "refuted",
    ]);
    expect(judgeNumber(Number.NaN, 1, 0)).toBe("undecided");
  });

  it("states its rule with both bounds and the number", () => {
    const box = numberBox("c", "the ratio", 1.05, { confirmed: 100, refuted: 2 }, "b");
    expect(box).toEqual({
      claim: "c",
      verdict: "refuted",
      because: "b",
      rule: "confirmed if the ratio is at least 100, refuted if it is at most 2, half-true between; it is 1.05",
    });
  });
});

describe("several verdicts on one claim", () => {
  it.each([
    [["confirmed", "confirmed"], "confirmed"],
    [["refuted", "refuted"], "refuted"],
    [["confirmed", "refuted"], "half-true"],
    [["confirmed", "undecided"], "half-true"],
    [["refuted", "undecided"], "undecided"],
    [[], "undecided"],
  ] as const)("%j come to %s", (verdicts, expected) => {
    expect(together(verdicts)).toBe(expected);
  });
});
