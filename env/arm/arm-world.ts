/**
 * @file An arm in a physics world: starts at given joint angles, applies torques, measures joints.
 *
 * Rapier has no call that sets the joint angles of a multibody. So `reset` builds a new world in which every
 * link is created at its start pose (arm-bodies.ts), and joint-sensor.ts measures the angles from there.
 */

import { internal } from "../../shared/errors.ts";
import { rotate, type Vec3 } from "../../shared/vec3.ts";
import { type BodyHandle, GRAVITY } from "../body.ts";
import { type ObjectPose, ObjectState, type Scene, SceneBodies } from "../scene.ts";
import { HIDDEN_JOINT_DAMPING, type Physics, type PhysicsWorld } from "../world.ts";
import { type ArmBuild, buildArm, linkPose, prepareArm } from "./arm-bodies.ts";
import { type ArmContact, armContacts } from "./arm-contacts.ts";
import type { ArmModel } from "./arm-model.ts";
import { GripperBodies, type GripperState } from "./gripper.ts";
import { JointLimits, type JointLimitsState } from "./joint-limits.ts";
import { JointSensor, type JointSensorState } from "./joint-sensor.ts";
import type { JointState } from "./joint-state.ts";
import { ArmKinematics } from "./kinematics.ts";

/** rad/s above which the simulation has diverged: a Panda's motors turn at 2.6, random full torque reaches 23. */
export const SPEED_BOUND = 100;

/** rad beyond a joint limit at which the simulation has diverged: random full torque presses 0.08 into it. */
export const LIMIT_BOUND = 1;

export interface ArmWorldSettings {
  /** Seconds of one substep. */
  readonly physicsTimestep: number;
  /** Whether gravity is switched off for the links; it always acts on objects. */
  readonly gravityCompensation: boolean;
  /** Rapier's solver iterations in each substep, used only with a scene; default 2. */
  readonly solverIterations?: number;
  /** Table and objects around the arm; without a scene the arm cannot touch anything. */
  readonly scene?: Scene | undefined;
}

/** Start state of everything but the joints. */
export interface Placement {
  /** A pose for each object of the scene, in the scene's order. */
  readonly objects?: readonly ObjectPose[];
  /** Opening of each finger, metres; default 0, closed. */
  readonly opening?: number;
  /** Factor on the friction of every contact; default 1. */
  readonly friction?: number;
}

/** An external force on one link. */
interface LinkPush {
  /** Index of the link. */
  readonly link: number;
  /** On the link's centre of mass, N in the world's frame. */
  readonly force: Vec3;
  /** About the link's centre of mass, N m in the world's frame. */
  readonly moment: Vec3;
}

/** Saved state of an arm and its scene, plain data. */
export interface ArmWorldState {
  /** Rapier's own snapshot; the body handles below refer to it. */
  readonly snapshot: Uint8Array;
  readonly links: readonly BodyHandle[];
  readonly objects: readonly BodyHandle[];
  readonly gripper: GripperState | null;
  readonly joints: JointSensorState;
  readonly limits: JointLimitsState;
  /** Tool point in the last body's frame, metres. */
  readonly toolPoint: Vec3;
  readonly substeps: number;
  readonly push: LinkPush | null;
}

const ZERO: Vec3 = [0, 0, 0];

/** One arm on a fixed base, with its scene. The caller disposes of it. */
export class ArmWorld implements JointState {
  readonly angles: Float64Array;
  readonly speeds: Float64Array;
  readonly openings: Float64Array;
  readonly openingSpeeds: Float64Array;
  readonly model: ArmModel;
  readonly #physics: Physics;
  readonly #settings: ArmWorldSettings;
  readonly #iterations: number;
  readonly #build: ArmBuild;
  readonly #kinematics: ArmKinematics;
  readonly #joints: JointSensor;
  readonly #limits: JointLimits;
  readonly #gripper: GripperBodies | null;
  #scene: SceneBodies | null = null;
  #world: PhysicsWorld | undefined;
  #links: readonly BodyHandle[] = [];
  #toolPoint: Vec3 = ZERO;
  #substeps = 0;
  #push: LinkPush | null = null;

