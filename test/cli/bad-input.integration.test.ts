/** @file Whatever a person gets wrong: one line that says where and what to do, exit code 2, nothing half-written. */

import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { shortRun, steadyarm } from "./steadyarm.ts";

async function refused(words: readonly string[], cwd: string): Promise<string[]> {
  const { code, stdout, stderr } = await steadyarm(words, cwd);
  expect(stderr).not.toMatch(/\n\s+at |internal:|Error:/);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
  return stderr.trimEnd().split("\n");
}

describe("the command line", () => {
  it.each<[string[], string]>([
    [["trian"], 'steadyarm: unknown command "trian". Did you mean "train"?'],
    [
      ["fly"],
      'steadyarm: unknown command "fly". There are: train, eval, watch, doctor, record, bench, tune, case, envs, check-env, settings',
    ],
    [["train", "--sed", "1"], "steadyarm train: unknown option '--sed'. Did you mean one of --seed, --set?"],
    [
      ["train", "--frobnicate"],
      "steadyarm train: unknown option '--frobnicate'. See `steadyarm train --help`",
    ],
    [
      ["train", "--seed"],
      "steadyarm train: option '--seed <n>' argument missing. See `steadyarm train --help`",
    ],
    [["train", "extra"], "steadyarm train: too many arguments for 'train'. Expected 0 arguments but got 1"],
    [["case"], "steadyarm case: missing required argument 'name'. See `steadyarm case --help`"],
    [["case", "vanising"], 'steadyarm: case: no case is called "vanising". Did you mean "vanishing"?'],
    [["case", "oops"], 'steadyarm: case: no case is called "oops". There are: vanishing, variance, sparse'],
    [["case", "sparse", "--seeds", "0"], 'steadyarm: --seeds: expected an integer in [1, 1000], got "0"'],
    [
      ["case", "sparse", "--steps", "many"],
      'steadyarm: --steps: expected an integer in [1, 1000000000], got "many"',
    ],
    [["case", "sparse", "--jobs", "-1"], 'steadyarm: --jobs: expected an integer in [1, 256], got "-1"'],
    [["eval"], "steadyarm eval: missing required argument 'run'. See `steadyarm eval --help`"],
    [
      ["train", "--env", "panda-raech"],
      'steadyarm: env.id: expected an environment\'s name, got "panda-raech". Did you mean "panda-reach"?',
    ],
    [
      ["train", "--env", "toaster"],
      'steadyarm: env.id: expected an environment\'s name, got "toaster". There are: panda-reach, panda-push, panda-slide, panda-gripper-reach, panda-gripper-pick-and-place, planar2-reach, planar3-reach, arm3-reach, arm3-push',
    ],
    [
      ["train", "--reward", "spares"],
      'steadyarm: --reward: env.reward: expected sparse, dense or potential, got "spares"',
    ],
    [
      ["train", "--steps", "1e99"],
      "steadyarm: --steps: train.steps: expected an integer in [1, 1000000000], got 1e+99",
    ],
    [
      ["train", "--steps", "many"],
      'steadyarm: --steps: train.steps: expected an integer in [1, 1000000000], got "many"',
    ],
    [["train", "--seed", "-1"], "steadyarm: --seed: train.seed: expected an integer ≥ 0, got -1"],
    [
      ["train", "--set", "agent.tau=NaN"],
      'steadyarm: --set: agent.tau: expected a number in (0, 1], got "NaN"',
    ],
    [
      ["train", "--set", "agent.tau=.inf"],
      "steadyarm: --set: agent.tau: expected a number in (0, 1], got Infinity",
    ],
    [
      ["train", "--set", "agent.tua=0.1"],
      'steadyarm: --set: unknown setting agent.tua. Did you mean "agent.tau"?',
    ],
    [
      ["train", "--set", "agent.tau"],
      'steadyarm: --set: expected path=value such as agent.her.k=0, got "agent.tau"',
    ],
    [
      ["train", "--set", "__proto__.x=1"],
      "steadyarm: --set __proto__.x: expected a setting's path such as agent.her.k",
    ],
    [["train", "--engine", "torch"], 'steadyarm: --engine: agent.engine: expected onnx or tfjs, got "torch"'],
    [
      ["train", "--preset", "stedy"],
      'steadyarm: --preset: expected a preset\'s name, got "stedy". Did you mean "steady"?',
    ],
    [["train", "--config", "none.yaml"], "steadyarm: none.yaml: no such file, or it cannot be read"],
    [["train", "--resume", "none"], "steadyarm: none"],
    [["eval", "none"], "steadyarm: none: expected the folder of a run, or a policy file, got nothing there"],
    [["eval", ".", "--episodes", "0"], 'steadyarm: --episodes: expected an integer in [1, 1000000], got "0"'],
  ])("%j", async (words, line) => {
    const cwd = temporaryFolder();
    const lines = await refused(words, cwd);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(line);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("reports every fault of a file and a flag at once", async () => {
    const lines = await refused(
      ["train", "--seed", "x", "--set", "agent.gamma=1", "--set", "agent.her.k=-1"],
      temporaryFolder(),
    );
    expect(lines).toHaveLength(3);
  });

  it("says with success what there is, and its version", async () => {
    const cwd = temporaryFolder();
    for (const words of [[], ["--help"], ["train", "--help"], ["--version"], ["envs"], ["settings"]]) {
      const { code, stdout, stderr } = await steadyarm(words, cwd);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout.length).toBeGreaterThan(4);
    }
    const { stdout } = await steadyarm(["envs", "--json"], cwd);
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
    ["a huge text", `# ${"x".repeat(2 << 20)}`, "c.yaml: expected a config of at most 1048576 bytes"],
    ["null for a number", "agent:\n  gamma:\n", "c.yaml: agent.gamma: expected a number in (0, 1), got null"],
  ])("with %s", async (_what, text, line) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "c.yaml"), text);
    const lines = await refused(["train", "--config", "c.yaml"], cwd);
    expect(lines[0]).toContain(`steadyarm: ${line}`);
    expect(readdirSync(cwd)).toEqual(["c.yaml"]);
  });

  it("may have a byte order mark, Windows line ends, be empty, be JSON, or lie under an odd name", async () => {
    const cwd = temporaryFolder();
    const folder = join(cwd, "ein Ordner – ü");
    mkdirSync(folder);
    const small = shortRun("x", 100).slice(1);
    for (const [i, text] of ["\ufeffagent:\r\n  gamma: 0.9\r\n", "", '{"agent": {"gamma": 0.9}}'].entries()) {
      writeFileSync(join(folder, "c.yaml"), text);
      const words = small.map((word) => (word === "x" ? join(folder, `run ${i}`) : word));
      const { code, stderr } = await steadyarm(["train", "--config", join(folder, "c.yaml"), ...words], cwd);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    }
  });
});

