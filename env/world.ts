/**
 * @file The physics world, and the only file that knows Rapier.
 *
 * Two builds of the same version can be loaded: `compat`, and `deterministic`, which promises the
 * same bits on every platform. Only the verbs that are used are wrapped: bodies, what they touch with,
 * multibody joints, limits, torques, forces, poses, snapshots. The calls made in every substep allocate nothing.
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
import type { BodyHandle, Joint, MovingBody, Party, Surface } from "./body.ts";

type Rapier = typeof import("@dimforge/rapier3d-compat");
type Vector = InstanceType<Rapier["Vector3"]>;
type Rotation = InstanceType<Rapier["Quaternion"]>;
type RapierWorld = InstanceType<Rapier["World"]>;
type RawVector = ReturnType<Rapier["VectorOps"]["intoRaw"]>;
type RawJoint = ReturnType<ReturnType<Rapier["JointData"]["generic"]>["intoRaw"]>;

/**
 * Viscous damping, N m s/rad, that Rapier 0.21 puts on each angle of a multibody, with no call to
 * change it. Whoever wants a damping of d adds (0.1 − d)·speed to the torque.
 */
export const HIDDEN_JOINT_DAMPING = 0.1;

/** How stiff contacts are, Hz: at Rapier's own 30, fingers sink 14 mm into a cube. */
const CONTACT_NATURAL_FREQUENCY = 200;

/**
 * Metres between two things at which Rapier begins to look at how they will touch. Once it looks, it keeps the
 * direction of contact as long as they slide along each other slowly and do not pass through the plane of
 * contact: at its own 20 mm a finger that came down beside a cube was later stopped 12 mm before it, by
 * a plane that had been right when it was above.
 */
const PREDICTION_DISTANCE = 0.002;

/** In Rapier's form: what it is in the upper half, what it touches in the lower one. */
const GROUPS: Readonly<Record<Party, number>> = {
  arm: (1 << 16) | 6,
  ground: (2 << 16) | 5,
  object: (4 << 16) | 15,
  mount: (8 << 16) | 4,
};

export interface WorldSettings {
  /** Seconds that one `step` lasts. */
  readonly physicsTimestep: number;
  /** In Rapier also the number of substeps of a step: 1 is right without contacts, 2 with. */
  readonly solverIterations: number;
  /** m/s². */
  readonly gravity: Vec3;
  /** Factor on the friction of every pair of surfaces that is added. */
  readonly friction: number;
}

/** A build of Rapier, ready for use. */
export interface Physics {
  /** Its npm package. */
  readonly name: string;
  /** As Rapier itself reports it. */
  readonly version: string;
  createWorld(settings: WorldSettings): PhysicsWorld;
  /** A world as it was when the snapshot was taken; handles keep their meaning. Throws InputError if it is none. */
  restoreWorld(snapshot: Uint8Array, gravity: Vec3): PhysicsWorld;
}

const loaded = new Map<EnvConfig["physics"], Promise<Physics>>();

/** Loads a build of Rapier; a second call hands out the same one. */
export function loadPhysics(flavour: EnvConfig["physics"]): Promise<Physics> {
  let physics = loaded.get(flavour);
  if (physics === undefined) {
    physics = load(flavour);
    loaded.set(flavour, physics);
  }
  return physics;
}

async function load(flavour: EnvConfig["physics"]): Promise<Physics> {
  const rapier: object =
    flavour === "compat"
      ? await import("@dimforge/rapier3d-compat")
      : await import("@dimforge/rapier3d-deterministic-compat");
  if (!isRapier(rapier)) throw internal(`the ${flavour} build of Rapier lacks what the other one has`);
  await rapier.init();
  const unlockedJoint = makeUnlockedJoint(rapier);
  const serialization = new rapier.SerializationPipeline();
  return {
    name: `@dimforge/rapier3d-${flavour === "compat" ? "" : "deterministic-"}compat`,
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
      if (raw === undefined) throw refuse("snapshot", "what Rapier has written", unquoted("other bytes"));
      const world = rapier.World.fromRaw(raw);
      raw.free(); // World.restoreSnapshot leaves it to the garbage collector: 2 kB each until then
      return new PhysicsWorld(rapier, unlockedJoint, world, gravity);
    },
  };
}

/** The description of a joint that locks nothing. One for all: Rapier 0.21 leaks a vector with each that is made. */
function makeUnlockedJoint(rapier: Rapier): RawJoint {
  const nothingLocked: number = 0;
  const origin = vector([0, 0, 0]);
  return rapier.JointData.generic(origin, origin, vector([1, 0, 0]), nothingLocked).intoRaw();
}

/** The two builds have one API, but TypeScript tells their classes apart. */
function isRapier(module: object): module is Rapier {
  const used = [
    "init",
    "version",
    "World",
    "RigidBodyDesc",
    "ColliderDesc",
    "CoefficientCombineRule",
    "SerializationPipeline",
    "JointData",
    "JointAxis",
    "VectorOps",
    "RotationOps",
  ];
  return used.every((name) => name in module);
}

/** Bodies, joints and time. Whoever made it frees it. */
export class PhysicsWorld {
  readonly #rapier: Rapier;
  readonly #unlockedJoint: RawJoint;
  readonly #world: RapierWorld;
  readonly #bodies: RapierWorld["bodies"]["raw"];
  readonly #gravity: RawVector;
  /** Factor on each surface's friction. */
  readonly #roughness: number;
  /** Vectors inside WASM for all torques and forces: making one for each call costs more than the call. */
  readonly #torque: RawVector;
  readonly #force: RawVector;

