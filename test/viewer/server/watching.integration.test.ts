/** @file What a page sees: the library, whole episodes, arms that can be disturbed, curves that grow. */

import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ENVIRONMENTS, makeEnv } from "../../../env/registry.ts";
import { SUBPROTOCOL } from "../../../shared/protocol.ts";
import { distance } from "../../../shared/vec3.ts";
import { readPolicy } from "../../../storage/policy-file.ts";
import { policyPath } from "../../../storage/run-folder.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { PageClient, startServer } from "./page-client.ts";
import { addMetricRows, writeSamplePolicy, writeSampleRun, writeSampleZoo } from "./sample-runs.ts";

const RANDOM = "builtin:random torques, planar2-reach";
const STILL = "builtin:no torque, planar2-reach";

/** A folder with two runs and a zoo entry, and a server on it. */
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
  it("has the zoo, runs and who needs no training, each with what a person wants to know", async () => {
    const { server } = await serveSamples();
    const page = await PageClient.connect(server);
    expect(page.socket.protocol).toBe(SUBPROTOCOL);
    const { sources } = await page.heard("library");
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

  it("greets with what to open first: what was named, else the zoo, else chance", async () => {
    const { folder } = await serveSamples();
    const runs = join(folder, "runs");
    const named = await startServer({ named: [join(runs, "two"), join(runs, "one")] });
    expect((await (await PageClient.connect(named)).heard("hello")).open).toEqual(["run:two", "run:one"]);
    const zoo = await startServer();
    expect((await (await PageClient.connect(zoo)).heard("hello")).open).toEqual([
      "builtin:random torques, panda-reach",
    ]);
  });

  it("tells of new policies and new runs while a page looks on", async () => {
    const { folder, server } = await serveSamples();
    const page = await PageClient.connect(server);
    await writeSamplePolicy(policyPath(join(folder, "runs", "two", "policies"), 50), 2, 50);
    await page.heard("library", ({ sources }) => sources.some(({ steps }) => steps[0] === 50));
    await writeSampleRun(join(folder, "runs", "three"), 3, [0]);
    await page.heard("library", ({ sources }) => sources.some(({ id }) => id === "run:three"));
    rmSync(join(folder, "runs", "one"), { recursive: true });
    await page.heard("library", ({ sources }) => !sources.some(({ id }) => id === "run:one"));
  });
});

describe("opening", () => {
  it("brings the very episode that the environment plays, a clip for each slot", async () => {
    const { folder, server } = await serveSamples();
    const page = await PageClient.connect(server);
    page.send({
      op: "open",
      request: 5,
      slots: [{ source: "run:one", step: 0 }, { source: "run:one" }, { source: RANDOM }],
      seed: 11,
    });
    const opened = await page.heard("opened");
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
    let seen = env.reset({ seed: 11 });
    const clip = page.clips[1];
    const goal = opened.slots[1]?.goal ?? [0, 0, 0];
    expect([goal[0], goal[2]]).toEqual([...seen.desiredGoal]);
    const action = new Float32Array(2);
    for (let step = 0; step < 50; step++) {
      policy.act(seen, action);
      expect(clip?.actions.slice(2 * step, 2 * step + 2)).toEqual(action);
      expect(clip?.values?.[step]).toBe(Math.fround(policy.value(seen, action)));
      const next = env.step(action);
      seen = next;
      expect(clip?.rewards[step]).toBe(next.reward);
      const [x, , z] = clip?.endEffectors.subarray(12 * (step + 1)) ?? [];
      expect([x, z]).toEqual([...next.achievedGoal]);
      const apart = distance(next.achievedGoal, next.desiredGoal);
      expect(clip?.distances[4 * (step + 1)]).toBeCloseTo(apart, 6);
    }
    env.dispose();
  });

  it("gives the same clip for the same seed, another for another seed, goal or noise", async () => {
    const { server } = await serveSamples();
    const page = await PageClient.connect(server);
    const wishes = [
      { seed: 1 },
      { seed: 1 },
      { seed: 2 },
      { seed: 1, goal: [0.5, 0, 0.3] as [number, number, number] },
      { seed: 1, noise: 0.3 },
    ];
    for (const [request, wish] of wishes.entries()) {
      page.send({ op: "open", slots: [{ source: "run:one" }], request, ...wish });
      await page.until(() => page.clips[request]);
    }
    const [first, again, ...others] = page.clips.map(({ actions, distances }) => [...actions, ...distances]);
    expect(again).toEqual(first);
    for (const other of others) expect(other).not.toEqual(first);
  });

  it.each([
    [{ slots: [{ source: "run:none" }] }, /source: expected one of the library, got "run:none"/],
    [{ slots: [{ source: "../../etc/passwd" }] }, /source: expected one of the library/],
    [{ slots: [{ source: "run:one", step: 7 }] }, /one: step: expected one that there is a policy of, got 7/],
    [{ slots: [{ source: "run:two" }] }, /two: expected a policy, got none/],
    [{ slots: [{ source: RANDOM }, { source: "builtin:no torque, panda-reach" }] }, /one environment/],
    [{ slots: [{ source: RANDOM }], goal: [5, 0, 0] as [number, number, number] }, /goal: expected/],
  ])("refuses %j in one line, and goes on", async (view, line) => {
    const { server } = await serveSamples();
    const page = await PageClient.connect(server);
    page.send({ op: "open", request: 3, seed: 1, ...view });
    const { request, message } = await page.heard("error");
    expect(request).toBe(3);
    expect(message).toMatch(line);
    page.send({ op: "open", request: 4, seed: 1, slots: [{ source: STILL }] });
    await page.heard("opened");
  });

  it("makes of many views asked for at once only the last, besides the one under way", async () => {
    const { server } = await serveSamples();
    const page = await PageClient.connect(server);
    for (let request = 1; request <= 20; request++) {
      page.send({ op: "open", request, seed: request, slots: [{ source: RANDOM }] });
    }
    await page.heard("opened", ({ request }) => request === 20);
    expect(page.messages.filter(({ op }) => op === "opened").length).toBeLessThan(20);
  });
});

