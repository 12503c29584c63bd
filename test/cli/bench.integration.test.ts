/** @file `steadyarm bench plan | run | report`: shards, kills and resume, failures, reports, invalid input. */

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { inProcess } from "./in-process.ts";
import { reproducibleParts } from "./reproducible-parts.ts";
import { start, steadyarm } from "./steadyarm.ts";
import { tinySweep } from "./tiny-sweep.ts";

const TINY = tinySweep(300);

function folderWith(sweep: object): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "tiny.yaml"), JSON.stringify(sweep));
  return cwd;
}

const runs = (cwd: string, sweep: string) => {
  const folder = join(cwd, sweep, "runs");
  return Object.fromEntries(readdirSync(folder).map((name) => [name, reproducibleParts(join(folder, name))]));
};

describe("steadyarm bench", () => {
  it("gives the same bits in one process and in shards, repeats no run, and writes the report", async () => {
    const cwd = folderWith(TINY);
    const single = await inProcess(["bench", "run", "tiny.yaml", "--out", "single"], cwd);
    expect({ code: single.code, stderr: single.stderr }).toEqual({ code: 0, stderr: "" });
    expect(single.stdout).toMatch(/tiny: 2 jobs \(1 task × 2 methods × 1 seed\), 600 steps/);
    expect(single.stdout).toContain("2/2 done");

    const again = await inProcess(["bench", "run", "tiny.yaml", "--out", "single"], cwd);
    expect(again.code).toBe(0);
    expect(again.stdout).not.toContain("running");

    const args = ["bench", "run", "tiny.yaml", "--out", "sharded", "--jobs", "1", "--shard"];
    const shards = await Promise.all([steadyarm([...args, "1/2"], cwd), steadyarm([...args, "2/2"], cwd)]);
    expect(shards.map(({ code }) => code)).toEqual([0, 0]);
    expect(runs(cwd, "sharded")).toEqual(runs(cwd, "single"));

    const report = await inProcess(["bench", "report", "single"], cwd);
    expect(report.code).toBe(0);
    expect(readdirSync(join(cwd, "single")).sort()).toEqual(
      ["figures", "report.html", "report.md", "runs", "runs.csv", "sweep.json"].sort(),
    );
    const markdown = readFileSync(join(cwd, "single", "report.md"), "utf8");
    for (const [, file] of markdown.matchAll(/\]\((figures\/[^)]+)\)/g)) {
      expect(existsSync(join(cwd, "single", file ?? "")), file).toBe(true);
    }
  });

  it("resumes after repeated kill -9 and gives the same bits as an undisturbed sweep", async () => {
    const cwd = folderWith({ ...TINY, settings: { ...TINY.settings, "train.steps": 800 } });
    await inProcess(["bench", "run", "tiny.yaml", "--out", "single"], cwd);
    const args = ["bench", "run", "tiny.yaml", "--out", "killed", "--jobs", "2"];
    for (let kills = 0; kills < 2; ) {
      const before = evaluations(cwd, "killed");
      const { child, finished } = start(args, cwd);
      let ended = false;
      void finished.then(() => {
        ended = true;
      });
      await expect.poll(() => ended || evaluations(cwd, "killed") > before, { interval: 20 }).toBe(true);
      child.kill("SIGKILL");
      kills += 1;
      // On a busy machine the sweep may end before the kill; then it is started again.
      if ((await finished).code === 0) {
        rmSync(join(cwd, "killed"), { recursive: true });
        kills = 0;
      }
    }
    const { code, stderr } = await inProcess(args, cwd);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(existsSync(join(cwd, "killed", "failures"))).toBe(false);
    expect(runs(cwd, "killed")).toEqual(runs(cwd, "single"));
  });

  it("saves all runs at SIGINT, and reports an incomplete sweep", async () => {
    const cwd = folderWith({ ...TINY, settings: { ...TINY.settings, "train.steps": 20_000 } });
    const running = start(["bench", "run", "tiny.yaml", "--out", "s", "--jobs", "1"], cwd);
    await expect.poll(() => evaluations(cwd, "s")).toBeGreaterThan(0);
    running.child.kill("SIGINT");
    const { code, stdout } = await running.finished;
    expect(code).toBe(130);
    expect(stdout).toMatch(/stopped and saved: .*\/2 done.* The same command resumes\n$/);
    const partial = await inProcess(["bench", "report", "s"], cwd);
    expect(partial.code).toBe(0);
    expect(readFileSync(join(cwd, "s", "report.md"), "utf8")).toContain("have no result yet");
  });

  it("retries a failing job up to the limit over all restarts, and trains the others", async () => {
    const cwd = folderWith(TINY);
    const { stdout } = await inProcess(["bench", "plan", "tiny.yaml", "--json"], cwd);
    const [failing] = JSON.parse(stdout);
    await inProcess(["bench", "run", "tiny.yaml", "--out", "s", "--shard", "2/2"], cwd);
    // A file at the path of the first job's run folder makes that job fail.
    const name = readdirSync(join(cwd, "s", "runs"))[0]?.replace(/k-\d-s\d-.*/, `k-4-s1-${failing.id}`);
    writeFileSync(join(cwd, "s", "runs", name ?? ""), "in the way");
    const args = ["bench", "run", "tiny.yaml", "--out", "s", "--retries", "1"];
    const first = await inProcess(args, cwd);
    expect(first.code).toBe(1);
    expect(first.stdout).toMatch(/will be retried {2}planar2-reach · k 4 · seed 1: /);
    expect(first.stdout).toContain("1/2 done · 1 failed");
    expect(JSON.parse(readFileSync(join(cwd, "s", "failures", `${failing.id}.json`), "utf8"))).toHaveLength(
      2,
    );
    const second = await inProcess(args, cwd);
    expect(second.code).toBe(1);
    expect(JSON.parse(readFileSync(join(cwd, "s", "failures", `${failing.id}.json`), "utf8"))).toHaveLength(
      2,
    );
    await inProcess([...args, "--retry-failed"], cwd);
    expect(JSON.parse(readFileSync(join(cwd, "s", "failures", `${failing.id}.json`), "utf8"))).toHaveLength(
      4,
    );
    await inProcess(["bench", "report", "s"], cwd);
    expect(readFileSync(join(cwd, "s", "report.md"), "utf8")).toContain("0/1, 1 failed");
  });

  it.each([
    [
      ["plan", "quik"],
      'steadyarm: sweep: expected a suite\'s name, or a YAML or JSON file (docs/benchmarks.md), got "quik". Did you mean "quick"?',
    ],
    [["plan", "none.yaml"], "steadyarm: none.yaml: expected a YAML or JSON file, got no such file"],
    [
      ["run", "tiny.yaml", "--shard", "3/2"],
      'steadyarm: --shard: expected part/parts, such as 1/8 to 8/8, got "3/2"',
    ],
    [["run", "tiny.yaml", "--shard", "0/2"], 'such as 1/8 to 8/8, got "0/2"'],
    [["run", "tiny.yaml", "--seeds", "1,1"], "steadyarm: --seeds: expected each seed once, got 1 twice"],
    [["run", "tiny.yaml", "--jobs", "0"], 'steadyarm: --jobs: expected an integer in [1, 1024], got "0"'],
    [
      ["run", "tiny.yaml", "--retries", "-1"],
      'steadyarm: --retries: expected an integer in [0, 1000000], got "-1"',
    ],
    [["run", "tiny.yaml", "--shards", "1/2"], "--shard"],
    [["run"], "sweep"],
    [["rnu", "quick"], 'steadyarm bench: unknown command "rnu". Did you mean "run"?'],
    [["worker"], "steadyarm: --queue: expected a URL such as postgres://"],
    [
      ["worker", "--queue", "ftp://me:secret@x"],
      'or postgres://user:password@host:5432/database, got "ftp://…@x"',
    ],
    [["worker", "--queue", "postgres://h/d", "--lease", "0"], "--lease: expected an integer in [1, 86400]"],
    [["report", "none"], "steadyarm: none: expected the folder of a sweep, got no such folder"],
    [["report", "."], "steadyarm: .: expected the folder of a sweep, got a folder without sweep.json"],
    [
      ["run", "empty.yaml"],
      'steadyarm: empty.yaml: seeds: expected integers, as "1-10" or a list, got nothing',
    ],
    [["run", "env.yaml"], "panda-raech"],
  ])("rejects %j in one line and creates no files", async (args, message) => {
    const cwd = folderWith(TINY);
    writeFileSync(join(cwd, "empty.yaml"), "");
    writeFileSync(join(cwd, "env.yaml"), "seeds: 1-2\ntasks: { env.id: [panda-raech] }\n");
    const before = readdirSync(cwd);
    const { code, stdout, stderr } = await inProcess(["bench", ...args], cwd);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(readdirSync(cwd)).toEqual(before);
  });
});

/** Number of lines logged so far by all runs of a sweep. */
function evaluations(cwd: string, sweep: string): number {
  const folder = join(cwd, sweep, "runs");
  if (!existsSync(folder)) return 0;
  return readdirSync(folder)
    .map((name) => join(folder, name, "metrics.jsonl"))
    .filter((path) => existsSync(path))
    .reduce((sum, path) => sum + readFileSync(path, "utf8").split("\n").length - 1, 0);
}
