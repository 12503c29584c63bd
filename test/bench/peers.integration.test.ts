/** @file Peers are small programs of these tests here, since a test machine does not have the real ones. */

import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { compareSteps } from "../../bench/peers/compare-steps.ts";
import { compareTraining } from "../../bench/peers/compare-training.ts";
import { compareUpdates } from "../../bench/peers/compare-updates.ts";
import { PeerProcess } from "../../bench/peers/peer-process.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const ROOT = join(import.meta.dirname, "../..");
const TSX = [process.execPath, "--import", "tsx"];

/** Writes an executable that stands for Python; `script` and `words` are its arguments. */
function program(body: string): string {
  const path = join(temporaryFolder(), "python.cjs");
  writeFileSync(path, `#!${process.execPath}\nconst [, , script, ...words] = process.argv;\n${body}`);
  chmodSync(path, 0o755);
  return path;
}

/** Answers every request with a number of CPU seconds, and twice as much wall time. */
function answering(seconds: string): string {
  return program(`
    require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
      const request = JSON.parse(line);
      const seconds = ${seconds};
      console.log(JSON.stringify({ seconds: 2 * seconds, cpuSeconds: seconds }));
    });`);
}

function peers(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "bench/peers.ts", ...words],
    { cwd: ROOT, encoding: "utf8", env: { ...process.env, TSX_DISABLE_CACHE: "1" } },
  );
  return { status, stdout, stderr };
}

/** Runs bench/peers.ts, which must fail with exit code 2. Returns its line. */
function refusalOf(...words: string[]): string {
  const { status, stdout, stderr } = peers(...words);
  expect({ status, stdout }, stderr).toEqual({ status: 2, stdout: "" });
  expect(stderr.trimEnd().split("\n"), stderr).toHaveLength(1);
  return stderr;
}

describe("bench/peers.ts", () => {
  it("says what to install without --python, without Python and for a program that is not Python", () => {
    const install = "python3 -m venv peers && peers/bin/pip install -r bench/peers/requirements.txt";
    expect(refusalOf()).toContain(install);
    const missing = refusalOf("--python", "/nowhere/python");
    expect(missing).toContain("--python: expected a Python with the peers, got /nowhere/python");
    expect(missing).toContain(install);
    const other = program(`console.error("first\\nno such file"); process.exit(3);`);
    expect(refusalOf("--python", other)).toMatch(/which ended with 3: no such file/);
  });

  it.skipIf(spawnSync("python3", ["--version"]).status !== 0)("names missing packages", () => {
    const folder = temporaryFolder();
    expect(spawnSync("python3", ["-m", "venv", "--without-pip", folder]).status).toBe(0);
    const line = refusalOf("--python", join(folder, "bin/python"));
    expect(line).toContain(
      "a Python with stable-baselines3, sbx-rl, torch, jax, panda-gym, gymnasium, numpy, got",
    );
    expect(line).toContain("pip install -r bench/peers/requirements.txt");
  });

  it("names the only missing package", () => {
    const python = program(`
      const versions = words.map((name) => [name, name === "torch" ? null : "1.0"]);
      console.log(JSON.stringify(Object.fromEntries(versions)));`);
    expect(refusalOf("--python", python)).toContain("expected a Python with torch, got");
  });

  it("refuses versions that are not versions", () => {
    const python = program(`console.log(JSON.stringify({ python: 3 }));`);
    expect(refusalOf("--python", python)).toMatch(/packages\.py: python: expected string.*, got 3/);
  });
});

describe("a peer's process", () => {
  it.each([
    ["hello", /peer: expected JSON, got/],
    ['{"seconds":"fast","cpuSeconds":1}', /peer: seconds: expected number, got "fast"/],
    ['{"seconds":-1,"cpuSeconds":1}', /peer: seconds: expected/],
    ['{"seconds":1}', /peer: cpuSeconds: expected number, got nothing/],
  ])("that answers %s is reported in one line", async (answer, message) => {
    const python = program(`console.log(${JSON.stringify(answer)}); process.stdin.resume();`);
    const peer = new PeerProcess("peer", [python], 1);
    onTestFinished(() => peer.end());
    const measured = peer.measure({});
    await expect(measured).rejects.toThrow(message);
    await expect(measured).rejects.toMatchObject({ name: "InputError" });
  });

  it("that crashes is reported with its last line on standard error", async () => {
    const python = program(`console.error("Traceback:\\nRuntimeError: boom\\n"); process.exit(1);`);
    const peer = new PeerProcess("update.py sb3", [python], 1);
    await expect(peer.measure({})).rejects.toThrow(
      "update.py sb3: expected an answer, got exit code 1: RuntimeError: boom",
    );
    await peer.end();
  });
});

