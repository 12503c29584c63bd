/** @file Charts as SVG text: geometry, missing data, escaping and well-formedness. */

import { describe, expect, it } from "vitest";
import { intervalChart } from "../../../experiments/report/interval-chart.ts";
import { type LineChart, lineChart } from "../../../experiments/report/line-chart.ts";

const chart = (parts: Partial<LineChart>): string =>
  lineChart({
    title: "Title",
    description: "Description",
    x: { label: "steps" },
    y: { label: "rate", range: [0, 1] },
    series: [],
    ...parts,
  });

const line = (...ys: number[]) => ys.map((y, x) => ({ x, y }));

/** The path data of the series lines. */
const paths = (svg: string) => [...svg.matchAll(/<path class="line[^"]*" d="([^"]*)"/g)].map(([, d]) => d);

/** Fails unless all elements are closed, in order. */
function checkNesting(svg: string): void {
  const open: string[] = [];
  for (const [, slash, name = "", closed] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (slash === "/") expect(open.pop()).toBe(name);
    else if (closed !== "/") open.push(name);
  }
  expect(open).toEqual([]);
}

describe("a line chart", () => {
  it("draws each series from left to right and names it in the legend and in a tooltip", () => {
    const svg = chart({
      series: [
        { name: "steady", points: line(0, 1) },
        { name: "plain", points: line(1, 0), dashed: true },
      ],
    });
    expect(paths(svg)).toEqual(["M76 343L614 93", "M76 93L614 343"]);
    expect(svg.match(/>steady</g)).toHaveLength(2);
    expect(svg).toContain('class="line s1 dashed"');
    checkNesting(svg);
  });

  it("wraps a long title between words", () => {
    const title = "half of each batch from rewarding episodes, with hindsight off";
    const rows = [...chart({ title, size: "small" }).matchAll(/font-weight="600">([^<]*)</g)].map(
      ([, row]) => row,
    );
    expect(rows).toEqual(["half of each batch from rewarding", "episodes, with hindsight off"]);
  });

  it("leaves a gap at a missing value and draws an isolated point as a dot", () => {
    const svg = chart({ series: [{ name: "a", points: line(0, 1, Number.NaN, 0.5, Number.NaN, 1, 0) }] });
    expect(paths(svg)[0]).toMatch(/^M[^ML]+L[^ML]+M[^ML]+h0M[^ML]+L[^MLh]+$/);
    expect(paths(chart({ series: [{ name: "a", points: line(0.5) }] }))[0]).toMatch(/^M[^ML]+h0$/);
  });

  it("is well-formed without data", () => {
    for (const series of [
      [],
      [{ name: "empty", points: [] }],
      [{ name: "missing", points: line(Number.NaN) }],
    ]) {
      const svg = chart({ series, y: { label: "norm", scale: "log" } });
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      checkNesting(svg);
    }
  });

  it("draws band and single runs behind the series, and names each run", () => {
    const svg = chart({
      series: [
        {
          name: "mean",
          points: line(0, 1),
          runs: [{ name: "seed 1", points: line(0, 0.9) }],
          band: [
            { x: 0, low: 0, high: 0.2 },
            { x: 1, low: 0.8, high: 1 },
          ],
        },
      ],
    });
    expect(svg).toContain("<title>seed 1</title>");
    expect(svg).toContain('<polygon class="band f0" points="76,266 614,66 614,116 76,316"/>');
    expect(svg.indexOf("band f0")).toBeLessThan(svg.indexOf("run s0"));
    expect(svg.indexOf("run s0")).toBeLessThan(svg.indexOf("<title>mean"));
  });

  it("labels a reference line", () => {
    expect(chart({ reference: { y: 0.95, name: "solved" } })).toContain(">solved</text>");
  });

  it("escapes names and replaces control characters", () => {
    const name = `<script>"&'\u0000`;
    const svg = chart({ title: name, series: [{ name, points: line(1, 2) }] });
    expect(svg).not.toContain("<script");
    expect(svg).not.toContain("\u0000");
    expect(svg).toContain("&lt;script&gt;&quot;&amp;&#39;\ufffd");
    checkNesting(svg);
  });

  it("is deterministic", () => {
    const draw = () => chart({ series: [{ name: "a", points: line(0.1, 0.2, 0.3) }] });
    expect(draw()).toBe(draw());
  });

  it("has a title and a description for screen readers", () => {
    expect(chart({})).toMatch(/role="img"><title>Title<\/title><desc>Description<\/desc>/);
  });
});

describe("an interval chart", () => {
  const rows = [
    { name: "better", point: 0.2, low: 0.1, high: 0.3 },
    { name: "worse", point: -0.2, low: -0.3, high: -0.1 },
    { name: "unclear", point: 0.05, low: -0.1, high: 0.2 },
    { name: "one seed", point: 0.4, low: Number.NaN, high: Number.NaN },
    { name: "missing", point: Number.NaN, low: Number.NaN, high: Number.NaN },
  ];
  const draw = (better: "more" | "less") =>
    intervalChart({ title: "T", description: "D", axis: { label: "difference" }, rows, better });
  const dots = (svg: string) => [...svg.matchAll(/<circle class="f(\d)"/g)].map(([, colour]) => colour);

  it("colours an interval by whether it lies on the better side, on the worse side or across zero", () => {
    expect(dots(draw("more"))).toEqual(["2", "1", "5", "5"]);
    expect(dots(draw("less"))).toEqual(["1", "2", "5", "5"]);
  });

  it('prints the numbers beside each row, and "no run" without data', () => {
    const svg = draw("more");
    expect(svg).toContain("+0.20 [+0.10, +0.30]");
    expect(svg).toContain("missing: no run");
    expect(svg).toContain("one seed: +0.40<");
    expect(svg).not.toMatch(/NaN|undefined/);
    checkNesting(svg);
  });

  it("includes zero in the axis, unless the estimates are not differences", () => {
    const far = [{ name: "far", point: 90, low: 80, high: 100 }];
    const svg = intervalChart({ title: "T", description: "D", axis: { label: "d" }, rows: far });
    expect(svg).toContain('class="reference" x1="14"');
    const without = intervalChart({
      title: "T",
      description: "D",
      axis: { label: "d" },
      rows: far,
      zero: false,
    });
    expect(without).not.toContain('class="reference"');
    expect(without).toContain("90.00 [80.00, 100.00]");
  });
});
