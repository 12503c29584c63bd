/** @file Tables, objects and fingers in scenes, clips, frames and recordings match the simulation. */

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ENVIRONMENTS, makeEnv } from "../../../env/registry.ts";
import { distance } from "../../../shared/vec3.ts";
import { recordEpisode } from "../../../viewer/server/clip-recorder.ts";
import { ControlledArm } from "../../../viewer/server/controlled-arm.ts";
import { randomController } from "../../../viewer/server/controller.ts";
import { type EpisodeFacts, readEpisode, writeEpisode } from "../../../viewer/server/episode-file.ts";
import { sceneMessages } from "../../../viewer/server/scene-message.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { PageClient, startServer } from "./page-client.ts";
import { sampleConfig, writeSampleRun } from "./sample-runs.ts";
import { recordScript, scriptedController, writeScript } from "./scripted-controller.ts";

const TABLETOP = Object.keys(ENVIRONMENTS).filter((id) => !id.endsWith("reach"));
const PICK = "panda-gripper-pick-and-place";

/** One row of a column. */
function rowOf(numbers: Float32Array, size: number, moment: number): number[] {
  return [...numbers.subarray(size * moment, size * (moment + 1))];
}

describe("scenes", () => {
  it("have a table and objects for tabletop tasks, and fingers for a gripper", () => {
    const scenes = new Map(sceneMessages().map((scene) => [scene.env, scene]));
    const push = scenes.get("panda-push");
    expect(push?.table).toEqual({
      shape: {
        kind: "box",
        center: [expect.closeTo(0.3, 12), 0, -0.2],
        orientation: [0, 0, 0, 1],
        halfExtents: [expect.closeTo(0.55, 12), 0.35, 0.2],
      },
      floor: -0.4,
    });
    expect(push?.objects.map(({ name, shape }) => [name, shape.halfExtents])).toEqual([
      ["cube", [0.025, 0.025, 0.025]],
    ]);
    expect(push?.fingers).toEqual([]);
    expect(scenes.get("panda-slide")?.objects[0]?.name).toBe("puck");
    expect(scenes.get(PICK)?.fingers.map(({ travel }) => travel)).toEqual([0.04, 0.04]);
    expect(scenes.get("panda-reach")).toMatchObject({ table: null, objects: [], fingers: [] });
  });
});

describe("a clip", () => {
  it.each(TABLETOP)("of %s has the object at the position in the environment after each step", async (id) => {
    const { clip, goal } = await recordScript(id, 4);
    const { env: config, gamma } = scriptedController(id);
    const env = await makeEnv(config, gamma);
    const axes = sceneMessages().find((scene) => scene.env === id)?.goalAxes ?? [];
    const { desiredGoal } = env.reset({ seed: 4 });
    const perStep = (clip.moments - 1) / clip.steps;
    for (let step = 0; step < clip.steps; step++) {
      const observation = env.step(
        clip.actions.subarray(step * clip.actionSize, (step + 1) * clip.actionSize),
      );
      const moment = (step + 1) * perStep;
      const place = rowOf(clip.objectPositions, 3, moment);
      expect(axes.map((axis) => place[axis])).toEqual([...observation.achievedGoal]);
      expect(clip.distances[moment]).toBeCloseTo(distance(observation.achievedGoal, desiredGoal), 6);
      expect(Math.hypot(...rowOf(clip.objectRotations, 4, moment))).toBeCloseTo(1, 5);
    }
    env.dispose();
    const [start = [], end = []] = [0, clip.moments - 1].map((m) => rowOf(clip.objectPositions, 3, m));
    expect(distance(start, end)).toBeGreaterThan(0.03);
    expect(axes.map((axis) => Math.fround(goal[axis]))).toEqual([...desiredGoal]);
  });

  it("of pick and place has fingers that close on the cube and carry it", async () => {
    const { clip } = await recordScript(PICK, 2);
    expect(clip).toMatchObject({ objects: 1, fingers: 2, momentTimestep: 0.008, moments: 251 });
    const gap = (moment: number) => rowOf(clip.openings, 2, moment).reduce((sum, each) => sum + each, 0);
    expect(gap(0)).toBeCloseTo(0.072, 3);
    const last = clip.moments - 1;
    expect(gap(last)).toBeCloseTo(0.04, 2);
    // The tool holds the cube.
    expect(distance(rowOf(clip.objectPositions, 3, last), rowOf(clip.endEffector, 3, last))).toBeLessThan(
      0.03,
    );
  });

  it("has its goal at the start height of the object", async () => {
    const { env, agent } = sampleConfig(1, { id: "panda-push" });
    const controlled = await ControlledArm.create(randomController(env, agent.gamma), "random");
    const { clip, goal } = recordEpisode(controlled, { seed: 3, noise: 0 });
    controlled.dispose();
    expect(goal[2]).toBe(clip.objectPositions[2]);
    expect(clip.objectPositions.at(-1)).not.toBe(goal[2]);
  });
});

