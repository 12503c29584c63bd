import { describe, expect, it } from "vitest";
import { renderMarkdown } from "../../../experiments/report/markdown.ts";
import { renderPage } from "../../../experiments/report/page.ts";
import { caveats } from "../../../experiments/sweep/caveats.ts";
import { compare } from "../../../experiments/sweep/comparison.ts";
import type { Outcome } from "../../../experiments/sweep/outcome.ts";
import { planJobs } from "../../../experiments/sweep/plan.ts";
import { sweepCsv } from "../../../experiments/sweep/sweep-csv.ts";
import { reportSweep } from "../../../experiments/sweep/sweep-report.ts";
import { parseSweep } from "../../../experiments/sweep/sweep-spec.ts";
import { resultOf } from "../run-result.ts";

const sweep = parseSweep(
  { methods: { how: { good: {}, "bad, <b>": { "agent.her.k": 0 } } }, seeds: "1-5" },
  "s",
  "s",
);
const jobs = planJobs(sweep, "s", "code");

/** Runs of the good method end at 0.9 + seed/100, those of the bad one at 0. */
function outcomeOf(job: (typeof jobs)[number], changes: Partial<Outcome> = {}): Outcome {
  const rate = job.method === "good" ? 0.9 + job.seed / 100 : 0;
  return {
    job,
    status: "done",
    run: `runs/${job.id}`,
    result: resultOf({
      successRate: rate,
      steps: 2000,
      stepsTo95: rate >= 0.95 ? 1000 : null,
      seed: job.seed,
    }),
    manifest: undefined,
    curve: [
      { step: 1000, successRate: rate / 2 },
      { step: 2000, successRate: rate },
    ],
    oscillation: 0,
    failures: 0,
    error: undefined,
    ...changes,
  };
}

const unfinished = { status: "unfinished", result: undefined, oscillation: Number.NaN } as const;
const failed = { status: "failed", result: undefined, error: "ran out of\nmemory", failures: 3 } as const;
const folder = { path: "sweeps/s", sweep, code: "code", created: "2026-01-01T00:00:00.000Z", jobs };

