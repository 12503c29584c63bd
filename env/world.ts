/**
 * @file The physics world: bodies, surfaces, joints and steps of Rapier.
 *
 * Only the calls in use are wrapped. The calls made in every substep do not allocate.
 * World frame: right-handed, z up, metres; rotations are unit quaternions, scalar last.
 */

import type { EnvConfig } from "../shared/config.ts";
import { internal, refuse, unquoted } from "../shared/errors.ts";
import {
  add,
  length,
  multiply,
  type Quat,
  quatFromAxisAngle,
  quatFromXTo,
  quatFromYTo,
  rotate,
  scale,
  subtract,
  type Vec3,
} from "../shared/vec3.ts";
import type { BodyHandle, Joint, LimitsHandle, MovingBody, Party, Surface } from "./body.ts";
import { type Contact, readContacts } from "./contacts.ts";
import { loadRapier, type Rapier } from "./rapier.ts";

type Vector = InstanceType<Rapier["Vector3"]>;
type Rotation = InstanceType<Rapier["Quaternion"]>;
type RapierWorld = InstanceType<Rapier["World"]>;
type RawVector = ReturnType<Rapier["VectorOps"]["intoRaw"]>;
type RawJoint = ReturnType<ReturnType<Rapier["JointData"]["generic"]>["intoRaw"]>;

/**
 * Viscous damping, N m s/rad, that Rapier 0.21 applies to each angle of a multibody and has no call to change.
 * For a damping of d, add (0.1 − d) · speed to the torque.
 */
export const HIDDEN_JOINT_DAMPING = 0.1;

/** Stiffness of contacts, Hz: at Rapier's default of 30, fingers sink 14 mm into a cube. */
const CONTACT_NATURAL_FREQUENCY = 200;

/**
 * Distance at which Rapier starts to predict a contact, metres. Rapier keeps a predicted contact plane while two
 * bodies slide slowly along each other and do not cross it. At its default of 20 mm, a finger that moved down beside
 * a cube was later stopped 12 mm short of it, by the plane predicted when it was above.
 */
const PREDICTION_DISTANCE = 0.002;

/** Rapier's collision groups: membership in the upper 16 bits, the groups it collides with in the lower 16. */
const GROUPS: Readonly<Record<Party, number>> = {
  arm: (1 << 16) | 6,
  ground: (2 << 16) | 5,
  object: (4 << 16) | 15,
  mount: (8 << 16) | 4,
};

export interface WorldSettings {
  /** Seconds simulated by one `step`. */
  readonly physicsTimestep: number;
  /** Also Rapier's number of internal substeps: use 1 without contacts, 2 with. */
  readonly solverIterations: number;
  /** m/s². */
  readonly gravity: Vec3;
  /** Factor on the friction of every pair of surfaces. */
  readonly friction: number;
}

/** A loaded build of Rapier. */
export interface Physics {
  /** Name of the npm package. */
  readonly name: string;
  /** As reported by Rapier. */
  readonly version: string;
  createWorld(settings: WorldSettings): PhysicsWorld;
  /** Restores a world from a snapshot; handles stay valid. Throws InputError if Rapier cannot read it. */
  restoreWorld(snapshot: Uint8Array, gravity: Vec3): PhysicsWorld;
}

const builds = new Map<EnvConfig["physics"], Promise<Physics>>();

/** Returns the physics of a build of Rapier, which is loaded once. */
export function loadPhysics(build: EnvConfig["physics"]): Promise<Physics> {
  let physics = builds.get(build);
  if (physics === undefined) {
    physics = load(build);
    builds.set(build, physics);
  }
  return physics;
}

async function load(build: EnvConfig["physics"]): Promise<Physics> {
  const rapier = await loadRapier(build);
  const unlockedJoint = makeUnlockedJoint(rapier);
  const serialization = new rapier.SerializationPipeline();
  return {
    name: `@dimforge/rapier3d-${build === "compat" ? "" : "deterministic-"}compat`,
    version: rapier.version(),
    createWorld: ({ physicsTimestep, solverIterations, gravity, friction }) => {
      const world = new rapier.World(vector(gravity));
      world.timestep = physicsTimestep;
      world.numSolverIterations = solverIterations;
      world.integrationParameters.contact_natural_frequency = CONTACT_NATURAL_FREQUENCY;
      world.integrationParameters.normalizedPredictionDistance = PREDICTION_DISTANCE;
      return new PhysicsWorld(rapier, unlockedJoint, world, gravity, friction);
    },
    restoreWorld: (snapshot, gravity) => {
      const raw = serialization.raw.deserializeAll(snapshot);
      if (raw === undefined)
        throw refuse("snapshot", "bytes written by this version of Rapier", unquoted("other bytes"));
      const world = rapier.World.fromRaw(raw);
      raw.free(); // World.restoreSnapshot leaves its 2 kB to the garbage collector.
      return new PhysicsWorld(rapier, unlockedJoint, world, gravity);
    },
  };
}

