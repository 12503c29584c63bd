/** @file Varied friction: pushed objects stop according to the drawn factor, also after a restore. */

import { describe, expect, it, onTestFinished } from "vitest";
import { ArmWorld } from "../../env/arm/arm-world.ts";
import { planar2 } from "../../env/models/planar2.ts";
import { makeArmEnv } from "../../env/registry.ts";
import { ObjectState } from "../../env/scene.ts";
import { loadPhysics } from "../../env/world.ts";
import { parseConfig } from "../../shared/config.ts";
import { IDENTITY } from "../../shared/vec3.ts";

const HALF = 0.02;
const FRICTION = 0.3;
const SPEED = 1;

/** Returns how far a cube slides that starts at 1 m/s, metres. */
async function slideDistance(factor: number): Promise<number> {
  const scene = {
    table: null,
    objects: [{ name: "cube", halfExtents: [HALF, HALF, HALF], mass: 0.5, friction: FRICTION }],
  } as const;
  const settings = { physicsTimestep: 1 / 200, gravityCompensation: true, scene };
  const arm = new ArmWorld(await loadPhysics("compat"), planar2, settings);
  onTestFinished(() => arm.dispose());
  const cube = { position: [1, 1, HALF], orientation: IDENTITY, velocity: [SPEED, 0, 0] } as const;
  arm.reset(planar2.home, { objects: [cube], friction: factor });
  arm.step([0, 0], 500);
  const state = new ObjectState();
  arm.readObject(0, state);
  expect(Math.abs(state.velocity[0]!)).toBeLessThan(1e-3);
  return state.position[0]! - 1;
}

async function make(friction: readonly [number, number]) {
  const { env, agent } = parseConfig(
    { env: { id: "panda-slide", control: "ee", variation: { friction } } },
    "test",
  );
  const made = await makeArmEnv(env, agent.gamma);
  onTestFinished(() => made.dispose());
  return made;
}

/** Hits the puck and pulls back; returns its x after each of the steps, metres. */
function stroke(env: Awaited<ReturnType<typeof make>>, from: number, to: number): number[] {
  const positions: number[] = [];
  for (let step = from; step < to; step++) {
    positions.push(
      env.step(step < 8 ? [0.4, 0, 0] : step < 12 ? [-0.5, 0, 0.5] : [0, 0, 0]).achievedGoal[0]!,
    );
  }
  return positions;
}

describe("env.variation.friction", () => {
  it.each([0.5, 1, 2, 3])("of %f lets a cube slide v²/(2 factor μ g) within 5 %", async (factor) => {
    const ratio = (await slideDistance(factor)) / (SPEED ** 2 / (2 * factor * FRICTION * 9.81));
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(1.05);
  });

  it("stops a puck that the Panda hit earlier at higher friction, and is reported", async () => {
    const distances: number[] = [];
    for (const factor of [0.5, 1, 2]) {
      const env = await make([factor, factor]);
      const start = env.reset({ seed: 1 }).achievedGoal[0]!;
      expect(env.variation.friction).toBe(factor);
      distances.push(stroke(env, 0, 50).at(-1)! - start);
    }
    const [slippery, nominal, rough] = distances;
    expect(rough).toBeGreaterThan(0.05);
    expect(nominal! - rough!).toBeGreaterThan(0.02);
    expect(slippery! - nominal!).toBeGreaterThan(0.02);
  });

  it("continues from a saved state with the friction of its episode, bit for bit", async () => {
    const [env, other] = [await make([0.5, 2]), await make([0.5, 2])];
    env.reset({ seed: 3 });
    stroke(env, 0, 12);
    const state = env.saveState();
    const expected = stroke(env, 12, 50);
    other.reset({ seed: 4 });
    other.restoreState(state);
    expect(other.variation).toEqual(env.variation);
    expect(stroke(other, 12, 50)).toEqual(expected);
    expect(other.reset().observation).toEqual(env.reset().observation);
    expect(other.variation.friction).toBe(env.variation.friction);
  });
});
