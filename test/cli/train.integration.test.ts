/** @file `steadyarm train` and `eval`: the run folder, and the same bits when repeated or interrupted. */

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { checkpointReached, interruptedRun } from "./interrupted-run.ts";
import { reproducibleParts } from "./reproducible-parts.ts";
import { shortRun, start, steadyarm } from "./steadyarm.ts";

const ROOT = join(import.meta.dirname, "../..");

describe("steadyarm train", () => {
  it("writes a complete run folder and prints the success rate", async () => {
    const cwd = temporaryFolder();
    const { code, stdout, stderr } = await steadyarm(shortRun("run", 600), cwd);
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

  it("gives the same bits for the same seed, and different ones for another", async () => {
    const cwd = temporaryFolder();
    await Promise.all([
      steadyarm(shortRun("one", 600), cwd),
      steadyarm(shortRun("two", 600), cwd),
      steadyarm(shortRun("other", 600, 2), cwd),
    ]);
    const one = reproducibleParts(join(cwd, "one"));
    expect(reproducibleParts(join(cwd, "two"))).toEqual(one);
    expect(reproducibleParts(join(cwd, "other")).policy).not.toBe(one.policy);
  });

  it.each([0, 2])(
    "gives the same bits after SIGKILL and --resume as without, with %i collectors",
    async (n) => {
      const cwd = temporaryFolder();
      await steadyarm(shortRun("uninterrupted", 1200, 1, n), cwd);
      await interruptedRun(shortRun("killed", 1200, 1, n), cwd, {
        run: "killed",
        step: 400,
        signal: "SIGKILL",
      });
      const { code, stderr } = await steadyarm(["train", "--resume", "killed"], cwd);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(reproducibleParts(join(cwd, "killed"))).toEqual(reproducibleParts(join(cwd, "uninterrupted")));
    },
  );

  it.each([
    ["SIGINT", 130, 0],
    ["SIGTERM", 143, 2],
  ] as const)(
    "saves on %s, prints how to resume, and then gives the same bits",
    async (signal, exitCode, n) => {
      const cwd = temporaryFolder();
      await steadyarm(shortRun("uninterrupted", 1200, 1, n), cwd);
      const { code, stdout, stderr } = await interruptedRun(shortRun("stopped", 1200, 1, n), cwd, {
        run: "stopped",
        step: 200,
        signal,
      });
      expect(code).toBe(exitCode);
      expect(stderr).toContain(signal);
      expect(stdout).toContain("steadyarm train --resume stopped");
      await steadyarm(["train", "--resume", "stopped"], cwd);
      expect(reproducibleParts(join(cwd, "stopped"))).toEqual(reproducibleParts(join(cwd, "uninterrupted")));
    },
  );

  it("restarts with --resume if killed before its first checkpoint", async () => {
    const cwd = temporaryFolder();
    await steadyarm(shortRun("uninterrupted", 400), cwd);
    await steadyarm(shortRun("killed", 400), cwd);
    rmSync(join(cwd, "killed", "result.json"));
    for (const name of readdirSync(join(cwd, "killed", "checkpoints"))) {
      rmSync(join(cwd, "killed", "checkpoints", name), { recursive: true });
    }
    // With evaluations or later policies, the checkpoints would have been lost, which is refused.
    writeFileSync(join(cwd, "killed", "metrics.jsonl"), "");
    for (const name of readdirSync(join(cwd, "killed", "policies"))) {
      if (name !== "step-0.safetensors") rmSync(join(cwd, "killed", "policies", name));
    }
    await steadyarm(["train", "--resume", "killed"], cwd);
    expect(reproducibleParts(join(cwd, "killed"))).toEqual(reproducibleParts(join(cwd, "uninterrupted")));
  });

  it.each([0, 1])(
    "trains further with more --steps, to the same bits as in one run, with %i collectors",
    async (n) => {
      const cwd = temporaryFolder();
      await steadyarm(shortRun("long", 1000, 1, n), cwd);
      await steadyarm(shortRun("short", 600, 1, n), cwd);
      const unchanged = await steadyarm(["train", "--resume", "short"], cwd);
      expect(unchanged.stdout).toContain("The run is complete");
      await steadyarm(["train", "--resume", "short", "--steps", "1000"], cwd);
      expect(reproducibleParts(join(cwd, "short"))).toEqual(reproducibleParts(join(cwd, "long")));
    },
  );

  it("chooses the number of collectors by the cores unless it is set, and records it", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "c.yaml"), "train:\n  collectors: 0\n");
    const unset = shortRun("x", 60).filter(
      (word, i, all) => ![word, all[i + 1]].includes("train.collectors=0"),
    );
    await steadyarm([...unset, "--out", "chosen"], cwd);
    await steadyarm([...unset, "--config", "c.yaml", "--out", "given"], cwd);
    const collectorsOf = (run: string) =>
      JSON.parse(readFileSync(join(cwd, run, "manifest.json"), "utf8")).config.train.collectors;
    expect(collectorsOf("chosen")).toBe(availableParallelism() > 1 ? 2 : 0);
    expect(collectorsOf("given")).toBe(0);
  });

  it("records the number of collectors, which a resumed run keeps", async () => {
    const cwd = temporaryFolder();
    await steadyarm(shortRun("run", 200, 1, 1), cwd);
    const manifest = JSON.parse(readFileSync(join(cwd, "run", "manifest.json"), "utf8"));
    expect(manifest.config.train.collectors).toBe(1);
    const { code, stderr } = await steadyarm(
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
    const { code, stderr } = await steadyarm(["train", "--resume", "busy"], cwd);
    expect(code).toBe(2);
    expect(stderr).toContain(`${running.child.pid}`);
  });

  it("resumes from an older checkpoint if the newest is damaged, prints that, and gives the same bits", async () => {
    const cwd = temporaryFolder();
    await steadyarm(shortRun("uninterrupted", 1000), cwd);
    await steadyarm(shortRun("damaged", 800), cwd);
    writeFileSync(join(cwd, "damaged", "checkpoints", "step-800", "agent.safetensors"), "gone");
    const { code, stdout } = await steadyarm(["train", "--resume", "damaged", "--steps", "1000"], cwd);
    expect(code).toBe(0);
    expect(stdout).toContain("step-800");
    expect(stdout).toContain("Skipping this checkpoint");
    expect(reproducibleParts(join(cwd, "damaged"))).toEqual(reproducibleParts(join(cwd, "uninterrupted")));
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
    await steadyarm(args, cwd);
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
    const { stdout, stderr } = await steadyarm([...shortRun("run", 200), "--json"], cwd);
    expect(JSON.parse(stdout)).toMatchObject({ run: "run", steps: 200, seed: 1 });
    expect(stderr).toContain("200/200 steps");
  });
});

