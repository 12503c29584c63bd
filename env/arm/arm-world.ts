/**
 * @file An arm in a physics world: starts at given joint angles, takes torques, tells angles and speeds.
 *
 * Rapier has no call that sets, or reads, a multibody's joint angles. So a start is a new world in which
 * every link is made where it starts (arm-bodies.ts), and angles are those of the start plus the relative
 * rotations since. The engine runs in float32: angles are good to about 1e-7 rad.
 */

import { internal } from "../../shared/errors.ts";
import { IDENTITY, rotate, type Vec3 } from "../../shared/vec3.ts";
import type { BodyHandle } from "../body.ts";
import { type ObjectPose, type ObjectState, type Scene, SceneBodies } from "../scene.ts";
import { HIDDEN_JOINT_DAMPING, type Physics, type PhysicsWorld } from "../world.ts";
import { type ArmBuild, buildArm, linkPose, prepareArm } from "./arm-bodies.ts";
import type { ArmModel } from "./arm-model.ts";
import type { ArmState } from "./arm-state.ts";
import { GripperBodies } from "./gripper.ts";
import { ArmKinematics } from "./kinematics.ts";

/** m/s², as in panda-gym. */
export const GRAVITY: Vec3 = [0, 0, -9.81];

/** rad/s beyond which the numbers are no arm's: the Panda's motors turn at 2.6, full torque at random reaches 23. */
export const SPEED_BOUND = 100;

/** rad beyond a limit at which the joint must have come apart: full torque at random presses 0.08 into it. */
export const LIMIT_BOUND = 1;

export interface ArmWorldSettings {
  /** Seconds of one substep. */
  readonly physicsTimestep: number;
  /** Whether the links weigh nothing; objects always do. */
  readonly gravityCompensation: boolean;
  /** Rapier's, in each substep, where there is a scene; 2 if not given. */
  readonly solverIterations?: number;
  /** What stands about the arm; without it nothing can be touched. */
  readonly scene?: Scene | undefined;
}

/** How everything but the joints starts, and how rough it is. */
export interface Placement {
  /** One for each object of the scene, in its order. */
  readonly objects?: readonly ObjectPose[];
  /** Of each finger, metres; 0, shut, if not given. */
  readonly opening?: number;
  /** Factor on the friction of every contact; 1 if not given. */
  readonly friction?: number;
}

const NOTHING: Vec3 = [0, 0, 0];

/** One arm on a fixed base, with what stands about it. Whoever made it disposes of it. */
export class ArmWorld {
  /** Joint angles, [N] rad, not wrapped. Its own array, for reading. */
  readonly angles: Float64Array;
  /** Joint speeds over the last substep, [N] rad/s. Its own array, for reading. */
  readonly speeds: Float64Array;
  readonly model: ArmModel;
  /** How far each finger is open, [2] metres, and how fast it opens, m/s; empty without a gripper. For reading. */
  readonly openings: Float64Array;
  readonly openingSpeeds: Float64Array;
  readonly #gripper: GripperBodies | null;
  #scene: SceneBodies | null = null;
  readonly #physics: Physics;
  readonly #settings: ArmWorldSettings;
  readonly #build: ArmBuild;
  readonly #kinematics: ArmKinematics;
  readonly #start: Float64Array;
  /** Joint axes in the links' frames of this start, [N × 3]; and in the world now. */
  readonly #startAxes: Float64Array;
  readonly #axes: Float64Array;
  /** Relative rotation of each joint since the start, rad. */
  readonly #turned: Float64Array;
  #bodies: readonly BodyHandle[] = [];
  /** The tool's point in the last link's frame of this start, metres. */
  readonly #tool = new Float64Array(3);
  readonly #rotation = new Float32Array(4);
  readonly #position = new Float32Array(3);
  #world: PhysicsWorld | undefined;
  #substeps = 0;
  /** The link that is pushed, or −1, the push's force, and its moment about its centre of mass, N m in the world's frame. */
  #pushedLink = -1;
  #pushForce: Vec3 = [0, 0, 0];
  #pushMoment: Vec3 = [0, 0, 0];

