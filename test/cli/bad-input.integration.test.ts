/** @file Invalid input to any command gives one line on stderr, exit code 2, and no files. */

import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { inProcess } from "./in-process.ts";
import { shortRun } from "./steadyarm.ts";

/** Runs a command that must fail with an InputError. Returns the lines on stderr. */
async function errorLines(args: readonly string[], cwd: string): Promise<string[]> {
  const { code, stdout, stderr } = await inProcess(args, cwd);
  expect(stderr).not.toMatch(/\n\s+at |internal:|Error:/);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
  return stderr.trimEnd().split("\n");
}

describe("the command line", () => {
  it.each<[args: string[], ...parts: string[]]>([
    [["trian"], 'steadyarm: unknown command "trian"', 'Did you mean "train"?'],
    [
      ["fly"],
      'steadyarm: unknown command "fly"',
      "train, eval, watch, doctor, record, replay, export, bench, tune, case, envs",
    ],
    [["train", "--sed", "1"], "steadyarm train: ", "'--sed'", "--seed"],
    [["train", "--frobnicate"], "steadyarm train: ", "'--frobnicate'", "`steadyarm train --help`"],
    [["train", "--seed"], "steadyarm train: ", "--seed <n>", "`steadyarm train --help`"],
    [["train", "extra"], "steadyarm train: ", "too many arguments"],
    [["case"], "steadyarm case: ", "'name'", "`steadyarm case --help`"],
    [["case", "vanising"], '"vanising"', 'Did you mean "vanishing"?'],
    [["case", "oops"], '"oops"', "vanishing, variance, sparse"],
    [["case", "sparse", "--seeds", "0"], "--seeds: expected an integer in [1, 1000]", 'got "0"'],
    [["case", "sparse", "--steps", "many"], "--steps: expected an integer in [1, 1000000000]", 'got "many"'],
    [["case", "sparse", "--jobs", "-1"], "--jobs: expected an integer in [1, 256]", 'got "-1"'],
    [["eval"], "steadyarm eval: ", "'run'", "`steadyarm eval --help`"],
    [["eval", "none"], "steadyarm: none: expected", "run", "policy file", "got nothing there"],
    [["eval", ".", "--episodes", "0"], "--episodes: expected an integer in [1, 1000000]", 'got "0"'],
    [["train", "--env", "panda-raech"], "env.id: expected", '"panda-raech"', 'Did you mean "panda-reach"?'],
    [["train", "--env", "toaster"], "env.id: expected", '"toaster"', "panda-reach, panda-push"],
    [
      ["train", "--reward", "spares"],
      "--reward: env.reward: expected sparse, dense or potential",
      '"spares"',
    ],
    [["train", "--steps", "1e99"], "--steps: train.steps: expected an integer in [1, 1000000000]", "1e+99"],
    [["train", "--steps", "many"], "--steps: train.steps: expected an integer", 'got "many"'],
    [["train", "--seed", "-1"], "--seed: train.seed: expected an integer ≥ 0, got -1"],
    [["train", "--set", "agent.tau=NaN"], "--set: agent.tau: expected a number in (0, 1]", 'got "NaN"'],
    [["train", "--set", "agent.tau=.inf"], "--set: agent.tau: expected a number in (0, 1], got Infinity"],
    [["train", "--set", "agent.tua=0.1"], "--set: unknown setting agent.tua", 'Did you mean "agent.tau"?'],
    [["train", "--set", "agent.tau"], "--set: expected path=value", 'got "agent.tau"'],
    [["train", "--set", "__proto__.x=1"], "--set __proto__.x: expected a setting's path"],
    [["train", "--engine", "torch"], "--engine: agent.engine: expected onnx or tfjs", 'got "torch"'],
    [["train", "--preset", "stedy"], "--preset: expected", 'got "stedy"', 'Did you mean "steady"?'],
    [["train", "--config", "none.yaml"], "steadyarm: none.yaml: expected a YAML or JSON file"],
    [["train", "--resume", "none"], "steadyarm: none"],
  ])("rejects %j in one line", async (args, ...parts) => {
    const cwd = temporaryFolder();
    const lines = await errorLines(args, cwd);
    expect(lines).toHaveLength(1);
    for (const part of parts) expect(lines[0]).toContain(part);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("reports all invalid flags at once", async () => {
    const lines = await errorLines(
      ["train", "--seed", "x", "--set", "agent.gamma=1", "--set", "agent.her.k=-1"],
      temporaryFolder(),
    );
    expect(lines).toHaveLength(3);
  });

  it("prints help, version, environments and settings with exit code 0", async () => {
    const cwd = temporaryFolder();
    for (const args of [[], ["--help"], ["train", "--help"], ["--version"], ["envs"], ["settings"]]) {
      const { code, stdout, stderr } = await inProcess(args, cwd);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout.length).toBeGreaterThan(4);
    }
    const { stdout } = await inProcess(["envs", "--json"], cwd);
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({
        id: "panda-reach",
        arm: "panda",
        task: "reach",
        control: "torque",
        reward: "sparse",
      }),
    );
  });
});