describe("an output folder", () => {
  it("that holds a run, or anything else, is left as it is", async () => {
    const cwd = temporaryFolder();
    await steadyarm(shortRun("run", 100), cwd);
    const before = readdirSync(join(cwd, "run")).sort();
    const [line] = await refused(shortRun("run", 100), cwd);
    expect(line).toContain(
      'run: it already contains a run. Resume it with "steadyarm train --resume run" or choose another --out',
    );
    expect(readdirSync(join(cwd, "run")).sort()).toEqual(before);

    mkdirSync(join(cwd, "papers"));
    writeFileSync(join(cwd, "papers", "thesis.txt"), "mine");
    expect((await refused(shortRun("papers", 100), cwd))[0]).toContain(
      "papers: expected an empty folder, got",
    );
    expect(readdirSync(join(cwd, "papers"))).toEqual(["thesis.txt"]);
  });

  it("that is a file is refused", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "file"), "");
    expect((await refused(shortRun("file", 100), cwd))[0]).toContain("file: expected a folder, got");
    expect((await refused(shortRun("file/a/run", 100), cwd))[0]).toContain("file/a");
  });

  it.skipIf(process.getuid?.() === 0)("that cannot be written to is refused at the start", async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "locked"));
    chmodSync(join(cwd, "locked"), 0o500);
    expect((await refused(shortRun("locked/run", 100), cwd))[0]).toContain("locked/run");
  });

  it("on a file system that takes nothing is refused at the start", async () => {
    // /proc is there on every Linux and takes no folders, whoever asks.
    if (process.platform !== "linux") return;
    expect((await refused(shortRun("/proc/run", 100), temporaryFolder()))[0]).toContain("/proc/run");
  });
});

