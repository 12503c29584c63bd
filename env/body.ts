/** @file What a physics world is made of, as data: bodies, what they touch with, what joins them. */

import type { Quat, Vec3 } from "../shared/vec3.ts";
import type { Shape } from "./arm/arm-model.ts";

/** A body of one world; meaningless in any other. */
export type BodyHandle = number;

/** A body that forces move. */
export interface MovingBody {
  /** Of the body's origin, in the world. */
  readonly position: Vec3;
  /** The world's, if not given. */
  readonly orientation?: Quat;
  /** m/s; at rest, if not given. Links of a multibody always are. */
  readonly velocity?: Vec3;
  /** kg. */
  readonly mass: number;
  /** In the body's frame, metres. */
  readonly centerOfMass: Vec3;
  /** Moments about the principal axes through the centre of mass, kg m². */
  readonly principalInertia: Vec3;
  /** The principal axes in the body's frame. */
  readonly inertiaFrame: Quat;
  /** Share of gravity that acts on the body. */
  readonly gravityScale: number;
}

/**
 * What a body is to others. Arms touch grounds and objects but not themselves, objects touch everything. A
 * mount is what an arm stands on and its first link: where the ground is, it may be too, and it touches
 * objects only (a contact that neither side can give way to makes Rapier's numbers infinite).
 */
export type Party = "arm" | "mount" | "ground" | "object";

export interface Surface {
  readonly shape: Shape;
  /** The frame that the shape is given in, in the body's. */
  readonly orientation: Quat;
  /** Coulomb's μ; a pair's is the product of both, as in PyBullet. */
  readonly friction: number;
  readonly party: Party;
}

/** What a joint joins, and how. */
export interface Joint {
  readonly parent: BodyHandle;
  readonly child: BodyHandle;
  /** The child's origin in the parent's frame, metres. */
  readonly anchor: Vec3;
  /** Unit vector, the same numbers in both frames, which are aligned when the joint is made. */
  readonly axis: Vec3;
}