  constructor(rapier: Rapier, unlockedJoint: RawJoint, world: RapierWorld, gravity: Vec3, friction = 1) {
    this.#rapier = rapier;
    this.#unlockedJoint = unlockedJoint;
    this.#world = world;
    this.#bodies = this.#world.bodies.raw;
    // A pair's friction is the product of two: each has its root of the factor.
    this.#roughness = Math.sqrt(friction);
    this.#gravity = rapier.VectorOps.intoRaw(vector(gravity));
    this.#torque = rapier.VectorOps.intoRaw(vector([0, 0, 0]));
    this.#force = rapier.VectorOps.intoRaw(vector([0, 0, 0]));
  }

  /** A body that nothing moves, at the origin. */
  addFixedBody(): BodyHandle {
    return this.#world.createRigidBody(this.#rapier.RigidBodyDesc.fixed()).handle;
  }

  /** A body that forces move; it never sleeps. */
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

  /** Gives a body something to touch with; it adds no mass. */
  addSurface(body: BodyHandle, { shape, orientation, friction, party }: Surface): void {
    const { ColliderDesc, CoefficientCombineRule } = this.#rapier;
    const parent = this.#world.bodies.get(body);
    if (parent === null) throw internal("a surface on a body that does not exist");
    const capsule = shape.kind === "capsule";
    const along = capsule ? subtract(shape.to, shape.from) : null;
    const desc = capsule
      ? ColliderDesc.capsule(length(along ?? [0, 0, 0]) / 2, shape.radius)
      : ColliderDesc.cuboid(...shape.halfExtents);
    const center = capsule ? scale(add(shape.from, shape.to), 0.5) : shape.center;
    // Rapier's capsules lie along y.
    const within = capsule ? quatFromYTo(along ?? [0, 1, 0]) : shape.orientation;
    desc
      .setTranslation(...rotate(orientation, center))
      .setRotation(rotation(multiply(orientation, within)))
      .setDensity(0)
      .setFriction(friction * this.#roughness)
      .setFrictionCombineRule(CoefficientCombineRule.Multiply)
      .setCollisionGroups(GROUPS[party]);
    this.#world.createCollider(desc, parent);
  }

  /** Joins two bodies in reduced coordinates; its angle is 0 as the bodies are now. */
  addRevoluteJoint(joint: Joint): void {
    const { JointData } = this.#rapier;
    this.#join(joint, JointData.revolute(vector(joint.anchor), vector([0, 0, 0]), vector(joint.axis)));
  }

  /** Joins two bodies so that one slides along an axis within [low, high] metres, 0 as the bodies are now. */
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
   * Keeps the angle of a revolute joint, 0 as the bodies are now, within [low, high]; high − low < 2π.
   *
   * Rapier has no call for the limits of a multibody's joint, so an impulse joint that locks no axis
   * carries them. It compares sines of half angles, which only tell angles in (−π, π) apart: so its
   * frames are turned to make the middle of the range its 0.
   */
  addLimits(joint: Joint, low: number, high: number): void {
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
    const aboutX: number = this.#rapier.JointAxis.AngX;
    joints.jointSetLimits(limits, aboutX, low - middle, high - middle);
  }

  /** Replaces the torque on a body, N m in the world's frame; it acts until it is replaced. */
  setTorque(body: BodyHandle, x: number, y: number, z: number): void {
    this.#bodies.rbResetTorques(body, false);
    this.#torque.x = x;
    this.#torque.y = y;
    this.#torque.z = z;
    this.#bodies.rbAddTorque(body, this.#torque, false);
  }

  /** Replaces the force on a body's centre of mass, N in the world's frame; it acts until it is replaced. */
  setForce(body: BodyHandle, x: number, y: number, z: number): void {
    this.#bodies.rbResetForces(body, false);
    this.#force.x = x;
    this.#force.y = y;
    this.#force.z = z;
    this.#bodies.rbAddForce(body, this.#force, false);
  }

  /** Advances time by the physics timestep. World.step of Rapier allocates a vector and reads the clock. */
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

  /** Writes a body's rotation, x y z w, into the first four numbers. */
  readRotation(body: BodyHandle, into: Float32Array): void {
    this.#bodies.rbRotation(body, into);
  }

  /** Writes the position of a body's origin into the first three numbers, metres. */
  readPosition(body: BodyHandle, into: Float32Array): void {
    this.#bodies.rbTranslation(body, into);
  }

  /** Writes a body's velocity into the first three numbers, m/s. Of a link of a multibody it is a substep old. */
  readVelocity(body: BodyHandle, into: Float32Array): void {
    this.#bodies.rbLinvel(body, into);
  }

  /** Writes a body's angular velocity into the first three numbers, rad/s, in the world's frame. */
  readSpin(body: BodyHandle, into: Float32Array): void {
    this.#bodies.rbAngvel(body, into);
  }

  /** All that the world is, as bytes of the caller's own; what `restoreWorld` takes. */
  takeSnapshot(): Uint8Array {
    return this.#world.takeSnapshot();
  }

  /** False once Rapier has taken a body out of the simulation because a number of it was not finite. */
  isEnabled(body: BodyHandle): boolean {
    return this.#bodies.rbIsEnabled(body);
  }

  /** Gives the memory inside WASM back; nothing may be called afterwards. */
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
