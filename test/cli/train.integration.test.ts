/** @file `steadyarm train` and `eval`: the run folder, and the same bits when repeated or interrupted. */

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { inProcess } from "./in-process.ts";
import { checkpointReached, interruptedRun } from "./interrupted-run.ts";
import { reproducibleParts } from "./reproducible-parts.ts";
import { shortRun, start, steadyarm } from "./steadyarm.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Runs that several tests compare with or copy, each trained once. */
const trained = mkdtempSync(join(tmpdir(), "steadyarm-"));
afterAll(() => rmSync(trained, { recursive: true, force: true }));

/** Returns the folder of a run without interruption, with seed 1. */
async function uninterrupted(steps: number, collectors = 0): Promise<string> {
  const name = `${steps}-${collectors}`;
  if (!existsSync(join(trained, name))) {
    const { code, stderr } = await inProcess(shortRun(name, steps, 1, collectors), trained);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  }
  return join(trained, name);
}

/** As `uninterrupted`, copied to `<cwd>/<name>`. */
async function copyOf(name: string, cwd: string, steps: number, collectors = 0): Promise<void> {
  cpSync(await uninterrupted(steps, collectors), join(cwd, name), { recursive: true });
}

describe("steadyarm train", () => {
  it("writes a complete run folder and prints the success rate", async () => {
    const cwd = temporaryFolder();
    const { code, stdout, stderr } = await inProcess(shortRun("run", 600), cwd);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(
      /^success_rate [01]\.\d\d \(\d\/5 held at the end\) · 600 steps · \d+ s · run$/,
    );
    const names = readdirSync(join(cwd, "run")).map((name) => name.replace(/\.\d+\./, ".N."));
    expect(names.sort()).toEqual([
      "checkpoints",
      "events.out.tfevents.N.steadyarm",
      "manifest.json",
      "metrics.jsonl",
      "policies",
      "progress.csv",
      "result.json",
    ]);
    expect(readdirSync(join(cwd, "run", "checkpoints")).sort()).toEqual(["step-400", "step-600"]);
    expect(readdirSync(join(cwd, "run", "policies")).length).toBe(4);
    const result = JSON.parse(readFileSync(join(cwd, "run", "result.json"), "utf8"));
    expect(result).toMatchObject({
      steps: 600,
      episodes: 5,
      env: "planar2-reach",
      reward: "sparse",
      seed: 1,
      engine: "onnx",
    });
  });

  it("gives the same bits for the same seed in another process, and different ones for another seed", async () => {
    const cwd = temporaryFolder();
    const expected = reproducibleParts(await uninterrupted(600));
    await steadyarm(shortRun("one", 600), cwd);
    await inProcess(shortRun("other", 600, 2), cwd);
    expect(reproducibleParts(join(cwd, "one"))).toEqual(expected);
    expect(reproducibleParts(join(cwd, "other")).policy).not.toBe(expected.policy);
  });

  it.each([0, 2])(
    "gives the same bits after SIGKILL and --resume as without, with %i collectors",
    async (n) => {
      const cwd = temporaryFolder();
      await interruptedRun(shortRun("killed", 1000, 1, n), cwd, {
        run: "killed",
        step: 400,
        signal: "SIGKILL",
      });
      const { code, stderr } = await inProcess(["train", "--resume", "killed"], cwd);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(reproducibleParts(join(cwd, "killed"))).toEqual(reproducibleParts(await uninterrupted(1000, n)));
    },
  );

  it.each([
    ["SIGINT", 130, 0],
    ["SIGTERM", 143, 2],
  ] as const)(
    "saves on %s, prints how to resume, and then gives the same bits",
    async (signal, exitCode, n) => {
      const cwd = temporaryFolder();
      const { code, stdout, stderr } = await interruptedRun(shortRun("stopped", 1000, 1, n), cwd, {
        run: "stopped",
        step: 200,
        signal,
      });
      expect(code).toBe(exitCode);
      expect(stderr).toContain(signal);
      expect(stdout).toContain("steadyarm train --resume stopped");
      await inProcess(["train", "--resume", "stopped"], cwd);
      expect(reproducibleParts(join(cwd, "stopped"))).toEqual(
        reproducibleParts(await uninterrupted(1000, n)),
      );
    },
  );

  it("restarts with --resume if killed before its first checkpoint", async () => {
    const cwd = temporaryFolder();
    await copyOf("killed", cwd, 400);
    rmSync(join(cwd, "killed", "result.json"));
    for (const name of readdirSync(join(cwd, "killed", "checkpoints"))) {
      rmSync(join(cwd, "killed", "checkpoints", name), { recursive: true });
    }
    // With evaluations or later policies, the checkpoints would have been lost, which is refused.
    writeFileSync(join(cwd, "killed", "metrics.jsonl"), "");
    for (const name of readdirSync(join(cwd, "killed", "policies"))) {
      if (name !== "step-0.safetensors") rmSync(join(cwd, "killed", "policies", name));
    }
    await inProcess(["train", "--resume", "killed"], cwd);
    expect(reproducibleParts(join(cwd, "killed"))).toEqual(reproducibleParts(await uninterrupted(400)));
  });

  it.each([0, 1])(
    "trains further with more --steps, to the same bits as in one run, with %i collectors",
    async (n) => {
      const cwd = temporaryFolder();
      await copyOf("short", cwd, 600, n);
      const unchanged = await inProcess(["train", "--resume", "short"], cwd);
      expect(unchanged.stdout).toContain("The run is complete");
      await inProcess(["train", "--resume", "short", "--steps", "1000"], cwd);
      expect(reproducibleParts(join(cwd, "short"))).toEqual(reproducibleParts(await uninterrupted(1000, n)));
    },
  );

  it("chooses the number of collectors by the cores unless it is set, and records it", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "c.yaml"), "train:\n  collectors: 0\n");
    const unset = shortRun("x", 60).filter(
      (word, i, all) => ![word, all[i + 1]].includes("train.collectors=0"),
    );
    await inProcess([...unset, "--out", "chosen"], cwd);
    await inProcess([...unset, "--config", "c.yaml", "--out", "given"], cwd);
    const collectorsOf = (run: string) =>
      JSON.parse(readFileSync(join(cwd, run, "manifest.json"), "utf8")).config.train.collectors;
    expect(collectorsOf("chosen")).toBe(availableParallelism() > 1 ? 2 : 0);
    expect(collectorsOf("given")).toBe(0);
  });

  it("records the number of collectors, which a resumed run keeps", async () => {
    const cwd = temporaryFolder();
    await inProcess(shortRun("run", 200, 1, 1), cwd);
    const manifest = JSON.parse(readFileSync(join(cwd, "run", "manifest.json"), "utf8"));
    expect(manifest.config.train.collectors).toBe(1);
    const { code, stderr } = await inProcess(
      ["train", "--resume", "run", "--set", "train.collectors=3"],
      cwd,
    );
    expect(code).toBe(2);
    expect(stderr).toContain("--set");
  });

  it("rejects --resume of a run that another process is training", async () => {
    const cwd = temporaryFolder();
    const running = start(shortRun("busy", 1_000_000), cwd);
    await checkpointReached(join(cwd, "busy"), 0);
    const { code, stderr } = await inProcess(["train", "--resume", "busy"], cwd);
    expect(code).toBe(2);
    expect(stderr).toContain(`${running.child.pid}`);
  });

  it("resumes from an older checkpoint if the newest is damaged, prints that, and gives the same bits", async () => {
    const cwd = temporaryFolder();
    await copyOf("damaged", cwd, 800);
    writeFileSync(join(cwd, "damaged", "checkpoints", "step-800", "agent.safetensors"), "gone");
    const { code, stdout } = await inProcess(["train", "--resume", "damaged", "--steps", "1000"], cwd);
    expect(code).toBe(0);
    expect(stdout).toContain("step-800");
    expect(stdout).toContain("Skipping this checkpoint");
    expect(reproducibleParts(join(cwd, "damaged"))).toEqual(reproducibleParts(await uninterrupted(1000)));
  });

  it("keeps training when the reader of its output exits", async () => {
    const cwd = temporaryFolder();
    const running = start(shortRun("piped", 600), cwd);
    running.child.stdout?.destroy();
    expect((await running.finished).code).toBe(0);
    expect(existsSync(join(cwd, "piped", "result.json"))).toBe(true);
  });

  it("applies preset, config file, flags and --set in this order", async () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, "c.yaml"),
      "agent:\n  actorEvery: 3\n  critics: { actorUses: mean }\ntrain:\n  seed: 5\n",
    );
    const args = [
      ...shortRun("run", 100, 9),
      "--preset",
      "td3",
      "--config",
      "c.yaml",
      "--set",
      "agent.tau=0.3",
    ];
    await inProcess(args, cwd);
    const { config } = JSON.parse(readFileSync(join(cwd, "run", "manifest.json"), "utf8"));
    expect(config.agent.critics).toEqual({ count: 2, targetMin: 2, actorUses: "mean" });
    expect(config.agent).toMatchObject({
      actorEvery: 3,
      tau: 0.3,
      preActivationPenalty: 0,
      hidden: [16, 16],
    });
    expect(config.train.seed).toBe(9);
  });

  it("prints one JSON object on stdout with --json, and progress on stderr", async () => {
    const cwd = temporaryFolder();
    const { stdout, stderr } = await inProcess([...shortRun("run", 200), "--json"], cwd);
    expect(JSON.parse(stdout)).toMatchObject({ run: "run", steps: 200, seed: 1 });
    expect(stderr).toContain("200/200 steps");
  });
});