  constructor(physics: Physics, model: ArmModel, settings: ArmWorldSettings) {
    const { physicsTimestep, gravityCompensation, scene, solverIterations = 2 } = settings;
    this.model = model;
    this.#physics = physics;
    this.#settings = settings;
    // One iteration is exact without contacts.
    this.#iterations = scene === undefined ? 1 : solverIterations;
    this.#build = prepareArm(model, scene !== undefined, gravityCompensation ? 0 : 1);
    this.#kinematics = new ArmKinematics(model);
    this.#joints = new JointSensor(model.links.length, physicsTimestep);
    this.#limits = new JointLimits(model.links, physicsTimestep);
    const hand = model.links.at(-1);
    const { gripper } = model;
    this.#gripper =
      gripper === undefined || hand === undefined
        ? null
        : new GripperBodies(gripper, hand, physicsTimestep, this.#iterations);
    this.angles = this.#joints.angles;
    this.speeds = this.#joints.speeds;
    this.openings = this.#gripper?.openings ?? new Float64Array(0);
    this.openingSpeeds = this.#gripper?.speeds ?? new Float64Array(0);
  }

  /** Seconds simulated since `reset`; `pose` keeps it. */
  get time(): number {
    return this.#substeps * this.#settings.physicsTimestep;
  }

  /** Rebuilds the world with the arm at rest at the given joint angles, [N] rad. */
  reset(angles: ArrayLike<number>, { objects = [], opening = 0, friction = 1 }: Placement = {}): void {
    const { physicsTimestep, scene } = this.#settings;
    this.#world?.free();
    const world = this.#physics.createWorld({
      physicsTimestep,
      solverIterations: this.#iterations,
      gravity: GRAVITY,
      friction,
    });
    this.#world = world;
    this.#substeps = 0;
    this.#push = null;
    this.#kinematics.update(angles);
    this.#joints.start(angles, this.#kinematics.axes);
    const { links, limits } = buildArm(world, this.#build, this.angles, this.#kinematics);
    this.#links = links;
    this.#limits.start(limits);
    const hand = linkPose(this.#kinematics, this.#links.length - 1);
    this.#toolPoint = rotate(hand.orientation, this.model.endEffector);
    this.#gripper?.build(world, { body: this.#lastLink, ...hand }, opening, this.#build.gravityScale);
    this.#scene = scene === undefined ? null : SceneBodies.build(world, scene, objects);
  }

  /**
   * Rebuilds the world with the arm at rest at other joint angles, [N] rad, and every object at rest where it is.
   *
   * @param friction factor on the friction of every contact
   */
  pose(angles: ArrayLike<number>, friction: number): void {
    const substeps = this.#substeps;
    const objects = (this.#scene?.objects ?? []).map((_, i): ObjectPose => {
      const state = new ObjectState();
      this.readObject(i, state);
      const { position, rotation } = state;
      return {
        position: [position[0]!, position[1]!, position[2]!],
        orientation: [rotation[0]!, rotation[1]!, rotation[2]!, rotation[3]!],
      };
    });
    this.reset(angles, { objects, opening: this.openings[0] ?? 0, friction });
    this.#substeps = substeps;
  }

