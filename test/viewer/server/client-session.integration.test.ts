/** @file The server's answers to a page: the library, episodes, live sessions and training curves. */

import { appendFileSync, mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ENVIRONMENTS, makeEnv } from "../../../env/registry.ts";
import { SUBPROTOCOL } from "../../../shared/protocol.ts";
import { distance } from "../../../shared/vec3.ts";
import { readPolicy } from "../../../storage/policy-file.ts";
import { policyPath } from "../../../storage/policy-folder.ts";
import { Library } from "../../../viewer/server/library.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { PageClient, startServer } from "./page-client.ts";
import {
  addMetricRows,
  sampleConfig,
  writeSamplePolicy,
  writeSampleRun,
  writeSampleZoo,
} from "./sample-runs.ts";

const RANDOM = "builtin:random torques, planar2-reach";
const ZERO_TORQUE = "builtin:no torque, planar2-reach";

/** Starts a server with two runs, a damaged run and a zoo entry. */
async function serveSamples() {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "runs"));
  await writeSampleRun(join(folder, "runs", "one"), 1, [0, 200]);
  await writeSampleRun(join(folder, "runs", "two"), 2, []);
  await writeSampleZoo(join(folder, "zoo", "steady"), 3, [600]);
  mkdirSync(join(folder, "runs", "broken"));
  writeFileSync(join(folder, "runs", "broken", "manifest.json"), "{");
  return { folder, server: await startServer({ folder }) };
}

describe("the library", () => {
  it("lists zoo entries, runs and built-in controllers with their facts", async () => {
    const { server } = await serveSamples();
    const page = await PageClient.connect(server);
    expect(page.socket.protocol).toBe(SUBPROTOCOL);
    const { sources } = await page.untilMessage("library");
    expect(sources.map(({ id }) => id).sort()).toEqual(
      [
        ...Object.keys(ENVIRONMENTS).flatMap((id) => [
          `builtin:no torque, ${id}`,
          `builtin:random torques, ${id}`,
        ]),
        "run:one",
        "run:two",
        "zoo:steady",
      ].sort(),
    );
    const find = (id: string) => sources.find((source) => source.id === id);
    expect(find("run:one")).toMatchObject({
      kind: "run",
      env: "planar2-reach",
      steps: [0, 200],
      state: "stopped",
    });
    expect(find("run:two")).toMatchObject({ steps: [], hasCurves: true });
    const zoo = find("zoo:steady");
    expect(zoo).toMatchObject({
      name: "steady <b>one</b>",
      successRate: 0.97,
      steps: [600],
      hasCurves: false,
    });
    expect(zoo?.facts).toContainEqual({ name: "results held", value: "97" });
  });

  it("names the sources to show first: named paths, or else run and zoo, or else random torques", async () => {
    const { folder, server } = await serveSamples();
    expect((await (await PageClient.connect(server)).untilMessage("hello")).open).toEqual([
      "run:one",
      "zoo:steady",
    ]);
    const runs = join(folder, "runs");
    const named = await startServer({ named: [join(runs, "two"), join(runs, "one")] });
    expect((await (await PageClient.connect(named)).untilMessage("hello")).open).toEqual([
      "run:two",
      "run:one",
    ]);
    const empty = await startServer();
    expect((await (await PageClient.connect(empty)).untilMessage("hello")).open).toEqual([
      "builtin:random torques, panda-reach",
    ]);
  });

  it("shows the newest run with a policy first, beside zoo entries of its environment", async () => {
    const { folder } = await serveSamples();
    const [runs, zoo] = [join(folder, "runs"), join(folder, "zoo")];
    const initial = () => new Library({ named: [], runs, zoo }).initial;
    // Run two is newer but has no policy.
    utimesSync(join(runs, "one"), 1, 1);
    expect(initial()).toEqual(["run:one", "zoo:steady"]);
    for (const name of ["a", "b"]) await writeSampleZoo(join(zoo, name), 4, [0]);
    expect(initial()).toEqual(["run:one", "zoo:a", "zoo:b"]);
    await writeSampleRun(join(runs, "three"), 5, [0], sampleConfig(5, { id: "planar3-reach" }));
    expect(initial()).toEqual(["run:three"]);
    rmSync(runs, { recursive: true });
    expect(initial()).toEqual(["zoo:a", "zoo:b"]);
  });

  it("reports new and removed runs and new policies to a connected page", async () => {
    const { folder, server } = await serveSamples();
    const page = await PageClient.connect(server);
    await writeSamplePolicy(policyPath(join(folder, "runs", "two", "policies"), 50), 2, 50);
    await page.untilMessage("library", ({ sources }) => sources.some(({ steps }) => steps[0] === 50));
    await writeSampleRun(join(folder, "runs", "three"), 3, [0]);
    await page.untilMessage("library", ({ sources }) => sources.some(({ id }) => id === "run:three"));
    rmSync(join(folder, "runs", "one"), { recursive: true });
    await page.untilMessage("library", ({ sources }) => !sources.some(({ id }) => id === "run:one"));
  });
});

