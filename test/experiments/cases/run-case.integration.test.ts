/** @file Complete cases with real training runs: output, interruption and resume, failures, invalid folders. */

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadEngine } from "../../../agent/engine/select.ts";
import { SUCCESS } from "../../../experiments/cases/arm-runs.ts";
import { openCaseFolder } from "../../../experiments/cases/case-folder.ts";
import type { CaseStudy } from "../../../experiments/cases/case-study.ts";
import type { Remedy } from "../../../experiments/cases/remedies.ts";
import { runCase } from "../../../experiments/cases/run-case.ts";
import { type ArmClaim, armVerdicts } from "../../../experiments/cases/verdict-rules.ts";
import { type JobState, startProgram } from "../../../training/training-pool.ts";
import { refusal, temporaryFolder } from "../../temporary-folder.ts";

/** A run of one or two seconds: two-link arm, small network, few evaluation episodes. */
const SMALL = {
  "env.id": "planar2-reach",
  "agent.hidden": [8],
  "agent.batchSize": 16,
  "agent.warmupSteps": 100,
  "train.evaluateEvery": 100,
  "train.checkpointEvery": 100,
  "train.evaluationEpisodes": 2,
  "train.finalEpisodes": 3,
} as const;
const FIRST: Remedy = { name: "small", settings: SMALL };
const SECOND: Remedy = { name: "small, sparse", settings: { ...SMALL, "agent.her.k": 0 } };

const CLAIM: ArmClaim = {
  claim: "It matters.",
  remedies: [SECOND],
  base: FIRST,
  metric: SUCCESS,
  side: "less",
};

const STUDY: CaseStudy = {
  name: "small-case",
  title: "Does <hindsight> matter?",
  question: "On a small arm.",
  remedies: [FIRST, SECOND],
  measure: async () => ({
    numbers: { answer: 42, missing: Number.NaN },
    report: (arm) => ({
      verdicts: [CLAIM].map(armVerdicts(arm, [CLAIM])),
      sections: [{ heading: "Runs", blocks: [{ kind: "text", text: `${arm.of(FIRST).length} runs` }] }],
    }),
  }),
};

const launch = startProgram(join(import.meta.dirname, "../../../dist/cli/main.js"));

async function run(out: string, options: { stop?: AbortController; seeds?: number[]; steps?: number } = {}) {
  const changes: JobState[][] = [];
  const outcome = await runCase(STUDY, {
    folder: openCaseFolder(out, STUDY.name),
    seeds: options.seeds ?? [1, 2],
    steps: options.steps ?? 300,
    engine: await loadEngine("onnx"),
    parallel: 2,
    launch,
    stop: options.stop?.signal ?? new AbortController().signal,
    onChange: (states) => {
      changes.push([...states]);
      // Stop as soon as the first run is done; others are then waiting or running.
      if (states.some(({ status }) => status === "done")) options.stop?.abort();
    },
    onTrained: () => undefined,
    facts: [{ term: "command", text: "`steadyarm case`" }],
  });
  return { outcome, changes };
}