describe("a live session", () => {
  it.each(["panda-push", PICK])("of %s has the same objects and fingers as the clip", async (id) => {
    const folder = temporaryFolder();
    await writeSampleRun(join(folder, "runs", "one"), 1, [0], sampleConfig(1, { id }));
    const page = await PageClient.connect(await startServer({ folder }));
    page.send({ op: "live", request: 1, slots: [{ source: "run:one" }], seed: 6 });
    await page.untilMessage("session");
    page.send({ op: "play", playing: false });
    page.send({ op: "reset", seed: 6 });
    for (let i = 0; i < 10; i++) page.send({ op: "step" });
    const frame = await page.untilFrame(({ resets, time }) => resets === 2 && Math.abs(time - 0.4) < 1e-9);
    page.send({ op: "open", request: 2, slots: [{ source: "run:one" }], seed: 6 });
    const clip = await page.until(() => page.clips[0]);
    const [arm] = frame.slots;
    const moment = Math.round(0.4 / clip.momentTimestep);
    const row = (column: Float32Array, size: number) => column.slice(moment * size, (moment + 1) * size);
    expect(arm?.objectPositions).toEqual(row(clip.objectPositions, 3));
    expect(arm?.objectRotations).toEqual(row(clip.objectRotations, 4));
    expect(arm?.openings).toEqual(row(clip.openings, clip.fingers));
    expect(arm?.distance).toBe(clip.distances[moment]);
  });
});

/** Sets the version of the clip in a file to 1 and updates the checksum. */
function backdate(path: string): void {
  const bytes = readFileSync(path);
  const body = bytes.subarray(0, -32);
  body[16 + body.readUInt32LE(12) + 1] = 1;
  writeFileSync(
    path,
    [body, createHash("sha256").update(body).digest()].reduce((a, b) => Buffer.concat([a, b])),
  );
}

describe("a recording", () => {
  it("is read with its objects and fingers, bit for bit", async () => {
    const path = join(temporaryFolder(), "pick.episode");
    const recording = await writeScript(path, PICK, 1);
    expect(readEpisode(path).recording).toEqual(recording);
  });

  it("with a clip of version 1 is read, unless its environment has objects or fingers", async () => {
    const folder = temporaryFolder();
    const { env, agent } = sampleConfig(1);
    const controlled = await ControlledArm.create(randomController(env, agent.gamma), "random");
    const recording = recordEpisode(controlled, { seed: 1, noise: 0 });
    controlled.dispose();
    const facts: EpisodeFacts = { name: "x", env: env.id, seed: 1, noise: 0, step: null, torqueScale: 1 };
    const reach = join(folder, "reach.episode");
    writeEpisode(reach, { facts, recording });
    backdate(reach);
    expect(readEpisode(reach).recording).toEqual(recording);

    const { clip, ...outcome } = await recordScript("panda-push", 1);
    const none = new Float32Array(0);
    const without = { ...clip, objects: 0, objectPositions: none, objectRotations: none };
    const push = join(folder, "push.episode");
    writeEpisode(push, {
      facts: { ...facts, env: "panda-push" },
      recording: { ...outcome, clip: without },
    });
    backdate(push);
    expect(() => readEpisode(push)).toThrow(
      /^\S*push\.episode: expected .*panda-push, joints 7, objects 1, fingers 0, got joints 7, objects 0, fingers 0, in version 1\. Record it again/,
    );
  });
});
