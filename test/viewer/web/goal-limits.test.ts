/** @file Limits of dragged goals: the region of training, or all that arm and table reach. */

import { describe, expect, it } from "vitest";
import { distance } from "../../../shared/vec3.ts";
import { sceneMessages } from "../../../viewer/server/scene-message.ts";
import { isInReach, isTrainingGoal, limitGoal } from "../../../viewer/web/controls/goal-limits.ts";

function sceneOf(env: string) {
  const scene = sceneMessages().find((each) => each.env === env);
  if (scene === undefined) throw new Error(`there is no ${env}`);
  return scene;
}

describe("a dragged goal of the tool", () => {
  const scene = sceneOf("panda-reach");
  const { low, high } = scene.goalRegion;

  it("stays where it is within the goals of training", () => {
    const at = (axis: 0 | 1 | 2) => 0.3 * low[axis] + 0.7 * high[axis];
    const goal = [at(0), at(1), at(2)] as const;
    expect(limitGoal(goal, scene, "training")).toEqual(goal);
    expect(isTrainingGoal(goal, scene)).toBe(true);
  });

  it("stops at the nearest goal of training", () => {
    expect(limitGoal([-1, 0.02, 9], scene, "training")).toEqual([low[0], 0.02, high[2]]);
    expect(isTrainingGoal([low[0] - 0.01, 0.02, high[2]], scene)).toBe(false);
  });

  it("goes as far as the arm reaches, above the ground, on request", () => {
    const { center, radius } = scene.reachable;
    const behind = limitGoal([-5, 0, center[2]], scene, "reach");
    expect(behind[0]).toBeCloseTo(center[0] - radius, 9);
    expect(isTrainingGoal(behind, scene)).toBe(false);
    expect(limitGoal([0.3, 0, -1], scene, "reach")[2]).toBeGreaterThanOrEqual(0);
    expect(distance(limitGoal([5, 5, 5], scene, "reach"), center)).toBeCloseTo(radius, 9);
  });

  it("goes below the ground if the arm hangs and has goals there", () => {
    const hanging = {
      ...scene,
      goalRegion: { low: [0.3, -0.15, -0.6], high: [0.6, 0.15, -0.3] },
      reachable: { center: [0, 0, -0.3], radius: 0.8 },
    } satisfies typeof scene;
    expect(limitGoal([0.4, 0, -0.5], hanging, "training")).toEqual([0.4, 0, -0.5]);
    expect(limitGoal([0.4, 0, -0.5], hanging, "reach")).toEqual([0.4, 0, -0.5]);
  });
});

describe("a dragged goal of a cube that can only slide", () => {
  const scene = sceneOf("panda-push");
  const { low, high } = scene.goalRegion;

  it("keeps its height and stays within the goals of training", () => {
    expect(limitGoal([9, -9, low[2]], scene, "training")).toEqual([high[0], low[1], low[2]]);
  });

  it("goes to the edge of the table on request", () => {
    const { center, halfExtents } = scene.table?.shape ?? { center: [0, 0, 0], halfExtents: [0, 0, 0] };
    expect(limitGoal([9, -9, low[2]], scene, "reach")).toEqual([
      center[0] + halfExtents[0],
      center[1] - halfExtents[1],
      low[2],
    ]);
  });
});

describe("a typed goal", () => {
  it("is in reach within the sphere that the arm reaches, about its shoulder", () => {
    const scene = sceneOf("panda-reach");
    const [x, y, z] = scene.reachable.center;
    expect(isInReach([x + 0.99 * scene.reachable.radius, y, z], scene)).toBe(true);
    expect(isInReach([x, y - 1.01 * scene.reachable.radius, z], scene)).toBe(false);
    expect(isInReach([x, y, z + 3], scene)).toBe(false);
  });

  it("of an object is not judged by the reach of the tool", () => {
    expect(isInReach([1.05, 0, 0.03], sceneOf("panda-slide"))).toBe(true);
  });
});