describe("opening", () => {
  it("returns the episode that the environment plays, as one clip for each slot", async () => {
    const { folder, server } = await serveSamples();
    const page = await PageClient.connect(server);
    page.send({
      op: "open",
      request: 5,
      slots: [{ source: "run:one", step: 0 }, { source: "run:one" }, { source: RANDOM }],
      seed: 11,
    });
    const opened = await page.untilMessage("opened");
    expect(opened).toMatchObject({ request: 5, env: "planar2-reach", seed: 11 });
    expect(opened.slots.map(({ step, hasValue }) => [step, hasValue])).toEqual([
      [0, true],
      [200, true],
      [null, false],
    ]);
    await page.until(() => page.clips[2]);
    for (const [slot, clip] of page.clips.entries()) {
      expect(clip).toMatchObject({ request: 5, slot, joints: 2, moments: 201, steps: 50 });
      expect(clip.momentTimestep).toBe(0.01);
    }
    const { policy, config } = readPolicy(policyPath(join(folder, "runs", "one", "policies"), 200));
    const env = await makeEnv(config.env, config.agent.gamma);
    let observation = env.reset({ seed: 11 });
    const clip = page.clips[1];
    const goal = opened.slots[1]?.goal ?? [0, 0, 0];
    expect([goal[0], goal[2]]).toEqual([...observation.desiredGoal]);
    const action = new Float32Array(2);
    for (let step = 0; step < 50; step++) {
      policy.act(observation, action);
      expect(clip?.actions.slice(2 * step, 2 * step + 2)).toEqual(action);
      expect(clip?.values?.[step]).toBe(Math.fround(policy.value(observation, action)));
      const next = env.step(action);
      observation = next;
      expect(clip?.rewards[step]).toBe(next.reward);
      const [x, , z] = clip?.endEffector.subarray(12 * (step + 1)) ?? [];
      expect([x, z]).toEqual([...next.achievedGoal]);
      const goalDistance = distance(next.achievedGoal, next.desiredGoal);
      expect(clip?.distances[4 * (step + 1)]).toBeCloseTo(goalDistance, 6);
    }
    env.dispose();
  });

  it("returns the same clip for the same seed, and another for another seed, goal or noise", async () => {
    const { server } = await serveSamples();
    const page = await PageClient.connect(server);
    const views = [
      { seed: 1 },
      { seed: 1 },
      { seed: 2 },
      { seed: 1, goal: [0.5, 0, 0.3] as [number, number, number] },
      { seed: 1, noise: 0.3 },
    ];
    for (const [request, view] of views.entries()) {
      page.send({ op: "open", slots: [{ source: "run:one" }], request, ...view });
      await page.until(() => page.clips[request]);
    }
    const [first, again, ...others] = page.clips.map(({ actions, distances }) => [...actions, ...distances]);
    expect(again).toEqual(first);
    for (const other of others) expect(other).not.toEqual(first);
  });

  it.each([
    [{ slots: [{ source: "run:none" }] }, /source: expected .*library, got "run:none"/],
    [{ slots: [{ source: "../../etc/passwd" }] }, /source: expected .*library/],
    [{ slots: [{ source: "run:one", step: 7 }] }, /one: step: expected .*saved policy, got 7/],
    [{ slots: [{ source: "run:two" }] }, /two: expected a saved policy, got none/],
    [{ slots: [{ source: RANDOM }, { source: "builtin:no torque, panda-reach" }] }, /one environment/],
    [{ slots: [{ source: RANDOM }], goal: [5, 0, 0] as [number, number, number] }, /goal: expected/],
  ])("rejects %j and answers the next request", async (view, line) => {
    const { server } = await serveSamples();
    const page = await PageClient.connect(server);
    page.send({ op: "open", request: 3, seed: 1, ...view });
    const { request, message } = await page.untilMessage("error");
    expect(request).toBe(3);
    expect(message).toMatch(line);
    page.send({ op: "open", request: 4, seed: 1, slots: [{ source: ZERO_TORQUE }] });
    await page.untilMessage("opened");
  });

  it("skips all but the newest of many requests that wait", async () => {
    const { server } = await serveSamples();
    const page = await PageClient.connect(server);
    for (let request = 1; request <= 20; request++) {
      page.send({ op: "open", request, seed: request, slots: [{ source: RANDOM }] });
    }
    await page.untilMessage("opened", ({ request }) => request === 20);
    expect(page.messages.filter(({ op }) => op === "opened").length).toBeLessThan(20);
  });
});