  constructor(physics: Physics, model: ArmModel, settings: ArmWorldSettings) {
    const size = model.links.length;
    this.#physics = physics;
    this.model = model;
    this.#settings = settings;
    this.#build = prepareArm(model, settings.scene !== undefined, settings.gravityCompensation ? 0 : 1);
    this.#kinematics = new ArmKinematics(model);
    const last = model.links[size - 1];
    const { gripper } = model;
    this.#gripper =
      gripper === undefined || last === undefined
        ? null
        : new GripperBodies(gripper, last, settings.physicsTimestep);
    this.openings = this.#gripper?.openings ?? new Float64Array(0);
    this.openingSpeeds = this.#gripper?.speeds ?? new Float64Array(0);
    this.angles = new Float64Array(size);
    this.speeds = new Float64Array(size);
    this.#start = new Float64Array(size);
    this.#startAxes = new Float64Array(3 * size);
    this.#axes = new Float64Array(3 * size);
    this.#turned = new Float64Array(size);
  }

  /** Seconds simulated since the start. */
  get time(): number {
    return this.#substeps * this.#settings.physicsTimestep;
  }

  /** Starts anew at the given joint angles, [N] rad, at rest. Nothing of what was before is left. */
  reset(angles: ArrayLike<number>, { objects = [], opening = 0, friction = 1 }: Placement = {}): void {
    const { physicsTimestep, solverIterations = 2, scene } = this.#settings;
    this.#world?.free();
    const world = this.#physics.createWorld({
      physicsTimestep,
      // Rapier's substeps: one is exact as long as nothing is touched.
      solverIterations: scene === undefined ? 1 : solverIterations,
      gravity: GRAVITY,
      friction,
    });
    this.#world = world;
    this.#start.set(angles);
    this.angles.set(angles);
    this.speeds.fill(0);
    this.#turned.fill(0);
    this.#substeps = 0;
    this.#pushedLink = -1;
    this.#kinematics.update(this.angles);
    this.#startAxes.set(this.#kinematics.axes);
    this.#axes.set(this.#kinematics.axes);
    this.#bodies = buildArm(world, this.#build, this.angles, this.#kinematics);
    const last = linkPose(this.#kinematics, this.#bodies.length - 1);
    this.#tool.set(rotate(last.orientation, this.model.endEffector));
    this.#gripper?.build(world, { body: this.#lastBody, ...last }, opening, this.#build.gravityScale);
    this.#rotation.set(IDENTITY);
    this.#scene = scene === undefined ? null : SceneBodies.build(world, scene, objects);
  }

  /**
   * Holds joint torques for a number of substeps.
   *
   * They are clamped to the motors' limits; the joints' damping comes on top, computed anew in every
   * substep: it is friction, not the motor's.
   *
   * @param torques     [N] N m
   * @param fingerForce on each finger, N, positive opens; clamped to its limit
   */
  step(torques: ArrayLike<number>, substeps: number, fingerForce = 0): void {
    const world = this.#running();
    const gripper = this.#gripper;
    for (let substep = 0; substep < substeps; substep++) {
      if (gripper !== null) this.#applyFingers(world, gripper, fingerForce);
      this.#applyTorques(world, torques);
      world.step();
      this.#substeps += 1;
      this.#readAngles(world);
      gripper?.read(world, this.#lastBody, this.#rotation);
    }
  }

  /**
   * Pushes one link from outside until the next `push` or `reset`; a force of 0 lets go.
   *
   * Rapier's own force at a point is wrong in the first substep of a world, which does not know the centres
   * of mass yet; so the moment is the caller's to tell.
   *
   * @param link   its index
   * @param force  on its centre of mass, N in the world's frame
   * @param moment about its centre of mass, N m in the world's frame
   */
  push(link: number, force: Vec3, moment: Vec3): void {
    const world = this.#running();
    const body = this.#bodies[link];
    if (body === undefined) throw internal(`ArmWorld.push: there is no link ${link}`);
    if (this.#pushedLink >= 0) world.setForce(this.#bodies[this.#pushedLink]!, 0, 0, 0);
    world.setForce(body, force[0], force[1], force[2]);
    this.#pushedLink = force.some((each) => each !== 0) ? link : -1;
    this.#pushForce = force;
    this.#pushMoment = moment;
  }

  /** What is wrong with the simulation, for people, or null: a number that is not finite or is no arm's. */
  fault(): string | null {
    const world = this.#running();
    for (let i = 0; i < this.#bodies.length; i++) {
      const { joint, name, limits } = this.model.links[i]!;
      const angle = this.angles[i]!;
      const speed = this.speeds[i]!;
      if (!Number.isFinite(angle)) return `angle of joint ${joint} is ${angle}`;
      if (!(Math.abs(speed) <= SPEED_BOUND)) return `speed of joint ${joint} is ${speed} rad/s`;
      if (limits !== null && !(angle >= limits[0] - LIMIT_BOUND && angle <= limits[1] + LIMIT_BOUND)) {
        return `angle of joint ${joint} is ${angle} rad, far beyond its limits`;
      }
      if (!world.isEnabled(this.#bodies[i]!)) return `Rapier has disabled ${name}`;
    }
    return this.#gripper?.fault(world) ?? this.#scene?.fault(world) ?? null;
  }

  /** Reads an object of the scene by its place there. */
  readObject(object: number, into: ObjectState): void {
    const world = this.#running();
    if (this.#scene === null) throw internal("ArmWorld.readObject: there is no scene");
    this.#scene.read(world, object, into);
  }

  /** All that this is now; the caller's own. */
  saveState(): ArmState {
    return {
      snapshot: this.#running().takeSnapshot(),
      links: this.#bodies,
      fingers: this.#gripper?.bodies ?? [],
      objects: this.#scene?.objects ?? [],
      substeps: this.#substeps,
      push: { link: this.#pushedLink, force: this.#pushForce, moment: this.#pushMoment },
      numbers: this.#remembered.map((array) => array.slice()),
    };
  }

  /**
   * Goes on from a state of the same arm in the same scene, bit for bit.
   *
   * @throws InputError if Rapier cannot read its snapshot
   */
  restoreState(state: ArmState): void {
    const { scene } = this.#settings;
    const world = this.#physics.restoreWorld(state.snapshot, GRAVITY);
    this.#world?.free();
    this.#world = world;
    this.#bodies = state.links;
    this.#gripper?.restore(state.fingers);
    this.#scene = scene === undefined ? null : new SceneBodies(scene, state.objects);
    this.#substeps = state.substeps;
    this.#pushedLink = state.push.link;
    this.#pushForce = state.push.force;
    this.#pushMoment = state.push.moment;
    for (const [i, array] of this.#remembered.entries()) array.set(state.numbers[i]!);
  }

  /** The numbers, besides Rapier's, that what comes depends on. */
  get #remembered(): readonly (Float64Array | Float32Array)[] {
    const own = [
      this.angles,
      this.speeds,
      this.#start,
      this.#startAxes,
      this.#axes,
      this.#turned,
      this.#tool,
    ];
    return [...own, this.#rotation, ...(this.#gripper?.remembered ?? [])];
  }

  /** Writes where Rapier has the tool's point, [3] metres: forward kinematics must agree. */
  readEndEffector(into: Float64Array): void {
    const world = this.#running();
    world.readPosition(this.#lastBody, this.#position);
    world.readRotation(this.#lastBody, this.#rotation);
    const [qx, qy, qz, qw] = this.#rotation;
    const turned = rotate([qx!, qy!, qz!, qw!], [this.#tool[0]!, this.#tool[1]!, this.#tool[2]!]);
    for (let axis = 0; axis < 3; axis++) into[axis] = this.#position[axis]! + turned[axis]!;
  }

  /** Frees the world inside WASM; a second call does nothing. */
  dispose(): void {
    this.#world?.free();
    this.#world = undefined;
  }

  get #lastBody(): BodyHandle {
    return this.#bodies[this.#bodies.length - 1]!;
  }

  #running(): PhysicsWorld {
    if (this.#world === undefined) throw internal("ArmWorld: not started, or disposed of");
    return this.#world;
  }

  #applyTorques(world: PhysicsWorld, torques: ArrayLike<number>): void {
    const { links } = this.model;
    const axes = this.#axes;
    // A joint turns its link and, as much, its parent the other way; only the sum for a body matters.
    let [x, y, z] = [0, 0, 0];
    for (let i = links.length - 1; i >= 0; i--) {
      const { torqueLimit, damping } = links[i]!;
      const driven = Math.min(Math.max(torques[i]!, -torqueLimit), torqueLimit);
      const torque = driven - (damping - HIDDEN_JOINT_DAMPING) * this.speeds[i]!;
      const [tx, ty, tz] = [torque * axes[3 * i]!, torque * axes[3 * i + 1]!, torque * axes[3 * i + 2]!];
      let [mx, my, mz] = i === this.#pushedLink ? this.#pushMoment : NOTHING;
      if (i === links.length - 1 && this.#gripper !== null) {
        const { handMoment } = this.#gripper;
        [mx, my, mz] = [mx + handMoment[0]!, my + handMoment[1]!, mz + handMoment[2]!];
      }
      world.setTorque(this.#bodies[i]!, tx - x + mx, ty - y + my, tz - z + mz);
      x = tx;
      y = ty;
      z = tz;
    }
  }

  #applyFingers(world: PhysicsWorld, gripper: GripperBodies, force: number): void {
    const hand = this.#bodies.length - 1;
    const [x, y, z] = hand === this.#pushedLink ? this.#pushForce : NOTHING;
    gripper.apply(world, this.#rotation, force);
    const [fx, fy, fz] = gripper.handForce;
    world.setForce(this.#bodies[hand]!, fx! + x, fy! + y, fz! + z);
  }

  #readAngles(world: PhysicsWorld): void {
    const rotation = this.#rotation;
    const { physicsTimestep } = this.#settings;
    let [px, py, pz, pw] = [0, 0, 0, 1];
    for (let i = 0; i < this.#bodies.length; i++) {
      world.readRotation(this.#bodies[i]!, rotation);
      const [x, y, z, w] = [rotation[0]!, rotation[1]!, rotation[2]!, rotation[3]!];
      const ax = this.#startAxes[3 * i]!;
      const ay = this.#startAxes[3 * i + 1]!;
      const az = this.#startAxes[3 * i + 2]!;
      // conjugate(parent) · link: its scalar part, and its vector part along the axis.
      const cosine = pw * w + px * x + py * y + pz * z;
      const sine =
        ax * (pw * x - px * w - py * z + pz * y) +
        ay * (pw * y + px * z - py * w - pz * x) +
        az * (pw * z - px * y + py * x - pz * w);
      let change = 2 * Math.atan2(sine, cosine) - this.#turned[i]!;
      // A joint turns less than half a turn in a substep, so the nearest whole number of turns is right.
      change -= 2 * Math.PI * Math.round(change / (2 * Math.PI));
      this.#turned[i]! += change;
      this.angles[i] = this.#start[i]! + this.#turned[i]!;
      this.speeds[i] = change / physicsTimestep;
      // The axis turned by the link's rotation.
      const tx = 2 * (y * az - z * ay);
      const ty = 2 * (z * ax - x * az);
      const tz = 2 * (x * ay - y * ax);
      this.#axes[3 * i] = ax + w * tx + y * tz - z * ty;
      this.#axes[3 * i + 1] = ay + w * ty + z * tx - x * tz;
      this.#axes[3 * i + 2] = az + w * tz + x * ty - y * tx;
      px = x;
      py = y;
      pz = z;
      pw = w;
    }
  }
}
