/**
 * @file The arms and scenes in MuJoCo, as a reference for accuracy and speed.
 *
 * The MJCF has the same numbers as Rapier's world: frames, masses, full inertias, joint axes, limits, damping,
 * shapes, friction. As in env/, a rotor's inertia rotates with its link, unless MuJoCo's `armature` is selected.
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

interface MujocoSettings {
  /** Seconds. */
  readonly timestep: number;
  readonly gravityCompensation: boolean;
  /** Whether to use MuJoCo's `armature`, in which a rotor loads its own joint only; default false. */
  readonly armature?: boolean;
  readonly scene?: Scene;
  readonly objects?: readonly ObjectPose[];
}

let loading: Promise<Mujoco> | undefined;

/** One arm in MuJoCo. The caller disposes of it. */
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
    if (model === null) throw new Error(`MuJoCo rejects the model of ${arm.name}`);
    if (settings.armature !== true) addRotors(model, arm);
    return new MujocoArm(mujoco, model, arm.links.length);
  }

  /** Starts at rest at joint angles, [N] rad; objects and fingers at their poses in the model. */
  reset(angles: readonly number[]): void {
    this.#mujoco.mj_resetData(this.#model, this.#data);
    this.#data.qpos.set(angles);
    this.#mujoco.mj_forward(this.#model, this.#data);
  }

  /** Applies joint torques, [N] N m, followed by finger forces, N, for some timesteps. */
  step(forces: ArrayLike<number>, steps: number): void {
    this.#data.qfrc_applied.set(forces);
    for (let i = 0; i < steps; i++) this.#mujoco.mj_step(this.#model, this.#data);
  }

  /** Joint angles, [N] rad, copied. */
  get angles(): Float64Array {
    return Float64Array.from(this.#data.qpos.slice(0, this.#size));
  }

  /** Joint speeds, [N] rad/s, copied. */
  get speeds(): Float64Array {
    return Float64Array.from(this.#data.qvel.slice(0, this.#size));
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
 * Adds rotors to compiled links. The compiler rejects such inertias, because no rigid body has an inertia about one
 * axis only; the equations of motion accept them.
 */
function addRotors(model: MjModel, arm: ArmModel): void {
  for (const [i, link] of arm.links.entries()) {
    const body = i + 1; // 0 is the world
    const { moments, frame } = principalInertia(inertiaWithRotor(link));
    const [x, y, z, w] = frame;
    model.body_inertia.set(moments, 3 * body);
    model.body_iquat.set([w, x, y, z], 4 * body);
    // Disable the compiler's shortcuts for the old inertia.
    model.body_sameframe[body] = 0;
    model.body_simple[body] = 0;
  }
}

/** Returns the MJCF of an arm and its scene. */
function mjcf(arm: ArmModel, settings: MujocoSettings): string {
  const { scene, gravityCompensation, timestep } = settings;
  const compensation = gravityCompensation ? ' gravcomp="1"' : "";
  const geoms = (shapes: readonly Shape[], friction: number, group: number, collidesWith: number) =>
    scene === undefined ? "" : shapes.map((shape) => geom(shape, friction, group, collidesWith)).join("");
  const fingers = (arm.gripper?.fingers ?? []).map((finger) => {
    const joint = `<joint name="${finger.joint}" type="slide" axis="${list(finger.axis)}" limited="true" range="0 ${arm.gripper?.travel}" damping="${arm.gripper?.damping}"/>`;
    const shapes = geoms(finger.shapes, finger.friction, 1, 6);
    return `<body name="${finger.name}" ${pose(finger)}${compensation}>${inertial(finger)}${joint}${shapes}</body>`;
  });
  const chain = arm.links.reduceRight((inner, link, i) => {
    const shapes = geoms(link.shapes, 1, i === 0 ? 8 : 1, i === 0 ? 4 : 6);
    return `<body name="${link.name}" ${pose(link)}${compensation}>${inertial(link)}${hinge(link, settings)}${shapes}${inner}</body>`;
  }, fingers.join(""));
  const coupling =
    arm.gripper === undefined
      ? ""
      : `<tendon><fixed stiffness="${arm.gripper.coupling}" springlength="0">${arm.gripper.fingers.map(({ joint }, i) => `<joint joint="${joint}" coef="${1 - 2 * i}"/>`).join("")}</fixed></tendon>`;
  const world = scene === undefined ? "" : sceneXml(scene, settings.objects ?? []);
  return `<mujoco>
<compiler angle="radian" autolimits="false"/>
<option timestep="${timestep}" gravity="${list(GRAVITY)}" integrator="implicitfast" cone="elliptic" impratio="10"/>
<worldbody>${geoms(arm.baseShapes, 1, 8, 4)}${chain}${world}</worldbody>${coupling}
</mujoco>`;
}

/** Returns the MJCF of floor, table and objects. */
function sceneXml({ table, objects }: Scene, poses: readonly ObjectPose[]): string {
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

function geom(shape: Shape, friction: number, group: number, collidesWith: number): string {
  const common = `friction="${friction} 0.005 0.0001" contype="${group}" conaffinity="${collidesWith}" mass="0"`;
  return shape.kind !== "box"
    ? `<geom type="${shape.kind}" fromto="${list(shape.from)} ${list(shape.to)}" size="${shape.radius}" ${common}/>`
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