describe("steadyarm eval", () => {
  it("measures the run's policy, with the same result for the same seed", async () => {
    const cwd = temporaryFolder();
    await steadyarm(shortRun("run", 400), cwd);
    const args = ["eval", "run", "--episodes", "7", "--seed", "3", "--json"];
    const one = JSON.parse((await steadyarm(args, cwd)).stdout);
    const two = JSON.parse((await steadyarm(args, cwd)).stdout);
    expect(one).toMatchObject({ episodes: 7, seed: 3, trainedSteps: 400, env: "planar2-reach" });
    for (const each of [one, two]) for (const name of ["wallSeconds", "envStepsPerSecond"]) delete each[name];
    expect(two).toEqual(one);
  });

  it("reproduces the success rates on the cards of the zoo", async () => {
    for (const name of readdirSync(join(ROOT, "zoo"))) {
      const entry = join(ROOT, "zoo", name);
      const card = JSON.parse(readFileSync(join(entry, "card.json"), "utf8"));
      const { stdout } = await steadyarm(
        ["eval", entry, "--seed", `${card.seed}`, "--episodes", `${card.episodes}`, "--json"],
        ROOT,
      );
      expect(JSON.parse(stdout)).toMatchObject({
        successRate: card.successRate,
        trainedSteps: card.policyStep ?? card.steps,
      });
    }
  });

  it("reproduces the result of a complete run", async () => {
    const cwd = temporaryFolder();
    await steadyarm(shortRun("run", 400, 6), cwd);
    const result = JSON.parse(readFileSync(join(cwd, "run", "result.json"), "utf8"));
    const { stdout } = await steadyarm(["eval", "run", "--episodes", "5", "--seed", "6", "--json"], cwd);
    const found = JSON.parse(stdout);
    expect(found.successRate).toBe(result.successRate);
    expect(found.meanFinalDistance).toBe(result.meanFinalDistance);
  });
});
