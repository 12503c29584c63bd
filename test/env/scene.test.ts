/** @file Objects on a table: rest, fall, sliding against Coulomb's law, pushing, detection of divergence, validation. */

import { describe, expect, it, onTestFinished } from "vitest";
import { ArmWorld } from "../../env/arm/arm-world.ts";
import { ArmKinematics } from "../../env/arm/kinematics.ts";
import { Control } from "../../env/control/control.ts";
import { panda } from "../../env/models/panda.ts";
import { pandaGripper } from "../../env/models/panda-gripper.ts";
import { planar2 } from "../../env/models/planar2.ts";
import { checkScene, type ObjectPose, ObjectState, type Scene } from "../../env/scene.ts";
import { loadPhysics } from "../../env/world.ts";
import { IDENTITY } from "../../shared/vec3.ts";
import { ScriptedHand, tableWithCube } from "./tasks/scripted-hand.ts";

const physics = await loadPhysics("compat");
const SUBSTEP = 1 / 200;
const HALF = 0.02;

function cube(friction: number, mass = 0.5): Scene {
  return { table: null, objects: [{ name: "cube", halfExtents: [HALF, HALF, HALF], mass, friction }] };
}

/** Starts a world with objects and an arm that does not touch them. */
function worldWith(scene: Scene, objects: readonly ObjectPose[], physicsTimestep = SUBSTEP) {
  const arm = new ArmWorld(physics, planar2, { physicsTimestep, gravityCompensation: true, scene });
  onTestFinished(() => arm.dispose());
  arm.reset(planar2.home, { objects });
  return arm;
}

function objectState(arm: ArmWorld, object = 0): ObjectState {
  const state = new ObjectState();
  arm.readObject(object, state);
  return state;
}

describe("a cube", () => {
  it("rests for 5 s without moving by a tenth of a millimetre", () => {
    const arm = worldWith(cube(1), [{ position: [1, 0.5, HALF], orientation: IDENTITY }]);
    arm.step([0, 0], 1000);
    const { position, velocity, spin } = objectState(arm);
    expect(position[0]).toBeCloseTo(1, 4);
    expect(position[1]).toBeCloseTo(0.5, 4);
    expect(Math.abs(position[2]! - HALF)).toBeLessThan(1e-4);
    for (const x of [...velocity, ...spin]) expect(Math.abs(x)).toBeLessThan(1e-4);
  });

  it("falls with the acceleration of gravity", () => {
    const arm = worldWith(cube(1), [{ position: [1, 0, 3], orientation: IDENTITY }]);
    arm.step([0, 0], 100);
    expect(3 - objectState(arm).position[2]!).toBeCloseTo((9.81 * 0.5 ** 2) / 2, 1);
    expect(objectState(arm).velocity[2]).toBeCloseTo(-9.81 * 0.5, 3);
  });

  it.each([
    [0.1, 1, 200],
    [0.3, 1, 200],
    [0.5, 1, 200],
    [0.3, 2, 200],
    [0.5, 2, 200],
    [0.1, 1, 250],
    [0.3, 2, 250],
    [0.5, 1, 250],
    [0.1, 1, 500],
    [0.3, 2, 500],
    [0.5, 1, 500],
  ])(
    "with a friction of %f at %f m/s stops after v²/(2 μ g) within 5 %, at %i Hz",
    (friction, speed, rate) => {
      const start = { position: [1, 1, HALF], orientation: IDENTITY, velocity: [speed, 0, 0] } as const;
      const arm = worldWith(cube(friction), [start], 1 / rate);
      arm.step([0, 0], 2.5 * rate);
      const stopped = objectState(arm);
      expect(Math.abs(stopped.velocity[0]!)).toBeLessThan(1e-3);
      const expected = speed ** 2 / (2 * friction * 9.81);
      expect((stopped.position[0]! - 1) / expected).toBeGreaterThan(0.95);
      expect((stopped.position[0]! - 1) / expected).toBeLessThan(1.05);
    },
  );

  it("stops after v²/(2 μ g) within 5 % once the Panda has pushed it", () => {
    const scene: Scene = {
      ...cube(0.2),
      table: { center: [0.8, 0, 0], halfExtents: [0.6, 0.6], friction: 1 },
    };
    const arm = new ArmWorld(physics, panda, { physicsTimestep: SUBSTEP, gravityCompensation: true, scene });
    onTestFinished(() => arm.dispose());
    const settings = { physicsTimestep: SUBSTEP, gravityCompensation: true, substeps: 8, torqueScale: 1 };
    const control = new Control(panda, { ...settings, control: "ee" });
    const kinematics = new ArmKinematics(panda);
    const state = new ObjectState();
    arm.reset(panda.home, { objects: [{ position: [0.58, 0, HALF], orientation: IDENTITY }] });
    const act = (action: number[]) => {
      kinematics.update(arm.angles);
      control.begin(Float32Array.from(action), arm, kinematics);
      for (let substep = 0; substep < 8; substep++) {
        control.update(arm);
        arm.step(control.torques, 1);
      }
      arm.readObject(0, state);
      expect(arm.fault()).toBeNull();
    };
    const moveTowards = (target: readonly number[], maxAction: number) => {
      kinematics.update(arm.angles);
      act(
        target.map((x, i) =>
          Math.min(Math.max((x - kinematics.endEffector[i]!) / 0.05, -maxAction), maxAction),
        ),
      );
    };
    for (let step = 0; step < 40; step++) moveTowards([0.5, 0, 0.2], 0.4);
    for (let step = 0; step < 25; step++) moveTowards([0.5, 0, HALF], 0.4);
    const before = state.position[0]!;
    for (let step = 0; step < 5; step++) act([0.6, 0, 0]);
    // The hand retreats upwards; the cube slides on alone.
    for (let step = 0; step < 4; step++) act([-1, 0, 0.5]);
    const [x, speed] = [state.position[0]!, state.velocity[0]!];
    expect(x - before).toBeGreaterThan(0.05);
    expect(speed).toBeGreaterThan(0.2);
    for (let step = 0; step < 50; step++) act([0, 0, 0]);
    const ratio = (state.position[0]! - x) / (speed ** 2 / (2 * 0.2 * 9.81));
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(1.05);
  });

  it("ends at the same position after the same pushes, bit for bit", () => {
    const play = () => {
      const hand = new ScriptedHand(physics, tableWithCube(0.1, 1));
      hand.reset();
      hand.go([0.55, 0.03, 0.02], 20, 1);
      hand.arm.dispose();
      return [...hand.cube.position, ...hand.cube.rotation, ...hand.arm.angles];
    };
    const once = play();
    expect(play()).toEqual(once);
  });
});