describe("a path that nothing can be at", () => {
  it.each([
    [["doctor"], "a run folder"],
    [["eval"], "the folder of a run, or a policy file"],
    [["record"], "the folder of a run, a policy or an episode"],
    [["watch", "--no-open"], "the folder of a run, a policy or an episode"],
    [["train", "--resume"], "cannot read"],
    [["train", "--out"], "cannot write"],
    [["train", "--config"], "no such file"],
    [["bench", "run", "quick", "--out"], "cannot write"],
    [["bench", "report"], "the folder of a sweep"],
    [["case", "vanishing", "--out"], "cannot write"],
    [["tune"], "no such file"],
  ])("is refused by %j", async (words, expected) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "file"), "");
    for (const path of ["file/below", `./${"x".repeat(300)}`]) {
      const lines = await refused([...words, path], cwd);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(path.replace("./", ""));
      expect(lines[0]).toContain(expected);
    }
    expect(readdirSync(cwd)).toEqual(["file"]);
  });

  it("is refused as a URDF", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "c.json"), JSON.stringify({ env: { urdf: { file: "a\u0000b" } } }));
    const lines = await refused(["train", "--config", "c.json"], cwd);
    expect(lines).toEqual([expect.stringContaining("expected the path of a URDF file")]);
  });
});

describe("a run that is not one", () => {
  it.each<[string, (folder: string) => void, string]>([
    ["an empty folder", () => {}, "manifest.json"],
    [
      "a manifest of something else",
      (folder) => writeFileSync(join(folder, "manifest.json"), "{}"),
      "this is not the manifest of a steadyarm run",
    ],
    [
      "a torn manifest",
      (folder) => writeFileSync(join(folder, "manifest.json"), '{"format": "st'),
      "manifest.json",
    ],
  ])("%s is refused by resume and eval", async (_what, prepare, text) => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "run"));
    prepare(join(cwd, "run"));
    for (const words of [
      ["train", "--resume", "run"],
      ["eval", "run"],
    ]) {
      expect((await refused(words, cwd)).join(" ")).toContain(text);
    }
  });

  it("with other settings than --resume can change is refused", async () => {
    const cwd = temporaryFolder();
    await steadyarm(shortRun("run", 100), cwd);
    const [line] = await refused(["train", "--resume", "run", "--seed", "2", "--set", "agent.tau=0.1"], cwd);
    expect(line).toContain(
      "--resume run: goes on with the run's own settings, so --seed, --set cannot change; only --steps can",
    );
    const [lower] = await refused(["train", "--resume", "run", "--steps", "50"], cwd);
    expect(lower).toContain("--steps 50: the run was begun for 100; it can be raised, not lowered");
  });

  it("whose policy is damaged, foreign or cut short is refused by name", async () => {
    const cwd = temporaryFolder();
    await steadyarm(shortRun("run", 100), cwd);
    const policy = join(cwd, "run", "policies", "step-100.safetensors");
    writeFileSync(policy, "not a policy");
    expect((await refused(["eval", "run"], cwd))[0]).toContain("step-100.safetensors");
    expect((await refused(["eval", policy], cwd))[0]).toContain("step-100.safetensors");
  });
});
