import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { inProcess } from "./in-process.ts";
import { shortRun } from "./steadyarm.ts";

/** With `run/`, whose actor's learning rate is too low. */
let trained: string;
beforeAll(async () => {
  trained = mkdtempSync(join(tmpdir(), "steadyarm-"));
  await inProcess([...shortRun("run", 600), "--set", "agent.actorLearningRate=1e-6"], trained);
});
afterAll(() => rmSync(trained, { recursive: true, force: true }));

describe("steadyarm doctor", () => {
  it("prints the cause, its evidence and the next commands", async () => {
    const { code, stdout, stderr } = await inProcess(["doctor", "run"], trained);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("run: planar2-reach, sparse reward, seed 1, 600 steps, complete");
    expect(stdout).toMatch(/^1 {2}Actor's learning rate too low {2}inferred, confidence 0\.\d\d █+░+$/m);
    expect(stdout).toMatch(/probe\/actor_step +\S+, under 1e-4/);
    expect(stdout).toContain("--set agent.actorLearningRate=0.001");
    expect(stdout).toContain("steadyarm doctor run --cure");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThan(140);
  });

  it("prints one JSON object with the documented fields", async () => {
    const { code, stdout } = await inProcess(["doctor", "run", "--json"], trained);
    expect(code).toBe(0);
    const { run, verdict, findings } = JSON.parse(stdout);
    expect({ run, verdict }).toEqual({ run: "run", verdict: "actor-rate-too-low" });
    expect(findings[0]).toEqual({
      cause: "actor-rate-too-low",
      title: "actor's learning rate too low",
      confidence: expect.any(Number),
      // The size of the networks and of the batches is unusual, too.
      proven: false,
      evidence: expect.arrayContaining([
        {
          metric: "probe/actor_step",
          value: expect.any(Number),
          threshold: 1e-4,
          side: "under",
          trend: [],
          source: expect.any(String),
        },
      ]),
      explanation: expect.any(String),
      followsFrom: null,
      set: ["agent.actorLearningRate=0.001"],
      remedy: expect.any(String),
    });
  });

  it("lists what could not be checked, without diagnostics and with one evaluation", async () => {
    const cwd = temporaryFolder();
    await inProcess([...shortRun("run", 200), "--set", "train.diagnostics=false"], cwd);
    const { code, stdout } = await inProcess(["doctor", "run"], cwd);
    expect(code).toBe(0);
    expect(stdout).toContain("Could not be checked:");
    expect(stdout).toContain("train.diagnostics is off");
  });

  it("trains with and without the remedy, and prints the difference with its confidence interval", async () => {
    const cwd = temporaryFolder();
    await inProcess([...shortRun("run", 400), "--set", "agent.actorLearningRate=1e-6"], cwd);
    const before = readFileSync(join(cwd, "run", "metrics.jsonl"), "utf8");
    const args = ["doctor", "run", "--cure", "--seeds", "2", "--jobs", "2"];
    const { code, stdout } = await inProcess([...args, "--json"], cwd);
    expect(code).toBe(0);
    const { cure } = JSON.parse(stdout);
    expect(cure).toMatchObject({ cause: "actor-rate-too-low", seeds: [1, 2] });
    const { low, high, mean } = cure.success.difference;
    expect(low).toBeLessThanOrEqual(mean);
    expect(high).toBeGreaterThanOrEqual(mean);
    expect(readFileSync(join(cwd, "run", "metrics.jsonl"), "utf8")).toBe(before);
    const manifest = JSON.parse(
      readFileSync(join(cwd, "run/cure/actor-rate-too-low/s2/manifest.json"), "utf8"),
    );
    expect(manifest.config).toMatchObject({ agent: { actorLearningRate: 0.001 }, train: { seed: 2 } });
  });

  it("refuses to cure what it has not found, or what no setting cures", async () => {
    const refused = async (cause: string) => {
      const { code, stderr } = await inProcess(["doctor", "run", "--quick", "--cure", cause], trained);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await refused("dead-motor")).toContain("expected a cause that was found: actor-rate-too-low");
    expect(await refused("under-trained")).toContain(
      "expected a finding that a setting fixes, got under-trained",
    );
  });

  it("rejects in one line a missing run, an invalid flag, damaged metrics and a run without evaluations", async () => {
    const cwd = temporaryFolder();
    const errorLine = async (args: readonly string[]) => {
      const { code, stderr } = await inProcess(["doctor", ...args], cwd);
      expect({ code, lines: stderr.trimEnd().split("\n").length }, stderr).toEqual({ code: 2, lines: 1 });
      return stderr;
    };
    expect(await errorLine(["nowhere"])).toBe(
      "steadyarm: nowhere: expected a run folder, got no such folder\n",
    );
    cpSync(join(trained, "run"), join(cwd, "run"), { recursive: true });
    expect(await errorLine(["run", "--seeds", "0"])).toContain("--seeds: expected an integer in [1, 100]");
    const metrics = join(cwd, "run", "metrics.jsonl");
    writeFileSync(metrics, "not json\n");
    expect(await errorLine(["run"])).toContain("metrics.jsonl:1");
    writeFileSync(metrics, "");
    expect(await errorLine(["run"])).toMatch(/expected .*evaluation, got none/);
  });
});
