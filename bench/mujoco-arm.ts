/**
 * @file The same arms and scenes in MuJoCo, as an oracle for the physics and as a mark for its speed.
 *
 * A model is written as MJCF with every number that Rapier is given: frames, masses, full inertias, joint
 * axes, limits, damping, shapes, friction. A rotor's inertia turns with its link, as in env/, unless
 * MuJoCo's own armature is asked for, which loads its joint alone.
 */

import loadMujoco from "@mujoco/mujoco";
import { type ArmLink, type ArmModel, type Finger, inertiaWithRotor } from "../env/arm/arm-model.ts";
import { principalInertia } from "../env/arm/mass-properties.ts";
import { GRAVITY, type Shape } from "../env/body.ts";
import type { ObjectPose, Scene } from "../env/scene.ts";
import type { Quat } from "../shared/vec3.ts";

type Mujoco = Awaited<ReturnType<typeof loadMujoco>>;
type MjModel = NonNullable<ReturnType<Mujoco["MjModel"]["from_xml_string"]>>;
type MjData = InstanceType<Mujoco["MjData"]>;

export interface MujocoSettings {
  /** Seconds. */
  readonly timestep: number;
  readonly gravityCompensation: boolean;
  /** Whether rotors load their joint alone, as MuJoCo's `armature`, instead of turning with their link. */
  readonly armature?: boolean;
  readonly scene?: Scene;
  readonly objects?: readonly ObjectPose[];
}

let loading: Promise<Mujoco> | undefined;

/** One arm in MuJoCo. Whoever made it disposes of it. */
export class MujocoArm {
  readonly #mujoco: Mujoco;
  readonly #model: MjModel;
  readonly #data: MjData;
  readonly #size: number;

  private constructor(mujoco: Mujoco, model: MjModel, size: number) {
    this.#mujoco = mujoco;
    this.#model = model;
    this.#data = new mujoco.MjData(model);
    this.#size = size;
  }

  static async make(arm: ArmModel, settings: MujocoSettings): Promise<MujocoArm> {
    loading ??= loadMujoco();
    const mujoco = await loading;
    const model = mujoco.MjModel.from_xml_string(mjcf(arm, settings));
    if (model === null) throw new Error(`MuJoCo does not take ${arm.name}`);
    if (settings.armature !== true) addRotors(model, arm);
    return new MujocoArm(mujoco, model, arm.links.length);
  }

  /** Starts at joint angles, [N] rad, at rest, objects and fingers where the model has them. */
  reset(angles: readonly number[]): void {
    this.#mujoco.mj_resetData(this.#model, this.#data);
    this.#data.qpos.set(angles);
    this.#mujoco.mj_forward(this.#model, this.#data);
  }

  /** Holds forces, of the joints, [N] N m, and then of the fingers where there are any, N, for some timesteps. */
  step(forces: ArrayLike<number>, steps: number): void {
    this.#data.qfrc_applied.set(forces);
    for (let i = 0; i < steps; i++) this.#mujoco.mj_step(this.#model, this.#data);
  }

