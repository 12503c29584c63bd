/** @file The contents of a physics world as data: gravity, bodies, their shapes and surfaces, and joints. */

import type { Quat, Vec3 } from "../shared/vec3.ts";

/** m/s², as in panda-gym. */
export const GRAVITY: Vec3 = [0, 0, -9.81];

/** Handle of a body; valid only in the world that created it. */
export type BodyHandle = number;

/** Handle of a joint's limits; valid only in the world that created it. */
export type LimitsHandle = number;

/** A solid shape in the frame of its link, metres. */
export type Shape =
  | { readonly kind: "capsule"; readonly from: Vec3; readonly to: Vec3; readonly radius: number }
  | { readonly kind: "cylinder"; readonly from: Vec3; readonly to: Vec3; readonly radius: number }
  | {
      readonly kind: "box";
      readonly center: Vec3;
      readonly orientation: Quat;
      readonly halfExtents: Vec3;
    };

/** A body that forces move. */
export interface MovingBody {
  /** Origin of the body's frame in the world, metres. */
  readonly position: Vec3;
  /** Default: the world's orientation. */
  readonly orientation?: Quat;
  /** m/s; default 0. Links of a multibody always start at rest. */
  readonly velocity?: Vec3;
  /** kg. */
  readonly mass: number;
  /** In the body's frame, metres. */
  readonly centerOfMass: Vec3;
  /** Moments about the principal axes through the centre of mass, kg m². */
  readonly principalInertia: Vec3;
  /** Orientation of the principal axes in the body's frame. */
  readonly inertiaFrame: Quat;
  /** Share of gravity that acts on the body. */
  readonly gravityScale: number;
}

/**
 * Collision group. Arms collide with ground and objects but not with themselves; objects collide with everything.
 *
 * A mount is an arm's base and its first link. It may overlap the ground, so it collides with objects only:
 * a contact between two bodies that cannot move apart makes Rapier's numbers infinite.
 */
export type Party = "arm" | "mount" | "ground" | "object";

/** A shape that can touch others. */
export interface Surface {
  readonly shape: Shape;
  /** Orientation of the shape's frame in the body's frame. */
  readonly orientation: Quat;
  /** Coulomb's μ; a pair of surfaces has the product of both, as in PyBullet. */
  readonly friction: number;
  readonly party: Party;
}

/** A joint between two bodies. */
export interface Joint {
  readonly parent: BodyHandle;
  readonly child: BodyHandle;
  /** Origin of the child's frame in the parent's frame, metres. */
  readonly anchor: Vec3;
  /** Unit vector, the same in both frames: they are aligned when the joint is created. */
  readonly axis: Vec3;
}
