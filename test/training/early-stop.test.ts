import { describe, expect, it } from "vitest";
import { earlyStop } from "../../training/early-stop.ts";

const at = (...rates: readonly number[]) =>
  rates.map((successRate, i) => ({ step: (i + 1) * 100, successRate }));

describe("earlyStop", () => {
  const rules = { stopConverged: 3, convergedRate: 0.95, stopHopeless: 400 };

  it("returns converged after stopConverged solved evaluations in a row", () => {
    expect(earlyStop(rules, at(0, 1, 0.95))).toBeUndefined();
    expect(earlyStop(rules, at(0, 1, 0.95, 0.96))).toBe("converged");
    expect(earlyStop(rules, at(1, 1, 0.94, 1, 1))).toBeUndefined();
    expect(earlyStop({ ...rules, convergedRate: 0.98 }, at(1, 0.96, 1))).toBeUndefined();
    expect(earlyStop({ ...rules, convergedRate: 0.98 }, at(1, 0.98, 1))).toBe("converged");
  });

  it("returns hopeless at stopHopeless steps if no evaluation had a success", () => {
    expect(earlyStop(rules, at(0, 0, 0))).toBeUndefined();
    expect(earlyStop(rules, at(0, 0, 0, 0))).toBe("hopeless");
    expect(earlyStop(rules, at(0.02, 0, 0, 0, 0))).toBeUndefined();
  });

  it("returns undefined if the rules are off or before the first evaluation", () => {
    const off = { ...rules, stopConverged: 0, stopHopeless: 0 };
    expect(earlyStop(off, at(1, 1, 1, 1))).toBeUndefined();
    expect(earlyStop(off, at(0, 0, 0, 0))).toBeUndefined();
    expect(earlyStop(rules, [])).toBeUndefined();
  });
});
