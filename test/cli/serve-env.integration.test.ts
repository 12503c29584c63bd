/** @file `steadyarm serve-env`: episodes equal those in process, refusals keep the session, wrong frames end it. */

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeEnv } from "../../env/registry.ts";
import { sampleBox } from "../../shared/box.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";
import { blockOf } from "../docs/code-block.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { EnvClient, floats, frameOf, readFloats } from "./env-client.ts";

const [RESET, STEP, COMPUTE_REWARD, CLOSE] = [1, 2, 3, 4];
const [HELLO, OBSERVATION, STEPPED, REWARDS, ERROR] = [128, 129, 130, 131, 132];

async function local(settings: Readonly<Record<string, unknown>>) {
  const { env, agent } = parseConfig({ env: settings }, "test");
  return makeEnv(env, agent.gamma);
}

async function planar(...words: string[]): Promise<EnvClient> {
  const client = new EnvClient(["--env", "planar2-reach", ...words], temporaryFolder());
  expect((await client.next()).type).toBe(HELLO);
  return client;
}

describe("serve-env", () => {
  it.each([
    ["panda-reach", "torque", "sparse", []],
    ["panda-push", "ee", "dense", []],
    ["planar2-reach", "torque", "potential", ["--set", "env.rewardTerms.posture=0.5"]],
  ])("plays the episodes of %s by %s with a %s reward, bit for bit", async (id, control, reward, more) => {
    const client = new EnvClient(
      ["--env", id, "--control", control, "--reward", reward, ...more],
      temporaryFolder(),
    );
    const rewardTerms = more.length === 0 ? {} : { rewardTerms: { posture: 0.5 } };
    const env = await local({ id, control, reward, ...rewardTerms });
    const hello = await client.next();
    expect(JSON.parse(hello.payload.toString())).toMatchObject({
      protocol: 1,
      env: id,
      observation: { low: [...env.observationSpace.low], high: [...env.observationSpace.high] },
      goal: { low: [...env.goalSpace.low] },
      action: { high: [...env.actionSpace.high] },
      maxEpisodeSteps: env.maxEpisodeSteps,
      controlTimestep: env.controlTimestep,
      rewardTerms: env.rewardTerms ?? [],
      usesPreviousGoal: reward === "potential",
    });
    const rng = Rng.fromSeed(5);
    for (const options of [{ seed: 7 }, {}]) {
      const start = await client.request(RESET, JSON.stringify(options));
      let before = env.reset(options);
      expect(start.type).toBe(OBSERVATION);
      expect(readFloats(start.payload)).toEqual(
        Float32Array.from([...before.observation, ...before.achievedGoal, ...before.desiredGoal]),
      );
      for (let i = 0; i < env.maxEpisodeSteps; i++) {
        const action = sampleBox(env.actionSpace, rng);
        const { type, payload } = await client.request(STEP, floats(action));
        const step = env.step(action);
        const flags = (step.terminated ? 1 : 0) + (step.truncated ? 2 : 0) + (step.isSuccess ? 4 : 0);
        expect([type, payload.readDoubleLE(0), payload.readUInt32LE(8)]).toEqual([
          STEPPED,
          step.reward,
          flags,
        ]);
        expect(readFloats(payload, 16)).toEqual(
          Float32Array.from([
            ...step.observation,
            ...step.achievedGoal,
            ...step.desiredGoal,
            ...(step.terms ?? []),
          ]),
        );
        const goals = [step.achievedGoal, step.desiredGoal, before.achievedGoal] as const;
        const swapped = [step.desiredGoal, step.achievedGoal, before.achievedGoal] as const;
        const rewards = await client.request(
          COMPUTE_REWARD,
          floats(goals.flatMap((goal, block) => [...goal, ...swapped[block]!])),
        );
        expect([rewards.type, rewards.payload.length]).toEqual([REWARDS, 16]);
        expect(rewards.payload.readDoubleLE(0)).toBe(env.computeReward(...goals));
        expect(rewards.payload.readDoubleLE(8)).toBe(env.computeReward(...swapped));
        before = step;
      }
    }
    env.dispose();
    client.send(frameOf(CLOSE));
    expect(await client.finished).toMatchObject({ code: 0, stderr: "" });
  });

  it("serves the environment without the reward terms of its task's preset", async () => {
    const client = new EnvClient(["--env", "panda-reach"], temporaryFolder());
    expect(JSON.parse((await client.next()).payload.toString()).rewardTerms).toEqual([]);
  });

  it("refuses what the environment does, and continues", async () => {
    const client = await planar();
    const refusal = async (type: number, payload: Uint8Array | string) => {
      const frame = await client.request(type, payload);
      return [frame.type, frame.payload.toString()];
    };
    const action = floats([0, 0]);
    expect(await refusal(STEP, action)).toEqual([ERROR, expect.stringMatching(/call reset\(\) first/)]);
    for (const [options, line] of [
      ['{"seed":-1}', /seed: expected an integer ≥ 0, got -1/],
      ['{"goal":[9,9,9]}', /goal/],
      ['{"gaol":[0.3,0]}', /gaol: expected no such field/],
      ["{", /reset: expected JSON/],
    ] as const) {
      expect(await refusal(RESET, options)).toEqual([ERROR, expect.stringMatching(line)]);
    }
    expect((await client.request(RESET)).type).toBe(OBSERVATION);
    expect(await refusal(STEP, floats([0, Number.NaN]))).toEqual([
      ERROR,
      expect.stringMatching(/action\[1\]: expected a number in \[-1, 1\], got NaN/),
    ]);
    expect((await client.request(STEP, action)).type).toBe(STEPPED);
  });

  it("takes frames in pieces, and several at once", async () => {
    const client = await planar();
    const bytes = Buffer.concat([
      frameOf(RESET),
      frameOf(STEP, floats([1, -1])),
      frameOf(STEP, floats([0, 1])),
    ]);
    for (const byte of bytes.subarray(0, 20)) client.send(Buffer.of(byte));
    client.send(bytes.subarray(20));
    const types = [(await client.next()).type, (await client.next()).type, (await client.next()).type];
    expect(types).toEqual([OBSERVATION, STEPPED, STEPPED]);
    const count = 50_000;
    const goals = floats(new Float32Array(3 * 2 * count).fill(0.3));
    const { type, payload } = await client.request(COMPUTE_REWARD, goals);
    expect([type, payload.length]).toEqual([REWARDS, 8 * count]);
    expect((await client.request(COMPUTE_REWARD)).payload).toHaveLength(0);
  });

  it.each([
    ["an unknown type", frameOf(9), /frame of type 1 to 4, got 9/],
    ["a short action", frameOf(STEP, floats([1])), /2 float32 of an action, got a payload of 4 bytes/],
    ["a torn goal", frameOf(COMPUTE_REWARD, floats([1, 2, 3])), /three equal blocks of goals.*12 bytes/],
    ["a close with contents", frameOf(CLOSE, "x"), /no payload/],
    ["a payload that is too long", Buffer.from([0, 0, 0, 255, 2, 0, 0, 0]), /at most 67108864 bytes/],
    ["a torn header", frameOf(RESET).subarray(0, 5), /complete frame, got its end after 5 of at least 8 /],
    ["a torn payload", frameOf(STEP, floats([1, 1])).subarray(0, 13), /after 13 of at least 16 bytes/],
  ])("ends with one line for %s", async (_, bytes, line) => {
    const client = await planar();
    client.child.stdin?.end(bytes);
    const { code, stderr } = await client.finished;
    expect([code, stderr]).toEqual([2, expect.stringMatching(line)]);
    expect(stderr).toMatch(/^steadyarm: standard input.*docs\/gymnasium\.md\n$/);
  });

  it.each(["the end of its input", "SIGTERM", "SIGINT"] as const)("ends with 0 at %s", async (end) => {
    const client = await planar();
    await client.request(RESET);
    if (end === "the end of its input") client.child.stdin?.end();
    else client.child.kill(end);
    expect(await client.finished).toMatchObject({ code: 0, stderr: "" });
  });

  it("keeps standard output for frames when a module prints", async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "node_modules"));
    symlinkSync(join(import.meta.dirname, "../.."), join(cwd, "node_modules/steadyarm"), "junction");
    const code = blockOf("docs/own-task.md", "ts").replace(
      "step: (cart, [force = 0]) => {",
      "step: (cart, [force = 0]) => {\n console.log('a step');",
    );
    writeFileSync(join(cwd, "rail.ts"), code);
    const client = new EnvClient(["--env", "./rail.ts"], cwd);
    expect(JSON.parse((await client.next()).payload.toString()).env).toBe("rail-reach");
    await client.request(RESET, '{"seed":1}');
    expect((await client.request(STEP, floats([1]))).type).toBe(STEPPED);
    client.child.stdin?.end();
    expect(await client.finished).toMatchObject({ code: 0, stderr: "a step\n" });
  });

  it("refuses settings that are not the environment's, and a missing name", async () => {
    for (const [words, line] of [
      [["--env", "planar2-reach", "--set", "agent.tau=1"], /--set: expected a setting of the environment/],
      [["--env", "planar2-reac"], /env\.id: .*Did you mean "planar2-reach"\?/],
      [[], /serve-env: expected an environment's name/],
    ] as const) {
      const { code, stdout, stderr } = await new EnvClient(words, temporaryFolder()).finished;
      expect([code, stdout, stderr]).toEqual([2, "", expect.stringMatching(line)]);
    }
  });
});
