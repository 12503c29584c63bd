import { describe, expect, it } from "vitest";
import { type Axis, makeScale } from "../../../experiments/report/scale.ts";

const texts = (axis: Partial<Axis>, values: readonly number[]) =>
  makeScale({ label: "", ...axis }, values, 0, 100).ticks.map(({ text }) => text);

describe("a linear axis", () => {
  it("has ticks at round numbers around the data", () => {
    expect(texts({}, [0, 20_000])).toEqual(["0", "5\u202f000", "10\u202f000", "15\u202f000", "20\u202f000"]);
    expect(texts({}, [-0.31, 0.12])).toEqual(["−0.4", "−0.3", "−0.2", "−0.1", "0.0", "0.1", "0.2"]);
    expect(texts({}, [0.001, 0.0042])).toEqual(["0.001", "0.002", "0.003", "0.004", "0.005"]);
  });

  it("uses a given range exactly", () => {
    const scale = makeScale({ label: "", range: [0, 1] }, [0.2, 7], 0, 100);
    expect([scale.at(0), scale.at(1), scale.at(0.25)]).toEqual([0, 100, 25]);
  });

  it("is reversed if `to` is less than `from`, as for screen heights", () => {
    const scale = makeScale({ label: "", range: [0, 10] }, [], 200, 0);
    expect([scale.at(0), scale.at(10)]).toEqual([200, 0]);
  });

  it("adds a margin around equal values, and is 0 to 1 without data", () => {
    for (const values of [[5, 5], [5], [0], [-3]]) {
      const scale = makeScale({ label: "" }, values, 0, 100);
      expect(scale.at(values[0]!)).toBeGreaterThan(0);
      expect(scale.at(values[0]!)).toBeLessThan(100);
    }
    expect(texts({}, [])).toEqual(["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    expect(texts({}, [Number.NaN, Number.POSITIVE_INFINITY])).toEqual(texts({}, []));
  });

  it("accepts more values than a function call accepts arguments", () => {
    expect(makeScale({ label: "" }, new Array<number>(300_000).fill(1), 0, 1).high).toBeGreaterThan(1);
  });
});

describe("a logarithmic axis", () => {
  it("has ticks at powers of ten, all in one notation", () => {
    expect(texts({ scale: "log" }, [0.02, 700])).toEqual(["0.01", "0.1", "1", "10", "100", "1\u202f000"]);
    expect(texts({ scale: "log" }, [1e-4, 10])).toEqual(["10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"]);
  });

  it("skips decades if there are many, and adds 2 and 5 if there are few", () => {
    expect(texts({ scale: "log" }, [1e-12, 1])).toEqual(["10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "10⁰"]);
    expect(texts({ scale: "log" }, [1, 10])).toEqual(["1", "2", "5", "10"]);
  });

  it("returns NaN for zero, negative values and NaN", () => {
    const scale = makeScale({ label: "", scale: "log" }, [0, -1, 1, 100], 0, 100);
    expect([0, -1, Number.NaN].map(scale.at)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect([scale.at(1), scale.at(10), scale.at(100)]).toEqual([0, 50, 100]);
  });
});
