/** @file The simulated arm: start pose, agreement with forward kinematics, resets, detection of divergence. */

import { describe, expect, it } from "vitest";
import type { ArmModel } from "../../../env/arm/arm-model.ts";
import { ArmWorld } from "../../../env/arm/arm-world.ts";
import { ArmEnv } from "../../../env/arm-env.ts";
import { arm3 } from "../../../env/models/arm3.ts";
import { panda } from "../../../env/models/panda.ts";
import { planar2 } from "../../../env/models/planar2.ts";
import { planar3 } from "../../../env/models/planar3.ts";
import { ReachTask } from "../../../env/tasks/reach.ts";
import { loadPhysics } from "../../../env/world.ts";
import { parseConfig } from "../../../shared/config.ts";
import { InputError } from "../../../shared/errors.ts";
import { Rng } from "../../../shared/rng.ts";
import { distance } from "../../../shared/vec3.ts";
import { toolPosition } from "./newton-euler.ts";

const physics = await loadPhysics("compat");
const TIMING = { physicsTimestep: 1 / 200, gravityCompensation: true };

function randomAngles(model: ArmModel, rng: Rng): number[] {
  return model.links.map(({ limits }) => {
    const [low, high] = limits ?? [-Math.PI, Math.PI];
    return rng.uniformIn(low, high);
  });
}

describe.each([panda, planar2, planar3, arm3].map((model) => [model.name, model] as const))(
  "%s",
  (_name, model) => {
    it("starts at rest at any angles, and stays there without torques", () => {
      const rng = Rng.fromSeed(1);
      const arm = new ArmWorld(physics, model, TIMING);
      const tool = new Float64Array(3);
      for (let trial = 0; trial < 50; trial++) {
        const angles = randomAngles(model, rng);
        arm.reset(angles);
        expect([...arm.angles]).toEqual(angles);
        expect(arm.speeds.every((speed) => speed === 0)).toBe(true);
        expect(arm.time).toBe(0);
        arm.readEndEffector(tool);
        expect(distance(tool, toolPosition(model, angles))).toBeLessThan(1e-6);
        arm.step(new Float64Array(model.links.length), 1);
        for (const [i, angle] of arm.angles.entries())
          expect(Math.abs(angle - angles[i]!)).toBeLessThan(1e-6);
      }
      arm.dispose();
    });

    it("agrees with forward kinematics over 1,000 random steps", () => {
      const rng = Rng.fromSeed(2);
      const arm = new ArmWorld(physics, model, TIMING);
      const tool = new Float64Array(3);
      arm.reset(model.home);
      for (let i = 0; i < 1000; i++) {
        arm.step(
          model.links.map(({ torqueLimit }) => rng.uniformIn(-torqueLimit, torqueLimit)),
          8,
        );
        arm.readEndEffector(tool);
        expect(distance(tool, toolPosition(model, arm.angles))).toBeLessThan(1e-4);
      }
      arm.dispose();
    });

    it("keeps nothing over a reset: the same torques give the same motion, bit for bit", () => {
      const torques = model.links.map(({ torqueLimit }) => 0.3 * torqueLimit);
      const fresh = new ArmWorld(physics, model, TIMING);
      const used = new ArmWorld(physics, model, TIMING);
      used.reset(randomAngles(model, Rng.fromSeed(3)));
      used.step(torques, 300);
      for (const arm of [fresh, used]) {
        arm.reset(model.home);
        arm.step(torques, 100);
      }
      expect(used.angles).toEqual(fresh.angles);
      expect(used.speeds).toEqual(fresh.speeds);
      fresh.dispose();
      used.dispose();
    });

    it("clamps torques to the torque limits", () => {
      const [excessive, maximum] = [100, 1].map((factor) => {
        const arm = new ArmWorld(physics, model, TIMING);
        arm.reset(model.home);
        arm.step(
          model.links.map(({ torqueLimit }) => factor * torqueLimit),
          20,
        );
        arm.dispose();
        return arm.angles;
      });
      expect(excessive).toEqual(maximum);
    });
  },
);

describe("a simulation that diverges", () => {
  /** Damping that is unstable at 1/200 s; checkArmModel would reject it. */
  const unstable: ArmModel = { ...panda, links: panda.links.map((link) => ({ ...link, damping: 60 })) };
  const env = () =>
    new ArmEnv(physics, {
      ...parseConfig({ env: { torqueScale: 1 } }, "test").env,
      gamma: 0.95,
      id: "panda-reach",
      model: unstable,
      task: new ReachTask(unstable, { reachable: { center: [0, 0, 0.333], radius: 0.8 } }),
      timing: { physicsTimestep: 1 / 200, substeps: 8, maxEpisodeSteps: 50 },
    });

  it("ends the episode with an error that names fault, time and how to replay it", () => {
    const diverging = env();
    const play = () => {
      diverging.reset({ seed: 17 });
      for (let i = 0; i < 50; i++) diverging.step([1, -1, 1, -1, 1, -1, 1]);
    };
    const message =
      /^panda-reach\.step: the simulation diverged at \d+\.\d\d s: .*panda_joint\d.*\. Replay it: reset\(\{ seed: 17 \}\), then step \d+ of episode 1$/;
    expect(play).toThrow(message);
    expect(play).toThrow(InputError);
    expect(() => diverging.step(new Array(7).fill(0))).toThrow("the episode is over; call reset() first");
    // A reset recovers.
    const { observation } = diverging.reset({ seed: 17 });
    expect(observation.every(Number.isFinite)).toBe(true);
    diverging.dispose();
  });

  it("is detected when a joint exceeds the speed bound", () => {
    const racing: ArmModel = {
      ...planar2,
      links: planar2.links.map((link) => ({ ...link, limits: null, damping: 0, torqueLimit: 1000 })),
    };
    const arm = new ArmWorld(physics, racing, TIMING);
    arm.reset(racing.home);
    let substeps = 0;
    while (arm.fault() === null && substeps < 1000) {
      arm.step([20, 0], 1);
      substeps += 1;
    }
    expect(arm.fault()).toMatch(/^speed of joint (shoulder|elbow) is -?1\d\d\.\d+ rad\/s$/);
    arm.dispose();
  });

  it("is detected when Rapier disables a body", () => {
    const arm = new ArmWorld(physics, panda, TIMING);
    arm.reset(panda.home);
    arm.step(new Array(7).fill(0), 1);
    expect(arm.fault()).toBeNull();
    arm.step([0, 0, Number.NaN, 0, 0, 0, 0], 1);
    expect(arm.fault()).not.toBeNull();
    arm.dispose();
  });
});