describe("an arm over a table", () => {
  it("sinks less than 5 mm into it under its weight and extra torque", () => {
    const scene: Scene = {
      table: { center: [0.55, 0, 0.1], halfExtents: [0.35, 0.55], friction: 1 },
      objects: [],
    };
    const arm = new ArmWorld(physics, panda, { physicsTimestep: SUBSTEP, gravityCompensation: false, scene });
    onTestFinished(() => arm.dispose());
    arm.reset(panda.home);
    for (let step = 0; step < 50; step++) {
      arm.step([0, 20, 0, 0, 0, 0, 0], 8);
      expect(arm.fault()).toBeNull();
    }
    const tool = new Float64Array(3);
    arm.readEndEffector(tool);
    expect(tool[2]).toBeGreaterThan(0.1 - 0.009 - 0.005);
    expect(tool[2]).toBeLessThan(0.15);
  });

  it("does not collide with itself or its base: folded links pass through each other", () => {
    const { home } = pandaGripper;
    const [alone, solid] = [undefined, { table: null, objects: [] }].map((scene) => {
      const arm = new ArmWorld(physics, pandaGripper, {
        physicsTimestep: SUBSTEP,
        gravityCompensation: true,
        scene,
      });
      onTestFinished(() => arm.dispose());
      arm.reset([home[0]!, 0, 0, -3, 0, 0.1, 0]);
      arm.step([0, 0, 0, -5, 0, -1, 0], 100);
      return [...arm.angles];
    });
    for (const [i, angle] of solid!.entries()) expect(angle).toBeCloseTo(alone![i]!, 2);
  });
});

describe("fault", () => {
  it("reports an object that moves too fast", () => {
    const arm = worldWith(cube(1), [{ position: [1, 0, 1], orientation: IDENTITY, velocity: [200, 0, 0] }]);
    arm.step([0, 0], 1);
    expect(arm.fault()).toMatch(/^speed of cube is (?:200|199)(\.\d+)? m\/s$/);
  });

  it("reports an object whose state is not finite", () => {
    const faultOf = (start: Partial<ObjectPose>) => {
      const arm = worldWith(cube(1), [{ position: [1, 0, 1], orientation: IDENTITY, ...start }]);
      arm.step([0, 0], 1);
      return arm.fault();
    };
    expect(faultOf({ velocity: [Number.NaN, 0, 0] })).toMatch(/cube/);
    expect(faultOf({ position: [Number.NaN, 0, 1] })).toBe("position of cube is NaN, 0, 1");
  });

  it("reports fingers whose damping is unstable at the timestep", () => {
    const { gripper } = pandaGripper;
    if (gripper === undefined) throw new Error("panda-gripper has no gripper");
    const model = { ...pandaGripper, gripper: { ...gripper, damping: 200, travel: 100 } };
    const arm = new ArmWorld(physics, model, { physicsTimestep: SUBSTEP, gravityCompensation: true });
    onTestFinished(() => arm.dispose());
    arm.reset(model.home, { opening: 50 });
    let substeps = 0;
    while (arm.fault() === null && substeps < 200) {
      arm.step(new Float64Array(7), 1, 1);
      substeps += 1;
    }
    expect(arm.fault()).toMatch(/panda_finger_joint|panda_joint|finger/);
  });
});

describe("checkScene", () => {
  it("reports each fault with the name of the table or object", () => {
    const cube = { name: "cube", halfExtents: [0.02, 0, 0.02], mass: -1, friction: -0.5 } as const;
    const table = { center: [0, 0, Number.NaN], halfExtents: [0, 1], friction: 1 } as const;
    let message = "";
    try {
      checkScene({ table, objects: [cube, cube] });
    } catch (error) {
      message = String(error);
    }
    expect(message.split("\n")).toEqual([
      "InputError: table half extents: expected more than 0 m, got 0, 1",
      "table center: expected three finite numbers, got 0, 0, NaN",
      "object cube half extents: expected more than 0 m, got 0.02, 0, 0.02",
      "object cube mass: expected more than 0 kg, got -1",
      "object cube friction: expected at least 0, got -0.5",
      "object cube half extents: expected more than 0 m, got 0.02, 0, 0.02",
      "object cube mass: expected more than 0 kg, got -1",
      "object cube friction: expected at least 0, got -0.5",
      "object cube: expected a unique name, got a second object cube",
    ]);
  });
});

describe("a world", () => {
  it("is rejected when an object has no pose", () => {
    expect(() => worldWith(cube(1), [])).toThrow("scene: expected 1 object poses, got 0");
  });
});