describe("a live session", () => {
  const view = { op: "live", request: 1, slots: [{ source: STILL }, { source: RANDOM }], seed: 4 } as const;

  it("steps its arms in real time, one frame after another", async () => {
    const page = await PageClient.connect(await startServer());
    page.send({ ...view, slots: [...view.slots], speed: 4 });
    const session = await page.heard("session");
    expect(session).toMatchObject({ request: 1, env: "planar2-reach", seed: 4, playing: true, watchers: 1 });
    const last = await page.saw(({ time }) => time > 1);
    const frames = page.frames.filter(({ seq }) => seq <= last.seq);
    expect(frames.map(({ seq }) => seq)).toEqual([...frames.map(({ seq }) => seq)].sort((a, b) => a - b));
    const [still, random] = last.slots;
    expect(still?.actionAbsMean).toBe(0);
    expect(still?.speeds.every((speed) => Math.abs(speed) < 1e-6)).toBe(true);
    expect(random?.speeds.some((speed) => Math.abs(speed) > 0.01)).toBe(true);
    expect(random?.value).toBeNaN();
  });

  it("pauses, steps by one action, resets, and moves its goal, and tells all who watch", async () => {
    const server = await startServer();
    const page = await PageClient.connect(server);
    page.send({ ...view, slots: [...view.slots] });
    const { session } = await page.heard("session");
    page.send({ op: "play", playing: false });
    await page.heard("session", ({ playing }) => !playing);
    const other = await PageClient.connect(server);
    other.send({ op: "join", request: 9, session });
    // Who comes late is shown the present though nothing moves.
    await other.heard("session", ({ request }) => request === 9);
    const paused = await other.saw(() => true);
    expect(paused.playing).toBe(false);
    page.send({ op: "reset", seed: 8 });
    const restarted = await other.saw(({ resets }) => resets === 2);
    expect(restarted.time).toBe(0);
    page.send({ op: "step" });
    const stepped = await other.saw(({ resets, time }) => resets === 2 && time > 0);
    expect(stepped.time).toBeCloseTo(0.04, 9);
    page.send({ op: "goal", goal: [0.5, 0, 0.25] });
    await other.heard("session", ({ goal }) => goal[0] === 0.5);
    const moved = await other.saw(({ goal }) => goal[0] === 0.5);
    expect(moved.slots[0]?.distance).toBeCloseTo(
      distance([...(moved.slots[0]?.endEffector ?? [])], [0.5, 0, 0.25]),
      5,
    );
    page.send({ op: "goal", goal: [9, 0, 0] });
    expect((await page.heard("error")).message).toMatch(/goal: expected/);
  });

  it("is pushed for as long as somebody holds, and let go of when they leave", async () => {
    const server = await startServer();
    const page = await PageClient.connect(server);
    const other = await PageClient.connect(server);
    page.send({ ...view, slots: [{ source: STILL }] });
    const { session } = await page.heard("session");
    other.send({ op: "join", request: 1, session });
    await other.heard("session");
    other.send({ op: "push", slot: null, link: 1, point: [0.4, 0, 0], force: [0, 0, 8] });
    const pushed = await page.saw(
      ({ slots }) => slots[0]?.pushLink === 1 && (slots[0]?.speeds[1] ?? 0) > 0.2,
    );
    expect([...(pushed.slots[0]?.pushForce ?? [])]).toEqual([0, 0, 8]);
    other.socket.close();
    const { seq } = pushed;
    await page.saw((frame) => frame.seq > seq && frame.slots[0]?.pushLink === -1);
    page.send({ op: "push", slot: 0, link: 1, point: [0, 0, 0], force: [1000, 0, 0] });
    expect((await page.heard("error")).message).toMatch(/push: expected at most 200 N, got 1000/);
  });

  it("shows a policy doing what it does in the environment while nobody disturbs it", async () => {
    const { server } = await serveSamples();
    const page = await PageClient.connect(server);
    page.send({ op: "live", request: 1, slots: [{ source: "run:one" }], seed: 6 });
    await page.heard("session");
    page.send({ op: "play", playing: false });
    page.send({ op: "reset", seed: 6 });
    for (let i = 0; i < 10; i++) page.send({ op: "step" });
    const frame = await page.saw(({ resets, time }) => resets === 2 && Math.abs(time - 0.4) < 1e-9);
    page.send({ op: "open", request: 2, slots: [{ source: "run:one" }], seed: 6 });
    const clip = await page.until(() => page.clips[0]);
    expect(frame.slots[0]?.angles).toEqual(clip.angles.slice(40 * 2, 41 * 2));
    expect(frame.slots[0]?.positions).toEqual(clip.positions.slice(40 * 6, 41 * 6));
  });

  it("does not exist for those who watch none, or name one that has ended", async () => {
    const page = await PageClient.connect(await startServer());
    page.send({ op: "play", playing: true });
    expect((await page.heard("error")).message).toBe("play: no live session is watched");
    page.send({ op: "join", request: 2, session: 77 });
    expect((await page.heard("error", ({ request }) => request === 2)).message).toContain("77 has ended");
  });
});

