/** @file Numbers that are not finite in training: where and when, what is kept, and `steadyarm replay`. */

import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { inProcess } from "./in-process.ts";

const ROOT = join(import.meta.dirname, "../..");

/** A project with the cart of test/rail-env.ts, changed in one place. */
function project(from: string, to: string): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules/steadyarm"), "junction");
  const rail = readFileSync(join(ROOT, "test/rail-env.ts"), "utf8").replace(
    '"../steadyarm.ts"',
    '"steadyarm"',
  );
  expect(rail).toContain(from);
  writeFileSync(join(folder, "rail.ts"), rail.replace(from, to));
  return folder;
}

const SETTINGS = {
  ...{ "train.evaluateEvery": "600", "train.evaluationEpisodes": "2", "train.finalEpisodes": "2" },
  ...{ "train.diagnostics": "false", "train.checkpointEvery": "50", "train.collectors": "0" },
  ...{ "agent.hidden": "[16]", "agent.warmupSteps": "100" },
};

function train(cwd: string, settings: Record<string, string> = {}) {
  const set = Object.entries({ ...SETTINGS, ...settings }).flatMap(([key, value]) => [
    "--set",
    `${key}=${value}`,
  ]);
  return inProcess(["train", "--env", "./rail.ts", "--steps", "600", "--out", "run", ...set], cwd);
}

/** Goes wrong beyond a position, so that the episode alone decides it. */
const FAR = [
  "      const next = observe();",
  "      const next = observe();\n      if (Math.abs(position) > 0.4) next.observation[1] = Number.NaN;",
] as const;