/** Describes a joint that locks no axis. Shared, because Rapier 0.21 leaks a vector with each one created. */
function makeUnlockedJoint(rapier: Rapier): RawJoint {
  const nothingLocked: number = 0;
  const origin = vector([0, 0, 0]);
  return rapier.JointData.generic(origin, origin, vector([1, 0, 0]), nothingLocked).intoRaw();
}

/** A world of bodies and joints. The caller frees it. */
export class PhysicsWorld {
  readonly #rapier: Rapier;
  readonly #unlockedJoint: RawJoint;
  readonly #world: RapierWorld;
  readonly #bodies: RapierWorld["bodies"]["raw"];
  readonly #gravity: RawVector;
  /** Factor on each surface's friction. */
  readonly #frictionFactor: number;
  /** Reused vectors in WASM memory: creating one for each call costs more than the call. */
  readonly #torque: RawVector;
  readonly #force: RawVector;

  constructor(rapier: Rapier, unlockedJoint: RawJoint, world: RapierWorld, gravity: Vec3, friction = 1) {
    this.#rapier = rapier;
    this.#unlockedJoint = unlockedJoint;
    this.#world = world;
    this.#bodies = this.#world.bodies.raw;
    // A pair's friction is the product of two surfaces', so each gets the root of the factor.
    this.#frictionFactor = Math.sqrt(friction);
    this.#gravity = rapier.VectorOps.intoRaw(vector(gravity));
    this.#torque = rapier.VectorOps.intoRaw(vector([0, 0, 0]));
    this.#force = rapier.VectorOps.intoRaw(vector([0, 0, 0]));
  }

  /** Adds an immovable body at the origin. */
  addFixedBody(): BodyHandle {
    return this.#world.createRigidBody(this.#rapier.RigidBodyDesc.fixed()).handle;
  }

  /** Adds a body that forces move; it never sleeps. */
  addMovingBody(body: MovingBody): BodyHandle {
    const [x, y, z] = body.position;
    const desc = this.#rapier.RigidBodyDesc.dynamic()
      .setTranslation(x, y, z)
      .setCanSleep(false)
      .setGravityScale(body.gravityScale)
      .setAdditionalMassProperties(
        body.mass,
        vector(body.centerOfMass),
        vector(body.principalInertia),
        rotation(body.inertiaFrame),
      );
    if (body.orientation !== undefined) desc.setRotation(rotation(body.orientation));
    if (body.velocity !== undefined) desc.setLinvel(...body.velocity);
    return this.#world.createRigidBody(desc).handle;
  }

  /** Adds a surface to a body; it adds no mass. */
  addSurface(body: BodyHandle, { shape, orientation, friction, party }: Surface): void {
    const { ColliderDesc, CoefficientCombineRule } = this.#rapier;
    const parent = this.#world.bodies.get(body);
    if (parent === null) throw internal("a surface on a body that does not exist");
    const isBox = shape.kind === "box";
    const axis: Vec3 = isBox ? [0, 0, 0] : subtract(shape.to, shape.from);
    const desc = isBox
      ? ColliderDesc.cuboid(...shape.halfExtents)
      : ColliderDesc[shape.kind](length(axis) / 2, shape.radius);
    const center = isBox ? shape.center : scale(add(shape.from, shape.to), 0.5);
    // Rapier's capsules and cylinders lie along y.
    const shapeOrientation = isBox ? shape.orientation : quatFromYTo(axis);
    desc
      .setTranslation(...rotate(orientation, center))
      .setRotation(rotation(multiply(orientation, shapeOrientation)))
      .setDensity(0)
      .setFriction(friction * this.#frictionFactor)
      .setFrictionCombineRule(CoefficientCombineRule.Multiply)
      .setCollisionGroups(GROUPS[party]);
    this.#world.createCollider(desc, parent);
  }

  /** Joins two bodies by a revolute joint in reduced coordinates; the current angle is 0. */
  addRevoluteJoint(joint: Joint): void {
    const { JointData } = this.#rapier;
    this.#join(joint, JointData.revolute(vector(joint.anchor), vector([0, 0, 0]), vector(joint.axis)));
  }

  /** Joins two bodies by a prismatic joint with limits [low, high], metres; the current displacement is 0. */
  addPrismaticJoint(joint: Joint, low: number, high: number): void {
    const { JointData } = this.#rapier;
    const data = JointData.prismatic(vector(joint.anchor), vector([0, 0, 0]), vector(joint.axis));
    data.limitsEnabled = true;
    data.limits = [low, high];
    this.#join(joint, data);
  }

  #join(joint: Joint, data: ReturnType<Rapier["JointData"]["revolute"]>): void {
    const parent = this.#world.bodies.get(joint.parent);
    const child = this.#world.bodies.get(joint.child);
    if (parent === null || child === null) throw internal("a joint between bodies that do not exist");
    this.#world.createMultibodyJoint(data, parent, child, true).setContactsEnabled(false);
  }