describe("following a run", () => {
  it("sends all rows, then new ones as training writes them, and all again if it went back", async () => {
    const { folder, server } = await serveSamples();
    const run = join(folder, "runs", "one");
    const row = (step: number) => ({
      step,
      values: { "eval/success_rate": step / 1000, "train/q_mean": Number.NaN },
    });
    const length = addMetricRows(run, [row(100), row(200)]);
    const page = await PageClient.connect(server);
    page.send({ op: "follow", source: "run:one" });
    const first = await page.heard("curves");
    expect(first).toEqual({
      op: "curves",
      source: "run:one",
      from: 0,
      steps: [100, 200],
      series: { "eval/success_rate": [0.1, 0.2], "train/q_mean": [null, null] },
    });
    addMetricRows(run, [row(300)], length);
    expect(await page.heard("curves", ({ from }) => from === 2)).toMatchObject({ steps: [300] });
    // A torn last line is still being written.
    appendFileSync(join(run, "metrics.jsonl"), '{"step":400,"eval/suc');
    const late = await PageClient.connect(server);
    late.send({ op: "follow", source: "run:one" });
    expect((await late.heard("curves")).steps).toEqual([100, 200, 300]);
    addMetricRows(run, [row(250)], length);
    expect(await page.heard("curves", ({ from, steps }) => from === 0 && steps[2] === 250)).toMatchObject({
      steps: [100, 200, 250],
    });
  });

  it("sends evenly some of very many rows", async () => {
    const { folder, server } = await serveSamples();
    const rows = Array.from({ length: 5000 }, (_, i) => ({ step: i, values: { x: i } }));
    addMetricRows(join(folder, "runs", "one"), rows);
    const page = await PageClient.connect(server);
    page.send({ op: "follow", source: "run:one" });
    const { steps } = await page.heard("curves");
    expect(steps.length).toBe(1000);
    expect(steps.at(-1)).toBe(4999);
    expect(new Set(steps.slice(1).map((step, i) => step - (steps[i] ?? 0)))).toEqual(new Set([5]));
  });

  it("says where there are no curves", async () => {
    const { server } = await serveSamples();
    const page = await PageClient.connect(server);
    page.send({ op: "follow", source: "zoo:steady" });
    expect((await page.heard("error")).message).toBe("steady <b>one</b>: there are no curves");
  });
});