describe("a config file", () => {
  it.each<[string, string | Buffer, string]>([
    ["a wrong key", "agent:\n  tua: 0.1\n", 'c.yaml: unknown setting agent.tua. Did you mean "agent.tau"?'],
    ["a broken line", "agent:\n  tau: [1\n", "c.yaml:3:1: Flow sequence in block collection"],
    ["a key twice", "agent:\n  tau: 0.1\n  tau: 0.2\n", "c.yaml:3:3: Map keys must be unique"],
    ["a list", "- 1\n", "c.yaml: expected a mapping of settings, got [1]"],
    ["other bytes", Buffer.from([0xff, 0xfe, 0x00]), "c.yaml: expected UTF-8 text, got"],
    ["a forbidden key", "__proto__:\n  x: 1\n", "c.yaml: unknown setting __proto__"],
    [
      "an alias bomb",
      `a: &a [x]\n${"bcdefghi"
        .split("")
        .map((c, i) => `${c}: &${c} [${Array(9).fill(`*${"abcdefghi"[i]}`)}]\n`)
        .join("")}`,
      "c.yaml: ",
    ],
    ["a huge text", `# ${"x".repeat(2 << 20)}`, "c.yaml: expected a file of at most 1048576 bytes"],
    ["null for a number", "agent:\n  gamma:\n", "c.yaml: agent.gamma: expected a number in (0, 1), got null"],
  ])("with %s is rejected", async (_what, text, line) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "c.yaml"), text);
    const lines = await errorLines(["train", "--config", "c.yaml"], cwd);
    expect(lines[0]).toContain(`steadyarm: ${line}`);
    expect(readdirSync(cwd)).toEqual(["c.yaml"]);
  });

  it("may have a byte order mark and CRLF, be empty, be JSON, and have a path with spaces and umlauts", async () => {
    const cwd = temporaryFolder();
    const folder = join(cwd, "ein Ordner – ü");
    mkdirSync(folder);
    const small = shortRun("x", 100).slice(1);
    for (const [i, text] of ["\ufeffagent:\r\n  gamma: 0.9\r\n", "", '{"agent": {"gamma": 0.9}}'].entries()) {
      writeFileSync(join(folder, "c.yaml"), text);
      const args = small.map((arg) => (arg === "x" ? join(folder, `run ${i}`) : arg));
      const { code, stderr } = await inProcess(["train", "--config", join(folder, "c.yaml"), ...args], cwd);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    }
  });
});

