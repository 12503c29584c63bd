import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { jobId, planJobs, shardOf } from "../../../experiments/sweep/plan.ts";
import { builtInSuite, SUITE_NAMES } from "../../../experiments/sweep/suites.ts";
import { parseSeeds, parseSweep } from "../../../experiments/sweep/sweep-spec.ts";
import { parseConfig } from "../../../shared/config.ts";
import { refusal } from "../../temporary-folder.ts";

const plan = (input: unknown) => planJobs(parseSweep(input, "s.yaml", "s"), "s.yaml", "code");

describe("planJobs", () => {
  it("combines every task, method and seed, ordered by seed", () => {
    const jobs = plan({
      tasks: { "env.id": ["planar2-reach", "panda-reach"] },
      methods: { preset: ["steady", "plain"], "agent.her.k": [4, 0] },
      seeds: "3,1-2",
    });
    expect(jobs.map(({ seed }) => seed)).toEqual([
      ...Array(8).fill(3),
      ...Array(8).fill(1),
      ...Array(8).fill(2),
    ]);
    expect(jobs.slice(0, 4).map(({ task, method }) => [task, method])).toEqual([
      ["planar2-reach", "steady, k 4"],
      ["planar2-reach", "steady, k 0"],
      ["planar2-reach", "plain, k 4"],
      ["planar2-reach", "plain, k 0"],
    ]);
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(24);
    const last = jobs.at(-1)?.config;
    expect([last?.env.id, last?.agent.preActivationPenalty, last?.agent.her.k, last?.train.seed]).toEqual([
      "panda-reach",
      0,
      0,
      2,
    ]);
  });

  it("applies preset, sweep, task and method settings in this order", () => {
    const [job] = plan({
      preset: "plain",
      settings: { agent: { tau: 0.5, batchSize: 64 }, "agent.her.k": 2, train: { steps: 100 } },
      tasks: { task: { short: { "train.steps": 50, agent: { tau: 0.4 } } } },
      methods: { how: { mine: { preset: "td3", "agent.tau": 0.3 } } },
      seeds: [1],
    });
    expect(job?.task).toBe("short");
    expect(job?.config.agent).toMatchObject({
      tau: 0.3,
      batchSize: 64,
      her: { k: 2 },
      critics: { count: 2 },
    });
    expect(job?.config.train.steps).toBe(50);
  });

  it("names a single task after its environment and a single method after its preset", () => {
    const [job] = plan({ seeds: "1" });
    expect(job).toMatchObject({ task: "panda-reach", method: "steady", seed: 1 });
  });

  it("derives the job id from settings, seed and code version", () => {
    const config = parseConfig({}, "test");
    const id = jobId(config, "code");
    expect(id).toMatch(/^j[0-9a-f]{15}$/);
    expect(jobId(parseConfig({ train: { seed: 1 }, agent: { gamma: 0.95 } }, "test"), "code")).toBe(id);
    expect(jobId(parseConfig({ train: { seed: 2 } }, "test"), "code")).not.toBe(id);
    expect(jobId(parseConfig({ agent: { tau: 0.021 } }, "test"), "code")).not.toBe(id);
    expect(jobId(config, "other code")).not.toBe(id);
  });

  it("assigns every job to exactly one shard", () => {
    const jobs = plan({ methods: { "agent.tau": [0.1, 0.2, 0.3] }, seeds: "1-3" });
    const shards = [1, 2, 3, 4].map((part) => shardOf(jobs, part, 4));
    expect(shards.map((shard) => shard.length)).toEqual([3, 2, 2, 2]);
    expect(
      shards
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(jobs.map(({ id }) => id).sort());
  });

  it.each([
    ["a list", [], /^s\.yaml: expected a sweep with tasks, methods and seeds, got \[\]$/],
    ["no seeds", {}, /^s\.yaml: seeds: expected integers, as "1-10" or a list, got nothing$/],
    ["an unknown key", { seeds: "1", method: {} }, 'unknown key "method". Did you mean "methods"?'],
    [
      "settings at the top level",
      { seeds: "1", agent: {} },
      'unknown key "agent". Settings of all jobs belong under "settings"',
    ],
    ["an empty list of seeds", { seeds: [] }, "s.yaml: seeds: expected at least one seed, got none"],
    ["a repeated seed", { seeds: [1, 2, 1] }, "s.yaml: seeds: expected each seed once, got 1 twice"],
    ["a seed repeated across ranges", { seeds: "1-3,2" }, "expected each seed once, got 2 twice"],
    [
      "a descending range of seeds",
      { seeds: "5-1" },
      'expected integers such as "1-10" or "1-3,7", got "5-1"',
    ],
    ["a fractional seed", { seeds: [1.5] }, "s.yaml: seeds: expected integers ≥ 0, got 1.5"],
    [
      "an axis without values",
      { seeds: "1", methods: { preset: [] } },
      "s.yaml: methods.preset: expected at least one value, got none",
    ],
    [
      "an unknown setting",
      { seeds: "1", methods: { "agent.tua": [1] } },
      's.yaml: methods.agent.tua: unknown setting agent.tua. Did you mean "agent.tau"?',
    ],
    [
      "a value out of range",
      { seeds: "1", methods: { "agent.tau": [0.1, 2] } },
      "s.yaml: methods.agent.tau: agent.tau: expected a number in (0, 1], got 2",
    ],
    [
      "an unknown setting for all jobs",
      { seeds: "1", settings: { agent: { gama: 1 } } },
      's.yaml: settings: unknown setting agent.gama. Did you mean "agent.gamma"?',
    ],
    [
      "an unknown preset",
      { seeds: "1", methods: { preset: ["tdd3"] } },
      's.yaml: methods.preset: preset: expected a preset\'s name, got "tdd3". Did you mean "td3"?',
    ],
    [
      "a seed among the settings",
      { seeds: "1", settings: { train: { seed: 3 } } },
      's.yaml: settings: train.seed is set by "seeds", not here',
    ],
    [
      "two methods with the same settings",
      { seeds: "1", methods: { "agent.tau": [0.02], how: { a: {}, b: {} } } },
      /expected different settings .*, got the same for/,
    ],
    [
      "a repeated combination",
      { seeds: "1", methods: { "agent.tau": [0.1, 0.1] } },
      's.yaml: methods: expected each combination once, got "tau 0.1" twice',
    ],
  ])("rejects %s in one line", (_, input, message) => {
    expect(refusal(() => plan(input))).toMatch(message);
  });

  it("rejects a combination of conflicting settings and names it", () => {
    const sweep = {
      settings: { "agent.batchSize": 512 },
      methods: { memory: { small: { "agent.replayCapacity": 300 } } },
      seeds: "1",
    };
    expect(refusal(() => plan(sweep))).toMatch(
      /^s\.yaml: small: .*agent\.batchSize.*512.*agent\.replayCapacity.*300/,
    );
  });
});

describe("built-in suites", () => {
  it.each(SUITE_NAMES)("%s is valid and has a description", (name) => {
    const suite = builtInSuite(name);
    expect(suite?.about).not.toBe("");
    expect(planJobs(suite!, name, "code").length).toBeGreaterThan(5);
  });
});

describe("docs/benchmarks.md", () => {
  it("contains a valid sweep file with two tasks, three methods and ten seeds", () => {
    const text = readFileSync(join(import.meta.dirname, "../../../docs/benchmarks.md"), "utf8");
    const [, example = ""] = /```yaml\n(about:[\s\S]*?)```/.exec(text) ?? [];
    const jobs = plan(parseYaml(example));
    expect(jobs.length).toBe(60);
    expect([...new Set(jobs.map(({ method }) => method))]).toEqual(["as it is", "slower", "slower TD3"]);
  });
});

describe("parseSeeds", () => {
  it("reads ranges, lists and both", () => {
    expect(parseSeeds("1-3, 7", "seeds")).toEqual([1, 2, 3, 7]);
    expect(parseSeeds([5, 4], "seeds")).toEqual([5, 4]);
  });
});