describe("a live session", () => {
  const view = {
    op: "live",
    request: 1,
    slots: [{ source: ZERO_TORQUE }, { source: RANDOM }],
    seed: 4,
  } as const;

  it("simulates its arms in real time and sends frames in order", async () => {
    const page = await PageClient.connect(await startServer());
    page.send({ ...view, slots: [...view.slots], speed: 4 });
    const session = await page.untilMessage("session");
    expect(session).toMatchObject({ request: 1, env: "planar2-reach", seed: 4, playing: true, watchers: 1 });
    const last = await page.untilFrame(({ time }) => time > 1);
    const frames = page.frames.filter(({ seq }) => seq <= last.seq);
    expect(frames.map(({ seq }) => seq)).toEqual([...frames.map(({ seq }) => seq)].sort((a, b) => a - b));
    const [zeroTorque, random] = last.slots;
    expect(zeroTorque?.actionAbsMean).toBe(0);
    expect(zeroTorque?.speeds.every((speed) => Math.abs(speed) < 1e-6)).toBe(true);
    expect(random?.speeds.some((speed) => Math.abs(speed) > 0.01)).toBe(true);
    expect(random?.value).toBeNaN();
  });

  it("pauses, steps, resets and moves its goal, and reports changes to all clients", async () => {
    const server = await startServer();
    const page = await PageClient.connect(server);
    page.send({ ...view, slots: [...view.slots] });
    const { session } = await page.untilMessage("session");
    page.send({ op: "play", playing: false });
    await page.untilMessage("session", ({ playing }) => !playing);
    const other = await PageClient.connect(server);
    other.send({ op: "join", request: 9, session });
    // A client that joins a paused session receives a frame.
    await other.untilMessage("session", ({ request }) => request === 9);
    const paused = await other.untilFrame(() => true);
    expect(paused.playing).toBe(false);
    page.send({ op: "reset", seed: 8 });
    const restarted = await other.untilFrame(({ resets }) => resets === 2);
    expect(restarted.time).toBe(0);
    page.send({ op: "step" });
    const stepped = await other.untilFrame(({ resets, time }) => resets === 2 && time > 0);
    expect(stepped.time).toBeCloseTo(0.04, 9);
    page.send({ op: "goal", goal: [0.5, 0, 0.25] });
    await other.untilMessage("session", ({ goal }) => goal[0] === 0.5);
    const moved = await other.untilFrame(({ goal }) => goal[0] === 0.5);
    expect(moved.slots[0]?.distance).toBeCloseTo(
      distance([...(moved.slots[0]?.endEffector ?? [])], [0.5, 0, 0.25]),
      5,
    );
    page.send({ op: "goal", goal: [9, 0, 0] });
    expect((await page.untilMessage("error")).message).toMatch(/goal: expected/);
  });

  it("applies a push until its client leaves, and rejects one above 200 N", async () => {
    const server = await startServer();
    const page = await PageClient.connect(server);
    const other = await PageClient.connect(server);
    page.send({ ...view, slots: [{ source: ZERO_TORQUE }] });
    const { session } = await page.untilMessage("session");
    other.send({ op: "join", request: 1, session });
    await other.untilMessage("session");
    other.send({ op: "push", slot: null, link: 1, point: [0.4, 0, 0], force: [0, 0, 8] });
    const pushed = await page.untilFrame(
      ({ slots }) => slots[0]?.pushLink === 1 && (slots[0]?.speeds[1] ?? 0) > 0.2,
    );
    expect([...(pushed.slots[0]?.pushForce ?? [])]).toEqual([0, 0, 8]);
    other.socket.close();
    const { seq } = pushed;
    await page.untilFrame((frame) => frame.seq > seq && frame.slots[0]?.pushLink === -1);
    page.send({ op: "push", slot: 0, link: 1, point: [0, 0, 0], force: [1000, 0, 0] });
    expect((await page.untilMessage("error")).message).toMatch(/push: expected at most 200 N, got 1000/);
  });

  it("has the same states as the episode with the same seed", async () => {
    const { server } = await serveSamples();
    const page = await PageClient.connect(server);
    page.send({ op: "live", request: 1, slots: [{ source: "run:one" }], seed: 6 });
    await page.untilMessage("session");
    page.send({ op: "play", playing: false });
    page.send({ op: "reset", seed: 6 });
    for (let i = 0; i < 10; i++) page.send({ op: "step" });
    const frame = await page.untilFrame(({ resets, time }) => resets === 2 && Math.abs(time - 0.4) < 1e-9);
    page.send({ op: "open", request: 2, slots: [{ source: "run:one" }], seed: 6 });
    const clip = await page.until(() => page.clips[0]);
    expect(frame.slots[0]?.angles).toEqual(clip.angles.slice(40 * 2, 41 * 2));
    expect(frame.slots[0]?.positions).toEqual(clip.positions.slice(40 * 6, 41 * 6));
  });

  it("is required for its requests, and must exist to be joined", async () => {
    const page = await PageClient.connect(await startServer());
    page.send({ op: "play", playing: true });
    expect((await page.untilMessage("error")).message).toMatch(/^play: expected .*live session.*, got none/);
    page.send({ op: "join", request: 2, session: 77 });
    expect((await page.untilMessage("error", ({ request }) => request === 2)).message).toMatch(
      /live session 77: expected .*, got none/,
    );
  });
});

