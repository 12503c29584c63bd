/** @file The gripper: coupled fingers, end stops, force limit, reaction on the hand, lifting and holding a cube. */

import { describe, expect, it, onTestFinished } from "vitest";
import { type ArmModel, checkArmModel, type Gripper } from "../../../env/arm/arm-model.ts";
import { ArmWorld } from "../../../env/arm/arm-world.ts";
import { FingerControl } from "../../../env/control/finger-control.ts";
import { panda } from "../../../env/models/panda.ts";
import { pandaGripper } from "../../../env/models/panda-gripper.ts";
import type { Scene } from "../../../env/scene.ts";
import { loadPhysics } from "../../../env/world.ts";
import { Rng } from "../../../shared/rng.ts";
import { ScriptedHand, tableWithCube } from "../tasks/scripted-hand.ts";

const physics = await loadPhysics("compat");
/** Out of reach: makes the simulation use the iterations of a scene. */
const FAR_TABLE: Scene = {
  table: { center: [0, 0, -3], halfExtents: [0.5, 0.5], friction: 1 },
  objects: [],
};
const STILL = new Float64Array(7);
const { gripper } = pandaGripper;
if (gripper === undefined) throw new Error("panda-gripper has no gripper");

function handAt(opening: number, model: ArmModel = pandaGripper, physicsTimestep = 1 / 250, scene?: Scene) {
  const arm = new ArmWorld(physics, model, { physicsTimestep, gravityCompensation: true, scene });
  onTestFinished(() => arm.dispose());
  arm.reset(model.home, { opening });
  return arm;
}

function gripperWith(changes: Partial<Gripper>): ArmModel {
  return { ...pandaGripper, gripper: { ...gripper!, ...changes } };
}

describe("the fingers", () => {
  it("start at rest at any opening, and stay there without force", () => {
    for (const opening of [0, 0.013, 0.04]) {
      const arm = handAt(opening);
      expect([...arm.openings]).toEqual([opening, opening]);
      arm.step(STILL, 500);
      for (const each of arm.openings) expect(each).toBeCloseTo(opening, 5);
    }
  });

  it.each([
    [200, undefined],
    [250, undefined],
    [500, undefined],
    [250, FAR_TABLE],
    [500, FAR_TABLE],
  ])(
    "leave their range by less than 1 mm, at %i Hz, with one iteration or, with a scene, two",
    (rate, scene) => {
      const arm = handAt(0.02, pandaGripper, 1 / rate, scene);
      const rng = Rng.fromSeed(1);
      let [min, max] = [1, -1];
      for (let hold = 0; hold < 60; hold++) {
        const torques = pandaGripper.links.map(({ torqueLimit }) => rng.uniformIn(-0.2, 0.2) * torqueLimit);
        const force = rng.uniformIn(-30, 30);
        for (let substep = 0; substep < 8; substep++) {
          arm.step(torques, 1, force);
          expect(arm.fault()).toBeNull();
          min = Math.min(min, ...arm.openings);
          max = Math.max(max, ...arm.openings);
        }
      }
      expect(min).toBeGreaterThan(-1e-3);
      expect(max).toBeLessThan(0.04 + 1e-3);
      expect(max - min).toBeGreaterThan(0.02);
    },
  );

  it("open at force / damping, with the force clamped to its limit", () => {
    const long = gripperWith({ travel: 10, damping: 20, forceLimit: 30 });
    const [arm, clamped] = [handAt(0, long), handAt(0, long)];
    arm.step(STILL, 500, 30);
    clamped.step(STILL, 500, 1000);
    expect(arm.openingSpeeds[0]).toBeCloseTo(30 / 20, 2);
    expect(clamped.openings).toEqual(arm.openings);
  });

  it("do not move the arm: their forces on the hand cancel", () => {
    const arm = handAt(0.02);
    for (const force of [30, -30]) arm.step(STILL, 100, force);
    for (const [i, angle] of arm.angles.entries()) {
      expect(Math.abs(angle - pandaGripper.home[i]!)).toBeLessThan(1e-4);
    }
  });

  it("move by the requested displacement under motion control", () => {
    const arm = handAt(0.01);
    const control = new FingerControl(gripper, "ee");
    for (let step = 0; step < 3; step++) {
      control.begin(0.5, arm);
      for (let substep = 0; substep < 10; substep++) {
        control.update(arm);
        arm.step(STILL, 1, control.force);
      }
    }
    const moved = (arm.openings[0]! - 0.01) / 3;
    expect(moved).toBeGreaterThan(0.007);
    expect(moved).toBeLessThan(0.011);
  });
});

describe("panda-gripper", () => {
  it("has the Panda's mass", () => {
    const mass = (model: ArmModel) =>
      [...model.links, ...(model.gripper?.fingers ?? [])].reduce((sum, part) => sum + part.mass, 0);
    expect(mass(pandaGripper)).toBeCloseTo(mass(panda), 12);
  });

  it.each<[string, Partial<Gripper>]>([
    ["gripper travel: expected more than 0, got 0", { travel: 0 }],
    ["gripper force limit: expected more than 0, got -1", { forceLimit: -1 }],
    ["gripper damping: expected at least 0, got -1", { damping: -1 }],
    [
      "gripper: expected damping and coupling that are stable for fingers of 0.1 kg at a timestep of 0.005 s, got 60 N s/m and 2000 N/m",
      { damping: 60 },
    ],
    [
      "finger panda_leftfinger: mass: expected more than 0 kg, got 0",
      { fingers: [{ ...gripper.fingers[0], mass: 0 }, gripper.fingers[1]] },
    ],
  ])("is rejected: %s", (fault, changes) => {
    expect(() => checkArmModel(gripperWith(changes), 1 / 200)).toThrow(`panda-gripper: ${fault}`);
  });
});

describe("a cube of 0.1 kg between the fingers", () => {
  it("is lifted, and slips less than a millimetre in 2 s", () => {
    const hand = new ScriptedHand(physics, tableWithCube(0.1, 1));
    onTestFinished(() => hand.arm.dispose());
    hand.reset();
    hand.lift(0.2);
    expect(hand.cube.position[2]).toBeGreaterThan(0.18);
    const gripped = hand.grip;
    hand.go([0.55, 0, 0.2], 50, -1);
    expect(hand.slipSince(gripped)).toBeLessThan(1e-3);
    expect(hand.cube.position[2]).toBeCloseTo(0.2, 2);
  });

  it("falls when the fingers open", () => {
    const hand = new ScriptedHand(physics, tableWithCube(0.1, 1));
    onTestFinished(() => hand.arm.dispose());
    hand.reset();
    hand.lift(0.2);
    hand.go([0.55, 0, 0.2], 20, 1);
    expect(hand.cube.position[2]).toBeLessThan(0.03);
  });

  it("is not lifted by slippery fingers", () => {
    const hand = new ScriptedHand(physics, tableWithCube(0.1, 0.005));
    onTestFinished(() => hand.arm.dispose());
    hand.reset();
    hand.lift(0.2);
    expect(hand.cube.position[2]).toBeLessThan(0.1);
  });
});