  /** [N] rad; the caller's own. */
  get angles(): Float64Array {
    return Float64Array.from(this.#data.qpos.slice(0, this.#size));
  }

  get version(): string {
    return this.#mujoco.mj_versionString();
  }

  dispose(): void {
    this.#data.delete();
    this.#model.delete();
  }
}

/**
 * Adds rotors to links that are compiled: a rotor inertia about one axis alone is no body's, so the
 * compiler refuses it, though the equations of motion do not mind.
 */
function addRotors(model: MjModel, arm: ArmModel): void {
  for (const [i, link] of arm.links.entries()) {
    const body = i + 1; // 0 is the world
    const { moments, frame } = principalInertia(inertiaWithRotor(link));
    const [x, y, z, w] = frame;
    model.body_inertia.set(moments, 3 * body);
    model.body_iquat.set([w, x, y, z], 4 * body);
    // What the compiler found simple about the old inertia is not so about the new one.
    model.body_sameframe[body] = 0;
    model.body_simple[body] = 0;
  }
}

/** An arm, and what stands about it, in MuJoCo's language. */
export function mjcf(arm: ArmModel, settings: MujocoSettings): string {
  const { scene, gravityCompensation, timestep } = settings;
  const compensation = gravityCompensation ? ' gravcomp="1"' : "";
  const solid = scene !== undefined;
  const geoms = (shapes: readonly Shape[], friction: number, type: number, touches: number) =>
    solid ? shapes.map((shape) => geom(shape, friction, type, touches)).join("") : "";
  const fingers = (arm.gripper?.fingers ?? []).map((finger) => {
    const joint = `<joint name="${finger.joint}" type="slide" axis="${list(finger.axis)}" limited="true" range="0 ${arm.gripper?.travel}" damping="${arm.gripper?.damping}"/>`;
    const touch = geoms(finger.shapes, finger.friction, 1, 6);
    return `<body name="${finger.name}" ${pose(finger)}${compensation}>${inertial(finger)}${joint}${touch}</body>`;
  });
  const chain = arm.links.reduceRight((inner, link, i) => {
    const touch = geoms(link.shapes, 1, i === 0 ? 8 : 1, i === 0 ? 4 : 6);
    return `<body name="${link.name}" ${pose(link)}${compensation}>${inertial(link)}${hinge(link, settings)}${touch}${inner}</body>`;
  }, fingers.join(""));
  const coupling =
    arm.gripper === undefined
      ? ""
      : `<tendon><fixed stiffness="${arm.gripper.coupling}" springlength="0">${arm.gripper.fingers.map(({ joint }, i) => `<joint joint="${joint}" coef="${1 - 2 * i}"/>`).join("")}</fixed></tendon>`;
  const world = scene === undefined ? "" : things(scene, settings.objects ?? []);
  return `<mujoco>
<compiler angle="radian" autolimits="false"/>
<option timestep="${timestep}" gravity="${list(GRAVITY)}" integrator="implicitfast" cone="elliptic" impratio="10"/>
<worldbody>${geoms(arm.baseShapes, 1, 8, 4)}${chain}${world}</worldbody>${coupling}
</mujoco>`;
}

function things({ table, objects }: Scene, poses: readonly ObjectPose[]): string {
  const top = table?.center ?? [0, 0, 0];
  const floor = `<geom type="plane" size="10 10 1" pos="0 0 ${table === null ? 0 : top[2] - 0.4}" friction="1 0.005 0.0001" contype="2" conaffinity="5"/>`;
  const slab =
    table === null
      ? ""
      : `<geom type="box" pos="${top[0]} ${top[1]} ${top[2] - 0.2}" size="${list(table.halfExtents)} 0.2" friction="${table.friction} 0.005 0.0001" contype="2" conaffinity="5"/>`;
  const boxes = objects.map(({ name, halfExtents, mass, friction }, i) => {
    const { position, orientation } = poses[i]!;
    return `<body name="${name}" pos="${list(position)}" quat="${wxyz(orientation)}"><freejoint/><geom type="box" size="${list(halfExtents)}" mass="${mass}" friction="${friction} 0.005 0.0001" contype="4" conaffinity="15"/></body>`;
  });
  return floor + slab + boxes.join("");
}

function hinge(link: ArmLink, { armature }: MujocoSettings): string {
  const { joint, axis, damping, limits } = link;
  const range = limits === null ? 'limited="false"' : `limited="true" range="${list(limits)}"`;
  const rotor = armature === true ? ` armature="${link.armature}"` : "";
  return `<joint name="${joint}" type="hinge" axis="${list(axis)}" damping="${damping}"${rotor} ${range}/>`;
}

function inertial({ mass, centerOfMass, inertia }: ArmLink | Finger): string {
  return `<inertial pos="${list(centerOfMass)}" mass="${mass}" fullinertia="${list(inertia)}"/>`;
}

function geom(shape: Shape, friction: number, type: number, touches: number): string {
  const common = `friction="${friction} 0.005 0.0001" contype="${type}" conaffinity="${touches}" mass="0"`;
  return shape.kind === "capsule"
    ? `<geom type="capsule" fromto="${list(shape.from)} ${list(shape.to)}" size="${shape.radius}" ${common}/>`
    : `<geom type="box" pos="${list(shape.center)}" quat="${wxyz(shape.orientation)}" size="${list(shape.halfExtents)}" ${common}/>`;
}

function pose({ position, orientation }: ArmLink | Finger): string {
  return `pos="${list(position)}" quat="${wxyz(orientation)}"`;
}

function wxyz([x, y, z, w]: Quat): string {
  return list([w, x, y, z]);
}

function list(numbers: readonly number[]): string {
  return numbers.join(" ");
}
