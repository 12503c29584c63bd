/** @file Forward kinematics, tool velocity and gravity torques against an independent chain and finite differences. */

import { describe, expect, it } from "vitest";
import { ArmKinematics } from "../../../env/arm/kinematics.ts";
import { GRAVITY } from "../../../env/body.ts";
import { panda } from "../../../env/models/panda.ts";
import { planar2 } from "../../../env/models/planar2.ts";
import { Rng } from "../../../shared/rng.ts";
import { inverseDynamics, toolPosition } from "./newton-euler.ts";

describe.each([panda, planar2].map((model) => [model.name, model] as const))("%s", (_name, model) => {
  const size = model.links.length;
  const kinematics = new ArmKinematics(model);
  const random = (rng: Rng) => Array.from({ length: size }, () => rng.uniformIn(-3, 3));

  it("has its tool at the end of the chain of frames", () => {
    const rng = Rng.fromSeed(1);
    for (let trial = 0; trial < 100; trial++) {
      const angles = random(rng);
      kinematics.update(angles);
      const expected = toolPosition(model, angles);
      for (const axis of [0, 1, 2] as const) {
        expect(kinematics.endEffector[axis]).toBeCloseTo(expected[axis], 12);
      }
    }
  });

  it("gives the tool velocity that finite differences give", () => {
    const rng = Rng.fromSeed(2);
    const velocity = new Float64Array(3);
    const h = 1e-6;
    for (let trial = 0; trial < 100; trial++) {
      const angles = random(rng);
      const speeds = random(rng);
      const at = (time: number) =>
        toolPosition(
          model,
          angles.map((angle, i) => angle + time * speeds[i]!),
        );
      const [before, after] = [at(-h), at(h)];
      kinematics.update(angles);
      kinematics.endEffectorVelocity(speeds, velocity);
      for (const axis of [0, 1, 2] as const) {
        expect(velocity[axis]).toBeCloseTo((after[axis] - before[axis]) / (2 * h), 7);
      }
    }
  });

  it("gives the gravity torques of inverse dynamics", () => {
    const rng = Rng.fromSeed(3);
    const torques = new Float64Array(size);
    const still = new Array(size).fill(0);
    for (let trial = 0; trial < 100; trial++) {
      const angles = random(rng);
      kinematics.update(angles);
      kinematics.gravityTorques(GRAVITY, torques);
      const expected = inverseDynamics(model, angles, still, still, GRAVITY);
      for (let i = 0; i < size; i++) expect(torques[i]).toBeCloseTo(expected[i]!, 10);
    }
  });
});

describe("the Panda", () => {
  const tool = (angles: readonly number[]) => {
    const kinematics = new ArmKinematics(panda);
    kinematics.update(angles);
    return [...kinematics.endEffector];
  };

  it("has the height of its published lengths when stretched", () => {
    // d1 + d3 + d5 up, a7 forward, then flange and hand down.
    const [x, y, z] = tool([0, 0, 0, 0, 0, 0, 0]);
    expect(x).toBeCloseTo(0.088, 12);
    expect(y).toBeCloseTo(0, 12);
    expect(z).toBeCloseTo(0.333 + 0.316 + 0.384 - 0.107 - 0.1034, 12);
  });

  it("has its tool at the published position in Franka's ready pose", () => {
    // Elbow and wrist at right angles, the tool pointing down.
    const [x, y, z] = tool([0, -Math.PI / 4, 0, (-3 * Math.PI) / 4, 0, Math.PI / 2, Math.PI / 4]);
    expect(x).toBeCloseTo(0.3069, 3);
    expect(y).toBeCloseTo(0, 12);
    expect(z).toBeCloseTo(0.5903 - 0.1034, 3);
  });
});

describe("the planar arm", () => {
  it("lies along x at angles 0, and positive angles lift it", () => {
    const kinematics = new ArmKinematics(planar2);
    kinematics.update([0, 0]);
    expect([...kinematics.endEffector]).toEqual([0.8, 0, 0]);
    kinematics.update([Math.PI / 2, -Math.PI / 2]);
    expect(kinematics.endEffector[0]).toBeCloseTo(0.4, 12);
    expect(kinematics.endEffector[1]).toBe(0);
    expect(kinematics.endEffector[2]).toBeCloseTo(0.4, 12);
  });
});