  /**
   * Limits the angle of a revolute joint to [low, high] rad, high − low < 2π; 0 is the angle at which the joint was created.
   *
   * Rapier has no call for the limits of a multibody joint, so an impulse joint that locks no axis carries
   * them. It compares sines of half angles, which are unique in (−π, π) only, so its frames are rotated
   * to put its 0 at the middle of the range.
   */
  addLimits(joint: Joint, low: number, high: number): LimitsHandle {
    const middle = (low + high) / 2;
    const xToAxis = quatFromXTo(joint.axis);
    const atParent = multiply(xToAxis, quatFromAxisAngle([1, 0, 0], middle));
    const joints = this.#world.impulseJoints.raw;
    const limits = joints.createJoint(this.#unlockedJoint, joint.parent, joint.child, true);
    const anchor = this.#rapier.VectorOps.intoRaw(vector(joint.anchor));
    const origin = this.#rapier.VectorOps.intoRaw(vector([0, 0, 0]));
    const parentFrame = this.#rapier.RotationOps.intoRaw(rotation(atParent));
    const childFrame = this.#rapier.RotationOps.intoRaw(rotation(xToAxis));
    joints.jointSetLocalFrame1(limits, anchor, parentFrame);
    joints.jointSetLocalFrame2(limits, origin, childFrame);
    for (const raw of [anchor, origin, parentFrame, childFrame]) raw.free();
    joints.jointSetContactsEnabled(limits, false);
    const angularX: number = this.#rapier.JointAxis.AngX;
    joints.jointSetLimits(limits, angularX, low - middle, high - middle);
    return limits;
  }

  /** Removes the limits of a joint. */
  removeLimits(limits: LimitsHandle): void {
    this.#world.impulseJoints.raw.remove(limits, false);
  }

  /** Sets the torque on a body, N m in the world's frame, until the next call. */
  setTorque(body: BodyHandle, x: number, y: number, z: number): void {
    this.#bodies.rbResetTorques(body, false);
    this.#torque.x = x;
    this.#torque.y = y;
    this.#torque.z = z;
    this.#bodies.rbAddTorque(body, this.#torque, false);
  }

  /** Sets the force on a body's centre of mass, N in the world's frame, until the next call. */
  setForce(body: BodyHandle, x: number, y: number, z: number): void {
    this.#bodies.rbResetForces(body, false);
    this.#force.x = x;
    this.#force.y = y;
    this.#force.z = z;
    this.#bodies.rbAddForce(body, this.#force, false);
  }

  /** Simulates one timestep; calls the pipeline directly, because World.step allocates a vector. */
  step(): void {
    const world = this.#world;
    world.physicsPipeline.raw.step(
      this.#gravity,
      world.integrationParameters.raw,
      world.islands.raw,
      world.broadPhase.raw,
      world.narrowPhase.raw,
      this.#bodies,
      world.colliders.raw,
      world.softBodies.raw,
      world.impulseJoints.raw,
      world.multibodyJoints.raw,
      world.ccdSolver.raw,
    );
  }

  /** Writes a body's rotation, x y z w, into elements 0 to 3. */
  readRotation(body: BodyHandle, into: Float32Array): void {
    this.#bodies.rbRotation(body, into);
  }

  /** Writes the position of a body's origin, metres, into elements 0 to 2. */
  readPosition(body: BodyHandle, into: Float32Array): void {
    this.#bodies.rbTranslation(body, into);
  }

  /** Writes a body's velocity, m/s, into elements 0 to 2; for a link of a multibody it is one substep old. */
  readVelocity(body: BodyHandle, into: Float32Array): void {
    this.#bodies.rbLinvel(body, into);
  }

  /** Writes a body's angular velocity, rad/s in the world's frame, into elements 0 to 2. */
  readSpin(body: BodyHandle, into: Float32Array): void {
    this.#bodies.rbAngvel(body, into);
  }

  /** Returns the contacts that carried a force in the last step. Allocates; the motion does not depend on it. */
  contacts(): Contact[] {
    return readContacts(this.#world, this.#world.timestep);
  }

  /** Returns the complete state of the world for `restoreWorld`; the caller owns the bytes. */
  takeSnapshot(): Uint8Array {
    return this.#world.takeSnapshot();
  }

  /** Returns false once Rapier has disabled a body because one of its numbers was not finite. */
  isEnabled(body: BodyHandle): boolean {
    return this.#bodies.rbIsEnabled(body);
  }

  /** Frees the world's WASM memory; no method may be called afterwards. */
  free(): void {
    for (const raw of [this.#torque, this.#force]) raw.free();
    this.#gravity.free();
    this.#world.free();
  }
}

function vector([x, y, z]: Vec3): Vector {
  return { x, y, z };
}

function rotation([x, y, z, w]: Quat): Rotation {
  return { x, y, z, w };
}