describe("steadyarm eval", () => {
  it("measures the run's policy, with the same result for the same seed", async () => {
    const cwd = temporaryFolder();
    await inProcess(shortRun("run", 400), cwd);
    const args = ["eval", "run", "--episodes", "7", "--seed", "3", "--json"];
    const one = JSON.parse((await inProcess(args, cwd)).stdout);
    const two = JSON.parse((await inProcess(args, cwd)).stdout);
    expect(one).toMatchObject({ episodes: 7, seed: 3, trainedSteps: 400, env: "planar2-reach" });
    for (const each of [one, two]) for (const name of ["wallSeconds", "envStepsPerSecond"]) delete each[name];
    expect(two).toEqual(one);
  });

  it("evaluates every policy of the zoo, the first episodes of its card", async () => {
    for (const name of readdirSync(join(ROOT, "zoo"))) {
      const entry = join(ROOT, "zoo", name);
      const card = JSON.parse(readFileSync(join(entry, "card.json"), "utf8"));
      const { stdout } = await inProcess(
        ["eval", entry, "--seed", `${card.seed}`, "--episodes", "5", "--json"],
        ROOT,
      );
      const found = JSON.parse(stdout);
      expect(found.trainedSteps, name).toBe(card.policyStep ?? card.steps);
      expect(found.successRate, name).toBeGreaterThanOrEqual(card.successRate > 0.9 ? 0.8 : 0);
    }
  });

  it("reproduces the result of a complete run", async () => {
    const cwd = temporaryFolder();
    await inProcess(shortRun("run", 400, 6), cwd);
    const result = JSON.parse(readFileSync(join(cwd, "run", "result.json"), "utf8"));
    const { stdout } = await inProcess(["eval", "run", "--episodes", "5", "--seed", "6", "--json"], cwd);
    const found = JSON.parse(stdout);
    expect(found.successRate).toBe(result.successRate);
    expect(found.meanFinalDistance).toBe(result.meanFinalDistance);
  });
});
