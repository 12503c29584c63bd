/** @file Twenty cubes of different mass, position and angle: gripped, lifted, held for 5 s and shaken. */

import { expect, it } from "vitest";
import { loadPhysics } from "../../../env/world.ts";
import { Rng } from "../../../shared/rng.ts";
import type { Vec3 } from "../../../shared/vec3.ts";
import { HALF, ScriptedHand, SPOT, tableWithCube } from "./scripted-hand.ts";

const physics = await loadPhysics("compat");
const [X, Y] = SPOT;
const HEIGHT = 0.25;

it("20 of 20 cubes are lifted, slip less than a millimetre in 5 s, and are still held after 8 s of shaking", () => {
  const held: number[] = [];
  for (let trial = 0; trial < 20; trial++) {
    const rng = Rng.fromSeed(100 + trial);
    const hand = new ScriptedHand(physics, tableWithCube(rng.uniformIn(0.03, 0.2), 1));
    const yaw = rng.uniformIn(-0.3, 0.3);
    hand.reset({
      position: [X + rng.uniformIn(-0.01, 0.01), Y + rng.uniformIn(-0.01, 0.01), HALF],
      orientation: [0, 0, Math.sin(yaw / 2), Math.cos(yaw / 2)],
    });
    hand.lift(HEIGHT);
    expect(hand.cube.position[2], `trial ${trial}`).toBeGreaterThan(HEIGHT - 0.02);
    const grip = hand.grip;
    hand.go([X, Y, HEIGHT], 125, -1);
    expect(hand.slipSince(grip), `trial ${trial}`).toBeLessThan(1e-3);
    for (let shake = 0; shake < 50; shake++) {
      const offset = (max: number) => rng.uniformIn(-max, max);
      const target: Vec3 = [X + offset(0.1), Y + offset(0.1), HEIGHT + offset(0.08)];
      hand.go(target, 4, -1);
    }
    if (hand.slipSince(grip) < HALF) held.push(trial);
  }
  expect(held).toHaveLength(20);
});
