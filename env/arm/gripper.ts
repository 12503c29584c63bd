/**
 * @file Two fingers that slide on a hand, driven by forces and coupled so that they open and close together.
 *
 * Equal forces alone let the pair drift sideways until one finger hits its end stop; a spring between the
 * two openings, like a gear, keeps them equal. Like the links (arm-bodies.ts), fingers are created at their start pose
 * with the world's orientation, and openings are measured from there.
 */

import {
  add,
  cross,
  dot,
  multiply,
  type Quat,
  rotate,
  scale,
  subtract,
  type Vec3,
} from "../../shared/vec3.ts";
import type { BodyHandle } from "../body.ts";
import type { PhysicsWorld } from "../world.ts";
import type { ArmLink, Gripper } from "./arm-model.ts";
import { principalInertia } from "./mass-properties.ts";

/** m/s above which the simulation has diverged: a finger's end stops are a few centimetres apart. */
export const FINGER_SPEED_BOUND = 20;
/**
 * Metres beyond an end stop at which the simulation has diverged. An arm that strikes with a finger moves it by up to two
 * centimetres for a substep, and the finger returns.
 */
export const OPENING_LIMIT_BOUND = 0.03;

/** The hand's body and the pose of its link when the fingers are created. */
export interface Hand {
  readonly body: BodyHandle;
  readonly position: Vec3;
  /** Of the link's frame; the body's own frame has the world's orientation. */
  readonly orientation: Quat;
}

/** Saved state of a gripper; the arrays are copies. */
export interface GripperState {
  readonly fingers: readonly BodyHandle[];
  readonly openings: Float64Array;
  readonly speeds: Float64Array;
  readonly accelerations: Float64Array;
  readonly axes: Float64Array;
  readonly levers: Float64Array;
  readonly closedDistances: Float64Array;
}

/** The fingers of one arm in one world. */
export class GripperBodies {
  /** Opening of each finger, [2] metres; overwritten by `read`. */
  readonly openings = new Float64Array(2);
  /** Opening speeds over the last substep, [2] m/s; overwritten by `read`. */
  readonly speeds = new Float64Array(2);
  /** Reaction of the fingers' forces on the hand, [3] N and [3] N m about its centre of mass, in the world's frame. */
  readonly handForce = new Float64Array(3);
  readonly handMoment = new Float64Array(3);
  readonly #gripper: Gripper;
  /** The last link, which carries the fingers. */
  readonly #link: ArmLink;
  readonly #physicsTimestep: number;
  /** Rapier's solver iterations in each substep. */
  readonly #iterations: number;
  /** Acceleration by the force of the last substep, [2] m/s². */
  readonly #accelerations = new Float64Array(2);
  #fingers: readonly BodyHandle[] = [];
  /** In the hand's body frame: opening directions, and moments of unit forces along them, both [2 × 3]. */
  readonly #axes = new Float64Array(6);
  readonly #levers = new Float64Array(6);
  /** Distance of each closed finger from the hand's origin along its axis, [2] metres. */
  readonly #closedDistances = new Float64Array(2);
  /** Scratch for `#rotateVector` and for positions. */
  readonly #rotated = new Float64Array(3);
  readonly #position = new Float32Array(3);

  constructor(gripper: Gripper, link: ArmLink, physicsTimestep: number, iterations: number) {
    this.#gripper = gripper;
    this.#link = link;
    this.#physicsTimestep = physicsTimestep;
    this.#iterations = iterations;
  }

  get bodies(): readonly BodyHandle[] {
    return this.#fingers;
  }

