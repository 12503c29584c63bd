/** @file Tabletop tasks: objects at rest, goals not achieved at the start, near starts in training episodes only. */

import { afterAll, describe, expect, it } from "vitest";
import { ENVIRONMENTS, makeEnv } from "../../../env/registry.ts";
import { parseConfig } from "../../../shared/config.ts";
import type { GoalObservation } from "../../../shared/goal-env.ts";
import { distance } from "../../../shared/vec3.ts";

const IDS = Object.keys(ENVIRONMENTS).filter((id) => !id.endsWith("-reach"));

const config = (env: object) => parseConfig({ env }, "test").env;

describe.each(IDS)("%s", async (id) => {
  const { arm, makeTask } = ENVIRONMENTS[id]!;
  const env = await makeEnv(config({ id }), 0.95);
  afterAll(() => env.dispose());
  const joints = arm.links.length;
  const armSize = 2 * joints + 6 + (arm.gripper === undefined ? 0 : 2);
  const { goalAxes, scene } = makeTask({ relativeInputs: true });
  const tool = ({ observation }: GoalObservation) => observation.subarray(2 * joints, 2 * joints + 3);
  const object = ({ observation }: GoalObservation) => observation.subarray(armSize);

  it("starts with its object at rest on the table, and it stays there while the arm does not move", () => {
    const start = env.reset({ seed: 1 });
    const before = object(start).slice();
    expect(before[2]).toBeCloseTo(scene!.objects[0]!.halfExtents[2]!, 6);
    expect(before.slice(6, 15).every((x) => x === 0)).toBe(true);
    const still = new Float32Array(env.actionSpace.low.length);
    for (let i = 0; i < env.maxEpisodeSteps; i++) env.step(still);
    env.reset({ seed: 1 });
    let last: GoalObservation = start;
    for (let i = 0; i < env.maxEpisodeSteps; i++) last = env.step(still);
    expect(distance(object(last).subarray(0, 3), before.subarray(0, 3))).toBeLessThan(5e-4);
    expect(distance(tool(last), tool(start))).toBeLessThan(1e-3);
  });

  it("observes the object's position in the world, relative to the tool, and at high resolution", () => {
    const start = env.reset({ seed: 2 });
    const [numbers, toolPosition] = [object(start), tool(start)];
    for (const axis of [0, 1, 2]) {
      const fromTool = numbers[axis]! - toolPosition[axis]!;
      expect(numbers[3 + axis]).toBeCloseTo(fromTool, 6);
      expect(numbers[15 + axis]).toBeCloseTo(Math.tanh(20 * fromTool), 5);
    }
    expect([...goalAxes].map((axis) => numbers[axis])).toEqual([...start.achievedGoal]);
    expect(env.relativeGoal).toEqual({ elements: goalAxes.map((axis) => armSize + axis), perMetre: 20 });
  });

  it("has no high-resolution inputs without relativeInputs", async () => {
    const plain = await makeEnv(config({ id, relativeInputs: false }), 0.95);
    expect(plain.observationSpace.low.length).toBe(env.observationSpace.low.length - 3);
    expect(plain.relativeGoal).toBeUndefined();
    plain.dispose();
  });

  it("starts with the object clear of the tool, and goals in all directions", () => {
    env.reset({ seed: 3 });
    const offsets = Array.from({ length: 200 }, () => {
      const start = env.reset();
      const [x, y] = tool(start);
      expect(distance(object(start).subarray(0, 2), [x!, y!])).toBeGreaterThan(0.06);
      expect(env.isAchieved(start.achievedGoal, start.desiredGoal)).toBe(false);
      return start.desiredGoal.map((goal, i) => goal - start.achievedGoal[i]!);
    });
    expect(offsets.some(([, y]) => y! > 0.05)).toBe(true);
    expect(offsets.some(([, y]) => y! < -0.05)).toBe(true);
  });

  it("has near starts in the configured share of training episodes, and in no others", async () => {
    const isNear = (start: GoalObservation) => {
      const [x, y] = tool(start);
      const [gx, gy] = start.desiredGoal;
      const goalDistance = Math.hypot(gx! - start.achievedGoal[0]!, gy! - start.achievedGoal[1]!);
      const toolDistance = distance(object(start).subarray(0, 2), [x!, y!]);
      return toolDistance < 0.11 && goalDistance < 0.1301;
    };
    const half = await makeEnv(config({ id, nearStarts: 0.5 }), 0.95);
    const all = await makeEnv(config({ id, nearStarts: 1 }), 0.95);
    half.reset({ seed: 4, training: true });
    const count = Array.from({ length: 200 }, () => isNear(half.reset({ training: true }))).filter(
      Boolean,
    ).length;
    expect(count).toBeGreaterThan(70);
    expect(count).toBeLessThan(130);
    for (let seed = 0; seed < 100; seed++) {
      expect(isNear(all.reset({ seed, training: true }))).toBe(true);
      const usual = all.reset({ seed });
      expect(usual).toEqual(env.reset({ seed }));
    }
    half.dispose();
    all.dispose();
  });
});

describe("pick-and-place's goals", () => {
  it("are half in the air, up to 20 cm, and half on the table", async () => {
    const env = await makeEnv(config({ id: "panda-gripper-pick-and-place" }), 0.95);
    env.reset({ seed: 6 });
    const heights = Array.from({ length: 400 }, () => env.reset().desiredGoal[2]!);
    const onTable = heights.filter((z) => Math.abs(z - 0.02) < 1e-6).length;
    expect(onTable).toBeGreaterThan(150);
    expect(onTable).toBeLessThan(250);
    expect(Math.max(...heights)).toBeGreaterThan(0.2);
    expect(Math.max(...heights)).toBeLessThanOrEqual(0.22);
    env.dispose();
  });
});

describe("slide's goals", () => {
  it("are out of the arm's reach", async () => {
    const env = await makeEnv(config({ id: "panda-slide" }), 0.95);
    env.reset({ seed: 7 });
    for (let i = 0; i < 200; i++) {
      const [x, y] = env.reset().desiredGoal;
      expect(Math.hypot(x!, y!)).toBeGreaterThan(0.79);
    }
    env.dispose();
  });
});
