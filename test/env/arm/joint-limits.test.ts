/** @file Joint limits that are in the world only near a limit: same bits as limits that always are, also after a restore. */

import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { ArmModel } from "../../../env/arm/arm-model.ts";
import { ArmWorld } from "../../../env/arm/arm-world.ts";
import { JointLimits } from "../../../env/arm/joint-limits.ts";
import type { Joint } from "../../../env/body.ts";
import { arm3 } from "../../../env/models/arm3.ts";
import { panda } from "../../../env/models/panda.ts";
import { pandaGripper } from "../../../env/models/panda-gripper.ts";
import { planar2 } from "../../../env/models/planar2.ts";
import type { Scene } from "../../../env/scene.ts";
import { loadPhysics, PhysicsWorld } from "../../../env/world.ts";
import { Rng } from "../../../shared/rng.ts";

const physics = await loadPhysics("compat");
const TABLE: Scene = {
  table: { center: [0.55, 0, 0], halfExtents: [0.35, 0.55], friction: 1 },
  objects: [],
};

afterEach(() => vi.restoreAllMocks());

function start(model: ArmModel, scene?: Scene): ArmWorld {
  const arm = new ArmWorld(physics, model, { physicsTimestep: 1 / 200, gravityCompensation: true, scene });
  onTestFinished(() => arm.dispose());
  arm.reset(model.home);
  return arm;
}

/** Returns the angles after each of some random full torques, held for 1 to 80 substeps. */
function play(arm: ArmWorld, seed: number, holds: number): number[] {
  const rng = Rng.fromSeed(seed);
  const angles: number[] = [];
  for (let hold = 0; hold < holds; hold++) {
    const torques = arm.model.links.map(({ torqueLimit }) =>
      rng.uniform() < 0.5 ? -torqueLimit : torqueLimit,
    );
    arm.step(torques, [1, 8, 80][hold % 3]!);
    angles.push(...arm.angles, ...arm.speeds);
  }
  return angles;
}

/** Returns how far a joint has been beyond its limits, rad; negative if it has reached none. */
function overshoot(angles: readonly number[], { links }: ArmModel): number {
  return Math.max(
    ...links.flatMap(({ limits }, i) => {
      const each = angles.filter((_, k) => k % (2 * links.length) === i);
      return limits === null ? [] : [limits[0] - Math.min(...each), Math.max(...each) - limits[1]];
    }),
  );
}