  /** Creates the fingers at an opening, metres each, at rest. */
  build(world: PhysicsWorld, hand: Hand, opening: number, gravityScale: number): void {
    const { fingers, travel } = this.#gripper;
    const handCenter = rotate(hand.orientation, this.#link.centerOfMass);
    this.openings.fill(opening);
    this.speeds.fill(0);
    this.#accelerations.fill(0);
    this.#fingers = fingers.map((finger, i) => {
      const orientation = multiply(hand.orientation, finger.orientation);
      const axis = rotate(orientation, finger.axis);
      const anchor = add(rotate(hand.orientation, finger.position), scale(axis, opening));
      const { moments, frame } = principalInertia(finger.inertia);
      const centerOfMass = rotate(orientation, finger.centerOfMass);
      const child = world.addMovingBody({
        position: add(hand.position, anchor),
        mass: finger.mass,
        centerOfMass,
        principalInertia: moments,
        inertiaFrame: multiply(orientation, frame),
        gravityScale,
      });
      world.addPrismaticJoint({ parent: hand.body, child, anchor, axis }, -opening, travel - opening);
      for (const shape of finger.shapes) {
        world.addSurface(child, { shape, orientation, friction: finger.friction, party: "arm" });
      }
      this.#axes.set(axis, 3 * i);
      this.#levers.set(cross(subtract(add(anchor, centerOfMass), handCenter), axis), 3 * i);
      this.#closedDistances[i] = dot(anchor, axis) - opening;
      return child;
    });
  }

  /**
   * Applies a force to both fingers for the next substep and writes `handForce` and `handMoment`.
   *
   * @param force N, positive opens; clamped to the force limit
   */
  apply(world: PhysicsWorld, handRotation: Float32Array, force: number): void {
    const { forceLimit, damping, coupling } = this.#gripper;
    const motorForce = Math.min(Math.max(force, -forceLimit), forceLimit);
    this.handForce.fill(0);
    this.handMoment.fill(0);
    for (let i = 0; i < this.#fingers.length; i++) {
      const lead = this.openings[i]! - this.openings[1 - i]!;
      const along = this.#stopAtEnds(i, motorForce - damping * this.speeds[i]! - coupling * lead);
      this.#rotateVector(handRotation, this.#axes, i);
      const [x, y, z] = [this.#rotated[0]! * along, this.#rotated[1]! * along, this.#rotated[2]! * along];
      world.setForce(this.#fingers[i]!, x, y, z);
      this.handForce[0]! -= x;
      this.handForce[1]! -= y;
      this.handForce[2]! -= z;
      this.#rotateVector(handRotation, this.#levers, i);
      for (let axis = 0; axis < 3; axis++) this.handMoment[axis]! -= this.#rotated[axis]! * along;
    }
  }

  /** Measures openings and opening speeds after a substep. */
  read(world: PhysicsWorld, hand: BodyHandle, handRotation: Float32Array): void {
    const position = this.#position;
    world.readPosition(hand, position);
    const [hx, hy, hz] = [position[0]!, position[1]!, position[2]!];
    for (let i = 0; i < this.#fingers.length; i++) {
      world.readPosition(this.#fingers[i]!, position);
      this.#rotateVector(handRotation, this.#axes, i);
      const distance =
        (position[0]! - hx) * this.#rotated[0]! +
        (position[1]! - hy) * this.#rotated[1]! +
        (position[2]! - hz) * this.#rotated[2]!;
      const opening = distance - this.#closedDistances[i]!;
      this.speeds[i] = (opening - this.openings[i]!) / this.#physicsTimestep;
      this.openings[i] = opening;
    }
  }

  /** Returns a description of a diverged finger, or null. */
  fault(world: PhysicsWorld): string | null {
    const { fingers, travel } = this.#gripper;
    for (const [i, { joint, name }] of fingers.entries()) {
      const opening = this.openings[i]!;
      const speed = this.speeds[i]!;
      if (!Number.isFinite(opening)) return `opening of joint ${joint} is ${opening}`;
      if (!(Math.abs(speed) <= FINGER_SPEED_BOUND)) return `speed of joint ${joint} is ${speed} m/s`;
      if (!(opening >= -OPENING_LIMIT_BOUND && opening <= travel + OPENING_LIMIT_BOUND)) {
        return `opening of joint ${joint} is ${opening} m, far beyond its limits`;
      }
      if (!world.isEnabled(this.#fingers[i]!)) return `Rapier has disabled ${name}`;
    }
    return null;
  }

  saveState(): GripperState {
    return {
      fingers: this.#fingers,
      openings: this.openings.slice(),
      speeds: this.speeds.slice(),
      accelerations: this.#accelerations.slice(),
      axes: this.#axes.slice(),
      levers: this.#levers.slice(),
      closedDistances: this.#closedDistances.slice(),
    };
  }

  /** Continues from a saved state in a world restored from the same moment. */
  restoreState(state: GripperState): void {
    this.#fingers = state.fingers;
    this.openings.set(state.openings);
    this.speeds.set(state.speeds);
    this.#accelerations.set(state.accelerations);
    this.#axes.set(state.axes);
    this.#levers.set(state.levers);
    this.#closedDistances.set(state.closedDistances);
  }

  /**
   * Adds to a finger's force the force of an end stop that it would pass in the next substep.
   *
   * Rapier's own limit acts only once a finger is beyond it; a fast light finger overshoots by a centimetre.
   */
  #stopAtEnds(i: number, force: number): number {
    const { fingers, travel } = this.#gripper;
    const { mass } = fingers[i]!;
    const dt = this.#physicsTimestep;
    const n = this.#iterations;
    // Rapier integrates n times, each time the speed first: a constant acceleration a moves a finger by
    // v dt + a dt² (n + 1) / 2n, and its speed ends a dt (n − 1) / 2n above the mean that is measured.
    const response = (dt ** 2 * (n + 1)) / (2 * n) / mass;
    const speed = this.speeds[i]! + (this.#accelerations[i]! * dt * (n - 1)) / (2 * n);
    const next = this.openings[i]! + dt * speed + response * force;
    const end = Math.min(Math.max(next, 0), travel);
    const stopped = end === next ? force : force + (end - next) / response;
    this.#accelerations[i] = stopped / mass;
    return stopped;
  }

  /** Writes the i-th of `vectors`, given in the hand's body frame, in the world's frame into #rotated. */
  #rotateVector(rotation: Float32Array, vectors: Float64Array, i: number): void {
    const [x, y, z, w] = [rotation[0]!, rotation[1]!, rotation[2]!, rotation[3]!];
    const [vx, vy, vz] = [vectors[3 * i]!, vectors[3 * i + 1]!, vectors[3 * i + 2]!];
    const tx = 2 * (y * vz - z * vy);
    const ty = 2 * (z * vx - x * vz);
    const tz = 2 * (x * vy - y * vx);
    this.#rotated[0] = vx + w * tx + y * tz - z * ty;
    this.#rotated[1] = vy + w * ty + z * tx - x * tz;
    this.#rotated[2] = vz + w * tz + x * ty - y * tx;
  }
}
