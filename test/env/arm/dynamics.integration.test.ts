/** @file The simulated arm's dynamics against recursive Newton–Euler in float64 and closed-form results. */

import { describe, expect, it } from "vitest";
import type { ArmLink, ArmModel } from "../../../env/arm/arm-model.ts";
import { ArmWorld } from "../../../env/arm/arm-world.ts";
import { ArmKinematics } from "../../../env/arm/kinematics.ts";
import { GRAVITY } from "../../../env/body.ts";
import { arm3 } from "../../../env/models/arm3.ts";
import { panda } from "../../../env/models/panda.ts";
import { planar2 } from "../../../env/models/planar2.ts";
import { planar3 } from "../../../env/models/planar3.ts";
import { HIDDEN_JOINT_DAMPING, loadPhysics } from "../../../env/world.ts";
import { Rng } from "../../../shared/rng.ts";
import { energy, forwardDynamics } from "./newton-euler.ts";

const physics = await loadPhysics("compat");
const ARMS = [panda, planar2, planar3, arm3].map((model) => [model.name, model] as const);
const SUBSTEP = 1 / 200;

function start(
  model: ArmModel,
  angles: ArrayLike<number>,
  physicsTimestep: number,
  gravityCompensation: boolean,
): ArmWorld {
  const arm = new ArmWorld(physics, model, { physicsTimestep, gravityCompensation });
  arm.reset(angles);
  return arm;
}

/** Returns the arm with changed joints. */
function withJoints(model: ArmModel, joint: (link: ArmLink) => Partial<ArmLink>): ArmModel {
  return { ...model, links: model.links.map((link) => ({ ...link, ...joint(link) })) };
}

function randomAngles(model: ArmModel, rng: Rng): number[] {
  return model.links.map(({ limits }) => {
    const [low, high] = limits ?? [-Math.PI, Math.PI];
    return rng.uniformIn(low, high);
  });
}

function randomTorques(model: ArmModel, rng: Rng): number[] {
  return model.links.map(({ torqueLimit }) => rng.uniformIn(-torqueLimit, torqueLimit));
}

/** Returns |a − b| / |b|. */
function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const errors = Array.from(b, (x, i) => a[i]! - x);
  return Math.hypot(...errors) / Math.hypot(...Array.from(b));
}

/** Returns the speeds after constant torques from rest, by the classic Runge–Kutta method. */
function referenceSpeeds(
  model: ArmModel,
  from: readonly number[],
  torques: readonly number[],
  seconds: number,
): number[] {
  const steps = 200;
  const h = seconds / steps;
  let [q, v] = [[...from], from.map(() => 0)];
  const accelerate = (angles: number[], speeds: number[]) =>
    forwardDynamics(model, angles, speeds, torques, GRAVITY);
  const along = (x: number[], dx: number[], by: number) => x.map((value, i) => value + by * dx[i]!);
  for (let step = 0; step < steps; step++) {
    const a1 = accelerate(q, v);
    const v2 = along(v, a1, h / 2);
    const a2 = accelerate(along(q, v, h / 2), v2);
    const v3 = along(v, a2, h / 2);
    const a3 = accelerate(along(q, v2, h / 2), v3);
    const v4 = along(v, a3, h);
    const a4 = accelerate(along(q, v3, h), v4);
    const mean = (k: number[][]) => k[0]!.map((x, i) => (x + 2 * k[1]![i]! + 2 * k[2]![i]! + k[3]![i]!) / 6);
    q = along(q, mean([v, v2, v3, v4]), h);
    v = along(v, mean([a1, a2, a3, a4]), h);
  }
  return v;
}

