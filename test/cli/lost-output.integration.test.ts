/** @file A full disk behind stdout or stderr costs what is printed, never the training or its lock. */

import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { MAIN, shortRun } from "./steadyarm.ts";

/** Runs `steadyarm <words>` with the given streams on a device that is always full. Returns code and what was printed. */
async function onFullDisk(words: readonly string[], cwd: string, full: readonly ("stdout" | "stderr")[]) {
  const device = openSync("/dev/full", "w");
  const target = (stream: "stdout" | "stderr") => (full.includes(stream) ? device : "pipe");
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd,
    stdio: ["ignore", target("stdout"), target("stderr")],
  });
  closeSync(device);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr] = await Promise.all(
    [child.stdout, child.stderr].map((stream) => (stream === null ? "" : text(stream))),
  );
  return { code: await ended, stdout: stdout ?? "", stderr: stderr ?? "" };
}

describe.skipIf(!existsSync("/dev/full"))("output to a full disk", () => {
  it("does not stop training, which says so on stderr", async () => {
    const cwd = temporaryFolder();
    const { code, stderr } = await onFullDisk(shortRun("run", 200), cwd, ["stdout"]);
    expect(stderr).toBe(
      "steadyarm: standard output: cannot write: its disk is full. Training continues; the results are in run\n",
    );
    expect(code).toBe(0);
    expect(readdirSync(join(cwd, "run"))).toContain("result.json");
    expect(readdirSync(join(cwd, "run"))).not.toContain("run.lock");
  });

  it("on stderr as well is noted in the run's folder", async () => {
    const cwd = temporaryFolder();
    const { code } = await onFullDisk([...shortRun("run", 200), "--json"], cwd, ["stdout", "stderr"]);
    expect(code).toBe(0);
    const notes = readFileSync(join(cwd, "run", "output-errors.log"), "utf8")
      .trimEnd()
      .split("\n")
      .sort();
    expect(notes).toEqual([
      expect.stringMatching(/Z standard error: cannot write: its disk is full\. Training continues/),
      expect.stringMatching(/Z standard output: cannot write: its disk is full\. Training continues/),
    ]);
    expect(readdirSync(join(cwd, "run"))).toContain("result.json");
  });

  it("ends a command that only prints with exit code 1 and one line", async () => {
    const { code, stderr } = await onFullDisk(["settings"], temporaryFolder(), ["stdout"]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "steadyarm: standard output: cannot write: its disk is full. The rest is not printed\n",
    });
  });
});