describe("comparisons", () => {
  it("of updates give milliseconds of one update and ratios", async () => {
    const python = answering(`words[0] === "sb3" ? 0.25 : request.perCall === 50 ? 0.03125 : 0.125`);
    const ours = answering("request.withHer ? 0.09375 : 0.0625");
    const rows = await compareUpdates(python, [ours], 1);
    expect(rows).toHaveLength(12);
    const values = rows.slice(0, 4).map((row) => [row.case, row.peer, row.ours, row.theirs, row.ratio]);
    expect(values).toEqual([
      ["2×64", "SB3", 1.25, 5, 4],
      ["2×64", "SBX, 1 a call", 1.25, 2.5, 2],
      ["2×64", "SBX, 50 a call", 1.25, 0.625, 0.5],
      ["2×64", "steadyarm with HER, normalised inputs", 1.25, 1.875, 1.5],
    ]);
  });

  it("of environments give steps per second and ratios", async () => {
    const python = answering(`request.env === "PandaReach-v3" ? 2 : 1`);
    const ours = answering(`request.control === "ee" ? 0.5 : 0.25`);
    const rows = await compareSteps(python, [ours], 1);
    expect(rows.map((row) => [row.case, row.peer, row.ours, row.theirs, row.ratio])).toEqual([
      ["panda-reach, ee", "PandaReach-v3", 1000, 250, 4],
      ["panda-reach, torque", "PandaReach-v3", 2000, 250, 8],
      ["panda-push, ee", "PandaPush-v3", 1000, 500, 2],
      ["panda-push, torque", "PandaPush-v3", 2000, 500, 4],
      ["panda-gripper-pick-and-place, ee", "PandaPickAndPlace-v3", 1000, 500, 2],
      ["panda-gripper-pick-and-place, torque", "PandaPickAndPlace-v3", 2000, 500, 4],
    ]);
  });

  /** Prints what `steadyarm train` prints, and writes its metrics. */
  const training = (rates: readonly number[]) =>
    program(`
      const folder = process.argv[process.argv.indexOf("--out") + 1];
      require("node:fs").mkdirSync(folder);
      console.log("panda-reach (ee, sparse reward, HER k = 4)");
      ${JSON.stringify(rates)}.forEach((rate, i) => {
        const row = { step: 1000 * (i + 1), "eval/success_rate": rate };
        require("node:fs").appendFileSync(folder + "/metrics.jsonl", JSON.stringify(row) + "\\n");
        console.log("1,000/20,000 steps  success " + rate.toFixed(2));
      });
      console.log("success_rate 1.00 (1/1 held at the end)");`);
  const sb3 = (steps: readonly number[], rates: readonly number[]) =>
    program(`
      console.log(JSON.stringify({ started: true }));
      ${JSON.stringify(steps)}.forEach((step, i) =>
        console.log(JSON.stringify({ step, successRate: ${JSON.stringify(rates)}[i] })));
      setInterval(() => {}, 1000);`);

  it("of training give the steps and the seconds of the first evaluation at 0.95", async () => {
    const options = { cores: 1, collectors: 0, rounds: 1 };
    const peer = sb3([1000, 4000], [0.94, 0.96]);
    const [total, trained, cpu, steps] = await compareTraining(peer, [training([0, 0.94, 0.96, 1])], options);
    expect(steps).toMatchObject({ case: "1 core: steps", ours: 3000, theirs: 4000, ratio: 4 / 3 });
    if (process.platform === "linux") expect(cpu?.theirs).toBeGreaterThan(0);
    expect(total?.ours).toBeGreaterThan(trained?.ours ?? Number.NaN);
    expect(total?.theirs).toBeGreaterThan(trained?.theirs ?? Number.NaN);
  });

  it("of training without an evaluation at 0.95 are infinite", async () => {
    const options = { cores: 1, collectors: 0, rounds: 1 };
    const rows = await compareTraining(sb3([20_000], [0.5]), [training([0, 0.5])], options);
    for (const row of rows)
      expect(row).toMatchObject({ ours: Number.POSITIVE_INFINITY, theirs: Number.POSITIVE_INFINITY });
  });

  it("report a training that fails", async () => {
    const options = { cores: 1, collectors: 0, rounds: 1 };
    const ours = program(`console.error("steadyarm: disk full"); process.exit(2);`);
    await expect(compareTraining(sb3([], []), [ours], options)).rejects.toThrow(
      "steadyarm train: expected an answer, got exit code 2: steadyarm: disk full",
    );
  });

  it("run our own updates and steps", async () => {
    const update = new PeerProcess("our-update.ts", [...TSX, "bench/peers/our-update.ts"], 1);
    const steps = new PeerProcess("our-steps.ts", [...TSX, "bench/peers/our-steps.ts"], 1);
    onTestFinished(async () => {
      await Promise.all([update.end(), steps.end()]);
    });
    for (const withHer of [false, true]) {
      const { seconds } = await update.measure({ hidden: [8, 8], withHer, count: 2 });
      expect(seconds).toBeGreaterThan(0);
    }
    const { cpuSeconds } = await steps.measure({ env: "panda-reach", control: "ee", count: 3 });
    expect(cpuSeconds).toBeGreaterThan(0);
  });
});