describe("an output folder", () => {
  it("with a run or other files in it is rejected and left unchanged", async () => {
    const cwd = temporaryFolder();
    await inProcess(shortRun("run", 100), cwd);
    const before = readdirSync(join(cwd, "run")).sort();
    const [line] = await errorLines(shortRun("run", 100), cwd);
    expect(line).toMatch(/run: .*steadyarm train --resume run.*--out/);
    expect(readdirSync(join(cwd, "run")).sort()).toEqual(before);

    mkdirSync(join(cwd, "papers"));
    writeFileSync(join(cwd, "papers", "thesis.txt"), "mine");
    expect((await errorLines(shortRun("papers", 100), cwd))[0]).toContain(
      "papers: expected an empty folder, got",
    );
    expect(readdirSync(join(cwd, "papers"))).toEqual(["thesis.txt"]);
  });

  it("that is a file is rejected", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "file"), "");
    expect((await errorLines(shortRun("file", 100), cwd))[0]).toContain("file: expected a folder, got");
    expect((await errorLines(shortRun("file/a/run", 100), cwd))[0]).toContain("file/a");
  });

  it.skipIf(process.getuid?.() === 0)("without write permission is rejected before training", async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "locked"));
    chmodSync(join(cwd, "locked"), 0o500);
    expect((await errorLines(shortRun("locked/run", 100), cwd))[0]).toContain("locked/run");
  });

  it("on a read-only file system is rejected before training", async () => {
    // No user can create a folder in /proc.
    if (process.platform !== "linux") return;
    expect((await errorLines(shortRun("/proc/run", 100), temporaryFolder()))[0]).toContain("/proc/run");
  });
});

describe("a path that cannot exist", () => {
  it.each([
    [["doctor"], "expected"],
    [["eval"], "policy"],
    [["record"], "episode"],
    [["watch", "--no-open"], "episode"],
    [["train", "--resume"], "cannot read"],
    [["train", "--out"], "cannot write"],
    [["train", "--config"], "expected a YAML or JSON file"],
    [["bench", "run", "quick", "--out"], "cannot write"],
    [["bench", "report"], "sweep"],
    [["case", "vanishing", "--out"], "cannot write"],
    [["tune"], "expected a YAML or JSON file"],
  ])("is rejected by %j", async (args, expected) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "file"), "");
    for (const path of ["file/below", `./${"x".repeat(300)}`]) {
      const lines = await errorLines([...args, path], cwd);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(path.replace("./", ""));
      expect(lines[0]).toContain(expected);
    }
    expect(readdirSync(cwd)).toEqual(["file"]);
  });

  it("is rejected as a URDF file", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "c.json"), JSON.stringify({ env: { urdf: { file: "a\u0000b" } } }));
    const lines = await errorLines(["train", "--config", "c.json"], cwd);
    expect(lines).toEqual([expect.stringContaining("expected the path of a URDF or MJCF file")]);
  });
});

describe("an invalid run", () => {
  it.each<[string, (folder: string) => void, string]>([
    ["an empty folder", () => {}, "manifest.json"],
    [
      "a manifest of another program",
      (folder) => writeFileSync(join(folder, "manifest.json"), "{}"),
      "manifest",
    ],
    [
      "a truncated manifest",
      (folder) => writeFileSync(join(folder, "manifest.json"), '{"format": "st'),
      "manifest.json",
    ],
  ])("%s is rejected by --resume and eval", async (_what, prepare, text) => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "run"));
    prepare(join(cwd, "run"));
    for (const args of [
      ["train", "--resume", "run"],
      ["eval", "run"],
    ]) {
      expect((await errorLines(args, cwd)).join(" ")).toContain(text);
    }
  });

  it("cannot be resumed with other settings or fewer steps", async () => {
    const cwd = temporaryFolder();
    await inProcess(shortRun("run", 100), cwd);
    const [line] = await errorLines(
      ["train", "--resume", "run", "--seed", "2", "--set", "agent.tau=0.1"],
      cwd,
    );
    expect(line).toContain("--resume run: expected no other settings than --steps, got --seed, --set");
    const [lower] = await errorLines(["train", "--resume", "run", "--steps", "50"], cwd);
    expect(lower).toContain("--steps: expected at least the run's 100, got 50");
  });

  it("with a damaged policy is rejected with the policy's path", async () => {
    const cwd = temporaryFolder();
    await inProcess(shortRun("run", 100), cwd);
    const policy = join(cwd, "run", "policies", "step-100.safetensors");
    writeFileSync(policy, "not a policy");
    expect((await errorLines(["eval", "run"], cwd))[0]).toContain("step-100.safetensors");
    expect((await errorLines(["eval", policy], cwd))[0]).toContain("step-100.safetensors");
  });
});