describe.each(ARMS)("%s", (_name, model) => {
  const size = model.links.length;
  const free = withJoints(model, () => ({ limits: null }));

  it("accelerates from rest like Newton–Euler, within 0.1 %", () => {
    // Rapier applies its hidden damping at the end of the substep, which acts like a rotor of 0.1 · dt.
    const reference = (torques: number[], angles: number[]) => {
      const accelerate = (extra: readonly number[]) =>
        forwardDynamics(
          free,
          angles,
          new Array(size).fill(0),
          torques.map((t, i) => t - extra[i]!),
          GRAVITY,
        );
      let accelerations = accelerate(new Array(size).fill(0));
      for (let i = 0; i < 20; i++) {
        accelerations = accelerate(accelerations.map((a) => a * HIDDEN_JOINT_DAMPING * SUBSTEP));
      }
      return accelerations;
    };
    const rng = Rng.fromSeed(1);
    for (let trial = 0; trial < 50; trial++) {
      const angles = randomAngles(model, rng);
      const torques = randomTorques(model, rng);
      const arm = start(free, angles, SUBSTEP, false);
      arm.step(torques, 1);
      const accelerations = arm.speeds.map((speed) => speed / SUBSTEP);
      expect(relativeError(accelerations, reference(torques, angles))).toBeLessThan(1e-3);
      arm.dispose();
    }
  });

  it("reaches the speeds of Newton–Euler after random torques, within 0.1 %", () => {
    // The engine's error is proportional to its timestep: extrapolate two timesteps to 0.
    const rng = Rng.fromSeed(2);
    for (let trial = 0; trial < 5; trial++) {
      const angles = randomAngles(model, rng);
      const torques = randomTorques(model, rng);
      const simulate = (substeps: number) => {
        const arm = start(free, angles, 0.1 / substeps, false);
        arm.step(torques, substeps);
        arm.dispose();
        return arm.speeds;
      };
      const coarse = simulate(400);
      const extrapolated = simulate(800).map((speed, i) => 2 * speed - coarse[i]!);
      expect(relativeError(extrapolated, referenceSpeeds(free, angles, torques, 0.1))).toBeLessThan(1e-3);
    }
  });

  it("stays in place for 10 s with gravity compensation", () => {
    const arm = start(model, model.home, SUBSTEP, true);
    arm.step(new Float64Array(size), 2000);
    for (const [i, angle] of arm.angles.entries())
      expect(Math.abs(angle - model.home[i]!)).toBeLessThan(1e-3);
    arm.dispose();
  });

  it("stays in place for 10 s under its gravity torques, and falls without them", () => {
    const kinematics = new ArmKinematics(model);
    const weight = new Float64Array(size);
    const arm = start(model, model.home, SUBSTEP, false);
    for (let i = 0; i < 2000; i++) {
      kinematics.update(arm.angles);
      kinematics.gravityTorques(GRAVITY, weight);
      arm.step(weight, 1);
    }
    for (const [i, angle] of arm.angles.entries())
      expect(Math.abs(angle - model.home[i]!)).toBeLessThan(1e-3);
    arm.step(new Float64Array(size), 200);
    expect(Math.max(...arm.angles.map((angle, i) => Math.abs(angle - model.home[i]!)))).toBeGreaterThan(0.1);
    arm.dispose();
  });

  it.each([1, 8, 80])(
    "stays within its limits under full torque of random sign, held for %i substeps, for 20 s",
    (hold) => {
      const rng = Rng.fromSeed(3);
      const arm = start(model, model.home, SUBSTEP, true);
      for (let i = 0; i < 4000; i += hold) {
        arm.step(
          model.links.map((link) => (rng.uniform() < 0.5 ? -link.torqueLimit : link.torqueLimit)),
          hold,
        );
        expect(arm.fault()).toBeNull();
        for (const [j, { limits }] of model.links.entries()) {
          const [low, high] = limits ?? [-Infinity, Infinity];
          expect(arm.angles[j]!).toBeGreaterThan(low - 0.1);
          expect(arm.angles[j]!).toBeLessThan(high + 0.1);
        }
      }
      arm.dispose();
    },
  );

  it("loses energy throughout a fall of 10 s, also when it hits limits", () => {
    const arm = start(model, model.home, SUBSTEP, false);
    const initial = energy(model, arm.angles, arm.speeds, GRAVITY);
    let lowest = initial;
    for (let i = 0; i < 250; i++) {
      arm.step(new Float64Array(size), 8);
      const now = energy(model, arm.angles, arm.speeds, GRAVITY);
      expect(now).toBeLessThan(lowest + 0.01 * Math.abs(initial));
      lowest = Math.min(lowest, now);
    }
    expect(lowest).toBeLessThan(initial - 1);
    arm.dispose();
  });

  it("comes to rest exactly at its limits from any start", () => {
    const rng = Rng.fromSeed(4);
    for (const sign of [-1, 1]) {
      for (let trial = 0; trial < 3; trial++) {
        const arm = start(model, randomAngles(model, rng), SUBSTEP, true);
        arm.step(
          model.links.map((link) => sign * 0.1 * link.torqueLimit),
          4000,
        );
        for (const [i, { limits }] of model.links.entries()) {
          if (limits !== null) expect(arm.angles[i]).toBeCloseTo(limits[sign < 0 ? 0 : 1], 1);
        }
        arm.dispose();
      }
    }
  });
});

/** A slender rod of 1 m and 1 kg, without damping and rotor. */
const pendulum: ArmModel = {
  ...planar2,
  name: "pendulum",
  links: [
    {
      ...planar2.links[0]!,
      mass: 1,
      centerOfMass: [0.5, 0, 0],
      inertia: [1e-3, 1 / 12, 1 / 12, 0, 0, 0],
      damping: 0,
      armature: 0,
    },
  ],
  home: [0],
};

describe("a pendulum", () => {
  it("swings with the exact period of its amplitude within 0.1 %, and keeps its amplitude", () => {
    const amplitude = 1;
    // T = 2π √(I / m g d) / agm(1, cos(amplitude / 2)).
    let [a, g] = [1, Math.cos(amplitude / 2)];
    for (let i = 0; i < 6; i++) [a, g] = [(a + g) / 2, Math.sqrt(a * g)];
    const exact = (2 * Math.PI * Math.sqrt(1 / 3 / (9.81 * 0.5))) / a;
    const dt = 1 / 1000;
    const hanging = -Math.PI / 2;
    const arm = start(pendulum, [hanging + amplitude], dt, false);
    const crossings: number[] = [];
    let highest = 0;
    let before = amplitude;
    for (let i = 1; i <= 20_000; i++) {
      arm.step([0], 1);
      const angle = arm.angles[0]! - hanging;
      if (before > 0 && angle <= 0) crossings.push(dt * (i - 1 + before / (before - angle)));
      if (i > 18_000) highest = Math.max(highest, angle);
      before = angle;
    }
    const period = (crossings.at(-1)! - crossings[0]!) / (crossings.length - 1);
    expect(crossings.length).toBeGreaterThan(10);
    expect(Math.abs(period / exact - 1)).toBeLessThan(1e-3);
    expect(Math.abs(highest - amplitude)).toBeLessThan(1e-2);
    arm.dispose();
  });

  it("rotates without limits, and its angle does not wrap", () => {
    const arm = start(
      withJoints(pendulum, () => ({ damping: 1 })),
      [0],
      SUBSTEP,
      true,
    );
    arm.step([5], 4000);
    // 5 N m against 1 N m s/rad: 5 rad/s, reached with a time constant of I/d = 1/3 s.
    expect(arm.speeds[0]).toBeCloseTo(5, 2);
    expect(arm.angles[0]).toBeCloseTo(5 * (20 - 1 / 3), 0);
    arm.dispose();
  });
});