describe("a number that is not finite", () => {
  it.each(["0", "1"])(
    "in an observation stops the run with what, where and when; the episode can be played again (%s collectors)",
    async (collectors) => {
      const cwd = project(...FAR);
      const { code, stderr } = await train(cwd, { "train.collectors": collectors });
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /^steadyarm: rail-reach\.step observation\[1\]: expected a number within ±1e10, got NaN\. It happened at step \d+ of training episode \d+ \(environment step \d+, \d+ updates\)\. The last checkpoint is intact: run\/checkpoints\/step-\d+\. Play the episode again: steadyarm replay run\n$/,
      );
      const checkpoint = /checkpoints\/(step-\d+)/.exec(stderr)?.[1] ?? "";
      expect(existsSync(join(cwd, "run/checkpoints", checkpoint, "checkpoint.json"))).toBe(true);
      const step = Number(/at step (\d+)/.exec(stderr)?.[1]);
      const replayed = await inProcess(["replay", "run", "--steps", "2"], cwd);
      expect([replayed.code, replayed.stderr]).toEqual([0, ""]);
      const lines = replayed.stdout.trimEnd().split("\n");
      expect(lines.at(0)).toMatch(/observation\[1\].*NaN/);
      expect(lines.at(-2)).toMatch(new RegExp(`^${step} .* NaN `));
      expect(lines.at(-1)).toMatch(/^reproduced: the environment fails at the same step/);
      expect(lines).toHaveLength(5);
    },
  );

  it("in a reward, an observation of another size or an absurd one is named", async () => {
    for (const [from, to, expected] of [
      [
        "reward: computeReward(next.achievedGoal, next.desiredGoal),",
        "reward: Number.POSITIVE_INFINITY,",
        /rail-reach\.step reward: expected a number within ±1e10, got Infinity\. It happened at step 1 of training episode 1 /,
      ],
      [
        "reward: computeReward(next.achievedGoal, next.desiredGoal),",
        "reward: -1e300,",
        /rail-reach\.step reward: expected a number within ±1e10, got -1e\+300/,
      ],
      [
        "        ...next,",
        "        ...next, observation: Float32Array.of(position),",
        /rail-reach\.step observation: expected 2 numbers, got 1\./,
      ],
      [
        "      return observe();",
        "      return { ...observe(), desiredGoal: Float32Array.of(Number.NaN) };",
        /rail-reach\.reset desiredGoal\[0\]: expected .* got NaN\. It happened at step 0 of training episode 1 /,
      ],
    ] as const) {
      const cwd = project(from, to);
      const { code, stderr } = await train(cwd);
      expect([code, stderr]).toEqual([2, expect.stringMatching(expected)]);
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
      const replayed = await inProcess(["replay", "run"], cwd);
      expect([replayed.code, replayed.stdout]).toEqual([0, expect.stringMatching(/\nreproduced: .*\n$/)]);
    }
  });

  it("in a reward of a relabelled goal is named with both goals, before the update", async () => {
    const cwd = project(
      "isAchieved(achieved, desired) ? 0 : -1;",
      "isAchieved(achieved, desired) ? (Math.abs(desired[0]!) < 0.25 ? Number.NaN : 0) : -1;",
    );
    for (const collectors of ["0", "1"]) {
      const { code, stderr } = await train(cwd, { "train.collectors": collectors, "train.seed": collectors });
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(
          /: computeReward\(\[\S+\], \[\S+\]\): expected a number within ±1e10, got NaN\. It happened .*, 0 updates\)\. /,
        ),
      ]);
      const replayed = await inProcess(["replay", "run"], cwd);
      expect(replayed.stdout).toMatch(/\nreproduced: .* same steps; learning from them failed\n$/);
      expect(replayed.code).toBe(0);
      // Another run in the same folder.
      if (collectors === "0") rmSync(join(cwd, "run"), { recursive: true });
    }
  });

  it("in an evaluation is reported as one of an evaluation", async () => {
    const cwd = project(
      "reset({ seed, goal: requestedGoal }: ResetOptions = {}) {",
      "reset({ seed, goal: requestedGoal, training }: ResetOptions = {}) {\n      evaluating = training !== true;",
    );
    const path = join(cwd, "rail.ts");
    const rail = readFileSync(path, "utf8")
      .replace("let steps = 0;", "let steps = 0;\n  let evaluating = false;")
      .replace(
        "        ...next,",
        "        ...next, ...(evaluating ? { achievedGoal: Float32Array.of(Number.NaN) } : {}),",
      );
    writeFileSync(path, rail);
    const { code, stderr } = await train(cwd);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /achievedGoal\[0\]: .* got NaN\. It happened at step 1 of an episode of an evaluation \(environment step 600,/,
      ),
    ]);
  });

  it("in a loss or gradient names the metric, the update and the checkpoint before it", async () => {
    // Inputs of this size without normalisation, and steps of this size, make the values overflow.
    const cwd = project(
      "Float32Array.of(position, velocity)",
      "Float32Array.of(position * 4e9, velocity * 4e9)",
    );
    const { code, stderr } = await train(cwd, {
      "agent.normalize": "false",
      "agent.criticLearningRate": "1",
      "agent.actorLearningRate": "1",
    });
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /^steadyarm: training diverged: expected a finite train\/\w+ at update \d+, got (NaN|-?Infinity)\. Lower agent\.criticLearningRate or agent\.actorLearningRate\. It happened at step \d+ of training episode \d+ .* intact: run\/checkpoints\/step-\d+\. Play .*\n$/,
      ),
    ]);
    const { stdout } = await inProcess(["replay", "run", "--json"], cwd);
    expect(JSON.parse(stdout)).toMatchObject({
      isSame: true,
      message: expect.stringMatching(/^training diverged/),
    });
    // A resumed run reaches the same update.
    const again = await inProcess(["train", "--resume", "run"], cwd);
    expect([again.code, again.stderr]).toEqual([2, stderr]);
  });
});

describe("steadyarm replay", () => {
  it("says so if an episode depends on more than its seed and actions", async () => {
    const cwd = project(
      "const next = observe();",
      "const next = observe();\n      if (++counted > 330) next.observation[0] = Number.POSITIVE_INFINITY;",
    );
    const path = join(cwd, "rail.ts");
    const rail = readFileSync(path, "utf8");
    writeFileSync(path, rail.replace("let steps = 0;", "let steps = 0;\n  let counted = 0;"));
    const { stderr } = await train(cwd);
    expect(stderr).toMatch(
      /observation\[0\]: .* got Infinity\. It happened at step 31 of training episode 7 \(environment step 331,/,
    );
    const { code, stdout } = await inProcess(["replay", "run"], cwd);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/\nnot reproduced: step 31 differs\. .*replay\.md\)\n$/),
    ]);
  });

  it("refuses a run without such an episode, and damaged last steps", async () => {
    const cwd = project(...FAR);
    await train(cwd);
    const file = join(cwd, "run/last-steps.json");
    writeFileSync(file, readFileSync(file, "utf8").replace('"updates": ', '"updates": 1'));
    for (const [run, expected] of [
      ["run", /run\/last-steps\.json: its checksum does not match/],
      ["other", /other\/last-steps\.json: expected the last steps of a run, got no file/],
    ] as const) {
      const { code, stderr } = await inProcess(["replay", run], cwd);
      expect([code, stderr]).toEqual([2, expect.stringMatching(expected)]);
    }
  });
});
