import { describe, expect, it } from "vitest";
import { type ArmRuns, OSCILLATION, SUCCESS } from "../../../experiments/cases/arm-runs.ts";
import type { Remedy } from "../../../experiments/cases/remedies.ts";
import {
  type ArmClaim,
  armVerdicts,
  combinedVerdict,
  differenceVerdict,
  numberBox,
  numberVerdict,
} from "../../../experiments/cases/verdict-rules.ts";
import { studentDifference } from "../../../shared/student-interval.ts";

const of = (low: number, mean: number, high: number, seeds = 5) => ({
  difference: { low, mean, high },
  seeds,
});

describe("differenceVerdict", () => {
  it("confirms if the interval lies entirely on the claimed side of 0", () => {
    expect(differenceVerdict(of(0.05, 0.2, 0.3), "more", 0.1)).toBe("confirmed");
    expect(differenceVerdict(of(-0.3, -0.2, -0.05), "less", 0.1)).toBe("confirmed");
  });

  it("refutes if no part of the interval reaches the margin", () => {
    expect(differenceVerdict(of(-0.05, 0.01, 0.08), "more", 0.1)).toBe("refuted");
    expect(differenceVerdict(of(-0.4, -0.3, -0.2), "more", 0.1)).toBe("refuted");
    expect(differenceVerdict(of(-0.08, 0, 0.05), "less", 0.1)).toBe("refuted");
    expect(differenceVerdict(of(0, 0, 0), "more", 0.1)).toBe("refuted");
  });

  it("is half-true for a difference that is real but below the margin", () => {
    expect(differenceVerdict(of(0.01, 0.04, 0.07), "more", 0.1)).toBe("half-true");
    expect(differenceVerdict(of(-0.07, -0.04, -0.01), "less", 0.1)).toBe("half-true");
  });

  it("is undecided if the interval contains both 0 and the margin", () => {
    expect(differenceVerdict(of(-0.1, 0.1, 0.4), "more", 0.1)).toBe("undecided");
    expect(differenceVerdict(of(-0.4, -0.1, 0.1), "less", 0.1)).toBe("undecided");
  });

  it("is undecided with fewer than five seeds", () => {
    expect(differenceVerdict(of(0.2, 0.3, 0.4, 4), "more", 0.1)).toBe("undecided");
    const { NaN: none } = Number;
    expect(differenceVerdict(of(none, none, none, 0), "more", 0.1)).toBe("undecided");
  });
});

describe("numberVerdict", () => {
  it("supports bounds in both directions", () => {
    expect([150, 100, 50, 2, 1].map((value) => numberVerdict(value, 100, 2))).toEqual([
      "confirmed",
      "confirmed",
      "half-true",
      "refuted",
      "refuted",
    ]);
    expect([0.2, 0.5, 0.6, 0.8, 3].map((value) => numberVerdict(value, 0.5, 0.8))).toEqual([
      "confirmed",
      "confirmed",
      "half-true",
      "refuted",
      "refuted",
    ]);
    expect(numberVerdict(Number.NaN, 1, 0)).toBe("undecided");
  });

  it("is explained by a rule with both bounds and the measured number", () => {
    const box = numberBox("c", "the ratio", 1.05, { confirmed: 100, refuted: 2 }, "b");
    expect(box).toMatchObject({ claim: "c", verdict: "refuted", because: "b" });
    expect(box.rule).toMatch(/confirmed if the ratio is at least 100, refuted .* at most 2, .* 1\.05$/);
  });
});

describe("combinedVerdict", () => {
  it.each([
    [["confirmed", "confirmed"], "confirmed"],
    [["refuted", "refuted"], "refuted"],
    [["confirmed", "refuted"], "half-true"],
    [["confirmed", "undecided"], "half-true"],
    [["refuted", "undecided"], "undecided"],
    [[], "undecided"],
  ] as const)("combines %j to %s", (verdicts, expected) => {
    expect(combinedVerdict(verdicts)).toBe(expected);
  });
});

describe("armVerdicts", () => {
  const base: Remedy = { name: "base", settings: {} };
  const remedy: Remedy = { name: "remedy", settings: { "agent.tau": 0.1 } };
  const arm: ArmRuns = {
    seeds: [1, 2, 3, 4, 5],
    steps: 1000,
    of: () => [],
    late: () => Number.NaN,
    first: () => Number.NaN,
    compare: (_, __, ___, confidence) => ({
      remedy,
      base,
      seeds: 5,
      difference: studentDifference([0.3, 0.4, 0.5, 0.6, 0.2], [0, 0, 0, 0, 0], confidence),
    }),
  };
  const claim: ArmClaim = {
    claim: "It helps.",
    remedies: [remedy],
    base,
    metric: SUCCESS,
    side: "more",
  };

  it("confirm a difference alone that is undecided among many, whose intervals are wider", () => {
    const verdictAmong = (count: number) =>
      armVerdicts(arm, new Array<ArmClaim>(count).fill(claim))(claim).verdict;
    expect([1, 5, 20].map(verdictAmong)).toEqual(["confirmed", "confirmed", "undecided"]);
    expect(armVerdicts(arm, [claim, { ...claim, mustNotCost: OSCILLATION }])(claim).rule).toContain(
      "95 % for the 3 comparisons of this page together",
    );
  });
});