  /**
   * Applies joint torques for a number of substeps.
   *
   * Torques are clamped to the torque limits. The joints' damping is friction, not motor torque: it is added
   * in every substep.
   *
   * @param torques     [N] N m
   * @param fingerForce on each finger, N, positive opens; clamped to the force limit
   */
  step(torques: ArrayLike<number>, substeps: number, fingerForce = 0): void {
    const world = this.#running();
    const gripper = this.#gripper;
    for (let substep = 0; substep < substeps; substep++) {
      if (gripper !== null) this.#applyFingers(world, gripper, fingerForce);
      this.#applyTorques(world, torques);
      this.#limits.update(world, this.angles, this.speeds);
      world.step();
      this.#substeps += 1;
      this.#joints.read(world, this.#links);
      gripper?.read(world, this.#lastLink, this.#joints.lastLinkRotation);
    }
  }

  /**
   * Pushes one link until the next `push` or `reset`; a force of 0 ends the push.
   *
   * The caller computes the moment. Rapier's force at a point is wrong in a world's first substep: the
   * centres of mass are not computed yet.
   *
   * @param link   its index
   * @param force  on its centre of mass, N in the world's frame
   * @param moment about its centre of mass, N m in the world's frame
   */
  push(link: number, force: Vec3, moment: Vec3): void {
    const world = this.#running();
    const body = this.#links[link];
    if (body === undefined) throw internal(`ArmWorld.push: there is no link ${link}`);
    if (this.#push !== null) world.setForce(this.#links[this.#push.link]!, 0, 0, 0);
    world.setForce(body, force[0], force[1], force[2]);
    this.#push = force.some((component) => component !== 0) ? { link, force, moment } : null;
  }

  /** Returns a description of a diverged simulation, or null: a number that is not finite or out of bounds. */
  fault(): string | null {
    const world = this.#running();
    for (let i = 0; i < this.#links.length; i++) {
      const { joint, name, limits } = this.model.links[i]!;
      const angle = this.angles[i]!;
      const speed = this.speeds[i]!;
      if (!Number.isFinite(angle)) return `angle of joint ${joint} is ${angle}`;
      if (!(Math.abs(speed) <= SPEED_BOUND)) return `speed of joint ${joint} is ${speed} rad/s`;
      if (limits !== null && !(angle >= limits[0] - LIMIT_BOUND && angle <= limits[1] + LIMIT_BOUND)) {
        return `angle of joint ${joint} is ${angle} rad, far beyond its limits`;
      }
      if (!world.isEnabled(this.#links[i]!)) return `Rapier has disabled ${name}`;
    }
    return this.#gripper?.fault(world) ?? this.#scene?.fault(world) ?? null;
  }

  /** Reads the state of an object, given its index in the scene. */
  readObject(object: number, into: ObjectState): void {
    const world = this.#running();
    if (this.#scene === null) throw internal("ArmWorld.readObject: there is no scene");
    this.#scene.read(world, object, into);
  }

  /** Returns the contacts of the last substep that carry a force. Allocates; the motion does not depend on it. */
  contacts(): ArmContact[] {
    const bodies = [...this.#links, ...(this.#gripper?.bodies ?? []), ...(this.#scene?.objects ?? [])];
    return armContacts(this.#running().contacts(), bodies);
  }

  /** Writes the tool point by Rapier's pose of the last link, [3] metres; independent of forward kinematics. */
  readEndEffector(into: Float64Array): void {
    const world = this.#running();
    const [position, rotation] = [new Float32Array(3), new Float32Array(4)];
    world.readPosition(this.#lastLink, position);
    world.readRotation(this.#lastLink, rotation);
    const [qx, qy, qz, qw] = rotation;
    const offset = rotate([qx!, qy!, qz!, qw!], this.#toolPoint);
    for (let axis = 0; axis < 3; axis++) into[axis] = position[axis]! + offset[axis]!;
  }

  /** Returns the complete state, copied. */
  saveState(): ArmWorldState {
    return {
      snapshot: this.#running().takeSnapshot(),
      links: this.#links,
      objects: this.#scene?.objects ?? [],
      gripper: this.#gripper?.saveState() ?? null,
      joints: this.#joints.saveState(),
      limits: this.#limits.saveState(),
      toolPoint: this.#toolPoint,
      substeps: this.#substeps,
      push: this.#push,
    };
  }

  /**
   * Continues from a state of the same arm and scene, bit for bit.
   *
   * @throws InputError if Rapier cannot read the snapshot; nothing has changed then
   */
  restoreState(state: ArmWorldState): void {
    const { scene } = this.#settings;
    const world = this.#physics.restoreWorld(state.snapshot, GRAVITY);
    this.#world?.free();
    this.#world = world;
    this.#links = state.links;
    this.#scene = scene === undefined ? null : new SceneBodies(scene, state.objects);
    if (state.gripper !== null) this.#gripper?.restoreState(state.gripper);
    this.#joints.restoreState(state.joints);
    this.#limits.restoreState(state.limits);
    this.#toolPoint = state.toolPoint;
    this.#substeps = state.substeps;
    this.#push = state.push;
  }

  /** Frees the world's WASM memory; a second call has no effect. */
  dispose(): void {
    this.#world?.free();
    this.#world = undefined;
  }

  get #lastLink(): BodyHandle {
    return this.#links[this.#links.length - 1]!;
  }

  #running(): PhysicsWorld {
    if (this.#world === undefined) throw internal("ArmWorld: not started, or disposed of");
    return this.#world;
  }

  #applyTorques(world: PhysicsWorld, torques: ArrayLike<number>): void {
    const { links } = this.model;
    const { axes } = this.#joints;
    // A joint's torque acts on its link and, reversed, on the parent; each body gets the sum.
    let [x, y, z] = [0, 0, 0];
    for (let i = links.length - 1; i >= 0; i--) {
      const { torqueLimit, damping } = links[i]!;
      const motorTorque = Math.min(Math.max(torques[i]!, -torqueLimit), torqueLimit);
      const torque = motorTorque - (damping - HIDDEN_JOINT_DAMPING) * this.speeds[i]!;
      const [tx, ty, tz] = [torque * axes[3 * i]!, torque * axes[3 * i + 1]!, torque * axes[3 * i + 2]!];
      let [mx, my, mz] = this.#push?.link === i ? this.#push.moment : ZERO;
      if (i === links.length - 1 && this.#gripper !== null) {
        const { handMoment } = this.#gripper;
        [mx, my, mz] = [mx + handMoment[0]!, my + handMoment[1]!, mz + handMoment[2]!];
      }
      world.setTorque(this.#links[i]!, tx - x + mx, ty - y + my, tz - z + mz);
      x = tx;
      y = ty;
      z = tz;
    }
  }

  #applyFingers(world: PhysicsWorld, gripper: GripperBodies, force: number): void {
    const hand = this.#links.length - 1;
    const [x, y, z] = this.#push?.link === hand ? this.#push.force : ZERO;
    gripper.apply(world, this.#joints.lastLinkRotation, force);
    const [fx, fy, fz] = gripper.handForce;
    world.setForce(this.#links[hand]!, fx! + x, fy! + y, fz! + z);
  }
}