describe("joint limits", () => {
  it.each<[string, ArmModel, Scene | undefined]>([
    ["panda", panda, undefined],
    ["panda over a table", panda, TABLE],
    ["panda-gripper over a table", pandaGripper, TABLE],
    ["planar2", planar2, undefined],
    ["arm3", arm3, undefined],
  ])("stop %s like limits that are always in the world, bit for bit", (_name, model, scene) => {
    const angles = play(start(model, scene), 1, 60);
    expect(overshoot(angles, model)).toBeGreaterThan(0);
    vi.spyOn(JointLimits.prototype, "isNear").mockReturnValue(true);
    expect(play(start(model, scene), 1, 60)).toEqual(angles);
  });

  it("continue from a state saved at a limit, bit for bit", () => {
    const [arm, other] = [start(panda), start(panda)];
    const towards = panda.links.map(({ torqueLimit }) => 0.5 * torqueLimit);
    arm.step(towards, 200);
    const state = structuredClone(arm.saveState());
    expect(state.limits.handles.some((handle) => handle !== null)).toBe(true);
    play(other, 2, 20);
    other.restoreState(state);
    expect(play(other, 3, 30)).toEqual(play(arm, 3, 30));
  });

  it("stay until a joint is at twice the distance at which they are added", () => {
    vi.spyOn(PhysicsWorld.prototype, "addLimits").mockReturnValue(1);
    vi.spyOn(PhysicsWorld.prototype, "removeLimits").mockReturnValue();
    const physicsTimestep = 1 / 200;
    const world = physics.createWorld({
      physicsTimestep,
      solverIterations: 1,
      gravity: [0, 0, 0],
      friction: 1,
    });
    onTestFinished(() => world.free());
    const link = planar2.links[1]!;
    const limits = new JointLimits([link], physicsTimestep);
    const joint: Joint = { parent: 0, child: 1, anchor: [0, 0, 0], axis: [0, 0, 1] };
    limits.start([{ joint, low: -1, high: 1 }]);
    const isPresentAt = (distance: number, speed = 0) => {
      limits.update(world, Float64Array.of(link.limits![1] - distance), Float64Array.of(speed));
      return limits.saveState().handles[0] !== null;
    };
    const present = [0.15, 0.09, 0.15, 0.21, 0.15].map((distance) => isPresentAt(distance));
    expect(present).toEqual([false, true, true, false, false]);
    expect([isPresentAt(0.15, 4), isPresentAt(0.15, 6)]).toEqual([false, true]);
  });

  it.each([2.9, 2.967, 3, 3.05, 3.1, 3.12, Math.PI, 3.2, 3.5, 4.7, 5.5])(
    "stop a joint %f rad from its start, in both directions, at any speed",
    (travel) => {
      for (const direction of [1, -1]) {
        // The limit on the other side: as far away as it can be, up to the same distance.
        const other = Math.min(travel, 6.28 - travel);
        const limits = [direction > 0 ? -other : -travel, direction > 0 ? travel : other] as const;
        for (const [torque, start] of [
          [0.5, 0],
          [2, 0.02],
          [12, -0.02],
        ] as const) {
          const [shoulder, elbow] = planar2.links;
          const model: ArmModel = {
            ...planar2,
            links: [shoulder!, { ...elbow!, limits, torqueLimit: 12, damping: 0.1 }],
          };
          const arm = new ArmWorld(physics, model, { physicsTimestep: 1 / 200, gravityCompensation: true });
          arm.reset([0, start]);
          const beyond: number[] = [];
          for (let i = 0; i < 800; i++) {
            // In the second half the joint is pressed against the limit from the other side of its range.
            const sign = i < 400 ? direction : -direction;
            arm.step([0, sign * torque], 1);
            beyond.push(limits[0] - arm.angles[1]!, arm.angles[1]! - limits[1]);
          }
          arm.dispose();
          const worst = Math.max(...beyond);
          expect(worst, `${torque} N m towards ${limits}`).toBeLessThan(0.3);
          expect(worst).toBeGreaterThan(0);
        }
      }
    },
  );

  it("stop a joint that starts at a limit, or a little beyond it, of a range of almost a turn", () => {
    const [shoulder, elbow] = planar2.links;
    const model: ArmModel = { ...planar2, links: [shoulder!, { ...elbow!, limits: [-3.14, 3.14] }] };
    for (const start of [-3.2, -3.14, 3.1, 3.14, 3.2]) {
      const arm = new ArmWorld(physics, model, { physicsTimestep: 1 / 200, gravityCompensation: true });
      onTestFinished(() => arm.dispose());
      arm.reset([0, start]);
      arm.step([0, Math.sign(start) * 2], 200);
      expect(Math.abs(arm.angles[1]! - Math.sign(start) * 3.14), `from ${start}`).toBeLessThan(0.02);
      arm.step([0, -Math.sign(start) * 2], 900);
      expect(Math.abs(arm.angles[1]! + Math.sign(start) * 3.14), `from ${start}`).toBeLessThan(0.02);
    }
  });

  it("are added near a limit and removed away from it", () => {
    const add = vi.spyOn(PhysicsWorld.prototype, "addLimits");
    const remove = vi.spyOn(PhysicsWorld.prototype, "removeLimits");
    const arm = start(planar2);
    arm.step([0, 0], 10);
    expect(add).not.toHaveBeenCalled();
    arm.step([0, 2], 600);
    expect(arm.angles[1]).toBeCloseTo(planar2.links[1]!.limits![1], 1);
    expect(add).toHaveBeenCalledTimes(1);
    expect(remove).not.toHaveBeenCalled();
    arm.step([0, -2], 60);
    expect(remove).toHaveBeenCalledTimes(1);
  });
});