describe("following a run", () => {
  it("sends all rows, then new rows, and all rows again if earlier ones change", async () => {
    const { folder, server } = await serveSamples();
    const run = join(folder, "runs", "one");
    const row = (step: number) => ({
      step,
      values: { "eval/success_rate": step / 1000, "train/q_mean": Number.NaN },
    });
    const length = addMetricRows(run, [row(100), row(200)]);
    const page = await PageClient.connect(server);
    page.send({ op: "follow", source: "run:one" });
    const first = await page.untilMessage("curves");
    expect(first).toEqual({
      op: "curves",
      source: "run:one",
      from: 0,
      steps: [100, 200],
      series: { "eval/success_rate": [0.1, 0.2], "train/q_mean": [null, null] },
    });
    addMetricRows(run, [row(300)], length);
    expect(await page.untilMessage("curves", ({ from }) => from === 2)).toMatchObject({ steps: [300] });
    // The incomplete last line is still being written.
    appendFileSync(join(run, "metrics.jsonl"), '{"step":400,"eval/suc');
    const late = await PageClient.connect(server);
    late.send({ op: "follow", source: "run:one" });
    expect((await late.untilMessage("curves")).steps).toEqual([100, 200, 300]);
    addMetricRows(run, [row(250)], length);
    expect(
      await page.untilMessage("curves", ({ from, steps }) => from === 0 && steps[2] === 250),
    ).toMatchObject({
      steps: [100, 200, 250],
    });
  });

  it("thins out a large number of rows evenly", async () => {
    const { folder, server } = await serveSamples();
    const rows = Array.from({ length: 5000 }, (_, i) => ({ step: i, values: { x: i } }));
    addMetricRows(join(folder, "runs", "one"), rows);
    const page = await PageClient.connect(server);
    page.send({ op: "follow", source: "run:one" });
    const { steps } = await page.untilMessage("curves");
    expect(steps.length).toBe(1000);
    expect(steps.at(-1)).toBe(4999);
    expect(new Set(steps.slice(1).map((step, i) => step - (steps[i] ?? 0)))).toEqual(new Set([5]));
  });

  it("reports a source without curves", async () => {
    const { server } = await serveSamples();
    const page = await PageClient.connect(server);
    page.send({ op: "follow", source: "zoo:steady" });
    expect((await page.untilMessage("error")).message).toBe(
      "steady <b>one</b>: expected training curves, got none",
    );
  });
});
