import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../experiments/sweep/outcome.ts";
import { planJobs } from "../../../experiments/sweep/plan.ts";
import { rankMethods } from "../../../experiments/sweep/ranking.ts";
import { drawTrials, parseTune, roundSweep, roundsOf } from "../../../experiments/sweep/tune-spec.ts";
import { Rng } from "../../../shared/rng.ts";
import { resultOf } from "../run-result.ts";

const search = {
  "agent.tau": { low: 0.001, high: 0.1, scale: "log" },
  "agent.her.k": { low: 1, high: 8 },
  "agent.hidden": [
    [32, 32],
    [64, 64],
  ],
};
const tune = (changes: object = {}) =>
  parseTune({ search, seeds: "1-2", trials: 9, ...changes }, "t.yaml", "t");
const draw = (changes: object = {}) => drawTrials(tune(changes), Rng.fromSeed(1).fork("trials"));

describe("drawTrials", () => {
  it("draws from the given ranges, integers between integers, deterministically", () => {
    const trials = draw({ trials: 200 });
    expect(trials).toEqual(draw({ trials: 200 }));
    const taus = trials.map(({ settings }) => Number(settings["agent.tau"]));
    expect(Math.min(...taus)).toBeGreaterThanOrEqual(0.001);
    expect(Math.max(...taus)).toBeLessThanOrEqual(0.1);
    // Log-uniform: half of the values lie below the geometric mean, 0.01.
    const below = taus.filter((tau) => tau < 0.01).length;
    expect(below).toBeGreaterThan(80);
    expect(below).toBeLessThan(120);
    expect([...new Set(trials.map(({ settings }) => settings["agent.her.k"]))].sort()).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
    expect(new Set(trials.map(({ name }) => name)).size).toBe(200);
    expect(trials[0]?.name).toMatch(/^1: tau 0\.\d+, k \d, hidden \[(32,32|64,64)\]$/);
  });

  it("returns fewer trials, all distinct, if the space is small", () => {
    const trials = draw({ search: { "agent.her.k": [2, 4] }, trials: 10 });
    expect(trials.map(({ settings }) => settings["agent.her.k"]).sort()).toEqual([2, 4]);
  });

  it("gives trials that plan as methods of a sweep with the steps of the round", () => {
    const trials = draw();
    const jobs = planJobs(roundSweep(tune(), 0, 500, trials), "t.yaml", "code");
    expect(jobs.length).toBe(18);
    expect(jobs.every(({ config }) => config.train.steps === 500)).toBe(true);
    expect(jobs[0]?.config.agent.tau).toBe(trials[0]?.settings["agent.tau"]);
  });
});

describe("roundsOf", () => {
  it("divides the trials and multiplies the steps by keepOneIn, up to all steps", () => {
    expect(roundsOf(tune({ trials: 27, firstSteps: 1000 }), 27_000)).toEqual([
      { trials: 27, steps: 1000 },
      { trials: 9, steps: 3000 },
      { trials: 3, steps: 9000 },
      { trials: 1, steps: 27_000 },
    ]);
    expect(roundsOf(tune({ trials: 8, keepOneIn: 2, firstSteps: 5000 }), 20_000)).toEqual([
      { trials: 8, steps: 5000 },
      { trials: 4, steps: 10_000 },
      { trials: 2, steps: 20_000 },
    ]);
  });

  it("returns one round if firstSteps exceeds the steps", () => {
    expect(roundsOf(tune({ trials: 5, firstSteps: 30_000 }), 20_000)).toEqual([{ trials: 5, steps: 20_000 }]);
  });
});

describe("rankMethods", () => {
  it("ranks by final success, then by success during training; a run without a result counts as 0", () => {
    const jobs = planJobs(roundSweep(tune({ seeds: "1-2" }), 0, 500, draw().slice(0, 3)), "t", "code");
    const [a, b, c] = [...new Set(jobs.map(({ method }) => method))];
    const success: Readonly<Record<string, readonly (number | undefined)[]>> = {
      [a!]: [0.9, 0.5],
      [b!]: [1, undefined],
      [c!]: [0.7, 0.7],
    };
    const outcomes = jobs.map((job): Outcome => {
      const successRate = success[job.method]?.[job.seed - 1];
      return {
        job,
        status: successRate === undefined ? "failed" : "done",
        run: "",
        result: successRate === undefined ? undefined : resultOf({ successRate }),
        manifest: undefined,
        curve: [{ step: 500, successRate: job.method === c ? 0.6 : 0.1 }],
        oscillation: 0,
        failures: 0,
        error: undefined,
      };
    });
    const ranked = rankMethods(outcomes);
    expect(ranked.map(({ method }) => method)).toEqual([c, a, b]);
    expect(ranked.map(({ success: rate, failed }) => [rate, failed])).toEqual([
      [0.7, 0],
      [0.7, 0],
      [0.5, 1],
    ]);
  });
});

describe("parseTune", () => {
  it.each([
    ["a list", [], "t.yaml: expected a search with search and seeds, got []"],
    ["an empty search space", { search: {} }, "t.yaml: search: expected at least one setting, got none"],
    ["an unknown key", { serch: {} }, 't.yaml: unknown key "serch". Did you mean "search"?'],
    ["methods, since the trials are the methods", { methods: {} }, 't.yaml: unknown key "methods".'],
    [
      "a range with low above high",
      { search: { "agent.tau": { low: 1, high: 0 } } },
      "t.yaml: search.agent.tau: expected low below high, got low 1 and high 0",
    ],
    [
      "a log range that starts at 0",
      { search: { "agent.tau": { low: 0, high: 1, scale: "log" } } },
      "t.yaml: search.agent.tau.low: expected a number > 0 on a log scale, got 0",
    ],
    ["one trial", { trials: 1 }, "t.yaml: trials: expected an integer in [2, 100000], got 1"],
  ])("rejects %s", (_, changes, message) => {
    const input = Array.isArray(changes) ? changes : { search, seeds: "1", ...changes };
    expect(() => parseTune(input, "t.yaml", "t")).toThrow(message);
  });
});