describe("runCase", () => {
  it("can be stopped and resumed without repeating runs, and writes page and numbers", async () => {
    const out = join(temporaryFolder(), "case");
    const stopped = await run(out, { stop: new AbortController() });
    expect(stopped.outcome).toBeUndefined();
    expect(readdirSync(out)).toEqual(["runs"]);
    // Either of the two concurrent runs may have ended first.
    const completed = ["small", "small-sparse"]
      .map((remedy) => join(out, "runs", remedy, "s1", "result.json"))
      .filter((path) => existsSync(path));
    expect(completed.length).toBeGreaterThan(0);
    const modified = () => completed.map((path) => statSync(path).mtimeMs);
    const before = modified();

    const { outcome, changes } = await run(out);
    expect(changes[0]?.some(({ status }) => status === "done")).toBe(true);
    expect(outcome?.failed).toEqual([]);
    expect(modified()).toEqual(before);
    expect(readdirSync(out).sort()).toEqual(["case.json", "index.html", "runs"]);

    const numbers = JSON.parse(readFileSync(join(out, "case.json"), "utf8"));
    expect(numbers).toMatchObject({
      case: "small-case",
      seeds: [1, 2],
      steps: 300,
      miniature: { answer: 42, missing: null },
      verdicts: [{ claim: "It matters.", verdict: "undecided" }],
      failed: [],
    });
    expect(numbers.arm.map(({ remedy }: { remedy: string }) => remedy)).toEqual(["small", "small, sparse"]);
    expect(numbers.arm[1].runs.map(({ seed }: { seed: number }) => seed)).toEqual([1, 2]);
    expect(numbers.arm[1].differences[0]).toMatchObject({ against: "small", seeds: 2 });

    const page = readFileSync(join(out, "index.html"), "utf8");
    expect(page).toContain("<title>Does &lt;hindsight&gt; matter?</title>");
    expect(page).toContain("2 seeds (minimum 5)");
    expect(page).toContain("Verdicts on 1 claim: 1 undecided.");
    expect(page).not.toMatch(/NaN|undefined/);

    // The page is deterministic: the same runs give the same bytes.
    await run(out);
    expect(readFileSync(join(out, "index.html"), "utf8")).toBe(page);
  });

  it("lists failed runs and excludes them from the results", async () => {
    const out = join(temporaryFolder(), "case");
    const broken: Remedy = { name: "small, sparse", settings: { ...SMALL, "env.id": "toaster" } };
    const { outcome } = await (async () => {
      const folder = openCaseFolder(out, STUDY.name);
      const study: CaseStudy = { ...STUDY, remedies: [FIRST, broken] };
      const engine = await loadEngine("onnx");
      const stop = new AbortController().signal;
      const quiet = { onChange: () => undefined, onTrained: () => undefined, facts: [] };
      const options = { folder, seeds: [1], steps: 100, engine, parallel: 1, launch, stop, ...quiet };
      return { outcome: await runCase(study, options) };
    })();
    expect(outcome?.failed.map(({ job }) => job.name)).toEqual(["small, sparse, seed 1"]);
    const page = readFileSync(join(out, "index.html"), "utf8");
    expect(page).toContain("Runs that failed");
    expect(page).toContain("toaster");
  });

  it("rejects a folder whose runs have other settings", async () => {
    const out = join(temporaryFolder(), "case");
    await run(out, { seeds: [1], steps: 100 });
    await expect(run(out, { seeds: [1], steps: 200 })).rejects.toThrow(
      /small.s1: expected .*settings of "small, seed 1"/,
    );
  });
});

describe("openCaseFolder", () => {
  it("accepts a new folder and the folder of the same case", () => {
    const root = temporaryFolder();
    expect(openCaseFolder(join(root, "a", "b"), "sparse").page).toBe(join(root, "a", "b", "index.html"));
    writeFileSync(join(root, "a", "b", "case.json"), '{"format": "steadyarm-case", "case": "sparse"}');
    writeFileSync(join(root, "a", "b", "index.html"), "");
    expect(openCaseFolder(join(root, "a", "b"), "sparse").runs).toBe(join(root, "a", "b", "runs"));
  });

  it("rejects other folders and files, and does not change them", () => {
    const root = temporaryFolder();
    writeFileSync(join(root, "file"), "");
    expect(refusal(() => openCaseFolder(join(root, "file"), "sparse"))).toContain(
      "expected a folder, got a file",
    );
    expect(refusal(() => openCaseFolder(root, "sparse"))).toContain(
      "got a folder with file. Choose another --out",
    );

    const page = join(root, "page");
    mkdirSync(page);
    writeFileSync(join(page, "index.html"), "mine");
    expect(refusal(() => openCaseFolder(page, "sparse"))).toContain("got a folder with index.html");

    writeFileSync(join(page, "case.json"), '{"format": "steadyarm-case", "case": "variance"}');
    expect(refusal(() => openCaseFolder(page, "sparse"))).toContain(
      'expected the case sparse, got "variance"',
    );
    writeFileSync(join(page, "case.json"), "{}");
    expect(refusal(() => openCaseFolder(page, "sparse"))).toContain("got another format");
    expect(readFileSync(join(page, "index.html"), "utf8")).toBe("mine");
  });
});
