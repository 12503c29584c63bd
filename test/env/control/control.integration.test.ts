/** @file Control modes: the effect of ±1, torque limits, and holding still under an action of 0. */

import { describe, expect, it, onTestFinished } from "vitest";
import { actionMeanings, CONTROL_MODES, type ControlMode } from "../../../env/control/action-meaning.ts";
import { ENVIRONMENTS, makeInteractive } from "../../../env/registry.ts";
import { parseConfig } from "../../../shared/config.ts";
import { Rng } from "../../../shared/rng.ts";

async function makeArm(id: string, control: ControlMode, more: object = {}) {
  const arm = await makeInteractive(parseConfig({ env: { id, control, ...more } }, "test").env, 0.95);
  onTestFinished(() => arm.dispose());
  arm.reset({ seed: 1 });
  return arm;
}

type Arm = Awaited<ReturnType<typeof makeArm>>;

/** Holds an action for some control steps. */
function hold(arm: Arm, action: ArrayLike<number>, steps: number): void {
  for (let step = 0; step < steps; step++) {
    arm.act(action);
    arm.advance(arm.timing.substeps);
  }
}

function single(arm: Arm, index: number, amount: number): Float32Array {
  const action = new Float32Array(arm.sizes.action);
  action[index] = amount;
  return action;
}

/** Environments without contacts; every arm has one. */
const REACHES = Object.keys(ENVIRONMENTS).filter((id) => id.endsWith("-reach"));

describe.each(REACHES)("%s", (id) => {
  const { arm: model } = ENVIRONMENTS[id]!;
  const joints = model.links.map(({ joint }, i) => [joint, i] as const);

  it.each(joints)("under velocity control, ±1 moves %s at ±1 rad/s", async (_joint, joint) => {
    const arm = await makeArm(id, "velocity");
    for (const sign of [1, -1]) {
      arm.reset({ seed: 1 });
      hold(arm, single(arm, joint, sign), 5);
      expect(arm.speeds[joint]! * sign).toBeGreaterThan(0.97);
      expect(arm.speeds[joint]! * sign).toBeLessThan(1.03);
    }
  });

  it.each(joints)("under position control, ±1 moves %s by ±0.05 rad in each step", async (_joint, joint) => {
    const arm = await makeArm(id, "position");
    for (const sign of [1, -1]) {
      arm.reset({ seed: 1 });
      hold(arm, single(arm, joint, sign), 3);
      const before = arm.angles[joint]!;
      hold(arm, single(arm, joint, sign), 2);
      expect(((arm.angles[joint]! - before) / 2) * sign).toBeGreaterThan(0.047);
      expect(((arm.angles[joint]! - before) / 2) * sign).toBeLessThan(0.055);
    }
  });

  it("under end-effector control, 0.5 moves the tool by 0.025 m in each step, along one axis only", async () => {
    const arm = await makeArm(id, "ee");
    expect(arm.sizes.action).toBe(model.toolAxes.length + (model.gripper === undefined ? 0 : 1));
    // Towards the base: outwards the arm would soon be straight.
    for (const [index, axis] of model.toolAxes.entries()) {
      arm.reset({ seed: 1 });
      const start = [...arm.kinematics.endEffector];
      hold(arm, single(arm, index, -0.5), 2);
      const before = arm.kinematics.endEffector[axis]!;
      hold(arm, single(arm, index, -0.5), 3);
      const moved = (before - arm.kinematics.endEffector[axis]!) / 3;
      expect(moved).toBeGreaterThan(0.024);
      expect(moved).toBeLessThan(0.028);
      for (const other of [0, 1, 2] as const) {
        if (other === axis) continue;
        expect(Math.abs(arm.kinematics.endEffector[other]! - start[other]!)).toBeLessThan(0.01);
      }
    }
  });

  it.each(CONTROL_MODES)("under %s control, no torque exceeds its limit", async (control) => {
    const arm = await makeArm(id, control, { torqueScale: 1 });
    const rng = Rng.fromSeed(2);
    const action = new Float32Array(arm.sizes.action);
    const maxTorques = new Float64Array(model.links.length);
    for (let step = 0; step < 100; step++) {
      for (let i = 0; i < action.length; i++) action[i] = rng.uniform() < 0.5 ? -1 : 1;
      arm.act(action);
      for (let substep = 0; substep < arm.timing.substeps; substep++) {
        arm.advance(1);
        for (const [i, torque] of arm.torques.entries())
          maxTorques[i] = Math.max(maxTorques[i]!, Math.abs(torque));
      }
    }
    for (const [i, { torqueLimit }] of model.links.entries()) {
      expect(maxTorques[i]).toBeGreaterThan(0.01 * torqueLimit);
      expect(maxTorques[i]).toBeLessThanOrEqual(torqueLimit);
    }
  });

  it.each(["velocity", "position", "ee"] as const)(
    "under %s control, an action of 0 stops the arm and holds it for 20 s, with and without gravity",
    async (control) => {
      for (const gravityCompensation of [true, false]) {
        const arm = await makeArm(id, control, { gravityCompensation });
        hold(arm, new Float32Array(arm.sizes.action).fill(-0.3), 5);
        hold(arm, new Float32Array(arm.sizes.action), 25);
        const stopped = [...arm.kinematics.endEffector];
        hold(arm, new Float32Array(arm.sizes.action), 500);
        for (const [axis, x] of stopped.entries()) {
          expect(Math.abs(arm.kinematics.endEffector[axis]! - x)).toBeLessThan(0.02);
        }
        for (const speed of arm.speeds) expect(Math.abs(speed)).toBeLessThan(0.02);
      }
    },
  );

  it("describes ±1 in SI units", () => {
    const joints = (control: ControlMode) => {
      const all = actionMeanings(model, { control, torqueScale: 0.25 });
      return all.filter(({ moves }) => moves !== "fingers");
    };
    const units = (control: ControlMode) =>
      new Set(joints(control).map(({ amount, unit }) => `${amount} ${unit}`));
    expect([...units("velocity")]).toEqual(["1 rad/s"]);
    expect([...units("position")]).toEqual(["0.05 rad"]);
    expect([...units("ee")]).toEqual(["0.05 m"]);
    for (const [i, { amount, moves }] of joints("torque").entries()) {
      expect(amount).toBe(0.25 * model.links[i]!.torqueLimit);
      expect(moves).toBe(model.links[i]!.joint);
    }
  });
});