describe("comparison of a sweep", () => {
  const complete = jobs.map((job) => outcomeOf(job));

  it("computes interquartile means, probabilities of improvement and median steps to 0.95", () => {
    const { cells, aggregates, improvements } = compare(complete);
    expect(aggregates.map(({ method, runs }) => [method, runs])).toEqual([
      ["good", 5],
      ["bad, <b>", 5],
    ]);
    // Of 0.91 … 0.95 one run is cut at each end: 0.92, 0.93, 0.94 remain.
    expect(aggregates[0]?.interquartileMean.value).toBeCloseTo(0.93, 12);
    expect(improvements.map(({ probability }) => probability)).toEqual([{ value: 1, low: 1, high: 1 }]);
    expect(cells.map(({ solved, stepsTo95 }) => [solved, stepsTo95])).toEqual([
      [1, Number.POSITIVE_INFINITY],
      [0, Number.POSITIVE_INFINITY],
    ]);
    expect(cells[0]?.curve.map(({ step, value }) => [step, Number(value.toFixed(4))])).toEqual([
      [1000, 0.465],
      [2000, 0.93],
    ]);
  });

  it("is deterministic, including the bootstrap", () => {
    expect(compare(complete)).toEqual(compare(complete));
  });

  it("counts missing runs and does not aggregate a method without a result on some task", () => {
    const outcomes = jobs.map((job) =>
      outcomeOf(job, job.method !== "good" ? unfinished : job.seed === 2 ? unfinished : {}),
    );
    const { cells, aggregates, improvements } = compare(outcomes);
    expect(cells.map(({ done, outcomes: all }) => `${done}/${all.length}`)).toEqual(["4/5", "0/5"]);
    expect(cells[1]?.success).toBeUndefined();
    expect(aggregates.map(({ method, runs, planned }) => [method, runs, planned])).toEqual([["good", 4, 5]]);
    expect(improvements).toEqual([]);
    expect(caveats(outcomes)[0]).toContain("6 of 10 runs have no result yet (6 started, 0 not started)");
  });

  it("lists failed runs and reports the interquartile mean with failures as 0", () => {
    const outcomes = jobs.map((job) => outcomeOf(job, job.method === "good" && job.seed < 3 ? failed : {}));
    const [good, bad] = compare(outcomes).aggregates;
    expect(good?.interquartileMean.value).toBeCloseTo(0.94, 12);
    // 0, 0, 0.93, 0.94, 0.95 without minimum and maximum.
    expect(good?.ifFailedAreZero).toBeCloseTo((0 + 0.93 + 0.94) / 3, 12);
    expect(bad?.ifFailedAreZero).toBeUndefined();
    const text = renderMarkdown(reportSweep(folder, outcomes, compare(outcomes)), "figures");
    expect(text).toContain("](figures/curves.svg)");
    expect(text).toContain("Failed: panda-reach · good · seed 1, 3 times: ran out of");
    expect(text).toContain("3/5, 2 failed");
    expect(text).toContain("failures as 0");
  });

  it("warns about mixed versions and machines", () => {
    const ranOn = (node: string, cpu: string): Partial<Outcome> => ({
      manifest: {
        config: jobs[0]!.config,
        seed: 1,
        engine: "onnx",
        versions: { steadyarm: "1.0.0", node },
        machine: { platform: "linux", release: "6", arch: "x64", cpu, cores: 2, memoryBytes: 1 },
        commit: null,
        created: "2026-01-01T00:00:00.000Z",
      },
    });
    const mixed = jobs.map((job) =>
      outcomeOf(job, job.seed === 1 ? ranOn("20.1.0", "A") : ranOn("22.0.0", "B")),
    );
    expect(caveats(mixed)).toEqual([
      "Mixed versions of node: 20.1.0 (2 runs), 22.0.0 (8 runs).",
      "Mixed processors: A (2 runs), B (8 runs).",
    ]);
    expect(caveats(jobs.map((job) => outcomeOf(job, ranOn("20.1.0", "A"))))).toEqual([]);
  });

  it("extends the curve of a run that was stopped early, and reports it", () => {
    const shortened = outcomeOf(jobs[0]!, { curve: [{ step: 1000, successRate: 0.9 }] });
    const stopped = { ...shortened, result: { ...shortened.result!, stoppedEarly: "converged" as const } };
    const outcomes = complete.map((outcome, i) => (i === 0 ? stopped : outcome));
    expect(compare(outcomes).cells[0]?.curve.map(({ step, runs }) => [step, runs])).toEqual([
      [1000, 5],
      [2000, 4],
    ]);
    expect(caveats(outcomes)).toEqual([
      expect.stringContaining("1 of 10 runs were stopped early as converged"),
    ]);
  });

  it("renders to one self-contained page with every seed and escaped names", () => {
    const html = renderPage(reportSweep(folder, complete, compare(complete)));
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|url\(/);
    expect(html).toContain("bad, &lt;b&gt;");
    expect(html).not.toContain("<b>");
    for (const seed of [1, 2, 3, 4, 5])
      expect(html).toContain(`<title>good, seed ${seed}: 0.9${seed} at the end`);
  });

  it("exports CSV with one row per run, quoted fields and escaped formulas", () => {
    const outcomes = complete.map((outcome) => ({ ...outcome, error: '=1+1,"x"' }));
    const lines = sweepCsv(outcomes).split("\r\n");
    expect(lines.length).toBe(12);
    expect(lines[1]).toMatch(/^j[0-9a-f]+,panda-reach,good,1,done,0\.91,1,0\.01,2000,,/);
    expect(lines[2]).toContain('"bad, <b>"');
    expect(lines[1]).toMatch(/,"'=1\+1,""x"""$/);
  });
});
