/** @file The functions of the package's entry, and that docs/api.md names all of its exports. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as steadyarm from "../steadyarm.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { lineReach } from "./toy-envs.ts";

const { evaluate, loadPolicy, makeEnv, train } = steadyarm;

/** Settings of a training of a second. */
const QUICK = {
  agent: { hidden: [16], batchSize: 32, warmupSteps: 50 },
  train: { evaluationEpisodes: 2, finalEpisodes: 2, evaluateEvery: 100 },
};

describe("docs/api.md", () => {
  const page = readFileSync(join(import.meta.dirname, "../docs/api.md"), "utf8");
  const source = readFileSync(join(import.meta.dirname, "../steadyarm.ts"), "utf8");

  it("names every exported value", () => {
    const names = Object.keys(steadyarm);
    expect(names).toContain("diagnose");
    expect(names.filter((name) => !new RegExp(`\`${name}\\b`).test(page))).toEqual([]);
  });

  it("names every exported type", () => {
    const lists = [...source.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list = ""]) =>
      list.split(",").map((each) =>
        each
          .trim()
          .replace(/^type /, "")
          .replace(/^.* as /, ""),
      ),
    );
    const own = [...source.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name = ""]) => name);
    const names = [...lists, ...own].filter((name) => name !== "");
    expect(names).toEqual(expect.arrayContaining(["GoalEnv", "TrainOptions", "DiagnosisFinding"]));
    expect(names.filter((name) => !new RegExp(`\`${name}\\b`).test(page))).toEqual([]);
  });
});

describe("makeEnv", () => {
  it("makes an environment with the settings of its section", async () => {
    const env = await makeEnv("planar2-reach", { control: "ee", reward: "dense" });
    expect([env.id, env.actionSpace.low.length, env.rewardRange[1]]).toEqual(["planar2-reach", 2, 0]);
    env.dispose();
  });

  it("rejects an unknown id and an invalid setting", async () => {
    await expect(makeEnv("planar2-reech")).rejects.toThrow(/Did you mean "planar2-reach"/);
    await expect(makeEnv("planar2-reach", { torqueScale: 2 })).rejects.toThrow(
      /torqueScale: expected.*got 2/,
    );
  });
});

describe("train", () => {
  it("trains an environment that a function makes, and its run can be evaluated and resumed", async () => {
    const out = join(temporaryFolder(), "run");
    const rates: [number, number][] = [];
    const settings = structuredClone(QUICK);
    const { run, result } = await train({
      env: lineReach,
      steps: 200,
      seed: 3,
      out,
      settings,
      onEvaluation: (successRate, steps) => rates.push([steps, successRate]),
    });
    expect([run, result?.steps, result?.env, result?.seed]).toEqual([out, 200, lineReach().id, 3]);
    expect(rates.map(([steps]) => steps)).toEqual([100, 200]);
    expect(settings).toEqual(QUICK);

    const env = lineReach();
    expect(await evaluate(run, { episodes: 3, env })).toMatchObject({ episodes: 3 });
    await expect(evaluate(run)).rejects.toThrow(/env\.id: expected an environment's name/);
    const action = loadPolicy(run).predict(env.reset({ seed: 1 }));
    expect(action).toHaveLength(env.actionSpace.low.length);

    const resumed = await train({ resume: run, env: lineReach, steps: 300 });
    expect(resumed.result?.steps).toBe(300);
    const again = await train({ resume: run, env: lineReach });
    expect(again).toEqual(resumed);
  });

  it("stops and saves when its signal is aborted", async () => {
    const out = join(temporaryFolder(), "run");
    const stop = new AbortController();
    const options = { env: lineReach, steps: 300, settings: QUICK };
    const stopped = await train({ ...options, out, signal: stop.signal, onEvaluation: () => stop.abort() });
    expect(stopped).toEqual({ run: out, result: undefined });
    const resumed = await train({ resume: out, env: lineReach });
    const whole = await train({ ...options, out: join(temporaryFolder(), "whole") });
    expect(resumed.result?.meanFinalDistance).toBe(whole.result?.meanFinalDistance);
  });

  it("rejects options that do not exist, and those that a resumed run keeps", async () => {
    const misspelt = { seed: 1, step: 100 };
    await expect(train(misspelt)).rejects.toThrow(
      'train: expected known options, got "step". Did you mean "steps"?',
    );
    await expect(train({ resume: "runs/x", seed: 2 })).rejects.toThrow(
      /train seed: expected no such option with resume/,
    );
  });
});

describe("loadPolicy", () => {
  it("reads a policy that comes with the package by its name", async () => {
    const policy = loadPolicy("zoo/panda-reach-steady");
    const env = await makeEnv("panda-reach");
    const action = policy.predict(env.reset({ seed: 5 }));
    env.dispose();
    expect(action).toHaveLength(7);
    expect(Math.max(...action.map(Math.abs))).toBeGreaterThan(0);
    expect(() => loadPolicy("zoo/none")).toThrow(/zoo.none: expected the folder of a run/);
  });
});
