/**
 * @file Two fingers that slide on a hand, driven by forces, coupled so that they open and shut together.
 *
 * Equal forces alone leave the pair free to drift sideways until one finger hits its stop; a spring
 * between their openings, as a gear does, keeps them even. As the arm's joints are, fingers are made
 * where they start, with the world's orientation, and their openings are measured from there.
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

/** m/s beyond which the numbers are no finger's: its limits are a few centimetres apart. */
export const FINGER_SPEED_BOUND = 20;
/** Metres beyond a limit at which a finger must have come off. */
export const OPENING_LIMIT_BOUND = 0.01;

/** Where the hand is as the fingers are made. */
export interface Hand {
  readonly body: BodyHandle;
  readonly position: Vec3;
  /** Of the link's frame; the body itself has the world's. */
  readonly orientation: Quat;
}

/** The fingers of one arm in one world. */
export class GripperBodies {
  /** How far each finger is from shut, [2] metres; its own, for reading. */
  readonly openings = new Float64Array(2);
  /** Over the last substep, [2] m/s; its own, for reading. */
  readonly speeds = new Float64Array(2);
  /** What the fingers' forces do to the hand: force, N, and moment about its centre of mass, N m, in the world. */
  readonly handForce = new Float64Array(3);
  readonly handMoment = new Float64Array(3);
  readonly #gripper: Gripper;
  /** The one that carries the fingers. */
  readonly #link: ArmLink;
  readonly #physicsTimestep: number;
  #bodies: readonly BodyHandle[] = [];
  /** In the hand's body: opening directions, moment of a unit force along them, both [2 × 3]. */
  readonly #axes = new Float64Array(6);
  readonly #levers = new Float64Array(6);
  /** Distance along the axis from the hand's origin at which a finger is shut, metres. */
  readonly #distances = new Float64Array(2);
  readonly #turned = new Float64Array(3);
  readonly #position = new Float32Array(3);

  constructor(gripper: Gripper, link: ArmLink, physicsTimestep: number) {
    this.#gripper = gripper;
    this.#link = link;
    this.#physicsTimestep = physicsTimestep;
  }

  get bodies(): readonly BodyHandle[] {
    return this.#bodies;
  }

  /** The numbers, besides Rapier's, that what comes depends on. */
  get remembered(): readonly Float64Array[] {
    return [this.openings, this.speeds, this.#axes, this.#levers, this.#distances];
  }

  /** Takes the fingers of a restored world; the remembered numbers are the caller's to set. */
  restore(bodies: readonly BodyHandle[]): void {
    this.#bodies = bodies;
  }

  /** Makes the fingers at an opening, metres each, at rest. */
  build(world: PhysicsWorld, hand: Hand, opening: number, gravityScale: number): void {
    const { fingers, travel } = this.#gripper;
    const centerOfHand = rotate(hand.orientation, this.#link.centerOfMass);
    this.openings.fill(opening);
    this.speeds.fill(0);
    this.#bodies = fingers.map((finger, i) => {
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
      this.#levers.set(cross(subtract(add(anchor, centerOfMass), centerOfHand), axis), 3 * i);
      this.#distances[i] = dot(anchor, axis) - opening;
      return child;
    });
  }

  /** Pushes both fingers with a force, N, positive opens, for the next substep; the hand's share is the caller's. */
  apply(world: PhysicsWorld, handRotation: Float32Array, force: number): void {
    const { forceLimit, damping, coupling } = this.#gripper;
    const driven = Math.min(Math.max(force, -forceLimit), forceLimit);
    this.handForce.fill(0);
    this.handMoment.fill(0);
    for (let i = 0; i < this.#bodies.length; i++) {
      const ahead = this.openings[i]! - this.openings[1 - i]!;
      const along = this.#stopAtEnds(i, driven - damping * this.speeds[i]! - coupling * ahead);
      this.#turn(handRotation, this.#axes, i);
      const [x, y, z] = [this.#turned[0]! * along, this.#turned[1]! * along, this.#turned[2]! * along];
      world.setForce(this.#bodies[i]!, x, y, z);
      this.handForce[0]! -= x;
      this.handForce[1]! -= y;
      this.handForce[2]! -= z;
      this.#turn(handRotation, this.#levers, i);
      for (let axis = 0; axis < 3; axis++) this.handMoment[axis]! -= this.#turned[axis]! * along;
    }
  }

  /** Measures openings and speeds after a substep. */
  read(world: PhysicsWorld, hand: BodyHandle, handRotation: Float32Array): void {
    const position = this.#position;
    world.readPosition(hand, position);
    const [hx, hy, hz] = [position[0]!, position[1]!, position[2]!];
    for (let i = 0; i < this.#bodies.length; i++) {
      world.readPosition(this.#bodies[i]!, position);
      this.#turn(handRotation, this.#axes, i);
      const distance =
        (position[0]! - hx) * this.#turned[0]! +
        (position[1]! - hy) * this.#turned[1]! +
        (position[2]! - hz) * this.#turned[2]!;
      const opening = distance - this.#distances[i]!;
      this.speeds[i] = (opening - this.openings[i]!) / this.#physicsTimestep;
      this.openings[i] = opening;
    }
  }

  /** What is wrong with a finger, for people, or null. */
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
      if (!world.isEnabled(this.#bodies[i]!)) return `Rapier has disabled ${name}`;
    }
    return null;
  }

  /**
   * A finger's force with that of the end stop which it would run through in the next substep.
   *
   * Rapier's own limit acts only on a finger that is beyond it: a light one, thrown, by a centimetre.
   */
  #stopAtEnds(i: number, force: number): number {
    const { fingers, travel } = this.#gripper;
    const { mass } = fingers[i]!;
    const dt = this.#physicsTimestep;
    const next = this.openings[i]! + dt * (this.speeds[i]! + (dt * force) / mass);
    const end = Math.min(Math.max(next, 0), travel);
    return end === next ? force : force + (mass * (end - next)) / dt ** 2;
  }

  /** Writes the i-th vector of the hand's body, as the world sees it, into #turned. */
  #turn(rotation: Float32Array, vectors: Float64Array, i: number): void {
    const [x, y, z, w] = [rotation[0]!, rotation[1]!, rotation[2]!, rotation[3]!];
    const [vx, vy, vz] = [vectors[3 * i]!, vectors[3 * i + 1]!, vectors[3 * i + 2]!];
    const tx = 2 * (y * vz - z * vy);
    const ty = 2 * (z * vx - x * vz);
    const tz = 2 * (x * vy - y * vx);
    this.#turned[0] = vx + w * tx + y * tz - z * ty;
    this.#turned[1] = vy + w * ty + z * tx - x * tz;
    this.#turned[2] = vz + w * tz + x * ty - y * tx;
  }
}
