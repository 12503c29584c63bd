/** @file Charts as text: what is drawn, what is left out, and that they are well-formed whatever they are given. */

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

/** The outlines of the lines, without those of the legend. */
const paths = (svg: string, kind = "line") =>
  [...svg.matchAll(new RegExp(`<path class="${kind}[^"]*" d="([^"]*)"`, "g"))].map(([, d]) => d);

/** Throws unless each element that is opened is closed, in order. */
function checkNesting(svg: string): void {
  const open: string[] = [];
  for (const [, slash, name = "", closed] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (slash === "/") expect(open.pop()).toBe(name);
    else if (closed !== "/") open.push(name);
  }
  expect(open).toEqual([]);
}

describe("a line chart", () => {
  it("draws each series from left to right, and names it in the legend and on the line", () => {
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

  it("breaks a long title between words", () => {
    const title = "half of each batch from rewarding episodes, with hindsight off";
    const rows = [...chart({ title, size: "small" }).matchAll(/font-weight="600">([^<]*)</g)].map(
      ([, row]) => row,
    );
    expect(rows).toEqual(["half of each batch from rewarding", "episodes, with hindsight off"]);
  });

  it("interrupts a line where a number is missing, and makes a dot of a point that stands alone", () => {
    const svg = chart({ series: [{ name: "a", points: line(0, 1, Number.NaN, 0.5, Number.NaN, 1, 0) }] });
    expect(paths(svg)[0]).toMatch(/^M[^ML]+L[^ML]+M[^ML]+h0M[^ML]+L[^MLh]+$/);
    expect(paths(chart({ series: [{ name: "a", points: line(0.5) }] }))[0]).toMatch(/^M[^ML]+h0$/);
  });

  it("stands without any data", () => {
    for (const series of [
      [],
      [{ name: "empty", points: [] }],
      [{ name: "nothing", points: line(Number.NaN) }],
    ]) {
      const svg = chart({ series, y: { label: "norm", scale: "log" } });
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      checkNesting(svg);
    }
  });

  it("draws every seed and the range behind the lines, each seed named", () => {
    const svg = chart({
      series: [
        {
          name: "mean",
          points: line(0, 1),
          strands: [{ name: "seed 1", points: line(0, 0.9) }],
          band: [
            { x: 0, low: 0, high: 0.2 },
            { x: 1, low: 0.8, high: 1 },
          ],
        },
      ],
    });
    expect(svg).toContain("<title>seed 1</title>");
    expect(svg).toContain('<polygon class="band f0" points="76,266 614,66 614,116 76,316"/>');
    expect(svg.indexOf("band f0")).toBeLessThan(svg.indexOf("strand s0"));
    expect(svg.indexOf("strand s0")).toBeLessThan(svg.indexOf("<title>mean"));
  });

  it("draws a reference level inside the plot and names it", () => {
    expect(chart({ reference: { y: 0.95, name: "solved" } })).toContain(">solved</text>");
  });

  it("escapes whatever a name holds", () => {
    const name = `<script>"&'\u0000`;
    const svg = chart({ title: name, series: [{ name, points: line(1, 2) }] });
    expect(svg).not.toContain("<script");
    expect(svg).not.toContain("\u0000");
    expect(svg).toContain("&lt;script&gt;&quot;&amp;&#39;\ufffd");
    checkNesting(svg);
  });

  it("is the same text for the same chart", () => {
    const twice = [1, 2].map(() => chart({ series: [{ name: "a", points: line(0.1, 0.2, 0.3) }] }));
    expect(twice[0]).toBe(twice[1]);
  });

  it("says what it shows to those who cannot see it", () => {
    expect(chart({})).toMatch(/role="img"><title>Title<\/title><desc>Description<\/desc>/);
  });
});

describe("an interval chart", () => {
  const rows = [
    { name: "cures", point: 0.2, low: 0.1, high: 0.3 },
    { name: "harms", point: -0.2, low: -0.3, high: -0.1 },
    { name: "neither", point: 0.05, low: -0.1, high: 0.2 },
    { name: "alone", point: 0.4, low: Number.NaN, high: Number.NaN },
    { name: "missing", point: Number.NaN, low: Number.NaN, high: Number.NaN },
  ];
  const draw = (better: "more" | "less") =>
    intervalChart({ title: "T", description: "D", axis: { label: "difference" }, rows, better });
  const dots = (svg: string) => [...svg.matchAll(/<circle class="f(\d)"/g)].map(([, colour]) => colour);

  it("colours an interval by whether it lies on the good side, the bad side or over zero", () => {
    expect(dots(draw("more"))).toEqual(["2", "1", "5", "5"]);
    expect(dots(draw("less"))).toEqual(["1", "2", "5", "5"]);
  });

  it("writes the numbers beside each row, and says where there are none", () => {
    const svg = draw("more");
    expect(svg).toContain("+0.20 [+0.10, +0.30]");
    expect(svg).toContain("missing: no run");
    expect(svg).toContain("alone: +0.40<");
    expect(svg).not.toMatch(/NaN|undefined/);
    checkNesting(svg);
  });

  it("has its line of no difference within the axis, wherever the intervals lie", () => {
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
