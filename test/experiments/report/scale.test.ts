import { describe, expect, it } from "vitest";
import { type Axis, makeScale } from "../../../experiments/report/scale.ts";

const texts = (axis: Partial<Axis>, values: readonly number[], wanted?: number) =>
  makeScale({ label: "", ...axis }, values, 0, 100, wanted).ticks.map(({ text }) => text);

describe("a linear axis", () => {
  it("has ticks at round numbers around the data", () => {
    expect(texts({}, [0, 20_000])).toEqual(["0", "5\u202f000", "10\u202f000", "15\u202f000", "20\u202f000"]);
    expect(texts({}, [-0.31, 0.12])).toEqual(["−0.4", "−0.3", "−0.2", "−0.1", "0.0", "0.1", "0.2"]);
    expect(texts({}, [0.001, 0.0042])).toEqual(["0.001", "0.002", "0.003", "0.004", "0.005"]);
  });

  it("keeps to a range it is given", () => {
    const scale = makeScale({ label: "", range: [0, 1] }, [0.2, 7], 0, 100);
    expect([scale.at(0), scale.at(1), scale.at(0.25)]).toEqual([0, 100, 25]);
  });

  it("runs backwards where it ends before it begins, as heights on a screen do", () => {
    const scale = makeScale({ label: "", range: [0, 10] }, [], 200, 0);
    expect([scale.at(0), scale.at(10)]).toEqual([200, 0]);
  });

  it("has room around equal values, and an axis of its own where there is no data", () => {
    for (const values of [[5, 5], [5], [0], [-3]]) {
      const scale = makeScale({ label: "" }, values, 0, 100);
      expect(scale.at(values[0]!)).toBeGreaterThan(0);
      expect(scale.at(values[0]!)).toBeLessThan(100);
    }
    expect(texts({}, [])).toEqual(["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    expect(texts({}, [Number.NaN, Number.POSITIVE_INFINITY])).toEqual(texts({}, []));
  });

  it("takes more values than a call takes arguments", () => {
    expect(makeScale({ label: "" }, new Array<number>(300_000).fill(1), 0, 1).high).toBeGreaterThan(1);
  });
});

describe("a logarithmic axis", () => {
  it("has ticks at powers of ten, all written alike", () => {
    expect(texts({ scale: "log" }, [0.02, 700])).toEqual(["0.01", "0.1", "1", "10", "100", "1\u202f000"]);
    expect(texts({ scale: "log" }, [1e-4, 10])).toEqual(["10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"]);
  });

  it("skips decades where there are many, and shows 2 and 5 where there are few", () => {
    expect(texts({ scale: "log" }, [1e-12, 1])).toEqual(["10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "10⁰"]);
    expect(texts({ scale: "log" }, [1, 10])).toEqual(["1", "2", "5", "10"]);
  });

  it("has no place for zero, negatives and what is no number", () => {
    const scale = makeScale({ label: "", scale: "log" }, [0, -1, 1, 100], 0, 100);
    expect([0, -1, Number.NaN].map(scale.at)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect([scale.at(1), scale.at(10), scale.at(100)]).toEqual([0, 50, 100]);
  });
});
