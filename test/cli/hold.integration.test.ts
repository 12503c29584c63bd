/** @file `steadyarm eval` beyond the time limit. */

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { inProcess } from "./in-process.ts";
import { shortRun } from "./steadyarm.ts";

const ROOT = join(import.meta.dirname, "../..");
const ZOO = "zoo/panda-reach-plain";

async function json(...words: string[]) {
  const { code, stdout, stderr } = await inProcess(["eval", ...words, "--json"], ROOT);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

describe("steadyarm eval beyond the time limit", () => {
  it("gives the same result on any number of threads, and the plain one up to the time limit", async () => {
    const words = [ZOO, "--episodes", "5", "--seconds", "8", "--push", "30"];
    const [one, three, plain] = [
      await json(...words, "--jobs", "1"),
      await json(...words, "--jobs", "3"),
      await json(ZOO, "--episodes", "5"),
    ];
    for (const each of [one, three])
      for (const name of ["wallSeconds", "envStepsPerSecond"]) delete each[name];
    expect(three).toEqual(one);
    expect(one).toMatchObject({ seconds: 8, push: 30, pushes: 5 });
    expect(Object.keys(one.holdRate)).toEqual(["3", "5", "8"]);
    expect(one.holdCurve).toHaveLength(8);
    expect(one.recovery).toBeGreaterThanOrEqual(0);
    const { successRate, successOnce, meanFinalDistance, meanReturn } = plain;
    expect(one).toMatchObject({ successRate, successOnce, meanFinalDistance, meanReturn });
  });

  it("follows a moving goal from a random posture, 20 s by default", async () => {
    const result = await json(ZOO, "--episodes", "2", "--moving-goal", "0.1", "--random-posture");
    expect(result).toMatchObject({ seconds: 20, goalSpeed: 0.1, randomPosture: true });
    expect(result.trackingErrorP95).toBeGreaterThanOrEqual(result.trackingError);
    expect(result.trackingError).toBeGreaterThan(0);
  });

  it("prints a table and a curve", async () => {
    const { stdout } = await inProcess(["eval", ZOO, "--episodes", "2", "--seconds", "10"], ROOT);
    expect(stdout).toMatch(/\(\d\/2 held at 2 s\)/);
    expect(stdout).toMatch(
      /after +3 s +5 s +10 s\nat goal( +[01]\.\d\d){3}\ncurve +[▁-█]{10} {2}1 to 10 s\n/,
    );
    expect(stdout).toMatch(/held [01]\.\d\d \(\d\/2 at the goal at every moment from 3 s to 10 s\)/);
  });

  it.each([
    [["--seconds", "2"], '--seconds: expected a number of seconds in [3, 3600], got "2"'],
    [["--seconds", "5", "--push", "9"], "--seconds: expected at least 7.2 with --push"],
    [["--push", "0"], "--push: expected more than 0 N, got 0. Leave --push out"],
    [["--push", "strong"], "--push: expected a number of N in [0, 1000]"],
    [["--moving-goal", "3"], "--moving-goal: expected a number of m/s in [0, 2]"],
    [["--jobs", "0"], "--jobs: expected an integer in [1, 256]"],
  ])("refuses %j in one line", async (flags, message) => {
    const { code, stderr } = await inProcess(["eval", ZOO, ...flags], ROOT);
    expect(code).toBe(2);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(message);
  });

  it("tests object tasks, except with a moving goal or random postures", async () => {
    const folder = temporaryFolder();
    const train = [...shortRun("run", 50), "--set", "train.finalEpisodes=1"];
    train[train.indexOf("planar2-reach")] = "arm3-push";
    expect((await inProcess(train, folder)).code).toBe(0);
    const { stdout } = await inProcess(
      ["eval", "run", "--episodes", "1", "--seconds", "3", "--json"],
      folder,
    );
    expect(JSON.parse(stdout).holdRate).toHaveProperty("3");
    for (const flags of [["--moving-goal", "0.1"], ["--random-posture"]]) {
      const { code, stderr } = await inProcess(["eval", "run", ...flags], folder);
      expect(code).toBe(2);
      expect(stderr).toContain(`${flags[0]}: expected a reach task, got "arm3-push". Leave ${flags[0]} out`);
    }
  });
});
